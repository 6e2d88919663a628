/* Passwords: which may be chosen; hashing and verifying on the workers. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "err.h"
#include "password.h"

struct world {
    struct loop *loop;
    struct passwords *passwords;
    int err, calls, wanted;
    bool same;
    char hash[256], better[256];
};

static void begin(struct world *w)
{
    *w = (struct world){0};
    cr_assert(ge(int, sodium_init(), 0));
    loop_create(&w->loop);
    passwords_create(&w->passwords, w->loop);
}

static void finish(struct world *w)
{
    passwords_destroy(&w->passwords);
    loop_destroy(&w->loop);
}

static void count(struct world *w)
{
    if (++w->calls >= w->wanted)
        loop_stop(w->loop);
}

static void on_hashed(void *arg, int err, const char *hash)
{
    struct world *w = arg;
    w->err = err;
    snprintf(w->hash, sizeof(w->hash), "%s", hash ? hash : "");
    count(w);
}

static void on_verified(void *arg, int err, bool same, const char *better)
{
    struct world *w = arg;
    w->err = err;
    w->same = same;
    snprintf(w->better, sizeof(w->better), "%s", better ? better : "");
    count(w);
}

static int64_t soon(void)
{
    return clock_mono_ms() + 60000;
}

static void hash(struct world *w, const char *password)
{
    w->calls = 0;
    w->wanted = 1;
    cr_assert(zero(int, password_hash(w->passwords, str_of(password), soon(), on_hashed, w)));
    cr_assert(zero(int, w->calls));
    loop_run(w->loop);
}

static bool verify(struct world *w, struct str password, const char *stored)
{
    w->calls = 0;
    w->wanted = 1;
    cr_assert(zero(int, password_verify(w->passwords, password, stored, soon(), on_verified, w)));
    loop_run(w->loop);
    cr_assert(zero(int, w->err));
    return w->same;
}

Test(password, a_hash_is_argon2id_in_owasp_measure_and_verifies)
{
    struct world w;
    begin(&w);
    hash(&w, "correct horse battery");
    cr_assert(zero(int, w.err));
    cr_assert(eq(int, strncmp(w.hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0), "%s", w.hash);
    cr_assert(verify(&w, STR("correct horse battery"), w.hash));
    cr_assert_str_eq(w.better, "");
    cr_assert(not(verify(&w, STR("correct horse batterx"), w.hash)));
    cr_assert(not(verify(&w, STR("correct horse batter"), w.hash)));
    cr_assert(not(verify(&w, STR(""), w.hash)));
    finish(&w);
}

Test(password, a_weaker_argon2_hash_is_replaced_once_verified)
{
    struct world w;
    begin(&w);
    char weak[crypto_pwhash_STRBYTES];
    cr_assert(
        zero(int, crypto_pwhash_str_alg(weak, "correct horse", 13, 1, 8192 * 1024, crypto_pwhash_ALG_ARGON2ID13)));
    cr_assert(not(verify(&w, STR("wrong horse"), weak)));
    cr_assert_str_eq(w.better, "");
    cr_assert(verify(&w, STR("correct horse"), weak));
    cr_assert(verify(&w, STR("correct horse"), w.better));
    finish(&w);
}

/* Published vectors of crypt_blowfish (wrapper.c) in the $2b$ form, which differs from $2y$ in the letter only. */
Test(password, bcrypt_of_imported_accounts_verifies_and_is_replaced)
{
    struct world w;
    begin(&w);
    const char *stored = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    cr_assert(verify(&w, STR("U*U"), stored));
    cr_assert(eq(int, strncmp(w.better, "$argon2id$", 10), 0));
    cr_assert(verify(&w, STR("U*U"), w.better));
    cr_assert(not(verify(&w, STR("U*V"), stored)));
    cr_assert_str_eq(w.better, "");
    finish(&w);
}

Test(password, stored_text_that_is_no_hash_matches_nothing)
{
    struct world w;
    begin(&w);
    const char *stored[] = {"",
                            "*",
                            "U*U",
                            "$2b$05$short",
                            "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                            "$argon2id$v=19$m=19456,t=2,p=1$"};
    for (size_t i = 0; i < sizeof(stored) / sizeof(stored[0]); i++)
        cr_assert(not(verify(&w, STR("U*U"), stored[i])), "%s", stored[i]);
    finish(&w);
}

Test(password, nobodys_password_is_never_right)
{
    struct world w;
    begin(&w);
    cr_assert(not(verify(&w, STR("anything at all"), NULL)));
    finish(&w);
}

Test(password, one_of_256_bytes_is_compared_whole_and_a_longer_one_never_matches)
{
    struct world w;
    begin(&w);
    char text[PASSWORD_MAX + 2];
    memset(text, 'x', sizeof(text));
    text[PASSWORD_MAX] = '\0';
    hash(&w, text);
    cr_assert(verify(&w, (struct str){text, PASSWORD_MAX}, w.hash));
    text[PASSWORD_MAX] = 'x';
    cr_assert(not(verify(&w, (struct str){text, PASSWORD_MAX + 1}, w.hash)));
    cr_assert(not(verify(&w, (struct str){text, PASSWORD_MAX - 1}, w.hash)));
    finish(&w);
}

Test(password, work_beyond_the_bound_is_refused_and_the_rest_is_done)
{
    struct world w;
    begin(&w);
    loop_work_limit(w.loop, 8);
    w.wanted = 8;
    for (int i = 0; i < 8; i++)
        cr_assert(zero(int, password_hash(w.passwords, STR("some password"), soon(), on_hashed, &w)));
    cr_assert(eq(int, password_hash(w.passwords, STR("some password"), soon(), on_hashed, &w), ERR_BUSY));
    loop_run(w.loop);
    cr_assert(eq(int, w.calls, 8));
    finish(&w);
}

Test(password, what_waited_beyond_its_deadline_is_not_done)
{
    struct world w;
    begin(&w);
    w.wanted = 2;
    password_hash(w.passwords, STR("some password"), clock_mono_ms() - 1000, on_hashed, &w);
    password_verify(w.passwords, STR("some password"), NULL, clock_mono_ms() - 1000, on_verified, &w);
    loop_run(w.loop);
    cr_assert(eq(int, w.err, ERR_TIMEOUT));
    cr_assert_str_eq(w.hash, "");
    finish(&w);
}

Test(password, length_is_8_to_256_bytes)
{
    char text[300];
    memset(text, 'x', sizeof(text));
    text[0] = 'y';
    struct str name = STR("alice");
    cr_assert(eq(int, password_check((struct str){text, 7}, name), ERR_PASSWORD_INVALID));
    cr_assert(zero(int, password_check((struct str){text, 8}, name)));
    cr_assert(zero(int, password_check((struct str){text, 256}, name)));
    cr_assert(eq(int, password_check((struct str){text, 257}, name), ERR_PASSWORD_INVALID));
    cr_assert(zero(int, password_check(STR("пароль"), name))); /* 12 bytes */
}

Test(password, common_ones_are_refused_in_whatever_case)
{
    struct str name = STR("roberta-b");
    const char *common[] = {"password",   "PASSWORD",  "Password123", "12345678",     "qwertyuiop", "iloveyou",
                            "aaaaaaaaaa", "zzzzzzzz1", "!qaz2wsx",    "Correcthorse", "zxcvbnm1",   "Roberta-B"};
    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
        int expected = strcmp(common[i], "zzzzzzzz1") == 0 ? 0 : ERR_PASSWORD_COMMON;
        cr_assert(eq(int, password_check(str_of(common[i]), name), expected), "%s", common[i]);
    }
}
