/* parley-msg-svc: rooms, their numbered logs, who is in them and how far they have read. */
#include "backed_up.h"
#include "calls.h"
#include "db.h"
#include "heap.h"
#include "ingest.h"
#include "janitor.h"
#include "linker.h"
#include "log.h"
#include "msg_config.h"
#include "search.h"
#include "tally.h"
#include "timekeeper.h"

struct msg_svc {
    struct process process;
    struct msg_config config;
    struct db *db;
    struct ingest *ingest;
    struct janitor *janitor;
    struct timekeeper *timekeeper;
    struct linker *linker; /* NULL: links are not looked at */
    struct tally *tally;
    struct backed_up *backed_up;
    struct calls calls;
    struct search_service search;
    struct rpc_server *server; /* NULL until the database is there */
    struct timer *begin, *drain;
    int search_looks; /* how often the database was there, and search's own connections were not yet */
    bool ingest_drained;
};

enum { BEGIN_LOOK_MS = 5, DRAIN_LOOK_MS = 20 };
/* All else is not kept waiting for search for longer. */
enum { SEARCH_WAIT_MS = 2000, SEARCH_LOOKS = SEARCH_WAIT_MS / BEGIN_LOOK_MS };
/* The statements of a full batch are half a megabyte of text, and so is what search reads. */
enum { BLOCK_MAX = 2 << 20, SPARE_MAX = 4 << 20 };

static const char *ready(void *arg)
{
    const struct msg_svc *svc = arg;
    if (!db_ready(svc->db))
        return "no connection to PostgreSQL";
    return ingest_ready(svc->ingest) ? NULL : "no writer connection to PostgreSQL";
}

static void on_bus(void *arg, bool up, uint64_t epoch)
{
    (void)epoch;
    struct msg_svc *svc = arg;
    ingest_bus_changed(svc->ingest, up);
}

static void on_ingest_drained(void *arg)
{
    struct msg_svc *svc = arg;
    svc->ingest_drained = true;
}

static void look_whether_drained(void *arg)
{
    struct msg_svc *svc = arg;
    if (!svc->ingest_drained || (svc->server != NULL && rpc_server_open(svc->server) > 0))
        return;
    timer_stop(svc->drain);
    process_drained(&svc->process);
}

static void drain(void *arg)
{
    struct msg_svc *svc = arg;
    timer_stop(svc->begin);
    if (svc->server != NULL)
        rpc_server_pause(svc->server);
    ingest_drain(svc->ingest, on_ingest_drained, svc);
    timer_start(svc->drain, 0, DRAIN_LOOK_MS);
}

/* What was asked of a service that is just starting waits in Redis rather than be refused. */
static void begin(void *arg)
{
    struct msg_svc *svc = arg;
    if (!db_ready(svc->db))
        return;
    if (!search_service_ready(&svc->search) && svc->search_looks++ < SEARCH_LOOKS)
        return;
    timer_stop(svc->begin);
    rpc_server_create(&svc->server, svc->process.loop, svc->process.bus, "msg", svc->process.id, calls_rows,
                      calls_count, (size_t)svc->config.open_max, &svc->calls, svc->process.metrics);
}

static int svc_init(struct msg_svc *svc)
{
    struct process *p = &svc->process;
    struct db_config db = {
        .url = svc->config.database_url, .name = "parley-msg", .size = (size_t)svc->config.pool_size};
    int err = db_create(&svc->db, p->loop, &db, p->metrics);
    if (err != 0)
        return err;
    struct ingest_config ingest = {.loop = p->loop,
                                   .bus = p->bus,
                                   .db = svc->db,
                                   .metrics = p->metrics,
                                   .hops = p->hops,
                                   .id = p->id,
                                   .database_url = svc->config.database_url,
                                   .batch_size = svc->config.batch_size,
                                   .room_capacity = svc->config.room_capacity,
                                   .room_bytes = svc->config.room_bytes,
                                   .previews = svc->config.link_previews};
    err = ingest_create(&svc->ingest, &ingest);
    if (err != 0)
        return err;
    janitor_create(&svc->janitor, p->loop, svc->db, svc->config.clean_every_s);
    timekeeper_create(&svc->timekeeper, p->loop, svc->db, p->bus);
    if (svc->config.link_previews)
        linker_create(&svc->linker, p, svc->db);
    bus_on_state(p->bus, on_bus, svc);
    calls_init(&svc->calls, p->bus, svc->db, svc->config.room_capacity, p->metrics);
    svc->calls.search = &svc->search;
    svc->calls.rpc = p->rpc;
    tally_create(&svc->tally, p->loop, svc->db);
    backed_up_create(&svc->backed_up, p->loop, svc->db, p->metrics);
    struct search_config search = {.loop = p->loop,
                                   .metrics = p->metrics,
                                   .database_url = svc->config.database_url,
                                   .languages = svc->config.search_languages,
                                   .pool_size = svc->config.search_pool_size};
    err = search_service_init(&svc->search, &search);
    if (err != 0)
        return err;
    timer_make(&svc->begin, p->loop, begin, svc);
    timer_start(svc->begin, 0, BEGIN_LOOK_MS);
    timer_make(&svc->drain, p->loop, look_whether_drained, svc);
    return 0;
}

static void svc_fini(struct msg_svc *svc)
{
    timer_destroy(&svc->begin);
    timer_destroy(&svc->drain);
    search_service_fini(&svc->search);
    db_destroy(&svc->db); /* Calls still open fail here, while the server can say so. */
    timekeeper_destroy(&svc->timekeeper);
    linker_stop(svc->linker);
    janitor_destroy(&svc->janitor);
    tally_destroy(&svc->tally);
    backed_up_destroy(&svc->backed_up);
    rpc_server_destroy(&svc->server);
    calls_fini(&svc->calls);
    bus_on_state(svc->process.bus, NULL, NULL);
    ingest_destroy(&svc->ingest);
}

int main(int argc, char **argv)
{
    struct msg_svc svc = {0};
    process_start(&svc.process, "msg-svc", msg_config_rows, msg_config_count, &svc.config, argc, argv);
    heap_keep(BLOCK_MAX, SPARE_MAX);
    if (svc_init(&svc) == 0)
        process_run(&svc.process, ready, drain, &svc);
    else
        log_error(NULL, "cannot start", "reason=configuration");
    svc_fini(&svc);
    int code = process_end(&svc.process);
    linker_destroy(&svc.linker);
    return code;
}
