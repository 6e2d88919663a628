/* Text and query are folded alike, so that what people type finds what others wrote. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

#include "search_doc.h"
#include "search_fold.h"

static void init(void)
{
    cr_assert_eq(search_fold_init(), 0);
}
TestSuite(search_fold, .init = init);

static void folds_to(const char *text, const char *folded)
{
    struct buf out = {0};
    search_fold(str_of(text), &out, NULL);
    cr_expect_str_eq(buf_c(&out), folded, "%s: \"%s\"", text, buf_c(&out));
    buf_fini(&out);
}

Test(search_fold, takes_case_accents_width_and_punctuation_away)
{
    folds_to("Hello,  World!", " hello world ");
    folds_to("Crème BRÛLÉE", " creme brulee ");
    folds_to("cre\xcc\x80me", " creme "); /* the accent as a mark of its own */
    folds_to("Straße", " strasse ");
    folds_to("ＡＢＣ１２", " abc12 ");
    folds_to("foo.bar(baz)", " foo bar baz ");
    folds_to("İstanbul", " istanbul ");
    folds_to("ΣΊΣΥΦΟΣ", " σισυφοσ ");
    folds_to("Ёлка", " елка ");
}

Test(search_fold, keeps_what_makes_another_letter)
{
    folds_to("がか", " がか ");
    folds_to("ｶﾞ", " ガ "); /* half width, its voicing a character of its own */
    folds_to("안녕", " 안녕 ");
    folds_to("हिन्दी", " हिन्दी ");
}

Test(search_fold, keeps_pictures_but_not_their_colours)
{
    folds_to("done 🎉!", " done 🎉 ");
    folds_to("👍🏽", " 👍 ");
}

Test(search_fold, gives_nothing_for_what_has_no_word)
{
    folds_to("", "");
    folds_to("?! ... —", "");
    folds_to("\xcc\x81\xcc\x81", "");
}

Test(search_fold, folding_twice_is_folding_once)
{
    static const char *const texts[] = {"Crème BRÛLÉE", "がｶﾞ안녕", "x\xcc\x81y ﬃ ﷺ", "👩‍👩‍👧 A-b"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buf once = {0}, twice = {0};
        search_fold(str_of(texts[i]), &once, NULL);
        search_fold(buf_view(&once), &twice, NULL);
        cr_expect_str_eq(buf_c(&twice), buf_c(&once));
        buf_fini(&once);
        buf_fini(&twice);
    }
}

Test(search_fold, knows_where_each_byte_comes_from)
{
    struct buf out = {0};
    struct search_map map = {0};
    search_fold(str_of("a 🎉 É!x"), &out, &map); /* in UTF-16: a0 space1 picture2,3 space4 É5 !6 x7 */
    cr_assert_str_eq(buf_c(&out), " a 🎉 e x ");
    cr_assert_eq(map.n, out.n);
    size_t at = (size_t)(strchr(out.p, 'e') - out.p), picture = 3;
    cr_expect(map.spans[1].from == 0 && map.spans[1].to == 1);
    cr_expect(map.spans[picture].from == 2 && map.spans[picture + 3].to == 4);
    cr_expect(map.spans[at].from == 5 && map.spans[at].to == 6);
    cr_expect(map.spans[out.n - 2].from == 7 && map.spans[out.n - 2].to == 8);
    search_map_fini(&map);
    buf_fini(&out);
}

/* ---- pieces ---- */

static void put(void *arg, struct str gram)
{
    buf_printf(arg, "[%.*s]", (int)gram.n, gram.p);
}

static void pieces(const char *text, const char *all, const char *best)
{
    struct buf out = {0};
    search_grams(str_of(text), put, &out);
    if (all != NULL)
        cr_expect_str_eq(buf_c(&out), all, "%s: %s", text, buf_c(&out));
    buf_reset(&out);
    search_best_grams(str_of(text), put, &out);
    cr_expect_str_eq(buf_c(&out), best, "%s: best %s", text, buf_c(&out));
    buf_fini(&out);
}

