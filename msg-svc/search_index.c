/* The indexer of search: finds logs that went on, reads what they changed, writes it, one batch after the other. */
#include "search_index.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "db.h"
#include "err.h"
#include "failpoint.h"
#include "log.h"
#include "search_doc.h"
#include "search_late.h"

enum {
    REFUSED_MAX = 3,
    LOCK_MS = 500,      /* how often a replica that does nothing asks whether it should */
    POLL_MS = 200,      /* how often it is looked for rooms that went on */
    RETRY_MS = 1000,    /* after a failure */
    BATCH_EVENTS = 800, /* with BATCH_BYTES: a batch is some ten milliseconds of the database */
};
#define RECIPE_VERSION "1"

struct search_index {
    struct search_index_config config;
    struct db_conn *conn;
    struct timer *timer;
    bool locked;    /* by our session: the one writer */
    bool checked;   /* the rows there are of our recipe, or are being made anew */
    bool under_way; /* a statement is; its answer goes on */
    int careful;    /* a batch failed: so many events one by one */
    int refused;    /* times in a row that PostgreSQL refused what was in the batch, whatever the moment */
    struct search_late late;
    struct search_late_room written[SEARCH_LATE_READ]; /* up to where the batch under way brings which rooms */
    size_t written_n;
    struct metric *indexed, *failed, *behind;
};

static void step(struct search_index *x);

static void rest(struct search_index *x, uint64_t ms)
{
    timer_start(x->timer, ms, 0);
}

static void run(struct search_index *x, const char *sql, struct db_params *params, db_done_fn *fn)
{
    if (db_exec(x->conn, sql, params, fn, x) != 0) {
        rest(x, RETRY_MS);
        return;
    }
    x->under_way = true;
    db_sync(x->conn);
}

/* First line of every answer. False: it failed, and comes again. */
static bool answered(struct search_index *x, int err, const struct db_result *r, const char *what)
{
    x->under_way = false;
    if (err == 0)
        return true;
    if (err == ERR_SQL)
        log_error(NULL, "search index", "step=\"%s\" sqlstate=%s message=%s", what, db_sqlstate(r), db_message(r));
    rest(x, RETRY_MS);
    return false;
}

/* ---- writing ---- */

/* Data exceptions and exceeded limits: trying again finds the same. A full disk or a lost session is none of them. */
static bool is_of_the_data(const char *sqlstate)
{
    return strncmp(sqlstate, "22", 2) == 0 || strncmp(sqlstate, "54", 2) == 0;
}

static void on_written(void *arg, int err, const struct db_result *r)
{
    struct search_index *x = arg;
    if (!answered(x, err, r, "write")) {
        x->careful = BATCH_EVENTS;
        x->refused = err == ERR_SQL && is_of_the_data(db_sqlstate(r)) ? x->refused + 1 : 0;
        metric_add(x->failed, 1);
        return;
    }
    metric_add(x->indexed, db_rows(r) > 0 ? db_int(r, 0, 0) : 0);
    x->refused = 0;
    x->careful -= x->careful > 0;
    for (size_t i = 0; i < x->written_n; i++)
        search_late_reached(&x->late, &x->written[i]);
    step(x);
}

/* Stems go behind the text, where no word is, and are tokens like the pieces. */
static const char write_sql[] =
    "WITH moved AS (INSERT INTO chat.search_rooms (room_id, seq) "
    "SELECT * FROM unnest($1::bigint[], $2::bigint[]) "
    "ON CONFLICT (room_id) DO UPDATE SET seq = excluded.seq), "
    "gone AS (DELETE FROM chat.search s USING unnest($3::bigint[], $4::bigint[]) AS g(room_id, seq) "
    "WHERE s.room_id = g.room_id AND s.seq = g.seq), "
    "kept AS (INSERT INTO chat.search (room_id, seq, sender, ts, kinds, body, folded, tokens) "
    "SELECT d.room_id, d.seq, d.sender, to_timestamp(d.ts / 1000000.0), d.kinds, d.body, "
    "d.folded || coalesce(E'\\x1f' || array_to_string(t.stems, E'\\x1f') || E'\\x1f', ''), "
    "array_to_tsvector(string_to_array(d.tokens, E'\\x1f') || coalesce(t.marked, '{}')) "
    "FROM unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::smallint[], $10::text[], $11::text[], "
    "$12::text[]) AS d(room_id, seq, sender, ts, kinds, body, folded, tokens) "
    "LEFT JOIN LATERAL (SELECT array_agg(DISTINCT s) AS stems, array_agg(DISTINCT 'T' || s) AS marked "
    "FROM unnest($13::text[]) AS l, unnest(string_to_array(btrim(d.folded), ' ')) AS w, "
    "unnest(ts_lexize((l || '_stem')::regdictionary, left(w, 200))) AS s "
    "WHERE cardinality($13::text[]) > 0) t ON true "
    "ON CONFLICT (room_id, seq) DO UPDATE SET kinds = excluded.kinds, body = excluded.body, folded = excluded.folded, "
    "tokens = excluded.tokens RETURNING 1) SELECT count(*) FROM kept";

