/* Tells presence-svc whose profile changed; it tells those who share a room. */
#include "notice.h"

#include "rpc.h"

/* A presence-svc that is just being started again still gets it. */
enum { NOTICE_MS = 30000 };

static void on_told(void *arg, int err, struct str body)
{
    (void)body;
    if (err)
        metric_add(arg, 1);
}

void notice_changed(struct auth *a, int64_t user)
{
    struct caller caller = {.user = user, .trace = STR("profile")};
    int err =
        rpc_call(a->process.rpc, "presence", "changed", &caller, STR("{}"), NOTICE_MS, on_told, a->m.notices_lost);
    if (err)
        metric_add(a->m.notices_lost, 1);
}
