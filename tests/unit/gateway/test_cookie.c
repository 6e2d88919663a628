/* The refresh cookie as browsers are told and as they tell it. */
#include <criterion/criterion.h>

#include "cookie.h"

static void check_text(struct buf *b, const char *want)
{
    cr_assert_str_eq(buf_c(b), want);
    buf_fini(b);
}

Test(cookie, goes_to_the_auth_paths_only_and_never_to_scripts)
{
    struct buf b = {0};
    cookie_set(&b, false, STR("abc"), 60);
    check_text(&b, "parley_refresh=abc; Path=/api/v1/auth; HttpOnly; SameSite=Strict; Max-Age=60");
}

Test(cookie, has_the_host_prefix_and_is_secure_over_tls)
{
    struct buf b = {0};
    cookie_set(&b, true, STR("abc"), 60);
    check_text(&b, "__Host-parley_refresh=abc; Secure; Path=/; HttpOnly; SameSite=Strict; Max-Age=60");
}

Test(cookie, of_media_goes_to_media_only_and_never_to_scripts)
{
    struct buf b = {0};
    cookie_set_media(&b, false, STR("a.b-c_d"), 900);
    check_text(&b, "parley_media=a.b-c_d; Path=/media; HttpOnly; SameSite=Strict; Max-Age=900");
    cookie_set_media(&b, true, STR("abc"), 900);
    check_text(&b, "parley_media=abc; Secure; Path=/media; HttpOnly; SameSite=Strict; Max-Age=900");
    cookie_clear_media(&b, false);
    check_text(&b, "parley_media=; Path=/media; HttpOnly; SameSite=Strict; Max-Age=0");
}

Test(cookie, of_media_holds_access_tokens_only)
{
    cr_expect(cookie_access_ok(STR("eyJhbGciOi.J9_-.x")));
    cr_expect_not(cookie_access_ok(STR("a;b")));
    cr_expect_not(cookie_access_ok(STR("")));
}

Test(cookie, is_cleared_by_an_age_of_zero)
{
    struct buf b = {0};
    cookie_clear(&b, false);
    check_text(&b, "parley_refresh=; Path=/api/v1/auth; HttpOnly; SameSite=Strict; Max-Age=0");
}

Test(cookie, is_found_among_others)
{
    struct str token;
    cr_assert(cookie_find(STR("a=1; xparley_refresh=no; parley_refresh=tok.en=; b=2"), false, &token));
    cr_assert(str_is(token, "tok.en="));
    cr_assert(cookie_find(STR("__Host-parley_refresh=t"), true, &token));
    cr_assert(str_is(token, "t"));
}

Test(cookie, of_plain_http_does_not_count_over_tls)
{
    struct str token;
    cr_assert_not(cookie_find(STR("parley_refresh=t"), true, &token));
    cr_assert_not(cookie_find(STR("__Host-parley_refresh=t"), false, &token));
}

Test(cookie, with_a_value_that_could_break_json_is_none)
{
    struct str token;
    cr_assert_not(cookie_find(STR("parley_refresh=a\"b"), false, &token));
    cr_assert_not(cookie_find(STR("parley_refresh="), false, &token));
    cr_assert_not(cookie_find(STR(""), false, &token));
}
