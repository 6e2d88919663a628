/* The link of a text that gets a preview. */
#include <criterion/criterion.h>

#include "link.h"

static void expect(const char *text, const char *link)
{
    struct str is;
    link_find(str_of(text), &is);
    cr_expect(str_is(is, link), "%s: %.*s", text, (int)is.n, is.p);
}

Test(link, it_ends_where_people_see_it_end)
{
    expect("https://example.org", "https://example.org");
    expect("see https://example.org/a?b=c&d#e, then", "https://example.org/a?b=c&d#e");
    expect("(https://example.org/a_(b)).", "https://example.org/a_(b)");
    expect("[words](https://example.org/a)", "https://example.org/a");
    expect("**https://example.org/a**", "https://example.org/a");
    expect("\"https://example.org/a\"", "https://example.org/a");
    expect("HTTP://example.org/\nhttps://other.org", "HTTP://example.org/");
    expect("見るhttps://example.org/語。", "https://example.org/語。");
    expect("http://[2001:db8::1]/a", "http://[2001:db8::1]/a");
}

Test(link, the_first_that_is_meant)
{
    expect("no link, ftp://example.org, example.org, xhttps://example.org", "");
    expect("https:// and http://. https://example.org", "https://example.org");
    expect("`https://a.org` https://b.org", "https://b.org");
    expect("```\nhttps://a.org\n```\nhttps://b.org", "https://b.org");
    expect("||https://a.org|| https://b.org", "https://b.org");
    expect("<https://a.org> https://b.org", "https://b.org");
    expect("> https://a.org\nhttps://b.org", "https://b.org");
    expect("a || b https://b.org", "https://b.org");
    expect("`https://a.org", "https://a.org");
    expect("<https://a.org>", "");
    expect("", "");
}

Test(link, too_long_is_none)
{
    static char text[4000] = "https://example.org/";
    for (size_t i = 20; i < 3000; i++)
        text[i] = 'a';
    expect(text, "");
}