enum column { ROOM, UPTO, SEQ, SENDER, TS, PINNED, DELETED, HAS_FILE, BODY };

/* A message that is there, and is to be found. */
static bool is_kept(const struct db_result *r, size_t i)
{
    return !db_is_null(r, i, SEQ) && !db_is_null(r, i, SENDER) && !db_bool(r, i, DELETED);
}

#define COLUMN(params, r, cond, put)            \
    do {                                        \
        db_p_array(params);                     \
        for (size_t i = 0; i < db_rows(r); i++) \
            if (cond)                           \
                (put);                          \
        db_p_array_end(params);                 \
    } while (0)
#define INT_COLUMN(params, r, cond, col) COLUMN(params, r, cond, db_p_array_int(params, db_int(r, i, col)))

/* Rows are by room: the first of each tells how far it is read. */
static bool is_first(const struct db_result *r, size_t i)
{
    return i == 0 || db_int(r, i, ROOM) != db_int(r, i - 1, ROOM);
}

static void put_docs(struct search_index *x, struct db_params *v, const struct db_result *r, bool any)
{
    struct buf *folded = xcalloc(db_rows(r) + 1, sizeof *folded), *tokens = xcalloc(db_rows(r) + 1, sizeof *tokens);
    unsigned *kinds = xcalloc(db_rows(r) + 1, sizeof *kinds);
    for (size_t i = 0; i < db_rows(r); i++) {
        if (!any || !is_kept(r, i))
            continue;
        struct search_message m = {.room = db_int(r, i, ROOM),
                                   .sender = db_int(r, i, SENDER),
                                   .body = db_str(r, i, BODY),
                                   .pinned = db_bool(r, i, PINNED),
                                   .has_file = db_bool(r, i, HAS_FILE)};
        kinds[i] = search_kinds(&m);
        search_doc(&m, &folded[i], &tokens[i]);
    }
    INT_COLUMN(v, r, any && is_kept(r, i), ROOM);
    INT_COLUMN(v, r, any && is_kept(r, i), SEQ);
    INT_COLUMN(v, r, any && is_kept(r, i), SENDER);
    INT_COLUMN(v, r, any && is_kept(r, i), TS);
    COLUMN(v, r, any && is_kept(r, i), db_p_array_int(v, kinds[i]));
    COLUMN(v, r, any && is_kept(r, i), db_p_array_str(v, db_str(r, i, BODY)));
    COLUMN(v, r, any && is_kept(r, i), db_p_array_str(v, buf_view(&folded[i])));
    COLUMN(v, r, any && is_kept(r, i), db_p_array_str(v, buf_view(&tokens[i])));
    db_p_array(v);
    for (size_t i = 0; i < x->config.languages.n; i++)
        db_p_array_str(v, str_of(x->config.languages.names[i]));
    db_p_array_end(v);
    for (size_t i = 0; i < db_rows(r); i++) {
        buf_fini(&folded[i]);
        buf_fini(&tokens[i]);
    }
    free(folded);
    free(tokens);
    free(kinds);
}

