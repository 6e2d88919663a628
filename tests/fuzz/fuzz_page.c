/* A page of a stranger, its character set included. Properties: texts are bounded, and what the worker takes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "charset.h"
#include "page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t maxima[PAGE_PARTS] = {PAGE_TITLE_MAX, PAGE_DESCRIPTION_MAX, PAGE_SITE_MAX, PAGE_IMAGE_MAX};
    static struct page page;
    static char text[1 << 20];
    page_prepare();
    (void)charset_of("text/html", (const char *)data, size);
    page_read(&page, text, charset_convert(NULL, (const char *)data, size, text, sizeof text));
    for (int i = 0; i < PAGE_PARTS; i++) {
        size_t n = strlen(page.text[i]);
        CHECK(n <= maxima[i]);
        for (size_t k = 0; k < n; k++)
            CHECK((unsigned char)page.text[i][k] >= 0x20 && page.text[i][k] != 0x7f);
    }
    return 0;
}
