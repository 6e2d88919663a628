/* Personal access tokens: their form. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "personal_token.h"

/* The sum of another implementation (zlib's). */
#define KNOWN "parley_pat_00000000000000000000000000000000000000002T3KMa"

static bool ok(const char *text)
{
    return personal_token_ok(str_of(text));
}

Test(personal_token, is_composed_as_others_would)
{
    static const unsigned char zeros[PERSONAL_TOKEN_RANDOM];
    char text[PERSONAL_TOKEN_TEXT];
    personal_token_compose(zeros, text);
    cr_expect_str_eq(text, KNOWN);
    cr_expect(ok(text));
}

Test(personal_token, each_changed_character_is_noticed)
{
    for (size_t i = 0; i < sizeof(KNOWN) - 1; i++) {
        char text[] = KNOWN;
        text[i] = text[i] == '7' ? '8' : '7';
        cr_expect(!ok(text), "at %zu", i);
    }
}

Test(personal_token, other_lengths_and_characters_are_none)
{
    cr_expect(!ok(""));
    cr_expect(!ok("parley_pat_"));
    cr_expect(!ok(KNOWN "0"));
    cr_expect(!personal_token_ok((struct str){KNOWN, sizeof(KNOWN) - 2}));
    char text[] = KNOWN;
    text[20] = '-';
    cr_expect(!ok(text));
    cr_expect(personal_token_claims(str_of(text)), "it says so, and is none");
    cr_expect(!personal_token_claims(STR("eyJhbGciOiJFUzI1NiJ9.e30.x")));
}

Test(personal_token, its_digest_is_sha_256)
{
    char digest[PERSONAL_TOKEN_DIGEST];
    static const unsigned char abc[4] = {0xba, 0x78, 0x16, 0xbf};
    cr_assert(personal_token_digest(STR("abc"), digest));
    cr_expect_eq(memcmp(digest, abc, sizeof(abc)), 0);
}
