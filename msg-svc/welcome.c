/* Welcomes newcomers. */
#include "welcome.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "log.h"
#include "publish.h"

enum { TRIES_MAX = 3 };

struct newcomer {
    struct welcome_config config;
    int64_t user;
    unsigned tries;
    welcome_fn *fn;
    void *arg;
};

static void finish(struct newcomer *n, int err)
{
    welcome_fn *fn = n->fn;
    void *arg = n->arg;
    free(n);
    fn(arg, err);
}

static int join_rooms(struct newcomer *n);

/* Lost against a concurrent transaction: a deadlock, or somebody added him to the room meanwhile. */
static bool raced(const struct db_result *r)
{
    return strcmp(db_sqlstate(r), "40P01") == 0 || strcmp(db_sqlstate(r), "23505") == 0;
}

static void on_joined(void *arg, int err, const struct db_result *r)
{
    struct newcomer *n = arg;
    if (err == ERR_SQL && raced(r) && ++n->tries < TRIES_MAX) {
        err = join_rooms(n);
        if (err == 0)
            return;
    }
    if (err == ERR_SQL)
        log_error(NULL, "newcomer not welcomed", "user=%lld message=%s", (long long)n->user, db_message(r));
    else if (err == 0)
        for (size_t i = 0; i < db_rows(r); i++)
            publish_event(n->config.bus, &(struct event){.room = db_int(r, i, 0),
                                                         .seq = db_int(r, i, 1),
                                                         .n = db_int(r, i, 2),
                                                         .mver = db_int(r, i, 3),
                                                         .ts = db_int(r, i, 4),
                                                         .type = EVENT_JOINED,
                                                         .sender = n->user,
                                                         .member = n->user});
    else
        log_warn(NULL, "newcomer not welcomed", "user=%lld reason=%s", (long long)n->user, err_code(err));
    finish(n, err);
}

/* Of several at once one gets the user's row to welcome; the others wait for it and then find it done. A room's row is
 * locked by its UPDATE, whose RETURNING gives the event its seq: as in a batch, commit order is seq order. */
static int join_rooms(struct newcomer *n)
{
    struct db_params v = {0};
    db_p_int(&v, n->user);
    db_p_int(&v, clock_wall_ms());
    db_p_int(&v, n->config.room_capacity);
    return db_query(
        n->config.db,
        "WITH me AS (INSERT INTO chat.users AS u (user_id, welcomed) SELECT id, true FROM auth.people "
        "WHERE id = $1::bigint ON CONFLICT (user_id) DO UPDATE SET welcomed = true WHERE NOT u.welcomed "
        "RETURNING user_id), "
        "moved AS (UPDATE chat.rooms r SET last_seq = last_seq + 1, mver = mver + 1, member_count = member_count + 1 "
        "FROM me WHERE r.everyone AND r.member_count < $3::bigint "
        "AND NOT EXISTS (SELECT FROM auth.bots b WHERE b.id = me.user_id) "
        "AND NOT EXISTS (SELECT FROM chat.bans b WHERE b.room_id = r.id AND b.user_id = me.user_id) "
        "AND NOT EXISTS (SELECT FROM chat.members m WHERE m.room_id = r.id AND m.user_id = me.user_id) "
        "RETURNING r.id, r.last_seq, r.last_n, r.mver), "
        "inside AS (INSERT INTO chat.members (room_id, user_id, read_seq, read_n) "
        "SELECT id, $1::bigint, last_seq, last_n FROM moved), "
        "said AS (INSERT INTO chat.events (room_id, seq, n, type, sender, ts, data) "
        "SELECT id, last_seq, last_n, 'joined', $1::bigint, to_timestamp($2::bigint / 1000.0), "
        "jsonb_build_object('user', $1::bigint::text) FROM moved) "
        "SELECT id, last_seq, last_n, mver, $2::bigint FROM moved ORDER BY id",
        &v, on_joined, n);
}

/* Nearly always he was welcomed long ago, and this look at one row is all. */
static void on_looked(void *arg, int err, const struct db_result *r)
{
    struct newcomer *n = arg;
    if (err == 0 && (db_rows(r) == 0 || !db_bool(r, 0, 0))) {
        err = join_rooms(n);
        if (err == 0)
            return;
    }
    finish(n, err);
}

int welcome(const struct welcome_config *config, int64_t user, welcome_fn *fn, void *arg)
{
    struct newcomer *n = xcalloc(1, sizeof *n);
    *n = (struct newcomer){.config = *config, .user = user, .fn = fn, .arg = arg};
    struct db_params v = {0};
    db_p_int(&v, user);
    int err = db_query(config->db, "SELECT welcomed FROM chat.users WHERE user_id = $1::bigint", &v, on_looked, n);
    if (err != 0)
        free(n);
    return err;
}
