/* Remembers the personal access tokens in use and asks auth-svc about others, by their digest: the token itself goes no
 * further than this process. */
#include "personal.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "jsonw.h"
#include "list.h"
#include "map.h"
#include "scope.h"

enum {
    MAX_SEEN = 10000,
    MAX_QUESTIONS = 1000,
    MAX_WAITING = 10000,
    ASK_MS = 3000,
    BELIEVED_S = 15 * 60, /* less than ended logins are remembered, REVOKED_KEEP_MS */
    AGAIN_MS =
        60 * 1000, /* from then on the next use asks again, and waits for nothing; auth-svc so learns of the use */
};

/* What was said of a token. */
struct seen {
    struct list link; /* in personal.lru, the longest unused first */
    char digest[PERSONAL_TOKEN_DIGEST];
    struct token_claims claims;
    int64_t again_ms;
};

struct waiting {
    struct list link;
    authn_judged_fn *fn;
    void *arg;
};

/* Under way to auth-svc: one for each token, however many wait. */
struct question {
    struct personal *owner; /* NULL: it is gone */
    struct list waiting;
    char digest[PERSONAL_TOKEN_DIGEST];
};

struct personal {
    struct rpc *rpc;
    struct revoked *revoked;
    struct strmap *seen, *questions; /* by digest */
    struct list lru;
    size_t waiting_count;
};

static struct str key_of(const char *digest)
{
    return (struct str){digest, PERSONAL_TOKEN_DIGEST};
}

void personal_create(struct personal **personal_r, struct rpc *rpc, struct revoked *revoked)
{
    struct personal *p = xcalloc(1, sizeof(*p));
    p->rpc = rpc;
    p->revoked = revoked;
    strmap_create(&p->seen);
    strmap_create(&p->questions);
    list_init(&p->lru);
    *personal_r = p;
}

static void forget(struct personal *p, struct seen *seen)
{
    strmap_del(p->seen, key_of(seen->digest));
    list_remove(&seen->link);
    free(seen);
}

static void answer_waiting(struct question *q, int err, const struct token_claims *claims)
{
    LIST_EACH (&q->waiting, it) {
        struct waiting *w = LIST_ITEM(it, struct waiting, link);
        list_remove(&w->link);
        if (q->owner)
            q->owner->waiting_count--;
        w->fn(w->arg, err, claims);
        free(w);
    }
}

static bool abandon(void *arg, struct str digest, void *question)
{
    static const struct token_claims nobody;
    struct question *q = question;
    (void)arg;
    (void)digest;
    q->owner = NULL;
    answer_waiting(q, ERR_UNAVAILABLE, &nobody);
    return true;
}

void personal_destroy(struct personal **personal)
{
    struct personal *p = *personal;
    if (!p)
        return;
    *personal = NULL;
    /* The answers still come; they free. */
    strmap_each(p->questions, abandon, NULL);
    LIST_EACH (&p->lru, it)
        forget(p, LIST_ITEM(it, struct seen, link));
    strmap_destroy(&p->seen);
    strmap_destroy(&p->questions);
    free(p);
}

/* ---- what auth-svc says ---- */

/* {"id","user","scopes","expires_at"?}. Scopes that are not known here allow nothing here. */
static int read_answer(struct str body, struct token_claims *claims_r)
{
    struct str id, name;
    int64_t ends_ms = INT64_MAX;
    struct token_claims c = {.issued_s = clock_wall_ms() / 1000};
    struct jval *root = jval_parse(body);
    const struct jval *scopes = jval_get(root, "scopes");
    bool good = jval_get_str(root, "id", &id) && id.n > 0 && id.n < sizeof(c.session) &&
                jval_get_id(root, "user", &c.user) && jval_is_array(scopes);
    if (good) {
        memcpy(c.session, id.p, id.n);
        for (size_t i = 0; i < jval_count(scopes); i++)
            if (jval_str(jval_at(scopes, i), &name))
                c.scopes |= scope_named(name);
        jval_get_int(root, "expires_at", &ends_ms);
        c.expires_s = c.issued_s + BELIEVED_S;
        if (ends_ms / 1000 < c.expires_s)
            c.expires_s = ends_ms / 1000;
        *claims_r = c;
    }
    jval_free(root);
    return good ? 0 : ERR_UNAVAILABLE;
}

static void remember(struct personal *p, const char *digest, const struct token_claims *claims)
{
    struct seen *seen = strmap_get(p->seen, key_of(digest));
    if (!seen) {
        if (strmap_count(p->seen) >= MAX_SEEN)
            forget(p, LIST_ITEM(p->lru.next, struct seen, link));
        seen = xcalloc(1, sizeof(*seen));
        memcpy(seen->digest, digest, sizeof(seen->digest));
        list_init(&seen->link);
        list_push(&p->lru, &seen->link);
        strmap_put(p->seen, key_of(seen->digest), seen);
    }
    seen->claims = *claims;
    seen->again_ms = clock_mono_ms() + AGAIN_MS;
}

