/* What people type into the search box. */
#include <criterion/criterion.h>
#include <string.h>

#include "err.h"
#include "search_language.h"
#include "search_query.h"

static struct search_query parsed(const char *text)
{
    struct search_query q;
    cr_assert_eq(search_query_parse(str_of(text), &q), 0, "%s", text);
    return q;
}

static void refused(const char *text, int why)
{
    struct search_query q;
    cr_expect_eq(search_query_parse(str_of(text), &q), why, "%s", text);
}

#define TERM(q, i, what, is_phrase, is_without)                                        \
    cr_expect(str_is((q).terms[i].text, what) && (q).terms[i].phrase == (is_phrase) && \
                  (q).terms[i].without == (is_without),                                \
              "term %d: %.*s", i, (int)(q).terms[i].text.n, (q).terms[i].text.p)

Test(search_query, reads_words_phrases_and_exclusions)
{
    struct search_query q = parsed(" deploy  -test \"new york\" -\"not this\" ");
    cr_assert_eq(q.terms_n, 4);
    TERM(q, 0, "deploy", false, false);
    TERM(q, 1, "test", false, true);
    TERM(q, 2, "new york", true, false);
    TERM(q, 3, "not this", true, true);
}

Test(search_query, reads_quotes_and_spaces_of_other_keyboards)
{
    struct search_query q = parsed("„guten Tag“　«bon jour»");
    cr_assert_eq(q.terms_n, 2);
    TERM(q, 0, "guten Tag", true, false);
    TERM(q, 1, "bon jour", true, false);
}

Test(search_query, forgives_what_is_half_typed)
{
    struct search_query q = parsed("\"half open");
    cr_assert_eq(q.terms_n, 1);
    TERM(q, 0, "half open", true, false);
    q = parsed("from: - in:\"\" x:y \"\"");
    cr_expect_eq(q.people_n + q.rooms_n, 0);
    cr_assert_eq(q.terms_n, 4);
    TERM(q, 0, "from:", false, false);
    TERM(q, 3, "x:y", false, false);
    cr_expect_eq(parsed("").terms_n, 0);
}

Test(search_query, reads_names)
{
    struct search_query q = parsed("in:#general -in:\"my room\" from:@ada from:me -from:\"Bo B\" in:#");
    cr_assert(q.rooms_n == 3 && q.people_n == 3 && q.terms_n == 0);
    cr_expect(str_is(q.rooms[0].text, "general") && !q.rooms[0].without);
    cr_expect(str_is(q.rooms[1].text, "my room") && q.rooms[1].without);
    cr_expect(str_is(q.rooms[2].text, "#"));
    cr_expect(str_is(q.people[0].text, "ada") && str_is(q.people[1].text, "me"));
    cr_expect(str_is(q.people[2].text, "Bo B") && q.people[2].without);
}

Test(search_query, reads_days)
{
    struct search_query q = parsed("after:2026-02-28 before:2026-12-31");
    cr_expect_str_eq(q.since, "2026-03-01");
    cr_expect_str_eq(q.until, "2026-12-31");
    q = parsed("on:2024-02-28");
    cr_expect_str_eq(q.since, "2024-02-28");
    cr_expect_str_eq(q.until, "2024-02-29");
    q = parsed("after:2026-12-31 after:2026-01-01 before:2030-01-01 before:2029-01-01");
    cr_expect_str_eq(q.since, "2027-01-01");
    cr_expect_str_eq(q.until, "2029-01-01");
}

Test(search_query, reads_kinds)
{
    struct search_query q = parsed("has:link -has:code is:pinned has:file");
    cr_expect_eq(q.has, SEARCH_LINK | SEARCH_PINNED | SEARCH_FILE);
    cr_expect_eq(q.lacks, SEARCH_CODE);
}

Test(search_query, says_what_it_does_not_understand)
{
    refused("before:tomorrow", ERR_DATE_INVALID);
    refused("before:2026-02-29", ERR_DATE_INVALID);
    refused("before:2026-13-01", ERR_DATE_INVALID);
    refused("before:2026-1-01x", ERR_DATE_INVALID);
    refused("-before:2026-01-01", ERR_DATE_INVALID);
    refused("has:everything", ERR_HAS_INVALID);
    refused("is:late", ERR_IS_INVALID);
    refused("a b c d e f g h i j k l m n o p q", ERR_TOO_MANY_WORDS);
    refused("in:1 in:2 in:3 in:4 in:5 in:6 in:7 in:8 in:9", ERR_TOO_MANY_WORDS);
}

Test(search_query, reads_languages)
{
    struct search_languages l;
    struct str bad;
    cr_assert(search_languages_parse(STR(" english, german,simple,"), &l, &bad));
    cr_assert_eq(l.n, 2);
    cr_expect_str_eq(l.names[0], "english");
    cr_expect_str_eq(l.names[1], "german");
    cr_assert(search_languages_parse(STR(""), &l, &bad));
    cr_expect_eq(l.n, 0);
    cr_assert_not(search_languages_parse(STR("english,klingon"), &l, &bad));
    cr_expect(str_is(bad, "klingon"));
}
