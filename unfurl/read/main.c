/* parley-read: reads a page on descriptor 0, as parley-fetch gives it, from inside a sandbox without network and files,
 * and says on descriptor 1 what it tells of itself: a line each, a word and its text. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "charset.h"
#include "page.h"
#include "sandbox.h"

enum {
    INPUT_MAX = (512 << 10) + (8 << 10), /* the page, and the two lines before it */
    EXIT_NONSENSE = 65,
    EXIT_SETUP = 71
};

static size_t read_all(char *to, size_t max)
{
    size_t n = 0;
    for (ssize_t got = 1; got > 0 && n<max; n += got> 0 ? (size_t)got : 0)
        got = read(STDIN_FILENO, to + n, max - n);
    return n;
}

static bool write_all(const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDOUT_FILENO, bytes, n);
        if (done <= 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

static bool tell(const struct page *page)
{
    bool good = true;
    for (enum page_part i = 0; i < PAGE_PARTS; i++)
        if (page->text[i][0] != '\0')
            good = good && write_all(page_part_name(i), strlen(page_part_name(i))) && write_all(" ", 1) &&
                   write_all(page->text[i], strlen(page->text[i])) && write_all("\n", 1);
    return good;
}

int main(void)
{
    static char input[INPUT_MAX], text[2 * INPUT_MAX];
    static struct page page;
    if (sandbox_limit() != 0)
        return EXIT_SETUP;
    size_t n = read_all(input, sizeof input);
    char *type_end = memchr(input, '\n', n);
    char *url_end = type_end != NULL ? memchr(type_end + 1, '\n', n - (size_t)(type_end + 1 - input)) : NULL;
    if (url_end == NULL)
        return EXIT_NONSENSE;
    *type_end = '\0';
    const char *html = url_end + 1;
    n -= (size_t)(html - input);
    void *converter = charset_open(charset_of(input, html, n));
    page_prepare();
    if (sandbox_enter(SANDBOX_NO_FILES) != 0)
        return EXIT_SETUP;
    page_read(&page, text, charset_convert(converter, html, n, text, sizeof text));
    _exit(tell(&page) ? 0 : EXIT_SETUP);
}