/* What even alone cannot be written is left out: one message that is not found, rather than all that come after it. */
static void write_batch(struct search_index *x, const struct db_result *r)
{
    struct db_params v = {0};
    bool give_up = x->careful > 0 && x->refused >= REFUSED_MAX;
    if (give_up)
        log_error(NULL, "a message cannot be searched", "room=%lld seq=%lld", (long long)db_int(r, 0, ROOM),
                  (long long)db_int(r, 0, UPTO));
    INT_COLUMN(&v, r, is_first(r, i), ROOM);
    INT_COLUMN(&v, r, is_first(r, i), UPTO);
    INT_COLUMN(&v, r, !db_is_null(r, i, SEQ) && !is_kept(r, i), ROOM);
    INT_COLUMN(&v, r, !db_is_null(r, i, SEQ) && !is_kept(r, i), SEQ);
    put_docs(x, &v, r, !give_up);
    x->written_n = 0;
    for (size_t i = 0; i < db_rows(r); i++)
        if (is_first(r, i))
            x->written[x->written_n++] = (struct search_late_room){db_int(r, i, ROOM), db_int(r, i, UPTO)};
    FAILPOINT("search.write");
    run(x, write_sql, &v, on_written);
}

/* ---- reading ---- */

static void on_read(void *arg, int err, const struct db_result *r)
{
    struct search_index *x = arg;
    if (!answered(x, err, r, "read"))
        return;
    metric_set(x->behind, (int64_t)db_rows(r));
    if (db_rows(r) > 0) {
        write_batch(x, r);
        return;
    }
    search_late_skip(&x->late);
    if (x->late.n > 0)
        step(x);
    else
        rest(x, POLL_MS);
}

/* The next events of rooms that went on, and of each message they say anything of what it is now. That may be newer
 * than the event: then another event is to come, and nothing changes by it. Messages are looked up one by one (LATERAL
 * ... LIMIT 1), whatever PostgreSQL takes the tables' size for: joined as a whole, a batch would read all there ever
 * were. */
static const char read_sql[] =
    "WITH late AS (SELECT l.id, coalesce(s.seq, 0) AS done, cardinality($2::bigint[]) AS of FROM unnest($2::bigint[]) AS l(id) "
    "LEFT JOIN LATERAL (SELECT seq FROM chat.search_rooms WHERE room_id = l.id LIMIT 1) s ON true), "
    "next AS (SELECT l.id AS room_id, e.* FROM late l CROSS JOIN LATERAL (SELECT e.seq, octet_length(e.body) AS bytes, "
    "CASE WHEN e.type IN ('message', 'reply') THEN e.seq WHEN e.type IN ('edited', 'deleted', 'pinned') THEN e.about "
    "END AS target FROM chat.events e WHERE e.room_id = l.id AND e.seq > l.done ORDER BY e.seq "
    "LIMIT greatest(20, $1::bigint / l.of)) e), "
    "counted AS (SELECT *, row_number() OVER w AS nth, sum(bytes) OVER w AS total FROM next "
    "WINDOW w AS (ORDER BY room_id, seq)), "
    "taken AS MATERIALIZED (SELECT * FROM counted WHERE nth <= $1::bigint AND (total <= 1000000 OR nth = 1)), "
    "rooms AS (SELECT room_id, max(seq) AS upto FROM taken GROUP BY room_id), "
    "targets AS (SELECT DISTINCT room_id, target FROM taken WHERE target IS NOT NULL) "
    "SELECT r.room_id, r.upto, t.target, e.sender, (extract(epoch FROM e.ts) * 1000000)::bigint, "
    "c.pinned_at IS NOT NULL, c.deleted_at IS NOT NULL, chat.file_names(e.data) IS NOT NULL, "
    "concat_ws(E'\\n', nullif(coalesce(nullif(coalesce(c.body, e.body), ''), e.data #>> '{forward,body}'), ''), "
    "chat.file_names(e.data)) "
    "FROM rooms r LEFT JOIN targets t ON t.room_id = r.room_id "
    "LEFT JOIN LATERAL (SELECT * FROM chat.events e WHERE e.room_id = t.room_id AND e.seq = t.target "
    "AND e.type IN ('message', 'reply') LIMIT 1) e ON true "
    "LEFT JOIN LATERAL (SELECT * FROM chat.changes c WHERE c.room_id = t.room_id AND c.seq = t.target LIMIT 1) c ON true "
    "ORDER BY r.room_id, t.target";

static void read_next(struct search_index *x)
{
    struct db_params v = {0};
    db_p_int(&v, x->careful > 0 ? 1 : BATCH_EVENTS);
    search_late_put(&x->late, &v);
    run(x, read_sql, &v, on_read);
}

