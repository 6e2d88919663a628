/* What the index is asked, and the line that is shown of what was found. */
#include <criterion/criterion.h>
#include <string.h>

#include "err.h"
#include "search_fold.h"
#include "search_snippet.h"

static struct search_plan plan;

static void init(void)
{
    cr_assert_eq(search_fold_init(), 0);
}
static void fini(void)
{
    search_plan_fini(&plan);
}
TestSuite(search_plan, .init = init, .fini = fini);

static void make(const char *text)
{
    search_plan_fini(&plan);
    plan = (struct search_plan){.messages = 1, .limit = 20};
    cr_assert_eq(search_query_parse(str_of(text), &plan.query), 0);
    cr_assert_eq(search_plan_words(&plan), 0);
}

static void asks(const char *text, const char *tsquery)
{
    struct buf out = {0};
    if (text != NULL)
        make(text);
    search_plan_tsquery(&plan, &out);
    cr_expect_str_eq(buf_c(&out), tsquery, "%s", buf_c(&out));
    buf_fini(&out);
}

Test(search_plan, asks_for_the_pieces_of_words)
{
    asks("prog", "('pro' & 'rog')");
    asks("\"prog\"", "(' pr' & 'pro' & 'rog' & 'og ')");
    asks("東京", "('東京')");
    asks("go js", "('go') & ('js')");
    asks("c", "(' c ')");
    asks("foo.bar", "('foo' & 'oo ' & 'o b' & ' ba' & 'bar')");
}

Test(search_plan, asks_for_nothing_of_what_is_not_to_be_there)
{
    asks("-prog", "");
    asks("has:link has:code -has:file", "'L' & 'C'");
}

Test(search_plan, asks_for_people_and_rooms_and_stems)
{
    make("runs from:ada -from:bo");
    search_plan_add(&plan.people_in, &plan.people_out, &plan.query.people[0], 5);
    search_plan_add(&plan.people_in, &plan.people_out, &plan.query.people[1], 6);
    search_plan_add_stem(&plan, 0, STR("run"));
    plan.reach = (struct search_ids){{1, 2}, 2};
    plan.reach_known = true;
    asks(NULL, "('run' & 'uns' | 'Trun') & ('S5') & ('R1' | 'R2')");
    cr_expect_eq(plan.people_out.v[0], 6);
}

Test(search_plan, asks_for_some_pieces_of_a_long_phrase)
{
    struct buf out = {0};
    make("\"one two three four five six seven eight nine ten eleven twelve thirteen\"");
    search_plan_tsquery(&plan, &out);
    size_t ands = 0;
    for (const char *p = buf_c(&out); (p = strstr(p, " & ")) != NULL; p += 3)
        ands++;
    cr_expect(ands > 10 && ands < 24, "%zu", ands);
    buf_fini(&out);
}

Test(search_plan, refuses_too_many_words)
{
    plan = (struct search_plan){0};
    cr_assert_eq(search_query_parse(STR("a b c d e f g h i"), &plan.query), 0);
    cr_expect_eq(search_plan_words(&plan), ERR_BAD_REQUEST);
}

Test(search_plan, knows_when_there_is_nothing_to_find)
{
    make("?!");
    cr_expect(search_plan_is_void(&plan));
    make("word from:nobody");
    cr_expect(search_plan_is_void(&plan));
    make("word -from:nobody");
    cr_expect_not(search_plan_is_void(&plan));
    make("in:nowhere");
    cr_expect(search_plan_is_void(&plan));
    plan.messages = 0;
    make("word");
    cr_expect_not(search_plan_is_void(&plan));
}

/* ---- snippets ---- */

static void shows(const char *text, const char *body, const char *shown)
{
    struct search_snippet s = {0};
    struct buf marked = {0};
    make(text);
    search_snippet(&plan, str_of(body), &s);
    struct str line = buf_view(&s.text);
    uint32_t unit = 0;
    size_t mark = 0;
    for (size_t at = 0; at <= line.n;) {
        if (mark < s.marks_n && s.marks[mark][1] == unit)
            mark++, buf_char(&marked, ']');
        if (mark < s.marks_n && s.marks[mark][0] == unit)
            buf_char(&marked, '[');
        if (at == line.n)
            break;
        size_t from = at;
        unit += str_next_char(line, &at) >= 0x10000 ? 2 : 1;
        buf_put(&marked, line.p + from, at - from);
    }
    cr_expect_str_eq(buf_c(&marked), shown, "%s", buf_c(&marked));
    buf_fini(&marked);
    search_snippet_fini(&s);
}

Test(search_plan, marks_what_was_found)
{
    shows("creme", "Die Crème ist da", "Die [Crème] ist da");
    shows("rog", "Program, prog", "P[rog]ram, p[rog]");
    shows("\"prog\"", "program prog.", "program [prog].");
    shows("東京", "明日は東京で🎉東京", "明日は[東京]で🎉[東京]");
    shows("foo.bar", "a foo-bar b", "a [foo-bar] b");
    shows("gram ogra", "program", "pr[ogram]");
    shows("one -two", "one two", "[one] two");
    shows("a", "a ab a", "[a] ab [a]");
    shows("has:link", "one\ntwo", "one two");
}

Test(search_plan, marks_words_of_the_same_stem)
{
    struct search_snippet s = {0};
    make("running");
    search_plan_add_stem(&plan, 0, STR("run"));
    search_snippet(&plan, STR("he runs"), &s);
    cr_assert_eq(s.marks_n, 1);
    cr_expect(s.marks[0][0] == 3 && s.marks[0][1] == 7);
    search_snippet_fini(&s);
}

Test(search_plan, cuts_a_long_text_around_the_first_place)
{
    struct search_snippet s = {0};
    struct buf body = {0};
    for (int i = 0; i < 100; i++)
        buf_cstr(&body, "filler ");
    buf_cstr(&body, "needle ");
    for (int i = 0; i < 100; i++)
        buf_cstr(&body, "filler ");
    make("needle");
    search_snippet(&plan, buf_view(&body), &s);
    cr_assert_eq(s.marks_n, 1);
    cr_expect_str_eq(buf_c(&s.text) + s.text.n - 3, "…");
    cr_expect(str_starts(buf_view(&s.text), STR("…")));
    /* The ellipsis is three bytes and one unit. */
    cr_expect_eq(memcmp(s.text.p + s.marks[0][0] + 2, "needle", 6), 0);
    search_snippet_fini(&s);
    buf_fini(&body);
}
