/* Looks every second for what is due, in three statements, one after another. Rows that another replica has in hand are
 * passed over. */
#include "timekeeper.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "entry.h"
#include "err.h"
#include "failpoint.h"
#include "later.h"
#include "log.h"
#include "publish.h"

enum { LOOK_MS = 1000, AT_ONCE = 100 };

struct timekeeper {
    struct db *db;
    struct bus *bus;
    struct timer *timer;
    bool more; /* one of the looks found as much as it takes at once */
};

/* ---- people are told ---- */

/* A row a person, however many rows of theirs were done; the last column says how many those of all were. What is lost
 * between the commit and here is missed, and asked for, by the gateways' look at what moved. */
static void tell(struct timekeeper *t, const struct db_result *r)
{
    enum { DONE = 3 };
    for (size_t i = 0; i < db_rows(r); i++)
        publish_user_event(
            t->bus, &(struct user_event){
                        .user = db_int(r, i, 0), .useq = db_int(r, i, 1), .room = db_int(r, i, 2), .type = USER_LATER});
    t->more |= db_rows(r) > 0 && db_int(r, 0, DONE) >= AT_ONCE;
}

static bool answered(const char *what, int err, const struct db_result *r)
{
    if (err == ERR_SQL)
        log_error(NULL, "what is due was not done", "what=\"%s\" message=%s", what, db_message(r));
    return err == 0;
}

static void rest(struct timekeeper *t)
{
    timer_start(t->timer, t->more ? 0 : LOOK_MS, 0);
    t->more = false;
}

/* Without a database there is nothing to hurry for. */
static void query(struct timekeeper *t, const char *sql, db_done_fn *fn)
{
    if (db_query(t->db, sql, NULL, fn, t) != 0)
        rest(t);
}

/* ---- scheduled messages ---- */

enum claim_column { ID, VERSION, USER, ROOM, CMID, BODY, THREAD, QUOTE, FILES };

/* An ordinary send, but for the number of its row, without which it is not stored. Nobody waits for an answer: what
 * becomes of it is written to the row. What Redis does not take is claimed again. */
static void put(struct timekeeper *t, const struct db_result *r, size_t i)
{
    char stream[24], due[48];
    struct str cmid = db_str(r, i, CMID), body = db_str(r, i, BODY), user = db_str(r, i, USER),
               room = db_str(r, i, ROOM);
    snprintf(stream, sizeof stream, "ingest:{%" PRId64 "}", db_int(r, i, ROOM) % SHARDS);
    snprintf(due, sizeof due, "%" PRId64 ".%" PRId64, db_int(r, i, ID), db_int(r, i, VERSION));
    const struct str words[] = {STR("XADD"),
                                str_of(stream),
                                STR("*"),
                                STR("k"),
                                STR("send"),
                                STR("u"),
                                user,
                                STR("m"),
                                room,
                                STR("n"),
                                cmid,
                                STR("b"),
                                body,
                                STR("s"),
                                str_of(due),
                                STR("h"),
                                db_str(r, i, THREAD),
                                STR("y"),
                                db_str(r, i, QUOTE),
                                STR("l"),
                                db_str(r, i, FILES)};
    /* An empty field is one that is not there. */
    bus_command(t->bus, NULL, NULL, sizeof words / sizeof words[0], words);
}

static void on_claimed(void *arg, int err, const struct db_result *r)
{
    struct timekeeper *t = arg;
    if (answered("claim", err, r)) {
        if (db_rows(r) > 0)
            FAILPOINT("msg.after_claim");
        for (size_t i = 0; i < db_rows(r); i++)
            put(t, r, i);
        t->more |= db_rows(r) >= AT_ONCE;
    }
    rest(t);
}

/* In the order of their times. A claim lasts longer than a message takes to its shard, or the next one would be put in
 * for nothing. Who may not log in does not write either. */
static void claim(struct timekeeper *t)
{
    query(
        t,
        "WITH due AS (SELECT s.id FROM chat.scheduled s JOIN auth.people p ON p.id = s.user_id "
        "WHERE s.state = 'waiting' AND s.send_at <= now() AND coalesce(s.claimed_until < now(), true) "
        "ORDER BY s.send_at, s.id LIMIT 100 FOR UPDATE OF s SKIP LOCKED), "
        "mine AS (UPDATE chat.scheduled s SET claimed_until = now() + interval '15 seconds' FROM due d "
        "WHERE s.id = d.id RETURNING s.*) "
        "SELECT id, version, user_id, room_id, cmid, body, thread, quote, "
        "(SELECT string_agg(encode(f.id, 'hex'), ',' ORDER BY f.place) FROM unnest(files) WITH ORDINALITY AS f(id, place)) "
        "FROM mine ORDER BY send_at, id",
        on_claimed);
}

static void on_settled(void *arg, int err, const struct db_result *r)
{
    struct timekeeper *t = arg;
    if (answered("settle", err, r))
        tell(t, r);
    claim(t);
}

/* What the shard has decided: a sent message needs its row no more. */
static void settle(struct timekeeper *t)
{
    query(
        t,
        "WITH done AS (SELECT id, user_id, room_id, state FROM chat.scheduled WHERE NOT told "
        "ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED), "
        "gone AS (DELETE FROM chat.scheduled s USING done d WHERE s.id = d.id AND d.state = 'sent'), "
        "kept AS (UPDATE chat.scheduled s SET told = true FROM done d WHERE s.id = d.id AND d.state <> 'sent'), " LATER_TELL(
            "done") "SELECT user_id, last_useq, room_id, (SELECT count(*) FROM done) FROM later_own",
        on_settled);
}

/* ---- reminders ---- */

static void on_given(void *arg, int err, const struct db_result *r)
{
    struct timekeeper *t = arg;
    if (answered("reminders", err, r)) {
        if (db_rows(r) > 0)
            FAILPOINT("msg.after_reminder");
        tell(t, r);
    }
    settle(t);
}

/* Given and told by one commit: once. */
static void remind(void *arg)
{
    query(arg,
          "WITH due AS (SELECT id FROM chat.later WHERE remind_at <= now() AND due_at IS NULL AND done_at IS NULL "
          "ORDER BY remind_at LIMIT 100 FOR UPDATE SKIP LOCKED), "
          "given AS (UPDATE chat.later k SET due_at = now(), place = nextval('chat.later_places') FROM due d "
          "WHERE k.id = d.id RETURNING k.user_id, k.room_id), " LATER_TELL(
              "given") "SELECT user_id, last_useq, room_id, (SELECT count(*) FROM given) FROM later_own",
          on_given);
}

void timekeeper_create(struct timekeeper **t_r, struct loop *loop, struct db *db, struct bus *bus)
{
    struct timekeeper *t = xcalloc(1, sizeof *t);
    t->db = db;
    t->bus = bus;
    timer_make(&t->timer, loop, remind, t);
    rest(t);
    *t_r = t;
}

void timekeeper_destroy(struct timekeeper **t)
{
    if (*t == NULL)
        return;
    timer_destroy(&(*t)->timer);
    free(*t);
    *t = NULL;
}
