/* Judges access tokens with the public keys of auth-svc. */
#include "authn.h"

#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "list.h"
#include "log.h"
#include "personal.h"
#include "revoked.h"
#include "revoked_feed.h"

#define REVOKE_CHANNEL STR("revoke:{all}")

enum {
    VERIFIED_CACHE = 10000,
    KEYS_DEADLINE_MS = 3000,
    KEYS_RETRY_MS = 50,     /* until there are any */
    KEYS_EVERY_MS = 60000,  /* from then on */
    KEYS_AT_MOST_MS = 1000, /* tokens of unknown keys cannot make us ask more often */
    REVOKED_WAIT_MS = 5000, /* from the keys on, for the first list of ended logins */
    MAX_WAITING = 10000,
    SESSION_MAX = 40,
};

struct waiting {
    struct list link;
    authn_judged_fn *fn;
    void *arg;
    char *token;
};

struct authn {
    struct bus *bus;
    struct rpc *rpc;
    struct token_verifier *verifier;
    struct personal *personal;
    struct revoked *revoked;
    struct revoked_feed *feed;
    struct timer *again, *patience;
    struct list waiting;
    size_t waiting_count;
    bool asking, dying;
    bool judging;     /* the ended logins are known, or were waited for long enough */
    int64_t asked_ms; /* when an answer last came; 0: never */
    authn_revoked_fn *on_revoked;
    void *arg;
};

static int check(struct authn *auth, struct str token, struct token_claims *claims_r);

static void answer_waiting(struct authn *auth, int keys_err)
{
    /* Only those who wait now: who comes meanwhile waits for the next answer. */
    for (size_t n = auth->waiting_count; n > 0; n--) {
        struct waiting *w = LIST_ITEM(auth->waiting.next, struct waiting, link);
        struct token_claims claims = {0};
        list_remove(&w->link);
        auth->waiting_count--;
        int err = keys_err ? keys_err : check(auth, str_of(w->token), &claims);
        w->fn(w->arg, err == ERR_UNKNOWN_KEY ? ERR_UNAUTHORIZED : err, &claims);
        free(w->token);
        free(w);
    }
}

/* From here on tokens are judged. */
static void begin_judging(struct authn *auth)
{
    auth->judging = true;
    timer_stop(auth->patience);
    answer_waiting(auth, 0);
}

/* auth-svc gives keys but no list: its database is away. To turn everybody away for that would make of one fault two;
 * what this lets in are tokens of at most 15 minutes, and the list, when it comes, closes what they opened. */
static void out_of_patience(void *arg)
{
    log_warn(NULL, "judging tokens without the list of ended logins", "waited_ms=%d", REVOKED_WAIT_MS);
    begin_judging(arg);
}

static void revoked_told(void *arg)
{
    struct authn *auth = arg;
    if (token_verifier_has_keys(auth->verifier))
        begin_judging(auth);
    else
        auth->judging = true;
}

static void keys_arrived(void *arg, int err, struct str body)
{
    struct authn *auth = arg;
    auth->asking = false;
    if (auth->dying) {
        free(auth);
        return;
    }
    if (err == 0)
        err = token_verifier_keys(auth->verifier, body);
    if (err == 0 && !auth->asked_ms && !auth->judging)
        timer_start(auth->patience, REVOKED_WAIT_MS, 0);
    if (err == 0)
        auth->asked_ms = clock_mono_ms();
    else if (err != ERR_UNAVAILABLE && err != ERR_TIMEOUT)
        log_warn(NULL, "no keys from auth-svc", "error=%s", err_name(err));
    timer_start(auth->again, token_verifier_has_keys(auth->verifier) ? KEYS_EVERY_MS : KEYS_RETRY_MS, 0);
    if (err || auth->judging)
        answer_waiting(auth, err);
}

static int ask(struct authn *auth)
{
    if (auth->asking)
        return 0;
    int err = rpc_call(auth->rpc, "auth", "jwks", &(struct caller){0}, STR("{}"), KEYS_DEADLINE_MS, keys_arrived, auth);
    auth->asking = err == 0;
    if (err)
        timer_start(auth->again, KEYS_RETRY_MS, 0);
    return err;
}

static void ask_again(void *arg)
{
    /* Whatever could not be asked is asked again by the timer. */
    (void)ask(arg);
}

