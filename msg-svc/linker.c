/* Looks for links that are due, has them looked at, a few at a time, and says what came of it. */
#include "linker.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "entry.h"
#include "err.h"
#include "failpoint.h"
#include "jsonw.h"
#include "log.h"

enum {
    LOOK_MS = 400,
    AT_ONCE = 4,    /* of a replica */
    ASK_MS = 25000, /* longer than media-svc takes for one */
    TRIES_MAX = 5,
    MINUTE_MS = 60000,
    LOOKS_MAX = 20,                            /* of a person a minute, in this replica */
    ASKERS_MAX = MINUTE_MS / LOOK_MS * AT_ONCE /* people whose links it takes up in a minute, at most */
};

/* Whose links were taken up in this minute. */
struct asker {
    int64_t person;
    int count;
};

struct looked {
    struct linker *linker;
    int64_t room, seq, sender, tries;
    struct buf url;
};

struct linker {
    struct process *process;
    struct db *db;
    struct timer *timer;
    struct metric *shown, *nothing, *put_off;
    struct asker askers[ASKERS_MAX];
    size_t asker_count, in_hand;
    int64_t minute_ms; /* when it began */
    bool stopped;
};

static void rest(struct linker *l)
{
    if (!l->stopped)
        timer_start(l->timer, LOOK_MS, 0);
}

static void looked_free(struct looked *k)
{
    k->linker->in_hand--;
    buf_fini(&k->url);
    free(k);
}

/* An act on the message, as if its sender had asked for it; nobody waits for an answer. What Redis does not take is
 * taken up again. */
static void put(const struct looked *k, const struct jval *preview)
{
    char stream[24], user[24], room[24];
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    struct str text;
    snprintf(stream, sizeof stream, "ingest:{%" PRId64 "}", k->room % SHARDS);
    snprintf(user, sizeof user, "%" PRId64, k->sender);
    snprintf(room, sizeof room, "%" PRId64, k->room);
    jsonw_obj(&w, NULL);
    jsonw_int(&w, "seq", k->seq);
    jsonw_str(&w, "url", buf_view(&k->url));
    if (preview != NULL) {
        static const char *const keys[] = {"title", "description", "site", "image"};
        jsonw_obj(&w, "preview");
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (jval_get_str(preview, keys[i], &text) && text.n > 0)
                jsonw_str(&w, keys[i], text);
        jsonw_obj_end(&w);
    }
    jsonw_obj_end(&w);
    const struct str words[] = {STR("XADD"),  str_of(stream), STR("*"),     STR("k"), STR("preview"), STR("u"),
                                str_of(user), STR("m"),       str_of(room), STR("j"), buf_view(&args)};
    bus_command(k->linker->process->bus, NULL, NULL, sizeof words / sizeof *words, words);
    buf_fini(&args);
}

/* {"preview": {…}}, or without it when there is nothing to show. */
static void on_answer(void *arg, int err, struct str body)
{
    struct looked *k = arg;
    struct linker *l = k->linker;
    struct jval *root = err == 0 ? jval_parse(body) : NULL;
    const struct jval *preview = jval_get(root, "preview");
    bool for_good = err == 0 || k->tries >= TRIES_MAX;
    metric_add(preview != NULL ? l->shown : for_good ? l->nothing : l->put_off, 1);
    FAILPOINT("msg.before_preview");
    if (for_good)
        put(k, preview);
    jval_free(root);
    looked_free(k);
}

/* The row of a link says nothing of those that were there before it: a message can be edited, or deleted and written
 * again, and nobody shall have this server ask around by that. */
static bool may_ask(struct linker *l, int64_t person)
{
    int64_t now = clock_mono_ms();
    size_t i = 0;
    if (now - l->minute_ms >= MINUTE_MS) {
        l->minute_ms = now;
        l->asker_count = 0;
    }
    while (i < l->asker_count && l->askers[i].person != person)
        i++;
    if (i == ASKERS_MAX)
        return false;
    if (i == l->asker_count)
        l->askers[l->asker_count++] = (struct asker){.person = person};
    return l->askers[i].count++ < LOOKS_MAX;
}

static void ask(struct linker *l, const struct db_result *r, size_t i)
{
    enum { ROOM, SEQ, SENDER, URL, TRIES };
    struct looked *k = xcalloc(1, sizeof *k);
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    k->linker = l;
    k->room = db_int(r, i, ROOM);
    k->seq = db_int(r, i, SEQ);
    k->sender = db_int(r, i, SENDER);
    k->tries = db_int(r, i, TRIES);
    buf_str(&k->url, db_str(r, i, URL));
    l->in_hand++;
    if (k->tries == 1 && !may_ask(l, k->sender)) {
        metric_add(l->nothing, 1);
        put(k, NULL);
        looked_free(k);
        return;
    }
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "url", buf_view(&k->url));
    jsonw_obj_end(&w);
    if (rpc_call(l->process->rpc, "media", "unfurl", &(struct caller){0}, buf_view(&args), ASK_MS, on_answer, k) != 0)
        looked_free(k);
    buf_fini(&args);
}

static void on_claimed(void *arg, int err, const struct db_result *r)
{
    struct linker *l = arg;
    if (err == ERR_SQL)
        log_error(NULL, "links were not looked for", "message=%s", db_message(r));
    for (size_t i = 0; err == 0 && i < db_rows(r); i++)
        ask(l, r, i);
    rest(l);
}

/* A claim lasts longer than an answer takes, and longer with each try; after an hour nobody waits for it any more. */
static void claim(void *arg)
{
    struct linker *l = arg;
    struct db_params v = {0};
    if (l->in_hand >= AT_ONCE || l->process->draining) {
        rest(l);
        return;
    }
    db_p_int(&v, AT_ONCE - (int64_t)l->in_hand);
    if (db_query(l->db,
                 "WITH old AS (UPDATE chat.links SET due_at = NULL, state = 2 WHERE due_at <= now() "
                 "AND made_at < now() - interval '1 hour'), "
                 "due AS (SELECT room_id, seq FROM chat.links WHERE due_at <= now() "
                 "AND made_at >= now() - interval '1 hour' ORDER BY due_at LIMIT $1::bigint FOR UPDATE SKIP LOCKED) "
                 "UPDATE chat.links l SET due_at = now() + (l.tries + 1) * interval '30 seconds', tries = l.tries + 1 "
                 "FROM due d WHERE l.room_id = d.room_id AND l.seq = d.seq "
                 "RETURNING l.room_id, l.seq, l.sender, l.url, l.tries",
                 &v, on_claimed, l) != 0)
        rest(l);
}

void linker_create(struct linker **linker_r, struct process *process, struct db *db)
{
    struct linker *l = xcalloc(1, sizeof *l);
    l->process = process;
    l->db = db;
    l->shown = metrics_counter(process->metrics, "parley_msg_links_total", "result=\"shown\"",
                               "Links that were looked at, by what came of it.");
    l->nothing = metrics_counter(process->metrics, "parley_msg_links_total", "result=\"nothing\"",
                                 "Links that were looked at, by what came of it.");
    l->put_off = metrics_counter(process->metrics, "parley_msg_links_total", "result=\"put_off\"",
                                 "Links that were looked at, by what came of it.");
    timer_make(&l->timer, process->loop, claim, l);
    rest(l);
    *linker_r = l;
}

void linker_stop(struct linker *l)
{
    if (l == NULL)
        return;
    l->stopped = true;
    timer_destroy(&l->timer);
}

void linker_destroy(struct linker **linker)
{
    free(*linker);
    *linker = NULL;
}
