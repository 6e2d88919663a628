/* Builds and reads the cookies of a login. */
#include "cookie.h"

#include <string.h>

#define PLAIN_NAME "parley_refresh"
#define SECURE_NAME "__Host-parley_refresh"

static void put(struct buf *out, bool secure, struct str token, int64_t max_age_s)
{
    buf_cstr(out, secure ? SECURE_NAME : PLAIN_NAME);
    buf_char(out, '=');
    buf_str(out, token);
    buf_cstr(out, secure ? "; Secure; Path=/" : "; Path=/api/v1/auth");
    buf_cstr(out, "; HttpOnly; SameSite=Strict; Max-Age=");
    buf_i64(out, max_age_s);
}

void cookie_set(struct buf *out, bool secure, struct str token, int64_t max_age_s)
{
    put(out, secure, token, max_age_s);
}

void cookie_clear(struct buf *out, bool secure)
{
    put(out, secure, (struct str){0}, 0);
}

static void put_media(struct buf *out, bool secure, struct str token, int64_t max_age_s)
{
    buf_cstr(out, "parley_media=");
    buf_str(out, token);
    buf_cstr(out, secure ? "; Secure; Path=/media" : "; Path=/media");
    buf_cstr(out, "; HttpOnly; SameSite=Strict; Max-Age=");
    buf_i64(out, max_age_s);
}

void cookie_set_media(struct buf *out, bool secure, struct str token, int64_t max_age_s)
{
    put_media(out, secure, token, max_age_s);
}

void cookie_clear_media(struct buf *out, bool secure)
{
    put_media(out, secure, (struct str){0}, 0);
}

bool cookie_access_ok(struct str token)
{
    for (size_t i = 0; i < token.n; i++) {
        char c = token.p[i];
        bool alnum = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!alnum && c != '-' && c != '_' && c != '.')
            return false;
    }
    return token.n > 0 && token.n <= 2048;
}

bool cookie_find(struct str header, bool secure, struct str *token_r)
{
    const char *name = secure ? SECURE_NAME : PLAIN_NAME;
    while (header.n > 0) {
        struct str pair, key;
        header = str_cut(header, ';', &pair);
        while (pair.n > 0 && pair.p[0] == ' ')
            pair.p++, pair.n--;
        struct str value = str_cut(pair, '=', &key);
        if (!str_is(key, name))
            continue;
        *token_r = value;
        return cookie_token_ok(value);
    }
    return false;
}

bool cookie_token_ok(struct str token)
{
    static const char more[] = "-._~+/=";
    for (size_t i = 0; i < token.n; i++) {
        char c = token.p[i];
        bool alnum = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!alnum && !memchr(more, c, sizeof(more) - 1))
            return false;
    }
    return token.n > 0 && token.n <= 512;
}
