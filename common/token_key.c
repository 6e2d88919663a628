/* Keys that sign access tokens: making them, and their public half as JWK and PEM. */
#include "token_key.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "base64url.h"
#include "err.h"
#include "jsonw.h"
#include "token.h"

enum { COORDINATE = 32, SIGNATURE_DER = 80 /* two integers of at most 33 bytes, and their headers */ };

struct token_public {
    EVP_PKEY *key;
};

/* What was written to a memory BIO as a C string; frees the BIO. */
static char *bio_text(BIO *bio)
{
    char *p = NULL;
    long n = BIO_get_mem_data(bio, &p);
    char *text = n > 0 ? xstrndup((struct str){p, (size_t)n}) : NULL;
    BIO_free(bio);
    return text;
}

static char *public_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (!PEM_write_bio_PUBKEY(bio, key)) {
        BIO_free(bio);
        return NULL;
    }
    return bio_text(bio);
}

static char *private_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    if (!PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL)) {
        BIO_free(bio);
        return NULL;
    }
    return bio_text(bio);
}

static int put_coordinate(const EVP_PKEY *key, const char *name, struct buf *out)
{
    BIGNUM *number = NULL;
    unsigned char bytes[COORDINATE];
    int ok = EVP_PKEY_get_bn_param(key, name, &number) && BN_bn2binpad(number, bytes, COORDINATE) == COORDINATE;
    BN_free(number);
    if (!ok)
        return ERR_INTERNAL;
    base64url_put(out, (struct str){(char *)bytes, COORDINATE});
    return 0;
}

static int coordinates(const EVP_PKEY *key, struct buf *x, struct buf *y)
{
    char group[32];
    if (!EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) || strcmp(group, SN_X9_62_prime256v1) != 0)
        return ERR_INTERNAL;
    int err = put_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, x);
    return err ? err : put_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, y);
}

/* RFC 7638: the digest of the required members, in alphabetical order, without white space. */
static int thumbprint(const EVP_PKEY *key, char kid_r[48])
{
    struct buf x = {0}, y = {0}, text = {0}, kid = {0};
    unsigned char digest[32];
    int err = coordinates(key, &x, &y);
    if (!err) {
        buf_printf(&text, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", buf_c(&x), buf_c(&y));
        if (!EVP_Digest(text.p, text.n, digest, NULL, EVP_sha256(), NULL))
            err = ERR_INTERNAL;
    }
    if (!err) {
        base64url_put(&kid, (struct str){(char *)digest, sizeof(digest)});
        memcpy(kid_r, buf_c(&kid), kid.n + 1);
    }
    buf_fini(&x);
    buf_fini(&y);
    buf_fini(&text);
    buf_fini(&kid);
    return err;
}

int token_key_generate(char **private_pem_r, char **public_pem_r, char kid_r[48])
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    char *private_text = key ? private_pem(key) : NULL, *public_text = key ? public_pem(key) : NULL;
    int err = !private_text || !public_text ? ERR_INTERNAL : thumbprint(key, kid_r);
    EVP_PKEY_free(key);
    if (err)
        goto fail;
    *private_pem_r = private_text;
    *public_pem_r = public_text;
    return 0;
fail:
    if (private_text)
        OPENSSL_cleanse(private_text, strlen(private_text));
    free(private_text);
    free(public_text);
    return err;
}

int token_key_jwk(const char *public_text, const char *kid, struct buf *out)
{
    struct buf x = {0}, y = {0};
    BIO *bio = BIO_new_mem_buf(public_text, -1);
    EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    int err = key ? coordinates(key, &x, &y) : ERR_INTERNAL;
    if (!err) {
        struct jsonw w = jsonw_on(out);
        jsonw_obj(&w, NULL);
        jsonw_cstr(&w, "kty", "EC");
        jsonw_cstr(&w, "crv", "P-256");
        jsonw_str(&w, "x", buf_view(&x));
        jsonw_str(&w, "y", buf_view(&y));
        jsonw_cstr(&w, "kid", kid);
        jsonw_cstr(&w, "use", "sig");
        jsonw_cstr(&w, "alg", "ES256");
        jsonw_obj_end(&w);
    }
    EVP_PKEY_free(key);
    BIO_free(bio);
    buf_fini(&x);
    buf_fini(&y);
    return err;
}

/* OpenSSL refuses a point that is not on the curve. */
static EVP_PKEY *key_of_point(unsigned char *point, size_t n)
{
    char group[] = SN_X9_62_prime256v1;
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, n),
                           OSSL_PARAM_construct_end()};
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (!ctx || EVP_PKEY_fromdata_init(ctx) <= 0 || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

struct token_public *token_public_create(struct str x, struct str y)
{
    struct buf point = {0};
    EVP_PKEY *key = NULL;
    buf_char(&point, 4); /* uncompressed */
    if (base64url_get(&point, x) && point.n == 1 + COORDINATE && base64url_get(&point, y) &&
        point.n == 1 + 2 * COORDINATE)
        key = key_of_point((unsigned char *)point.p, point.n);
    buf_fini(&point);
    if (!key)
        return NULL;
    struct token_public *public = xcalloc(1, sizeof(*public));
    public->key = key;
    return public;
}

void token_public_destroy(struct token_public **key)
{
    if (!*key)
        return;
    EVP_PKEY_free((*key)->key);
    free(*key);
    *key = NULL;
}

/* OpenSSL wants the signature as a DER sequence of two integers. Returns its length, 0 when it has none. */
static size_t signature_der(const unsigned char *raw, unsigned char der[SIGNATURE_DER])
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, COORDINATE, NULL), *s = BN_bin2bn(raw + COORDINATE, COORDINATE, NULL);
    unsigned char *end = der;
    int n = 0;
    if (sig && r && s && ECDSA_SIG_set0(sig, r, s)) {
        r = s = NULL; /* owned by sig */
        n = i2d_ECDSA_SIG(sig, &end);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return n > 0 ? (size_t)n : 0;
}

bool token_public_verifies(const struct token_public *public, struct str text, struct str signature)
{
    unsigned char der[SIGNATURE_DER];
    if (signature.n != TOKEN_SIGNATURE)
        return false;
    size_t n = signature_der((const unsigned char *)signature.p, der);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = n > 0 && ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, public->key) == 1 &&
              EVP_DigestVerify(ctx, der, n, (const unsigned char *)text.p, text.n) == 1;
    EVP_MD_CTX_free(ctx);
    return ok;
}
