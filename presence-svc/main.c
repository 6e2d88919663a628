/* parley-presence-svc: who is online, away or offline, and when they were last seen. */
#include "calls.h"
#include "clock.h"
#include "presence_svc.h"

enum { MAX_OPEN = 1000, GATEWAY_DEAD_MS = 15000, DRAIN_LOOK_MS = 20, DRAIN_PUBLISH_MS = 1000 };

static void look_whether_drained(void *arg)
{
    struct presence_svc *svc = arg;
    if (rpc_server_open(svc->server) > 0)
        return;
    /* Half a second brings out what was collected; for what waits for a msg-svc that is away nobody waits here. */
    if (publisher_pending(svc->publisher) > 0 && clock_mono_ms() - svc->drain_began < DRAIN_PUBLISH_MS)
        return;
    timer_stop(svc->drain);
    process_drained(&svc->process);
}

static void drain(void *arg)
{
    struct presence_svc *svc = arg;
    svc->drain_began = clock_mono_ms();
    rpc_server_pause(svc->server);
    timer_start(svc->drain, 0, DRAIN_LOOK_MS);
}

static void on_change(void *arg, int64_t user)
{
    publisher_touch(arg, user);
}

static void svc_init(struct presence_svc *svc)
{
    const struct process *p = &svc->process;
    presence_create(&svc->presence, p->bus, p->metrics);
    publisher_create(&svc->publisher, p->loop, p->bus, p->rpc, svc->presence, p->metrics);
    presence_on_change(svc->presence, on_change, svc->publisher);
    expiry_create(&svc->expiry, p->loop, p->bus, svc->presence, GATEWAY_DEAD_MS, p->metrics);
    redis_memory_create(&svc->redis_memory, p->loop, p->bus, p->metrics);
    timer_make(&svc->drain, p->loop, look_whether_drained, svc);
    rpc_server_create(&svc->server, p->loop, p->bus, "presence", p->id, presence_calls, presence_calls_count, MAX_OPEN,
                      svc, p->metrics);
}

/* What is on the loop. Answers of Redis still due are given when the bus ends, in process_end(). */
static void svc_stop(struct presence_svc *svc)
{
    rpc_server_destroy(&svc->server);
    timer_destroy(&svc->drain);
    bus_on_state(svc->process.bus, NULL, NULL);
    expiry_stop(svc->expiry);
    redis_memory_stop(svc->redis_memory);
    publisher_stop(svc->publisher);
}

static void svc_fini(struct presence_svc *svc)
{
    expiry_destroy(&svc->expiry);
    redis_memory_destroy(&svc->redis_memory);
    publisher_destroy(&svc->publisher);
    presence_destroy(&svc->presence);
}

int main(int argc, char **argv)
{
    struct presence_svc svc = {0};
    process_start(&svc.process, "presence-svc", presence_config_rows, presence_config_count, &svc.config, argc, argv);
    svc_init(&svc);
    process_run(&svc.process, NULL, drain, &svc);
    svc_stop(&svc);
    int code = process_end(&svc.process);
    svc_fini(&svc);
    return code;
}
