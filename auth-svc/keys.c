/* Signing keys: read, opened, made and rotated. */
#include "keys.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"
#include "jsonw.h"
#include "log.h"
#include "token.h"

enum { MAX_KEYS = 8, REFRESH_MS = 60000, RETRY_MS = 1000, KID = 48 };

struct key {
    char kid[KID];
    char *public_pem, *private_pem; /* private_pem NULL: sealed with another secret */
    bool active;                    /* may sign */
};

struct keys {
    struct loop *loop;
    struct db_conn *tx;
    struct timer *timer;
    unsigned char secret[KEY_SECRET];
    struct key keys[MAX_KEYS]; /* the newest first */
    size_t count;
    bool busy;   /* a read or a creation is under way */
    bool made;   /* in this round: one try is enough */
    bool sealed; /* a key could not be opened */
};

/* ---- sealing ---- */

/* Append nonce and box. */
static void seal(const struct keys *k, const char *text, struct buf *out)
{
    unsigned char nonce[crypto_secretbox_NONCEBYTES];
    size_t n = strlen(text);
    randombytes_buf(nonce, sizeof(nonce));
    buf_put(out, nonce, sizeof(nonce));
    buf_reserve(out, n + crypto_secretbox_MACBYTES);
    crypto_secretbox_easy((unsigned char *)out->p + out->n, (const unsigned char *)text, n, nonce, k->secret);
    out->n += n + crypto_secretbox_MACBYTES;
}

/* From hex of nonce and box; NULL: not sealed with our secret. */
static char *unseal(const struct keys *k, struct str hex)
{
    unsigned char *raw = xcalloc(1, hex.n / 2 + 1);
    size_t n = 0;
    char *text = NULL;
    const size_t head = crypto_secretbox_NONCEBYTES, overhead = head + crypto_secretbox_MACBYTES;
    if (sodium_hex2bin(raw, hex.n / 2 + 1, hex.p, hex.n, NULL, &n, NULL) == 0 && n > overhead) {
        text = xcalloc(1, n - overhead + 1);
        if (crypto_secretbox_open_easy((unsigned char *)text, raw + head, n - head, raw, k->secret)) {
            free(text);
            text = NULL;
        }
    }
    free(raw);
    return text;
}

static void key_free(struct key *key)
{
    if (key->private_pem)
        sodium_memzero(key->private_pem, strlen(key->private_pem));
    free(key->private_pem);
    free(key->public_pem);
    *key = (struct key){0};
}

/* ---- reading ---- */

static void make_key(struct keys *k);

static void done(struct keys *k, unsigned next_ms)
{
    k->busy = k->made = false;
    timer_start(k->timer, next_ms, 0);
}

static void take_row(struct keys *k, const struct db_result *r, size_t row)
{
    struct key *key = &k->keys[k->count++];
    struct str kid = db_str(r, row, 0);
    memcpy(key->kid, kid.p, kid.n < KID ? kid.n : KID - 1);
    key->public_pem = xstrndup(db_str(r, row, 1));
    key->private_pem = unseal(k, db_str(r, row, 2));
    key->active = db_bool(r, row, 3);
    if (!key->private_pem)
        k->sealed = true;
}

static void on_read(void *arg, int err, const struct db_result *r)
{
    struct keys *k = arg;
    if (err) {
        done(k, RETRY_MS); /* the keys at hand stay in use */
        return;
    }
    bool fresh = false, was_sealed = k->sealed;
    for (size_t i = 0; i < k->count; i++)
        key_free(&k->keys[i]);
    k->count = 0;
    k->sealed = false;
    for (size_t i = 0; i < db_rows(r) && i < MAX_KEYS; i++) {
        take_row(k, r, i);
        fresh = fresh || db_bool(r, i, 4);
    }
    if (k->sealed && !was_sealed)
        log_error(NULL, "signing key cannot be opened", "PARLEY_KEY_SECRET=other-than-before");
    if (fresh || k->made)
        done(k, REFRESH_MS);
    else
        make_key(k);
}

static void read_keys(struct keys *k)
{
    static const char sql[] = "SELECT kid, public_pem, encode(private_box, 'hex'), active_at <= now(), "
                              "retired_at IS NULL AND created_at > now() - interval '30 days' FROM auth.signing_keys "
                              "WHERE retired_at IS NULL OR retired_at > now() ORDER BY created_at DESC LIMIT 8";
    if (db_exec(k->tx, sql, NULL, on_read, k))
        done(k, RETRY_MS);
    else
        db_sync(k->tx);
}

