/* Access tokens: signing them, and checking everything about them before anybody believes one. */
#include "token.h"

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "base64url.h"
#include "err.h"
#include "jval.h"
#include "list.h"
#include "map.h"
#include "scope.h"
#include "token_key.h"

enum { MAX_TOKEN = 2048, MAX_KEYS = 16, MAX_KID = 64 };

/* What sort of token it is. A claim, where RFC 9068 has it in the header: libjwt 1.10 writes "JWT" there, whatever
 * it is told. Nothing else that our key signs carries it. */
#define TOKEN_TYPE "at+jwt"

/* ---- issuing ---- */

static int add_grants(jwt_t *jwt, const struct token_claims *claims)
{
    unsigned char random[16];
    char subject[24];
    struct buf id = {0};
    if (RAND_bytes(random, sizeof(random)) != 1)
        return ERR_INTERNAL;
    base64url_put(&id, (struct str){(char *)random, sizeof(random)});
    snprintf(subject, sizeof(subject), "%lld", (long long)claims->user);
    int bad = jwt_add_grant(jwt, "iss", TOKEN_ISSUER) || jwt_add_grant(jwt, "aud", TOKEN_AUDIENCE) ||
              jwt_add_grant(jwt, "typ", TOKEN_TYPE) || jwt_add_grant(jwt, "client_id", TOKEN_AUDIENCE) ||
              jwt_add_grant(jwt, "sub", subject) || jwt_add_grant(jwt, "sid", claims->session) ||
              jwt_add_grant(jwt, "jti", buf_c(&id)) || jwt_add_grant_int(jwt, "iat", (long)claims->issued_s) ||
              jwt_add_grant_int(jwt, "exp", (long)claims->expires_s);
    buf_fini(&id);
    return bad ? ERR_INTERNAL : 0;
}

int token_issue(const char *private_pem, const char *kid, const struct token_claims *claims, struct buf *out)
{
    jwt_t *jwt = NULL;
    if (jwt_new(&jwt))
        return ERR_INTERNAL;
    char *text = NULL;
    int err = add_grants(jwt, claims);
    if (!err && !jwt_add_header(jwt, "kid", kid) &&
        !jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)private_pem, (int)strlen(private_pem)))
        text = jwt_encode_str(jwt);
    jwt_free(jwt);
    if (!text)
        return ERR_INTERNAL;
    buf_cstr(out, text);
    free(text); /* libjwt 1.10 has no jwt_free_str; with the default allocator it is free() */
    return 0;
}

/* ---- keys ---- */

struct key {
    char kid[MAX_KID + 1];
    struct token_public *public;
};

/* A token that was verified, and by which key. */
struct seen {
    struct list link; /* in verifier.lru, the longest unused first */
    char digest[32];
    char kid[MAX_KID + 1];
    struct token_claims claims;
};

struct token_verifier {
    struct key keys[MAX_KEYS];
    size_t key_count;
    size_t cache_size;
    struct strmap *seen;
    struct list lru;
};

void token_verifier_create(struct token_verifier **v_r, size_t cache_size)
{
    struct token_verifier *v = xcalloc(1, sizeof(*v));
    v->cache_size = cache_size;
    list_init(&v->lru);
    strmap_create(&v->seen);
    *v_r = v;
}

static void forget(struct token_verifier *v, struct seen *seen)
{
    strmap_del(v->seen, (struct str){seen->digest, sizeof(seen->digest)});
    list_remove(&seen->link);
    free(seen);
}

static void keys_free(struct key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        token_public_destroy(&keys[i].public);
}

void token_verifier_destroy(struct token_verifier **v_p)
{
    struct token_verifier *v = *v_p;
    if (!v)
        return;
    *v_p = NULL;
    LIST_EACH (&v->lru, it)
        forget(v, LIST_ITEM(it, struct seen, link));
    strmap_destroy(&v->seen);
    keys_free(v->keys, v->key_count);
    free(v);
}

static const struct key *find_key(const struct token_verifier *v, struct str kid)
{
    for (size_t i = 0; i < v->key_count; i++)
        if (str_is(kid, v->keys[i].kid))
            return &v->keys[i];
    return NULL;
}

static bool member_is(const struct jval *v, const char *name, const char *value)
{
    struct str s;
    return jval_get_str(v, name, &s) && str_is(s, value);
}

/* A JWK that can sign our tokens; others in the set are not ours to judge and left out (RFC 7517 §5). */
static bool read_key(const struct jval *jwk, struct key *key_r)
{
    struct str x, y, kid;
    if (!member_is(jwk, "kty", "EC") || !member_is(jwk, "crv", "P-256") ||
        (jval_get(jwk, "alg") && !member_is(jwk, "alg", "ES256")) || !jval_get_str(jwk, "kid", &kid) || kid.n == 0 ||
        kid.n > MAX_KID || !jval_get_str(jwk, "x", &x) || !jval_get_str(jwk, "y", &y))
        return false;
    key_r->public = token_public_create(x, y);
    memcpy(key_r->kid, kid.p, kid.n);
    key_r->kid[kid.n] = '\0';
    return key_r->public != NULL;
}

int token_verifier_keys(struct token_verifier *v, struct str jwks)
{
    struct key keys[MAX_KEYS];
    size_t count = 0;
    struct jval *root = jval_parse(jwks);
    const struct jval *set = root ? jval_get(root, "keys") : NULL;
    for (size_t i = 0; i < jval_count(set) && count < MAX_KEYS; i++)
        if (read_key(jval_at(set, i), &keys[count]))
            count++;
    jval_free(root);
    if (count == 0)
        return ERR_BAD_REQUEST;
    keys_free(v->keys, v->key_count);
    memcpy(v->keys, keys, count * sizeof(keys[0]));
    v->key_count = count;
    LIST_EACH (&v->lru, it) {
        struct seen *seen = LIST_ITEM(it, struct seen, link);
        if (!find_key(v, str_of(seen->kid)))
            forget(v, seen);
    }
    return 0;
}

