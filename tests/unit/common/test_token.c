/* Access tokens: what is issued is believed, and nothing else. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64url.h"
#include "err.h"
#include "token.h"

enum { NOW = 1700000000 };

struct world {
    char *private_pem, *public_pem, kid[48];
    struct token_verifier *verifier;
    struct token_claims claims;
    struct buf token;
};

static void put_keys(struct token_verifier *v, const char *public_pem, const char *kid)
{
    struct buf jwks = {0};
    buf_cstr(&jwks, "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\",\"kid\":\"other\"},");
    cr_assert(zero(int, token_key_jwk(public_pem, kid, &jwks)));
    buf_cstr(&jwks, "]}");
    cr_assert(zero(int, token_verifier_keys(v, buf_view(&jwks))));
    buf_fini(&jwks);
}

static void begin(struct world *w)
{
    *w = (struct world){
        .claims = {
            .user = 42, .session = "0b9f1e5e-3a55-4b8e-9d0b-0d3f3a0c1b2a", .issued_s = NOW, .expires_s = NOW + 900}};
    cr_assert(zero(int, token_key_generate(&w->private_pem, &w->public_pem, w->kid)));
    token_verifier_create(&w->verifier, 4);
    put_keys(w->verifier, w->public_pem, w->kid);
    cr_assert(zero(int, token_issue(w->private_pem, w->kid, &w->claims, &w->token)));
}

static void finish(struct world *w)
{
    token_verifier_destroy(&w->verifier);
    buf_fini(&w->token);
    free(w->private_pem);
    free(w->public_pem);
}

static int verify_at(struct world *w, struct str token, int64_t now_s)
{
    struct token_claims claims;
    return token_verify(w->verifier, token, now_s, &claims);
}

/* The signature of `text` as JOSE has it: r and s, 32 bytes each. */
static void sign_es256(const char *private_pem, struct str text, struct buf *out)
{
    unsigned char der[128], raw[64];
    size_t n = sizeof(der);
    BIO *bio = BIO_new_mem_buf(private_pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    cr_assert(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key));
    cr_assert(EVP_DigestSign(ctx, der, &n, (const unsigned char *)text.p, text.n));
    const unsigned char *p = der;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32);
    base64url_put(out, (struct str){(char *)raw, sizeof(raw)});
    ECDSA_SIG_free(sig);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    BIO_free(bio);
}

/* A token with this header and payload, soundly signed by the world's own key. %s in the header is the kid. */
static int verify_signed(struct world *w, const char *header, const char *payload)
{
    struct buf token = {0}, text = {0};
    const char *mark = strstr(header, "KID");
    buf_put(&text, header, mark ? (size_t)(mark - header) : strlen(header));
    if (mark) {
        buf_cstr(&text, w->kid);
        buf_cstr(&text, mark + 3);
    }
    base64url_put(&token, buf_view(&text));
    buf_char(&token, '.');
    base64url_put(&token, str_of(payload));
    buf_reset(&text);
    buf_str(&text, buf_view(&token));
    buf_char(&token, '.');
    sign_es256(w->private_pem, buf_view(&text), &token);
    int err = verify_at(w, buf_view(&token), NOW);
    buf_fini(&token);
    buf_fini(&text);
    return err;
}

#define HEADER "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"KID\"}"
#define PAYLOAD(iss, aud, sub, exp)                 \
    "{\"iss\":" iss ",\"aud\":" aud ",\"sub\":" sub \
    ",\"typ\":\"at+jwt\",\"sid\":\"s\",\"iat\":1700000000,\"exp\":" exp "}"
#define GOOD PAYLOAD("\"parley\"", "\"parley\"", "\"42\"", "1700000900")

Test(token, what_is_issued_is_verified)
{
    struct world w;
    begin(&w);
    for (int i = 0; i < 2; i++) { /* the second time from memory */
        cr_assert_eq(token_known(w.verifier, buf_view(&w.token)), i > 0);
        struct token_claims c = {0};
        cr_assert(zero(int, token_verify(w.verifier, buf_view(&w.token), NOW, &c)));
        cr_assert(eq(i64, c.user, 42));
        cr_assert(eq(i64, c.expires_s, NOW + 900));
        cr_assert_str_eq(c.session, w.claims.session);
    }
    finish(&w);
}

Test(token, expires_with_30_s_of_skew_also_from_memory)
{
    struct world w;
    begin(&w);
    cr_assert(zero(int, verify_at(&w, buf_view(&w.token), NOW + 929)));
    cr_assert(eq(int, verify_at(&w, buf_view(&w.token), NOW + 930), ERR_TOKEN_EXPIRED));
    cr_assert(eq(int, verify_at(&w, buf_view(&w.token), NOW + 930), ERR_TOKEN_EXPIRED));
    finish(&w);
}

