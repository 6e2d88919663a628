/* Ingest entries: what is taken, and what is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "alloc.h"
#include "entry.h"
#include "err.h"

#define CMID "0a1b2c3d-4e5f-4a6b-8c7d-9e8f7a6b5c4d"

static const struct entry_fields good = {.id = {"1-1", 3},
                                         .k = {"send", 4},
                                         .f = {"inbox:{aa}", 10},
                                         .r = {"S7a", 3},
                                         .u = {"7", 1},
                                         .m = {"33", 2},
                                         .n = {CMID, 36},
                                         .b = {"hello", 5},
                                         .t = {"trace", 5}};

static int err_of(struct entry_fields fields, unsigned shard)
{
    struct entry *e = entry_decode(&fields, shard, false);
    int err = e->err;
    entry_free(e);
    return err;
}

Test(entry, a_send_is_read_whole)
{
    struct entry *e = entry_decode(&good, 1, true);
    cr_assert_eq(e->err, 0);
    cr_assert_eq(e->kind, ENTRY_SEND);
    cr_assert(e->redelivered);
    cr_assert_eq(e->user, 7);
    cr_assert_eq(e->room, 33);
    cr_assert(str_is(e->id, "1-1"));
    cr_assert(str_is(e->cmid, CMID));
    cr_assert(str_is(e->body, "hello"));
    cr_assert(str_is(e->to.inbox, "inbox:{aa}"));
    cr_assert(str_is(e->to.ref, "S7a"));
    entry_free(e);
}

Test(entry, a_room_of_another_shard_is_refused)
{
    cr_assert_eq(err_of(good, 2), ERR_BAD_REQUEST);
    cr_assert_eq(err_of(good, 1), 0);
}

Test(entry, numbers_must_be_numbers_and_not_zero)
{
    struct entry_fields f = good;
    f.u = STR("0");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.u = STR("seven");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f = good;
    f.m = STR("-15");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.m = STR("");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
}

Test(entry, an_unknown_kind_is_refused)
{
    struct entry_fields f = good;
    f.k = STR("sendx");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
}

Test(entry, a_cmid_is_a_uuid_in_lower_case)
{
    struct entry_fields f = good;
    f.n = STR("0A1B2C3D-4e5f-4a6b-8c7d-9e8f7a6b5c4d");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.n = STR("0a1b2c3d-4e5f-4a6b-8c7d-9e8f7a6b5c4");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.n = STR("0a1b2c3d04e5f-4a6b-8c7d-9e8f7a6b5c4d");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.n = STR("");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
}

Test(entry, a_wrong_cmid_does_not_come_back_in_the_nack)
{
    struct entry_fields f = good;
    f.n = STR("\xff\xfe");
    struct entry *e = entry_decode(&f, 1, false);
    cr_assert_eq(e->cmid.n, 0);
    entry_free(e);
}

Test(entry, a_body_has_one_to_16384_bytes_of_utf8_without_nul)
{
    static char big[BODY_MAX + 1];
    memset(big, 'x', sizeof big);
    struct entry_fields f = good;
    f.b = (struct str){big, BODY_MAX};
    cr_assert_eq(err_of(f, 1), 0);
    f.b = (struct str){big, BODY_MAX + 1};
    cr_assert_eq(err_of(f, 1), ERR_TOO_LARGE);
    f.b = STR("");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.b = STR("a\0b");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.b = STR("\xc3\x28");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
}

Test(entry, a_body_with_nothing_to_see_is_refused)
{
    static const char *const blank[] = {
        " ", " \t\r\n", "\u00a0", "\u2003\u200b\u200d", "\u2028\u2029", "\u202f\u205f", "\u3000 \ufeff"};
    static const char *const seen[] = {" a ", "\u2003.", "\u00a1", "\u200d\U0001f600", "\u3001", "\u0301"};
    struct entry_fields f = good;
    for (size_t i = 0; i < sizeof blank / sizeof blank[0]; i++) {
        f.b = str_of(blank[i]);
        cr_expect_eq(err_of(f, 1), ERR_BAD_REQUEST, "blank body %zu was taken", i);
    }
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        f.b = str_of(seen[i]);
        cr_expect_eq(err_of(f, 1), 0, "body %zu was refused", i);
    }
}

Test(entry, a_body_with_control_characters_is_refused)
{
    static const char *const odd[] = {"a\x01", "\x1b[31mred", "a\x0b", "a\x0c", "a\x1f", "a\x7f"};
    struct entry_fields f = good;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        f.b = str_of(odd[i]);
        cr_expect_eq(err_of(f, 1), ERR_BAD_REQUEST, "body %zu was taken", i);
    }
    f.b = STR("a\tb\r\nc \\ \"d\"");
    cr_expect_eq(err_of(f, 1), 0);
}

#define FILE_A "0123456789abcdef0123456789abcdef"
#define FILE_B "0123456789abcdef0123456789abcdee"

Test(entry, a_send_with_files_may_go_without_a_body_and_names_each_once)
{
    struct entry_fields f = good;
    f.b = STR("");
    f.l = STR(FILE_A "," FILE_B);
    struct entry *e = entry_decode(&f, 1, false);
    cr_assert_eq(e->err, 0);
    cr_expect_eq(e->files_n, 2);
    cr_expect(str_is(file_list_at(e->files, 1), FILE_B));
    entry_free(e);
    static const char *const bad[] = {FILE_A ",",
                                      FILE_A " " FILE_B,
                                      "," FILE_A,
                                      FILE_A "," FILE_A,
                                      FILE_A FILE_B,
                                      "x",
                                      "0123456789ABCDEF0123456789ABCDEF",
                                      "0123456789abcdef0123456789abcdeg"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        f.l = str_of(bad[i]);
        cr_expect_eq(err_of(f, 1), ERR_BAD_REQUEST, "%s", bad[i]);
    }
}

Test(entry, a_send_has_at_most_ten_files)
{
    char list[11 * 33 + 1] = "";
    struct entry_fields f = good;
    for (int i = 0; i < 11; i++) {
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%032d", i > 0 ? "," : "", i);
        f.l = str_of(list);
        cr_expect_eq(err_of(f, 1), i < 10 ? 0 : ERR_BAD_REQUEST, "%d", i + 1);
    }
}

Test(entry, what_differs_in_its_files_is_another_message)
{
    struct entry_fields f = good, g = good;
    f.l = STR(FILE_A);
    g.l = STR(FILE_B);
    struct entry *a = entry_decode(&f, 1, false), *b = entry_decode(&g, 1, false), *c = entry_decode(&good, 1, false);
    cr_expect_neq(memcmp(a->digest, b->digest, DIGEST_BYTES), 0);
    cr_expect_neq(memcmp(a->digest, c->digest, DIGEST_BYTES), 0);
    entry_free(a);
    entry_free(b);
    entry_free(c);
}

Test(entry, an_add_names_a_person_and_a_join_needs_no_more_than_the_room)
{
    struct entry_fields f = good;
    f.k = STR("add");
    f.b = STR("12");
    struct entry *e = entry_decode(&f, 1, false);
    cr_assert_eq(e->err, 0);
    cr_assert_eq(e->target, 12);
    entry_free(e);
    f.b = STR("nobody");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.k = STR("join");
    f.b = f.n = STR("");
    cr_assert_eq(err_of(f, 1), 0);
    f.k = STR("leave");
    cr_assert_eq(err_of(f, 1), 0);
}

Test(entry, a_removal_names_a_person)
{
    struct entry_fields f = good;
    f.k = STR("remove");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.b = STR("12");
    cr_assert_eq(err_of(f, 1), 0);
}

Test(entry, a_send_has_a_place_when_it_says_so)
{
    struct entry_fields f = good;
    f.d = STR("phone");
    f.q = STR("12");
    struct entry *e = entry_decode(&f, 1, false);
    cr_assert_eq(e->err, 0);
    cr_assert(str_is(e->device, "phone"));
    cr_assert(e->cseq == 12 && e->cgen == 0);
    entry_free(e);
    f.g = STR("3");
    f.b = STR(" ");
    e = entry_decode(&f, 1, false);
    cr_assert_eq(e->err, ERR_BAD_REQUEST);
    cr_assert(e->cseq == 12 && e->cgen == 3, "what is refused for its body keeps its place");
    entry_free(e);
    f = good;
    f.q = STR("twelve");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.q = STR("1");
    f.g = STR("-1");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.g = STR("");
    f.d = STR("\xff");
    cr_assert_eq(err_of(f, 1), ERR_BAD_REQUEST);
    f.k = STR("join");
    e = entry_decode(&f, 1, false);
    cr_assert_eq(e->cseq, 0, "only sends have one");
    entry_free(e);
}

Test(entry, the_digest_is_of_the_body_and_reads_back_from_postgresql)
{
    /* The first half of the well-known SHA-256 of "abc". */
    unsigned char made[DIGEST_BYTES], read[DIGEST_BYTES];
    digest_of(STR("abc"), 0, 0, made);
    cr_assert(digest_parse(STR("\\xba7816bf8f01cfea414140de5dae2223"), read));
    cr_assert_eq(memcmp(made, read, DIGEST_BYTES), 0);
    cr_assert_not(digest_parse(STR("\\xba7816bf8f01cfea414140de5dae22"), read));
    cr_assert_not(digest_parse(STR("\\xba7816bf8f01cfea414140de5dae222g"), read));
    cr_assert_not(digest_parse(STR("ba7816bf8f01cfea414140de5dae222300"), read));
}