/* ---- making ---- */

static void on_made(void *arg, int err, const struct db_result *r)
{
    struct keys *k = arg;
    (void)r;
    k->made = true;
    if (err)
        done(k, RETRY_MS);
    else
        read_keys(k);
}

/* Three statements in one pipeline section, which is one transaction: each sees what was committed before it, so that
 * of several replicas that come here at once all but the first find its key and make none. */
static int send_key(struct keys *k, const char *kid, const char *public_pem, struct str box)
{
    static const char lock[] = "SELECT pg_advisory_xact_lock(7011602)";
    static const char insert[] =
        "INSERT INTO auth.signing_keys (kid, public_pem, private_box, active_at) SELECT $1, $2, $3::bytea, "
        "CASE WHEN EXISTS (SELECT FROM auth.signing_keys WHERE retired_at IS NULL) THEN now() + interval '1 hour' "
        "ELSE now() END "
        "WHERE NOT EXISTS "
        "(SELECT FROM auth.signing_keys WHERE retired_at IS NULL AND created_at > now() - interval '30 days')";
    static const char retire[] =
        "UPDATE auth.signing_keys k SET retired_at = n.active_at + interval '1 day' FROM "
        "(SELECT kid, active_at FROM auth.signing_keys WHERE retired_at IS NULL ORDER BY created_at DESC LIMIT 1) n "
        "WHERE k.kid <> n.kid AND k.retired_at IS NULL";
    struct db_params p = {0};
    db_p_cstr(&p, kid);
    db_p_cstr(&p, public_pem);
    db_p_bytes(&p, box);
    int err = db_exec(k->tx, lock, NULL, NULL, NULL);
    int insert_err = db_exec(k->tx, insert, &p, NULL, NULL);
    if (err || insert_err)
        return ERR_UNAVAILABLE;
    return db_exec(k->tx, retire, NULL, on_made, k);
}

static void make_key(struct keys *k)
{
    char *private_pem = NULL, *public_pem = NULL, kid[KID];
    struct buf box = {0};
    int err = token_key_generate(&private_pem, &public_pem, kid);
    if (!err) {
        seal(k, private_pem, &box);
        sodium_memzero(private_pem, strlen(private_pem));
        err = send_key(k, kid, public_pem, buf_view(&box));
        db_sync(k->tx);
    }
    free(private_pem);
    free(public_pem);
    buf_fini(&box);
    if (err)
        done(k, RETRY_MS);
}

/* ---- the interface ---- */

static void on_timer(void *arg)
{
    keys_refresh(arg);
}

void keys_create(struct keys **k_r, struct loop *loop, struct db_conn *tx, const unsigned char secret[KEY_SECRET])
{
    struct keys *k = xcalloc(1, sizeof(*k));
    k->loop = loop;
    k->tx = tx;
    memcpy(k->secret, secret, KEY_SECRET);
    timer_make(&k->timer, loop, on_timer, k);
    *k_r = k;
}

void keys_destroy(struct keys **k_p)
{
    struct keys *k = *k_p;
    if (!k)
        return;
    *k_p = NULL;
    timer_destroy(&k->timer);
    for (size_t i = 0; i < k->count; i++)
        key_free(&k->keys[i]);
    sodium_memzero(k->secret, sizeof(k->secret));
    free(k);
}

void keys_refresh(struct keys *k)
{
    if (k->busy)
        return;
    k->busy = true;
    timer_stop(k->timer);
    read_keys(k);
}

bool keys_signing(const struct keys *k, const char **private_pem_r, const char **kid_r)
{
    for (size_t i = 0; i < k->count; i++) {
        if (!k->keys[i].active || !k->keys[i].private_pem)
            continue;
        *private_pem_r = k->keys[i].private_pem;
        *kid_r = k->keys[i].kid;
        return true;
    }
    return false;
}

const char *keys_trouble(const struct keys *k)
{
    const char *pem, *kid;
    if (keys_signing(k, &pem, &kid))
        return NULL;
    return k->sealed ? "the signing keys were sealed with another PARLEY_KEY_SECRET" : "no signing key yet";
}

void keys_jwks(const struct keys *k, struct buf *out)
{
    struct jsonw w = jsonw_on(out);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "keys");
    for (size_t i = 0; i < k->count; i++) {
        struct buf jwk = {0};
        if (!token_key_jwk(k->keys[i].public_pem, k->keys[i].kid, &jwk))
            jsonw_raw(&w, NULL, buf_view(&jwk));
        buf_fini(&jwk);
    }
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
}
