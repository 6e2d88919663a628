/* Hourly removal of ended sessions, tokens, invitations and keys. Used refresh tokens stay as long as their session, to
 * notice their reuse. */
#include "janitor.h"

#include <stdlib.h>

#include "alloc.h"
#include "auth.h"
#include "err.h"
#include "log.h"

/* A first run soon after the start, so that frequent restarts do not mean never. */
enum { FIRST_MS = 60 * 1000, HOUR_MS = 3600 * 1000, AGAIN_MS = 1000, BATCH = 500 };

struct janitor {
    struct auth *a;
    struct timer *timer;
};

static void on_removed(void *arg, int err, const struct db_result *r)
{
    struct janitor *j = arg;
    if (err || !r || !j->timer)
        return;
    if (db_changed(r) > 0)
        log_info(NULL, "ended sessions removed", "count=%lld", (long long)db_changed(r));
    if (db_changed(r) == BATCH)
        timer_start(j->timer, AGAIN_MS, HOUR_MS);
}

static void on_timer(void *arg)
{
    struct janitor *j = arg;
    /* Some at a time: their tokens go with them. */
    static const char sessions[] =
        "DELETE FROM auth.sessions WHERE id IN (SELECT id FROM auth.sessions WHERE expires_at < now() - interval '7 days' "
        "OR revoked_at < now() - interval '7 days' LIMIT 500)";
    static const char tokens[] = "DELETE FROM auth.access_tokens WHERE id IN (SELECT id FROM auth.access_tokens "
                                 "WHERE revoked_at < now() - interval '7 days' LIMIT 500)";
    static const char invites[] = "DELETE FROM auth.invites WHERE (expires_at < now() OR uses_left = 0) "
                                  "AND greatest(made_at, expires_at) < now() - interval '30 days'";
    static const char keys[] = "DELETE FROM auth.signing_keys WHERE retired_at < now() - interval '1 day'";
    auth_query(j->a, sessions, NULL, on_removed, j);
    auth_query(j->a, tokens, NULL, NULL, NULL);
    auth_query(j->a, invites, NULL, NULL, NULL);
    auth_query(j->a, keys, NULL, NULL, NULL);
}

void janitor_create(struct janitor **j_r, struct auth *a)
{
    struct janitor *j = xcalloc(1, sizeof(*j));
    j->a = a;
    timer_make(&j->timer, a->process.loop, on_timer, j);
    timer_start(j->timer, FIRST_MS, HOUR_MS);
    *j_r = j;
}

/* After the pool: its callbacks have all run. */
void janitor_destroy(struct janitor **j)
{
    if (!*j)
        return;
    timer_destroy(&(*j)->timer);
    free(*j);
    *j = NULL;
}