static void on_looked(void *arg, int err, const struct db_result *r)
{
    struct search_index *x = arg;
    if (!answered(x, err, r, "look")) {
        search_late_reset(&x->late);
        return;
    }
    search_late_found(&x->late, r, clock_mono_ms());
    if (x->late.n > 0) {
        read_next(x);
        return;
    }
    metric_set(x->behind, 0);
    rest(x, (uint64_t)search_late_rest_ms(&x->late, clock_mono_ms(), POLL_MS));
}

static void look(struct search_index *x)
{
    struct db_params v = {0};
    const char *sql = search_late_look(&x->late, clock_mono_ms(), &v);
    run(x, sql, &v, on_looked);
}

/* ---- whose turn, and which recipe ---- */

static void on_checked(void *arg, int err, const struct db_result *r)
{
    struct search_index *x = arg;
    if (!answered(x, err, r, "recipe"))
        return;
    x->checked = true;
    if (db_rows(r) > 0 && db_bool(r, 0, 0))
        log_info(NULL, "all messages are indexed for search", "reason=\"another recipe\"");
    step(x);
}

/* Rows of another recipe are found as they are until they are made anew. */
static void check_recipe(struct search_index *x)
{
    struct db_params v = {0};
    struct buf recipe = {0};
    buf_cstr(&recipe, RECIPE_VERSION);
    for (size_t i = 0; i < x->config.languages.n; i++)
        buf_printf(&recipe, " %s", x->config.languages.names[i]);
    db_p_str(&v, buf_view(&recipe));
    buf_fini(&recipe);
    run(x,
        "WITH other AS (UPDATE chat.search_recipe SET recipe = $1::text WHERE recipe <> $1::text RETURNING 1), "
        "again AS (UPDATE chat.search_rooms SET seq = 0 WHERE EXISTS (SELECT FROM other)) "
        "SELECT EXISTS (SELECT FROM other)",
        &v, on_checked);
}

static void on_lock(void *arg, int err, const struct db_result *r)
{
    struct search_index *x = arg;
    if (!answered(x, err, r, "lock"))
        return;
    x->locked = db_bool(r, 0, 0);
    if (x->locked)
        step(x);
    else
        rest(x, LOCK_MS);
}

static void step(struct search_index *x)
{
    if (x->under_way || !db_conn_up(x->conn))
        return;
    if (!x->locked)
        run(x, "SELECT pg_try_advisory_lock(7011604)", NULL, on_lock);
    else if (!x->checked)
        check_recipe(x);
    else if (x->late.n > 0)
        read_next(x);
    else
        look(x);
}

static void on_timer(void *arg)
{
    step(arg);
}

static void on_conn(void *arg, bool up)
{
    struct search_index *x = arg;
    x->locked = x->checked = false;
    search_late_reset(&x->late);
    if (up)
        rest(x, 0);
}

int search_index_create(struct search_index **index_r, const struct search_index_config *config)
{
    struct search_index *x = xcalloc(1, sizeof *x);
    x->config = *config;
    x->indexed = metrics_counter(config->metrics, "parley_msg_search_indexed_total", NULL,
                                 "Messages written to the search index.");
    x->failed = metrics_counter(config->metrics, "parley_msg_search_failed_total", NULL,
                                "Batches that the search index could not take.");
    x->behind = metrics_gauge(config->metrics, "parley_msg_search_behind", NULL,
                              "Messages of the last look that were not in the search index yet.");
    timer_make(&x->timer, config->loop, on_timer, x);
    /* A stopped process must not keep the lock: the server ends a session that is silent for so long. */
    struct db_config db = {.url = config->database_url,
                           .name = "parley-msg-search-index",
                           .statement_timeout_ms = 10000,
                           .options = "-c idle_session_timeout=5s -c jit=off"};
    int err = db_conn_create(&x->conn, config->loop, &db, on_conn, x);
    if (err != 0) {
        timer_destroy(&x->timer);
        free(x);
        return err;
    }
    *index_r = x;
    return 0;
}

void search_index_destroy(struct search_index **index)
{
    if (*index == NULL)
        return;
    db_conn_destroy(&(*index)->conn);
    timer_destroy(&(*index)->timer);
    search_late_fini(&(*index)->late);
    free(*index);
    *index = NULL;
}