Test(search_fold, takes_words_to_pieces_of_two_and_three)
{
    pieces(" go ", "[go][ go][go ]", "[ go][go ]");
    pieces("go", "[go]", "[go]");
    pieces(" abc ", "[ab][ ab][bc][abc][bc ]", "[ ab][abc][bc ]");
    pieces("a b", "[a b]", "[a b]");
    pieces("a", "", "");
    pieces("", "", "");
}

Test(search_fold, takes_dense_scripts_to_pieces_of_one_and_two)
{
    pieces("日本語", "[日][本][日本][語][本語]", "[日本][本語]");
    pieces("猫", "[猫]", "[猫]");
    pieces(" 猫 ", "[猫]", "[猫]");
    pieces("猫 犬", "[猫][犬]", "[猫][犬]");
    pieces("日go", NULL, "[日g][go]");
    pieces("go日", NULL, "[go][o日]");
    pieces("gone日", NULL, "[gon][one][e日]");
}

static void collect(void *arg, struct str gram)
{
    struct buf *all = arg;
    buf_char(all, SEARCH_GRAM_END);
    buf_str(all, gram);
    buf_char(all, SEARCH_GRAM_END);
}

struct lookup {
    struct buf *all;
    const char *part;
};

static void is_there(void *arg, struct str gram)
{
    struct lookup *l = arg;
    struct buf needle = {0};
    buf_printf(&needle, "%c%.*s%c", SEARCH_GRAM_END, (int)gram.n, gram.p, SEARCH_GRAM_END);
    cr_expect(memmem(l->all->p, l->all->n, needle.p, needle.n) != NULL, "part \"%s\": no piece \"%.*s\"", l->part,
              (int)gram.n, gram.p);
    buf_fini(&needle);
}

/* The promise that nothing is missed: whatever part of a text is looked for, the index has all pieces of it. */
Test(search_fold, has_every_piece_that_any_part_of_a_text_asks_for)
{
    static const char text[] = " the qu日本go 🎉 k 猫 end안녕x ";
    struct buf all = {0};
    search_grams(str_of(text), collect, &all);
    for (size_t from = 0; from < sizeof text - 1; from++)
        for (size_t to = from + 1; to <= sizeof text - 1; to++) {
            bool whole = ((unsigned char)text[from] & 0xc0) != 0x80 && ((unsigned char)text[to] & 0xc0) != 0x80;
            char part[sizeof text];
            snprintf(part, sizeof part, "%.*s", (int)(to - from), text + from);
            struct lookup lookup = {&all, part};
            if (whole)
                search_best_grams(str_of(part), is_there, &lookup);
        }
    buf_fini(&all);
}

/* ---- kinds ---- */

static unsigned kinds(const char *body)
{
    return search_kinds(&(struct search_message){.body = str_of(body)});
}

Test(search_fold, tells_links_and_code)
{
    cr_expect_eq(kinds("see https://example.org"), SEARCH_LINK);
    cr_expect_eq(kinds("see www.example.org"), SEARCH_LINK);
    cr_expect_eq(kinds("run `make` now"), SEARCH_CODE);
    cr_expect_eq(kinds("```\nmake\n```"), SEARCH_CODE);
    cr_expect_eq(kinds("one ` alone"), 0);
    cr_expect_eq(kinds("two ` on\ntwo ` lines"), 0);
    cr_expect_eq(kinds(""), 0);
}

Test(search_fold, makes_a_document_with_its_tokens)
{
    struct buf folded = {0}, tokens = {0};
    struct search_message m = {.room = 7, .sender = 9, .body = STR("Go!"), .pinned = true, .has_file = true};
    search_doc(&m, &folded, &tokens);
    cr_expect_str_eq(buf_c(&folded), " go ");
    cr_expect_str_eq(buf_c(&tokens), "R7\x1fS9\x1f"
                                     "F\x1fP\x1fgo\x1f go\x1fgo ");
    buf_fini(&folded);
    buf_fini(&tokens);
}
