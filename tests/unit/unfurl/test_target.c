/* Which addresses of pages may be asked for at all. */
#include <string.h>

#include <criterion/criterion.h>

#include "target.h"

static void expect(const char *base, const char *url, const char *whole)
{
    CURLU *u = target_parse(base, url, false);
    char *text = NULL;
    cr_expect_eq(u != NULL, whole != NULL, "%s", url);
    if (u != NULL && curl_url_get(u, CURLUPART_URL, &text, 0) == CURLUE_OK)
        cr_expect_str_eq(text, whole);
    curl_free(text);
    curl_url_cleanup(u);
}

Test(target, pages_are_asked_for_at_the_ports_of_pages)
{
    expect(NULL, "https://example.org/a?b#c", "https://example.org/a?b");
    expect(NULL, "http://example.org:80/", "http://example.org:80/");
    expect(NULL, "http://example.org:443/", "http://example.org:443/");
    expect(NULL, "HTTP://EXAMPLE.org/", "http://EXAMPLE.org/");
    static const char *const refused[] = {"http://example.org:22/",
                                          "http://example.org:8080/",
                                          "https://example.org:0/",
                                          "ftp://example.org/",
                                          "file:///etc/passwd",
                                          "gopher://example.org/",
                                          "javascript:alert(1)",
                                          "data:text/html,x",
                                          "//example.org/",
                                          "example.org",
                                          "http://",
                                          "http://me@example.org/",
                                          "http://me:secret@example.org/",
                                          "http://:secret@example.org/",
                                          "http://[fe80::1%25eth0]/",
                                          "http://exa mple.org/",
                                          ""};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        expect(NULL, refused[i], NULL);
}

Test(target, an_image_is_seen_from_its_page_and_judged_like_it)
{
    expect("https://example.org/a/b", "c.png", "https://example.org/a/c.png");
    expect("https://example.org/a/b", "/c.png", "https://example.org/c.png");
    expect("https://example.org/a/b", "//cdn.example.org/c.png", "https://cdn.example.org/c.png");
    expect("https://example.org/a/b", "http://example.net/c.png", "http://example.net/c.png");
    expect("https://example.org/a/b", "file:///c.png", NULL);
    expect("https://example.org/a/b", "//me:secret@example.org/c.png", NULL);
    expect("https://example.org/a/b", "http://example.net:8080/c.png", NULL);
}
