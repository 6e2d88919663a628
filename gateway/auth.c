/* Judges access tokens with the public keys of auth-svc. */
#include "auth.h"

#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "list.h"
#include "log.h"
#include "revoked.h"

#define REVOKE_CHANNEL STR("revoke:{all}")

enum {
    VERIFIED_CACHE = 10000,
    KEYS_DEADLINE_MS = 3000,
    KEYS_RETRY_MS = 250,    /* until there are any */
    KEYS_EVERY_MS = 60000,  /* from then on */
    KEYS_AT_MOST_MS = 1000, /* tokens of unknown keys cannot make us ask more often */
    MAX_WAITING = 10000,
    SESSION_MAX = 40,
};

struct waiting {
    struct list link;
    auth_judged_fn *fn;
    void *arg;
    char *token;
};

struct auth {
    struct bus *bus;
    struct rpc *rpc;
    struct token_verifier *verifier;
    struct revoked *revoked;
    struct timer *again;
    struct list waiting;
    size_t waiting_count;
    bool asking, dying;
    int64_t asked_ms; /* when an answer last came; 0: never */
    auth_revoked_fn *on_revoked;
    void *arg;
};

static int check(struct auth *auth, struct str token, struct token_claims *claims_r);

static void answer_waiting(struct auth *auth, int keys_err)
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

static void keys_arrived(void *arg, int err, struct str body)
{
    struct auth *auth = arg;
    auth->asking = false;
    if (auth->dying) {
        free(auth);
        return;
    }
    if (err == 0)
        err = token_verifier_keys(auth->verifier, body);
    if (err == 0)
        auth->asked_ms = clock_mono_ms();
    else if (err != ERR_UNAVAILABLE && err != ERR_TIMEOUT)
        log_warn(NULL, "no keys from auth-svc", "error=%s", err_name(err));
    timer_start(auth->again, auth_ready(auth) ? KEYS_EVERY_MS : KEYS_RETRY_MS, 0);
    answer_waiting(auth, err);
}

static int ask(struct auth *auth)
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

static void session_ended(void *arg, struct str channel, struct str payload)
{
    struct auth *auth = arg;
    (void)channel;
    if (payload.n == 0 || payload.n > SESSION_MAX) {
        log_warn(NULL, "revocation not understood", "bytes=%zu", payload.n);
        return;
    }
    revoked_add(auth->revoked, payload);
    auth->on_revoked(auth->arg, payload);
}

void auth_create(struct auth **auth_r, struct loop *loop, struct bus *bus, struct rpc *rpc, auth_revoked_fn *revoked,
                 void *arg)
{
    struct auth *auth = xcalloc(1, sizeof(*auth));
    auth->bus = bus;
    auth->rpc = rpc;
    auth->on_revoked = revoked;
    auth->arg = arg;
    list_init(&auth->waiting);
    token_verifier_create(&auth->verifier, VERIFIED_CACHE);
    revoked_create(&auth->revoked);
    timer_make(&auth->again, loop, ask_again, auth);
    timer_start(auth->again, 1, 0);
    bus_subscribe(bus, REVOKE_CHANNEL, session_ended, auth, NULL, NULL);
    *auth_r = auth;
}

void auth_destroy(struct auth **auth_p)
{
    struct auth *auth = *auth_p;
    if (!auth)
        return;
    bus_unsubscribe(auth->bus, REVOKE_CHANNEL);
    timer_destroy(&auth->again);
    answer_waiting(auth, ERR_UNAVAILABLE);
    revoked_destroy(&auth->revoked);
    token_verifier_destroy(&auth->verifier);
    *auth_p = NULL;
    /* The answer to a request under way still comes; it frees. */
    auth->dying = true;
    if (!auth->asking)
        free(auth);
}

bool auth_ready(const struct auth *auth)
{
    return token_verifier_has_keys(auth->verifier);
}

void auth_hurry(struct auth *auth)
{
    if (!auth_ready(auth))
        ask_again(auth);
}

static int check(struct auth *auth, struct str token, struct token_claims *claims_r)
{
    int err = token_verify(auth->verifier, token, clock_wall_ms() / 1000, claims_r);
    if (err == 0 && revoked_has(auth->revoked, str_of(claims_r->session)))
        return ERR_SESSION_REVOKED;
    return err;
}

bool auth_knows(const struct auth *auth, struct str token)
{
    return token_known(auth->verifier, token);
}

int auth_judge(struct auth *auth, struct str token, struct token_claims *claims_r, auth_judged_fn *fn, void *arg)
{
    int err = check(auth, token, claims_r);
    if (err != ERR_UNKNOWN_KEY)
        return err;
    /* The keys are as new as can be: it is signed by none of ours. */
    if (auth->asked_ms && clock_mono_ms() - auth->asked_ms < KEYS_AT_MOST_MS)
        return ERR_UNAUTHORIZED;
    if (auth->waiting_count >= MAX_WAITING)
        return ERR_BUSY;
    err = ask(auth);
    if (err)
        return err;
    struct waiting *w = xcalloc(1, sizeof(*w));
    w->fn = fn;
    w->arg = arg;
    w->token = xstrndup(token);
    list_init(&w->link);
    list_push(&auth->waiting, &w->link);
    auth->waiting_count++;
    return AUTH_LATER;
}
