/* What a stranger presents as a token. Properties: base64url takes one text for the same bytes only and gives it back;
 * no bytes of a stranger, and no change of a good token, are verified. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base64url.h"
#include "err.h"
#include "token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

enum { NOW_S = 1700000000 };

static struct token_verifier *verifier;
static struct buf good;

static void make_world(void)
{
    char *private_pem, *public_pem, kid[48];
    struct buf jwks = {0};
    struct token_claims claims = {.user = 7, .issued_s = NOW_S - 10, .expires_s = NOW_S + 10};
    strcpy(claims.session, "00000000-0000-4000-8000-000000000000");
    CHECK(token_key_generate(&private_pem, &public_pem, kid) == 0);
    buf_cstr(&jwks, "{\"keys\":[");
    CHECK(token_key_jwk(public_pem, kid, &jwks) == 0);
    buf_cstr(&jwks, "]}");
    token_verifier_create(&verifier, 4);
    CHECK(token_verifier_keys(verifier, buf_view(&jwks)) == 0);
    CHECK(token_issue(private_pem, kid, &claims, &good) == 0);
    CHECK(token_verify(verifier, buf_view(&good), NOW_S, &claims) == 0);
    buf_fini(&jwks);
    free(private_pem);
    free(public_pem);
}

/* The good token with some bytes replaced by the input's. */
static void check_changed(struct str input)
{
    struct buf changed = {0};
    struct token_claims claims;
    buf_str(&changed, buf_view(&good));
    size_t at = (unsigned char)input.p[0] * good.n / 256, n = input.n - 1;
    if (n > good.n - at)
        n = good.n - at;
    memcpy(changed.p + at, input.p + 1, n);
    bool same = str_eq(buf_view(&changed), buf_view(&good));
    CHECK((token_verify(verifier, buf_view(&changed), NOW_S, &claims) == 0) == same);
    buf_fini(&changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    struct token_claims claims;
    struct buf bytes = {0}, text = {0};
    if (verifier == NULL)
        make_world();
    if (base64url_get(&bytes, input)) {
        base64url_put(&text, buf_view(&bytes));
        CHECK(str_eq(buf_view(&text), input));
    }
    buf_fini(&bytes);
    buf_fini(&text);
    CHECK(token_verify(verifier, input, NOW_S, &claims) != 0 || str_eq(input, buf_view(&good)));
    /* Whatever keys a broken auth-svc sends, the set at hand stays or is replaced whole. */
    struct token_verifier *other;
    token_verifier_create(&other, 1);
    if (token_verifier_keys(other, input) != 0)
        CHECK(!token_verifier_has_keys(other));
    token_verifier_destroy(&other);
    if (size > 1)
        check_changed(input);
    return 0;
}