static void session_ended(void *arg, struct str session)
{
    struct authn *auth = arg;
    if (session.n > 0 && session.n <= SESSION_MAX && revoked_add(auth->revoked, session) && auth->on_revoked)
        auth->on_revoked(auth->arg);
}

static void session_end_published(void *arg, struct str channel, struct str payload)
{
    (void)channel;
    if (payload.n == 0 || payload.n > SESSION_MAX) {
        log_warn(NULL, "revocation not understood", "bytes=%zu", payload.n);
        return;
    }
    session_ended(arg, payload);
}

void authn_create(struct authn **auth_r, struct loop *loop, struct bus *bus, struct rpc *rpc, authn_revoked_fn *revoked,
                  void *arg)
{
    struct authn *auth = xcalloc(1, sizeof(*auth));
    auth->bus = bus;
    auth->rpc = rpc;
    auth->on_revoked = revoked;
    auth->arg = arg;
    list_init(&auth->waiting);
    token_verifier_create(&auth->verifier, VERIFIED_CACHE);
    revoked_create(&auth->revoked);
    personal_create(&auth->personal, rpc, auth->revoked);
    timer_make(&auth->again, loop, ask_again, auth);
    timer_start(auth->again, 1, 0);
    timer_make(&auth->patience, loop, out_of_patience, auth);
    revoked_feed_create(&auth->feed, loop, rpc, session_ended, revoked_told, auth);
    bus_subscribe(bus, REVOKE_CHANNEL, session_end_published, auth, NULL, NULL);
    *auth_r = auth;
}

void authn_destroy(struct authn **auth_p)
{
    struct authn *auth = *auth_p;
    if (!auth)
        return;
    bus_unsubscribe(auth->bus, REVOKE_CHANNEL);
    revoked_feed_destroy(&auth->feed);
    timer_destroy(&auth->again);
    timer_destroy(&auth->patience);
    answer_waiting(auth, ERR_UNAVAILABLE);
    personal_destroy(&auth->personal);
    revoked_destroy(&auth->revoked);
    token_verifier_destroy(&auth->verifier);
    *auth_p = NULL;
    /* The answer to a request under way still comes; it frees. */
    auth->dying = true;
    if (!auth->asking)
        free(auth);
}

bool authn_ready(const struct authn *auth)
{
    return token_verifier_has_keys(auth->verifier) && auth->judging;
}

void authn_hurry(struct authn *auth)
{
    if (!token_verifier_has_keys(auth->verifier))
        ask_again(auth);
    revoked_feed_hurry(auth->feed);
}

static int check(struct authn *auth, struct str token, struct token_claims *claims_r)
{
    int err = token_verify(auth->verifier, token, clock_wall_ms() / 1000, claims_r);
    if (err == 0 && revoked_has(auth->revoked, str_of(claims_r->session)))
        return ERR_SESSION_REVOKED;
    return err;
}

bool authn_ended(const struct authn *auth, struct str session)
{
    return revoked_has(auth->revoked, session);
}

bool authn_knows(const struct authn *auth, struct str token)
{
    return personal_token_claims(token) ? personal_knows(auth->personal, token) : token_known(auth->verifier, token);
}

int authn_judge(struct authn *auth, struct str token, struct token_claims *claims_r, authn_judged_fn *fn, void *arg)
{
    if (personal_token_claims(token))
        return personal_judge(auth->personal, token, claims_r, fn, arg);
    int err = check(auth, token, claims_r);
    if (err != ERR_UNKNOWN_KEY && (err || auth->judging))
        return err;
    /* The keys are as new as can be: it is signed by none of ours. */
    if (err && auth->asked_ms && clock_mono_ms() - auth->asked_ms < KEYS_AT_MOST_MS)
        return ERR_UNAUTHORIZED;
    if (auth->waiting_count >= MAX_WAITING)
        return ERR_BUSY;
    err = err ? ask(auth) : 0;
    if (err)
        return err;
    struct waiting *w = xcalloc(1, sizeof(*w));
    w->fn = fn;
    w->arg = arg;
    w->token = xstrndup(token);
    list_init(&w->link);
    list_push(&auth->waiting, &w->link);
    auth->waiting_count++;
    return AUTHN_LATER;
}

int authn_judge_again(struct authn *auth, const char digest[PERSONAL_TOKEN_DIGEST], authn_judged_fn *fn, void *arg)
{
    return personal_ask(auth->personal, digest, fn, arg);
}