bool token_verifier_has_keys(const struct token_verifier *v)
{
    return v->key_count > 0;
}

/* ---- verifying ---- */

/* One part of a token as JSON; the caller frees it. NULL: not base64url of a JSON object. */
static struct jval *part(struct str text)
{
    struct buf json = {0};
    struct jval *v = base64url_get(&json, text) ? jval_parse(buf_view(&json)) : NULL;
    buf_fini(&json);
    if (v && !jval_is_object(v)) {
        jval_free(v);
        return NULL;
    }
    return v;
}

/* The header must say what we sign before anything is done with it: no algorithm is chosen by a token. */
static int check_header(const struct token_verifier *v, struct str text, const struct key **key_r)
{
    struct str kid;
    struct jval *header = part(text);
    int err = ERR_UNAUTHORIZED;
    if (header && member_is(header, "alg", "ES256") && member_is(header, "typ", "JWT") && !jval_get(header, "crit") &&
        jval_get_str(header, "kid", &kid)) {
        *key_r = find_key(v, kid);
        err = *key_r ? 0 : ERR_UNKNOWN_KEY;
    }
    jval_free(header);
    return err;
}

static int check_times(const struct token_claims *c, int64_t now_s)
{
    if (c->issued_s > now_s + TOKEN_SKEW_S)
        return ERR_UNAUTHORIZED;
    return c->expires_s + TOKEN_SKEW_S <= now_s ? ERR_TOKEN_EXPIRED : 0;
}

static int read_claims(struct str text, struct token_claims *claims_r)
{
    struct str sid;
    struct token_claims c = {0};
    struct jval *v = part(text);
    int err = ERR_UNAUTHORIZED;
    if (v && member_is(v, "iss", TOKEN_ISSUER) && member_is(v, "aud", TOKEN_AUDIENCE) &&
        member_is(v, "typ", TOKEN_TYPE) && jval_get_id(v, "sub", &c.user) && c.user > 0 &&
        jval_get_str(v, "sid", &sid) && sid.n > 0 && sid.n < sizeof(c.session) && jval_get_int(v, "iat", &c.issued_s) &&
        jval_get_int(v, "exp", &c.expires_s) && c.issued_s >= 0 && c.expires_s >= 0 && c.expires_s < INT64_MAX / 2) {
        memcpy(c.session, sid.p, sid.n);
        c.scopes = SCOPES_OF_LOGIN;
        *claims_r = c;
        err = 0;
    }
    jval_free(v);
    return err;
}

static int check_signature(struct str signed_text, struct str signature, const struct key *key)
{
    struct buf raw = {0};
    bool ok = base64url_get(&raw, signature) && token_public_verifies(key->public, signed_text, buf_view(&raw));
    buf_fini(&raw);
    return ok ? 0 : ERR_UNAUTHORIZED;
}

static int verify(struct token_verifier *v, struct str token, int64_t now_s, struct token_claims *claims_r,
                  const struct key **key_r)
{
    struct str header, payload;
    struct str signature = str_cut(str_cut(token, '.', &header), '.', &payload);
    struct str signed_text = {token.p, header.n + 1 + payload.n};
    if (signature.n == 0)
        return ERR_UNAUTHORIZED;
    int err = check_header(v, header, key_r);
    if (!err)
        err = check_signature(signed_text, signature, *key_r);
    if (!err)
        err = read_claims(payload, claims_r);
    return err ? err : check_times(claims_r, now_s);
}

static void remember(struct token_verifier *v, const char digest[32], const struct key *key,
                     const struct token_claims *claims)
{
    if (v->cache_size == 0)
        return;
    if (strmap_count(v->seen) >= v->cache_size)
        forget(v, LIST_ITEM(v->lru.next, struct seen, link));
    struct seen *seen = xcalloc(1, sizeof(*seen));
    memcpy(seen->digest, digest, sizeof(seen->digest));
    memcpy(seen->kid, key->kid, sizeof(seen->kid));
    seen->claims = *claims;
    list_push(&v->lru, &seen->link);
    strmap_put(v->seen, (struct str){seen->digest, sizeof(seen->digest)}, seen);
}

static bool digest_of(struct str token, char digest[32])
{
    return token.n > 0 && token.n <= MAX_TOKEN &&
           EVP_Digest(token.p, token.n, (unsigned char *)digest, NULL, EVP_sha256(), NULL);
}

bool token_known(const struct token_verifier *v, struct str token)
{
    char digest[32];
    return digest_of(token, digest) && strmap_get(v->seen, (struct str){digest, sizeof(digest)}) != NULL;
}

int token_verify(struct token_verifier *v, struct str token, int64_t now_s, struct token_claims *claims_r)
{
    char digest[32];
    if (!digest_of(token, digest))
        return ERR_UNAUTHORIZED;
    struct seen *seen = strmap_get(v->seen, (struct str){digest, sizeof(digest)});
    if (seen) {
        int err = check_times(&seen->claims, now_s);
        if (err) {
            forget(v, seen);
            return err;
        }
        list_remove(&seen->link);
        list_push(&v->lru, &seen->link);
        *claims_r = seen->claims;
        return 0;
    }
    struct token_claims claims;
    const struct key *key = NULL;
    int err = verify(v, token, now_s, &claims, &key);
    if (err)
        return err;
    remember(v, digest, key, &claims);
    *claims_r = claims;
    return 0;
}
