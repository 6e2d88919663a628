/* Keeps a process' knowledge of ended login sessions complete, whatever notices were lost. */
#include "revoked_feed.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"
#include "log.h"

enum {
    EVERY_MS = 15000,
    FIRST_MS = 50,   /* after a failure, until anything was told: a process that starts waits for it */
    RETRY_MS = 1000, /* from then on: less than half a minute must pass from the end of a login to its sockets' */
    DEADLINE_MS = 3000,
    OVERLAP_MS = 60000 /* a transaction commits later than the moment it writes down */
};

struct revoked_feed {
    struct rpc *rpc;
    struct timer *timer;
    revoked_ended_fn *ended;
    revoked_told_fn *told;
    void *arg;
    int64_t since_ms; /* on the database's clock; 0: all that may still have a token */
    bool asking, again, dying, failed;
};

static void ask(void *arg);

/* 0, or ERR_BAD_JSON when the answer is none. *complete_r: there is nothing more. */
static int take(struct revoked_feed *feed, struct str body, bool *complete_r)
{
    struct jval *answer = jval_parse(body);
    const struct jval *sessions = jval_get(answer, "sessions");
    int64_t now_ms;
    bool good = jval_get_int(answer, "now", &now_ms) && jval_get_bool(answer, "complete", complete_r);
    for (size_t i = 0; good && i < jval_count(sessions); i++) {
        struct str session;
        if (jval_str(jval_at(sessions, i), &session))
            feed->ended(feed->arg, session);
    }
    if (good)
        feed->since_ms = *complete_r ? now_ms - OVERLAP_MS : now_ms;
    jval_free(answer);
    return good ? 0 : ERR_BAD_JSON;
}

static uint64_t retry_ms(const struct revoked_feed *feed)
{
    return feed->told ? FIRST_MS : RETRY_MS;
}

static void answered(void *arg, int err, struct str body)
{
    struct revoked_feed *feed = arg;
    bool complete = false;
    feed->asking = false;
    if (feed->dying) {
        free(feed);
        return;
    }
    if (!err)
        err = take(feed, body, &complete);
    if (err && !feed->failed)
        log_warn(NULL, "ended logins not known", "error=%s", err_name(err));
    feed->failed = err != 0;
    timer_start(feed->timer, err ? retry_ms(feed) : complete && !feed->again ? EVERY_MS : 0, 0);
    feed->again = false;
    if (complete && feed->told) {
        revoked_told_fn *told = feed->told;
        feed->told = NULL;
        told(feed->arg);
    }
}

static void ask(void *arg)
{
    struct revoked_feed *feed = arg;
    struct buf args = {0};
    if (feed->asking)
        return;
    buf_printf(&args, "{\"since\":%lld}", (long long)feed->since_ms);
    feed->asking =
        rpc_call(feed->rpc, "auth", "revoked", &(struct caller){0}, buf_view(&args), DEADLINE_MS, answered, feed) == 0;
    buf_fini(&args);
    if (!feed->asking)
        timer_start(feed->timer, retry_ms(feed), 0);
}

void revoked_feed_create(struct revoked_feed **feed_r, struct loop *loop, struct rpc *rpc, revoked_ended_fn *ended,
                         revoked_told_fn *told, void *arg)
{
    struct revoked_feed *feed = xcalloc(1, sizeof(*feed));
    feed->rpc = rpc;
    feed->ended = ended;
    feed->told = told;
    feed->arg = arg;
    timer_make(&feed->timer, loop, ask, feed);
    timer_start(feed->timer, 1, 0);
    *feed_r = feed;
}

void revoked_feed_destroy(struct revoked_feed **feed_p)
{
    struct revoked_feed *feed = *feed_p;
    if (!feed)
        return;
    *feed_p = NULL;
    timer_destroy(&feed->timer);
    /* The answer to a request under way still comes; it frees. */
    feed->dying = true;
    if (!feed->asking)
        free(feed);
}

void revoked_feed_hurry(struct revoked_feed *feed)
{
    /* The answer under way may have been put together before the notice that was lost. */
    feed->again = feed->asking;
    ask(feed);
}
