/* Access tokens: JWT (RFC 7519) signed with ES256, with the claims of RFC 9068. The issuer lives in auth-svc, the
 * verifier in everything at the edge and knows public keys only. alg, iss, aud, typ and exp are checked here;
 * verified tokens are remembered by their SHA-256 until they expire. The only module that names libjwt. */
#ifndef PARLEY_TOKEN_H
#define PARLEY_TOKEN_H

#include "buf.h"

#define TOKEN_ISSUER "parley"
#define TOKEN_AUDIENCE "parley"
/* How far the clocks of two machines may differ: a token is good until so long after its end. */
enum { TOKEN_SKEW_S = 30 };

struct token_claims {
    int64_t user;     /* sub */
    char session[40]; /* sid: a UUID */
    int64_t issued_s, expires_s;
    uint32_t scopes; /* what it may do; a token that is verified here is of a login, and has them all */
};

/* A P-256 key pair. Both texts are the caller's to free; the kid is the RFC 7638 thumbprint. 0 or ERR_INTERNAL. */
int token_key_generate(char **private_pem_r, char **public_pem_r, char kid_r[48]);
/* Append the JWK (RFC 7517) of a public key: {"kty":"EC",…,"kid":…,"use":"sig","alg":"ES256"}. */
int token_key_jwk(const char *public_pem, const char *kid, struct buf *out);

/* Append a signed token. */
int token_issue(const char *private_pem, const char *kid, const struct token_claims *claims, struct buf *out);

struct token_verifier;
/* Remembers at most `cache_size` verified tokens. */
void token_verifier_create(struct token_verifier **v_r, size_t cache_size);
void token_verifier_destroy(struct token_verifier **v);
/* Replace the set of keys by those of a JWKS ({"keys":[…]}). ERR_BAD_REQUEST: not one; the old set stays. */
int token_verifier_keys(struct token_verifier *v, struct str jwks);
bool token_verifier_has_keys(const struct token_verifier *v);
/* 0 and the claims; ERR_TOKEN_EXPIRED; ERR_UNKNOWN_KEY: its kid is not in the set (ask for the keys again, then
 * try once more); ERR_UNAUTHORIZED: anything else. `now_s` is seconds since 1970. TOKEN_SKEW_S pass. */
int token_verify(struct token_verifier *v, struct str token, int64_t now_s, struct token_claims *claims_r);
/* Was it verified before and is remembered? Then token_verify() costs a digest and no signature. */
bool token_known(const struct token_verifier *v, struct str token);

#endif
