/* What pages say of themselves. */
#include <string.h>

#include <criterion/criterion.h>

#include "page.h"

static struct page page;

static void read_page(const char *html)
{
    page_prepare();
    page_read(&page, html, strlen(html));
}

static void expect(enum page_part part, const char *text)
{
    cr_expect_str_eq(page.text[part], text, "%s: \"%s\"", page_part_name(part), page.text[part]);
}

Test(page, open_graph_counts_most_then_twitter_then_html)
{
    read_page("<html><head><title>HTML</title><meta name=description content='of HTML'>"
              "<meta name='twitter:title' content='Twitter'><meta property='og:site_name' content=Site>"
              "<meta property=og:image content=/one.png><meta property=og:image content=/two.png>"
              "<meta name='twitter:description' content='of Twitter'></head>");
    expect(PAGE_TITLE, "Twitter");
    expect(PAGE_DESCRIPTION, "of Twitter");
    expect(PAGE_SITE, "Site");
    expect(PAGE_IMAGE, "/one.png");
    read_page("<meta property=og:title content='Open Graph'><meta name='twitter:title' content='Twitter'>");
    expect(PAGE_TITLE, "Open Graph");
    read_page("<TITLE>\n  Two\n words &amp; &lt;more&gt; </TITLE><body><title>other</title>");
    expect(PAGE_TITLE, "Two words & <more>");
    read_page("<p>nothing");
    expect(PAGE_TITLE, "");
    read_page("<title></title><meta property=og:title content='  '>");
    expect(PAGE_TITLE, "");
}

Test(page, texts_are_one_line_that_turns_nothing_around_and_ends)
{
    read_page("<meta property=og:title content='a\xe2\x80\xae"
              "b\xe2\x80\x8f\t\nc\x01 \xc2\xa0 \xe2\x80\xa8 d'>");
    expect(PAGE_TITLE, "a b c d");
    static char html[5000];
    strcpy(html, "<title>");
    for (int i = 0; i < 1000; i++)
        strcat(html, "\xc3\xa4");
    read_page(html);
    size_t n = strlen(page.text[PAGE_TITLE]);
    cr_expect(n <= PAGE_TITLE_MAX && n > PAGE_TITLE_MAX - 6, "%zu", n);
    cr_expect_str_eq(page.text[PAGE_TITLE] + n - 3, "…");
    strcpy(html, "<meta property=og:image content='");
    memset(html + strlen(html), 'a', 3000);
    strcat(html, "'>");
    read_page(html);
    expect(PAGE_IMAGE, "");
}

Test(page, what_is_broken_is_read_as_far_as_it_goes)
{
    read_page("<meta property=og:title content='half");
    read_page("<<<>>><meta><meta content=x><meta property=og:title><meta property=og:title content=ok><!--");
    expect(PAGE_TITLE, "ok");
    static char deep[200000];
    memset(deep, 0, sizeof deep);
    for (size_t i = 0; i + 6 < sizeof deep; i += 5)
        memcpy(deep + i, "<div>", 5);
    read_page(deep);
    page_read(&page, "a\0<title>b\0c</title>", 20);
    page_read(&page, "", 0);
    expect(PAGE_TITLE, "");
}