Test(token, one_from_the_future_is_refused)
{
    struct world w;
    begin(&w);
    cr_assert(eq(int, verify_at(&w, buf_view(&w.token), NOW - 31), ERR_UNAUTHORIZED));
    cr_assert(zero(int, verify_at(&w, buf_view(&w.token), NOW - 30)));
    finish(&w);
}

Test(token, every_truncation_is_refused)
{
    struct world w;
    begin(&w);
    for (size_t n = 0; n < w.token.n; n++)
        cr_assert(eq(int, verify_at(&w, (struct str){w.token.p, n}, NOW), ERR_UNAUTHORIZED), "%zu bytes", n);
    finish(&w);
}

Test(token, every_changed_byte_is_refused)
{
    struct world w;
    begin(&w);
    for (size_t i = 0; i < w.token.n; i++) {
        char before = w.token.p[i];
        w.token.p[i] = before == 'A' ? 'B' : 'A';
        int err = verify_at(&w, buf_view(&w.token), NOW);
        cr_assert(err == ERR_UNAUTHORIZED || err == ERR_UNKNOWN_KEY, "byte %zu gives %d", i, err);
        w.token.p[i] = before;
    }
    finish(&w);
}

Test(token, appended_bytes_are_refused)
{
    struct world w;
    begin(&w);
    const char *more[] = {"A", "=", ".", ".A", "\n", " ", "!"};
    size_t n = w.token.n;
    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        w.token.n = n;
        buf_cstr(&w.token, more[i]);
        cr_assert(eq(int, verify_at(&w, buf_view(&w.token), NOW), ERR_UNAUTHORIZED), "with %s", more[i]);
    }
    finish(&w);
}

Test(token, hs256_with_the_public_key_as_its_secret_is_refused)
{
    struct world w;
    begin(&w);
    struct buf token = {0};
    unsigned char mac[32];
    unsigned n = sizeof(mac);
    char header[160];
    snprintf(header, sizeof(header), "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"%s\"}", w.kid);
    base64url_put(&token, str_of(header));
    buf_char(&token, '.');
    base64url_put(&token, str_of(GOOD));
    HMAC(EVP_sha256(), w.public_pem, (int)strlen(w.public_pem), (unsigned char *)token.p, token.n, mac, &n);
    buf_char(&token, '.');
    base64url_put(&token, (struct str){(char *)mac, n});
    cr_assert(eq(int, verify_at(&w, buf_view(&token), NOW), ERR_UNAUTHORIZED));
    buf_fini(&token);
    finish(&w);
}

Test(token, alg_none_is_refused)
{
    struct world w;
    begin(&w);
    struct buf token = {0};
    base64url_put(&token, str_of("{\"alg\":\"none\",\"typ\":\"JWT\"}"));
    buf_char(&token, '.');
    base64url_put(&token, str_of(GOOD));
    buf_char(&token, '.');
    cr_assert(eq(int, verify_at(&w, buf_view(&token), NOW), ERR_UNAUTHORIZED));
    buf_fini(&token);
    finish(&w);
}

Test(token, the_test_signs_as_the_issuer_does)
{
    struct world w;
    begin(&w);
    cr_assert(zero(int, verify_signed(&w, HEADER, GOOD)));
    finish(&w);
}

Test(token, wrong_headers_are_refused_though_soundly_signed)
{
    struct world w;
    begin(&w);
    const char *headers[] = {
        "{\"alg\":\"ES384\",\"typ\":\"JWT\",\"kid\":\"KID\"}",
        "{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"KID\"}",
        "{\"alg\":\"ES256\",\"typ\":\"dpop+jwt\",\"kid\":\"KID\"}",
        "{\"alg\":\"ES256\",\"kid\":\"KID\"}",
        "{\"alg\":\"ES256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"ES256\",\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"KID\"}",
        "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"crit\":[\"x\"],\"kid\":\"KID\"}",
        "[]",
        "x",
    };
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        cr_assert(eq(int, verify_signed(&w, headers[i], GOOD), ERR_UNAUTHORIZED), "%s", headers[i]);
    finish(&w);
}

Test(token, wrong_claims_are_refused_though_soundly_signed)
{
    struct world w;
    begin(&w);
    const char *payloads[] = {
        PAYLOAD("\"other\"", "\"parley\"", "\"42\"", "1700000900"),
        PAYLOAD("\"parley\"", "\"other\"", "\"42\"", "1700000900"),
        PAYLOAD("\"parley\"", "[\"parley\"]", "\"42\"", "1700000900"),
        PAYLOAD("\"parley\"", "\"parley\"", "42", "1700000900"),
        PAYLOAD("\"parley\"", "\"parley\"", "\"0\"", "1700000900"),
        PAYLOAD("\"parley\"", "\"parley\"", "\"-1\"", "1700000900"),
        PAYLOAD("\"parley\"", "\"parley\"", "\"42\"", "\"1700000900\""),
        PAYLOAD("\"parley\"", "\"parley\"", "\"42\"", "1700000900.5"),
        PAYLOAD("\"parley\"", "\"parley\"", "\"42\"", "-1"),
        "{\"iss\":\"parley\",\"aud\":\"parley\",\"sub\":\"42\",\"sid\":\"s\",\"iat\":1700000000,\"exp\":1700000900}",
        "{}",
        "[]",
    };
    for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++)
        cr_assert(eq(int, verify_signed(&w, HEADER, payloads[i]), ERR_UNAUTHORIZED), "%s", payloads[i]);
    finish(&w);
}