/* Refused is what auth-svc refuses; any other failure is one to judge, and says nothing of the token. */
static int take(struct personal *p, const char *digest, int err, struct str body, struct token_claims *claims_r)
{
    struct seen *seen = strmap_get(p->seen, key_of(digest));
    if (!err)
        err = read_answer(body, claims_r);
    if (!err)
        remember(p, digest, claims_r);
    else if (err_http_status(err) == 401 && seen)
        forget(p, seen);
    else if (err_http_status(err) != 401 && err != ERR_TIMEOUT && err != ERR_BUSY)
        err = ERR_UNAVAILABLE;
    /* It ended while the answer was on its way. */
    return !err && revoked_has(p->revoked, str_of(claims_r->session)) ? ERR_SESSION_REVOKED : err;
}

static void answered(void *arg, int err, struct str body)
{
    struct question *q = arg;
    struct token_claims claims = {0};
    if (q->owner) {
        strmap_del(q->owner->questions, key_of(q->digest));
        err = take(q->owner, q->digest, err, body, &claims);
        answer_waiting(q, err, &claims);
    }
    free(q);
}

/* ---- asking ---- */

static int send_question(struct question *q)
{
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    char hex[2 * PERSONAL_TOKEN_DIGEST + 1];
    for (size_t i = 0; i < PERSONAL_TOKEN_DIGEST; i++) {
        static const char digits[] = "0123456789abcdef";
        hex[2 * i] = digits[(unsigned char)q->digest[i] >> 4];
        hex[2 * i + 1] = digits[(unsigned char)q->digest[i] & 15];
    }
    hex[sizeof(hex) - 1] = '\0';
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "digest", hex);
    jsonw_obj_end(&w);
    int err = rpc_call(q->owner->rpc, "auth", "token", &(struct caller){0}, buf_view(&args), ASK_MS, answered, q);
    buf_fini(&args);
    return err;
}

static int ask(struct personal *p, const char *digest, struct question **question_r)
{
    struct question *q = strmap_get(p->questions, key_of(digest));
    *question_r = q;
    if (q)
        return 0;
    if (strmap_count(p->questions) >= MAX_QUESTIONS)
        return ERR_BUSY;
    q = xcalloc(1, sizeof(*q));
    q->owner = p;
    list_init(&q->waiting);
    memcpy(q->digest, digest, sizeof(q->digest));
    int err = send_question(q);
    if (err) {
        free(q);
        return err;
    }
    strmap_put(p->questions, key_of(q->digest), q);
    *question_r = q;
    return 0;
}

int personal_ask(struct personal *personal, const char digest[PERSONAL_TOKEN_DIGEST], authn_judged_fn *fn, void *arg)
{
    struct question *q;
    if (fn && personal->waiting_count >= MAX_WAITING)
        return ERR_BUSY;
    int err = ask(personal, digest, &q);
    if (err)
        return err;
    if (fn) {
        struct waiting *w = xcalloc(1, sizeof(*w));
        *w = (struct waiting){.fn = fn, .arg = arg};
        list_init(&w->link);
        list_push(&q->waiting, &w->link);
        personal->waiting_count++;
    }
    return AUTHN_LATER;
}

bool personal_knows(const struct personal *personal, struct str token)
{
    char digest[PERSONAL_TOKEN_DIGEST];
    return personal_token_ok(token) && personal_token_digest(token, digest) &&
           strmap_get(personal->seen, key_of(digest)) != NULL;
}

int personal_judge(struct personal *personal, struct str token, struct token_claims *claims_r, authn_judged_fn *fn,
                   void *arg)
{
    char digest[PERSONAL_TOKEN_DIGEST];
    if (!personal_token_ok(token) || !personal_token_digest(token, digest))
        return ERR_UNAUTHORIZED;
    struct seen *seen = strmap_get(personal->seen, key_of(digest));
    if (!seen || seen->claims.expires_s <= clock_wall_ms() / 1000)
        return personal_ask(personal, digest, fn, arg);
    if (revoked_has(personal->revoked, str_of(seen->claims.session)))
        return ERR_SESSION_REVOKED;
    list_remove(&seen->link);
    list_push(&personal->lru, &seen->link);
    *claims_r = seen->claims;
    if (clock_mono_ms() >= seen->again_ms) {
        seen->again_ms = clock_mono_ms() + AGAIN_MS;
        /* What is known goes on to be believed until it may not. */
        (void)personal_ask(personal, digest, NULL, NULL);
    }
    return 0;
}
