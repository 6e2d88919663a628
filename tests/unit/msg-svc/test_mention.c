/* Who is named in a text. */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "mention.h"

static struct mentions found(const char *text)
{
    struct mentions m;
    mentions_find(str_of(text), &m);
    return m;
}

static void expect_one(const char *text, const char *name)
{
    struct mentions m = found(text);
    cr_expect_eq(m.count, 1, "%s: %zu names", text, m.count);
    if (m.count == 1)
        cr_expect(str_is(m.names[0], name), "%s: %.*s", text, (int)m.names[0].n, m.names[0].p);
}

static void expect_none(const char *text)
{
    struct mentions m = found(text);
    cr_expect(m.count == 0 && !m.all && !m.here, "%s", text);
}

Test(mention, a_name_begins_behind_what_is_no_name_and_ends_before_it)
{
    expect_one("@ana", "ana");
    expect_one("hello @ana, hello", "ana");
    expect_one("(@ana)", "ana");
    expect_one("ask @ana.", "ana");
    expect_one("ask @ana-", "ana");
    expect_one("@ana.b_c-d!", "ana.b_c-d");
    expect_one("@ana @ana", "ana");
    expect_one("\n@ana\n", "ana");
}

Test(mention, addresses_and_lone_signs_name_nobody)
{
    expect_none("");
    expect_none("@");
    expect_none("@ ana");
    expect_none("ana@example.org");
    expect_none("@@ana");
    expect_none("@...");
}

Test(mention, what_stands_in_code_names_nobody)
{
    expect_none("`@ana`");
    expect_none("``a ` @ana``");
    expect_none("```\n@ana\n```");
    expect_one("` @ana", "ana");
    expect_one("`@ben` @ana", "ana");
    expect_one("``@ana`", "ana");
}

Test(mention, everyone_has_his_own_words)
{
    cr_expect(found("@all").all);
    cr_expect(found("@channel.").all);
    cr_expect(found("hi @everyone").all);
    cr_expect(found("@ALL, look").all);
    cr_expect(found("@Ｅveryone").all);
    cr_expect(found("@HERE").here);
    cr_expect(found("@here?").here);
    cr_expect_not(found("@here").all);
    cr_expect_eq(found("@all").count, 0);
    expect_one("@allan", "allan");
}

Test(mention, names_of_other_scripts_are_found_and_what_goes_on_behind_a_name)
{
    expect_one("@Привет", "Привет");
    struct mentions m = found("@ana你好");
    cr_assert_eq(m.count, 2);
    cr_expect(str_is(m.names[0], "ana你好"));
    cr_expect(str_is(m.names[1], "ana"));
}

Test(mention, no_more_than_the_bound_are_taken)
{
    char text[4096] = "";
    for (int i = 0; i < 100; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "@n%d ", i);
    cr_expect_eq(found(text).count, MENTIONS_MAX);
    char lengthy[MENTION_NAME_MAX + 3] = "@";
    memset(lengthy + 1, 'a', MENTION_NAME_MAX + 1);
    expect_none(lengthy);
}