Test(token, an_unknown_key_is_told_apart_and_another_key_under_our_kid_is_refused)
{
    struct world w;
    begin(&w);
    char *private_pem, *public_pem, kid[48];
    cr_assert(zero(int, token_key_generate(&private_pem, &public_pem, kid)));
    struct buf foreign = {0}, forged = {0};
    token_issue(private_pem, kid, &w.claims, &foreign);
    token_issue(private_pem, w.kid, &w.claims, &forged);
    cr_assert(eq(int, verify_at(&w, buf_view(&foreign), NOW), ERR_UNKNOWN_KEY));
    cr_assert(eq(int, verify_at(&w, buf_view(&forged), NOW), ERR_UNAUTHORIZED));
    /* Once the key is known the token is good, and what only the old key signed is not, though remembered. */
    cr_assert(zero(int, verify_at(&w, buf_view(&w.token), NOW)));
    put_keys(w.verifier, public_pem, kid);
    cr_assert(zero(int, verify_at(&w, buf_view(&foreign), NOW)));
    cr_assert(eq(int, verify_at(&w, buf_view(&w.token), NOW), ERR_UNKNOWN_KEY));
    buf_fini(&foreign);
    buf_fini(&forged);
    free(private_pem);
    free(public_pem);
    finish(&w);
}

Test(token, more_tokens_than_are_remembered_are_all_verified)
{
    struct world w;
    begin(&w);
    struct buf tokens[8] = {0};
    for (int i = 0; i < 8; i++) {
        w.claims.user = i + 1;
        token_issue(w.private_pem, w.kid, &w.claims, &tokens[i]);
    }
    for (int i = 0; i < 24; i++) {
        struct token_claims c;
        cr_assert(zero(int, token_verify(w.verifier, buf_view(&tokens[i % 8]), NOW, &c)));
        cr_assert(eq(i64, c.user, i % 8 + 1));
    }
    for (int i = 0; i < 8; i++)
        buf_fini(&tokens[i]);
    finish(&w);
}

#define ZERO "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
/* Not on the curve. */
#define ZERO_POINT "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\",\"x\":\"" ZERO "\",\"y\":\"" ZERO "\"}]}"
#define NO_POINT "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\"}]}"

Test(token, what_is_no_key_set_leaves_the_old_one)
{
    struct world w;
    begin(&w);
    const char *sets[] = {"", "{}", "[]", "{\"keys\":[]}", "{\"keys\":7}", NO_POINT, ZERO_POINT};
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
        cr_assert(eq(int, token_verifier_keys(w.verifier, str_of(sets[i])), ERR_BAD_REQUEST), "%s", sets[i]);
    cr_assert(zero(int, verify_at(&w, buf_view(&w.token), NOW)));
    finish(&w);
}

Test(token, the_jwk_thumbprint_is_that_of_rfc_7638)
{
    struct world w;
    begin(&w);
    struct buf jwk = {0};
    cr_assert(zero(int, token_key_jwk(w.public_pem, w.kid, &jwk)));
    const char *x = strstr(buf_c(&jwk), "\"x\":\""), *y = strstr(buf_c(&jwk), "\"y\":\"");
    char text[256];
    snprintf(text, sizeof(text), "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.43s\",\"y\":\"%.43s\"}", x + 5, y + 5);
    unsigned char digest[32];
    EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL);
    struct buf kid = {0};
    base64url_put(&kid, (struct str){(char *)digest, sizeof(digest)});
    cr_assert_str_eq(buf_c(&kid), w.kid);
    buf_fini(&kid);
    buf_fini(&jwk);
    finish(&w);
}

Test(base64url, goes_both_ways_for_every_length)
{
    unsigned char bytes[70];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(i * 37 + 11);
    for (size_t n = 0; n <= sizeof(bytes); n++) {
        struct buf text = {0}, back = {0};
        base64url_put(&text, (struct str){(char *)bytes, n});
        cr_assert(base64url_get(&back, buf_view(&text)));
        cr_assert(str_eq(buf_view(&back), (struct str){(char *)bytes, n}));
        buf_fini(&text);
        buf_fini(&back);
    }
}

Test(base64url, other_texts_are_refused)
{
    const char *bad[] = {"A", "AAAAA", "AB", "AAB", "AA==", "AA+A", "AA/A", "A A", "AA\n"};
    struct buf out = {0};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_assert(not(base64url_get(&out, str_of(bad[i]))), "%s", bad[i]);
    cr_assert(zero(sz, out.n));
    buf_fini(&out);
}
