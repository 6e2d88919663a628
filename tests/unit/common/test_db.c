/* The database module against a real PostgreSQL. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "db.h"
#include "err.h"
#include "postgres_server.h"

enum { DEADLINE_MS = 20000, MAX_SEEN = 512 };

static struct postgres_server *server;

ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
    (void)tests;
    server = postgres_server_start(false);
    setenv("TEST_DB_URL", postgres_server_url(server, NULL), 1);
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
    (void)stats;
    postgres_server_stop(&server);
}

/* What a test has seen, and the loop it runs. */
struct world {
    struct loop *loop;
    struct timer *tick;
    int64_t end_ms;
    bool (*until)(struct world *w);
    struct db *db;
    struct db_conn *conn;
    int ups, downs, dones, errs[MAX_SEEN];
    int64_t values[MAX_SEEN];
    char state[8], constraint[64];
    bool nested;
};

static void on_tick(void *arg)
{
    struct world *w = arg;
    if (w->until(w))
        loop_stop(w->loop);
    else if (clock_mono_ms() > w->end_ms)
        cr_fatal("not within the deadline: ups %d downs %d dones %d", w->ups, w->downs, w->dones);
}

static void run_until(struct world *w, bool (*until)(struct world *w))
{
    w->until = until;
    w->end_ms = clock_mono_ms() + DEADLINE_MS;
    timer_start(w->tick, 0, 2);
    loop_run(w->loop);
    timer_stop(w->tick);
}

static void on_state(void *arg, bool up)
{
    struct world *w = arg;
    if (up)
        w->ups++;
    else
        w->downs++;
}

static void on_done(void *arg, int err, const struct db_result *r)
{
    struct world *w = arg;
    cr_assert(lt(int, w->dones, MAX_SEEN));
    w->errs[w->dones] = err;
    w->values[w->dones] = err == 0 && r && db_rows(r) > 0 ? db_int(r, 0, 0) : -1;
    if (err && r) {
        snprintf(w->state, sizeof(w->state), "%s", db_sqlstate(r));
        snprintf(w->constraint, sizeof(w->constraint), "%s", db_constraint(r));
    }
    w->dones++;
}

static bool conn_up(struct world *w)
{
    return db_conn_up(w->conn);
}
static bool pool_up(struct world *w)
{
    return db_ready(w->db);
}
static int wanted;
static bool wanted_done(struct world *w)
{
    return w->dones >= wanted;
}

static void begin(struct world *w, size_t pool, size_t max_queued)
{
    const char *url = getenv("TEST_DB_URL");
    *w = (struct world){0};
    loop_create(&w->loop);
    timer_make(&w->tick, w->loop, on_tick, w);
    struct db_config config = {.url = url, .name = "test", .size = pool, .max_queued = max_queued};
    if (pool > 0) {
        db_create(&w->db, w->loop, &config, NULL);
        run_until(w, pool_up);
    } else {
        config.lock_timeout_ms = 100;
        config.statement_timeout_ms = 300;
        db_conn_create(&w->conn, w->loop, &config, on_state, w);
        run_until(w, conn_up);
    }
}

static void finish(struct world *w)
{
    db_destroy(&w->db);
    db_conn_destroy(&w->conn);
    timer_destroy(&w->tick);
    loop_destroy(&w->loop);
}

static void wait_done(struct world *w, int count)
{
    wanted = count;
    run_until(w, wanted_done);
}

static void ask_int(struct world *w, int64_t v)
{
    struct db_params p = {0};
    db_p_int(&p, v);
    cr_assert(zero(int, db_exec(w->conn, "SELECT $1::bigint", &p, on_done, w)));
}

Test(db, answers_come_in_order_and_later)
{
    struct world w;
    begin(&w, 0, 0);
    for (int i = 0; i < 100; i++) {
        ask_int(&w, i);
        if (i % 7 == 0)
            db_sync(w.conn);
    }
    db_sync(w.conn);
    cr_assert(zero(int, w.dones));
    wait_done(&w, 100);
    for (int i = 0; i < 100; i++)
        cr_assert(eq(i64, w.values[i], i));
    finish(&w);
}

Test(db, an_error_ends_its_section_and_no_other)
{
    struct world w;
    begin(&w, 0, 0);
    ask_int(&w, 1);
    db_exec(w.conn, "SELECT 1/0", NULL, on_done, &w);
    db_exec(w.conn, "SELECT 2::bigint", NULL, on_done, &w);
    db_sync(w.conn);
    ask_int(&w, 3);
    db_exec(w.conn, "SELECT 2::bigint", NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 5);
    int expected[] = {0, ERR_SQL, ERR_SQL, 0, 0};
    for (int i = 0; i < 5; i++)
        cr_assert(eq(int, w.errs[i], expected[i]));
    cr_assert(eq(i64, w.values[3], 3));
    cr_assert(eq(int, w.downs, 0));
    finish(&w);
}

Test(db, a_statement_that_cannot_be_prepared_tells_why_each_time)
{
    struct world w;
    begin(&w, 0, 0);
    for (int i = 0; i < 3; i++) {
        db_exec(w.conn, "SELEKT 1", NULL, on_done, &w);
        db_sync(w.conn);
    }
    wait_done(&w, 3);
    for (int i = 0; i < 3; i++)
        cr_assert(eq(int, w.errs[i], ERR_SQL));
    cr_assert_str_eq(w.state, "42601");
    finish(&w);
}

Test(db, a_violated_constraint_is_named)
{
    struct world w;
    begin(&w, 0, 0);
    db_exec(w.conn, "CREATE TEMP TABLE t (a int CONSTRAINT only_one UNIQUE)", NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 1);
    db_exec(w.conn, "INSERT INTO t VALUES (1), (1)", NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 2);
    cr_assert(eq(int, w.errs[1], ERR_SQL));
    cr_assert_str_eq(w.state, "23505");
    cr_assert_str_eq(w.constraint, "only_one");
    finish(&w);
}

Test(db, a_changed_table_is_prepared_again)
{
    struct world w;
    static const char read[] = "SELECT * FROM changing";
    begin(&w, 0, 0);
    db_exec(w.conn, "CREATE TEMP TABLE changing AS SELECT 5::bigint AS a", NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 1);
    db_exec(w.conn, read, NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 2); /* the preparation is confirmed: from here on it is used again */
    db_exec(w.conn, "ALTER TABLE changing ADD b int", NULL, on_done, &w);
    db_sync(w.conn);
    db_exec(w.conn, read, NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 4);
    cr_assert_str_eq(w.state, "0A000");
    db_exec(w.conn, read, NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 5);
    cr_assert(zero(int, w.errs[4]));
    cr_assert(eq(i64, w.values[4], 5));
    finish(&w);
}

Test(db, slow_statements_and_locks_time_out)
{
    struct world w, other;
    begin(&w, 0, 0);
    begin(&other, 0, 0);
    db_exec(w.conn, "SELECT 1 FROM pg_sleep(5)", NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 1);
    cr_assert(eq(int, w.errs[0], ERR_TIMEOUT));
    db_exec(other.conn, "SELECT pg_advisory_lock(77)", NULL, on_done, &other);
    db_sync(other.conn);
    wait_done(&other, 1);
    db_exec(w.conn, "SELECT pg_advisory_lock(77)", NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 2);
    cr_assert(eq(int, w.errs[1], ERR_TIMEOUT));
    cr_assert_str_eq(w.state, "55P03");
    cr_assert(zero(int, w.downs));
    finish(&other);
    finish(&w);
}

static bool back_up(struct world *w)
{
    return w->ups == 2;
}

Test(db, a_terminated_backend_ends_what_was_under_way_once_and_comes_back)
{
    struct world w;
    begin(&w, 0, 0);
    ask_int(&w, 1);
    db_sync(w.conn);
    /* A reset of the connection would take its answer along. */
    wait_done(&w, 1);
    db_exec(w.conn, "SELECT pg_terminate_backend(pg_backend_pid())", NULL, on_done, &w);
    db_sync(w.conn);
    for (int i = 0; i < 20; i++)
        ask_int(&w, i);
    db_sync(w.conn);
    run_until(&w, back_up);
    cr_assert(eq(int, w.downs, 1));
    cr_assert(eq(int, w.dones, 22));
    cr_assert(zero(int, w.errs[0]));
    for (int i = 1; i < 22; i++)
        cr_assert(eq(int, w.errs[i], ERR_UNAVAILABLE));
    ask_int(&w, 9);
    db_sync(w.conn);
    wait_done(&w, 23);
    cr_assert(eq(i64, w.values[22], 9));
    finish(&w);
}

Test(db, a_link_without_an_answer_for_10_s_is_dropped_and_another_comes)
{
    struct world w;
    begin(&w, 0, 0);
    db_exec(w.conn, "SELECT pg_backend_pid()::bigint", NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 1);
    pid_t backend = (pid_t)w.values[0];
    cr_assert(zero(int, kill(backend, SIGSTOP)));
    ask_int(&w, 2);
    db_sync(w.conn);
    /* The clock jumps; the answer is overdue when the link is looked at next. */
    clock_fake(clock_wall_ms(), clock_mono_ms() + 10500);
    wait_done(&w, 2);
    cr_assert(eq(int, w.errs[1], ERR_UNAVAILABLE));
    run_until(&w, back_up);
    ask_int(&w, 3);
    db_sync(w.conn);
    wait_done(&w, 3);
    cr_assert(eq(i64, w.values[2], 3));
    kill(backend, SIGCONT);
    finish(&w);
}

Test(db, a_reset_ends_statements_later_and_refuses_new_ones_until_it_is_back)
{
    struct world w;
    begin(&w, 0, 0);
    ask_int(&w, 1);
    db_sync(w.conn);
    db_conn_reset(w.conn);
    cr_assert(zero(int, w.dones));
    cr_assert(eq(int, db_exec(w.conn, "SELECT 1", NULL, on_done, &w), ERR_UNAVAILABLE));
    run_until(&w, back_up);
    cr_assert(eq(int, w.dones, 1));
    cr_assert(eq(int, w.errs[0], ERR_UNAVAILABLE));
    finish(&w);
}

static void on_binary(void *arg, int err, const struct db_result *r)
{
    struct world *w = arg;
    cr_assert(err == 0 && db_str(r, 0, 0).n == 256);
    for (size_t i = 0; i < 256; i++)
        cr_assert_eq((unsigned char)db_str(r, 0, 0).p[i], i);
    cr_assert_eq(db_int(r, 0, 1), INT64_MIN);
    cr_assert_eq(db_int(r, 0, 2), -2);
    cr_assert_eq(db_bool(r, 0, 3), true);
    cr_assert_eq(db_is_null(r, 0, 4), true);
    cr_assert(db_str(r, 0, 5).n == 0 && db_is_null(r, 0, 5) == false, "empty is not NULL");
    w->dones++;
}

Test(db, bytes_go_both_ways_as_they_are_and_a_binary_result_is_read_as_any)
{
    struct world w;
    struct db_params p = {.binary_result = true};
    char bytes[256];
    begin(&w, 0, 0);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)i;
    db_p_bytes(&p, (struct str){bytes, sizeof(bytes)});
    db_p_int(&p, INT64_MIN);
    db_p_bytes(&p, (struct str){NULL, 0});
    db_exec(w.conn, "SELECT $1::bytea, $2::bigint, -2::smallint, length($1) = 256, NULL::bytea, $3::bytea", &p,
            on_binary, &w);
    db_sync(w.conn);
    wait_done(&w, 1);
    finish(&w);
}

Test(db, a_large_value_goes_both_ways)
{
    struct world w;
    begin(&w, 0, 0);
    size_t n = 6 * 1024 * 1024;
    char *big = malloc(n);
    memset(big, 'x', n);
    struct db_params p = {0};
    db_p_str(&p, (struct str){big, n});
    /* Six megabytes take what they take. */
    db_exec(w.conn, "SET statement_timeout = 0", NULL, on_done, &w);
    db_sync(w.conn);
    db_exec(w.conn, "SELECT length($1::text)::bigint, $1::text", &p, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 2);
    cr_assert(eq(i64, w.values[1], (int64_t)n));
    free(big);
    finish(&w);
}

static void destroy_inside(void *arg, int err, const struct db_result *r)
{
    struct world *w = arg;
    on_done(w, err, r);
    db_conn_destroy(&w->conn);
}

Test(db, a_callback_may_destroy_its_connection)
{
    struct world w;
    begin(&w, 0, 0);
    db_exec(w.conn, "SELECT 1::bigint", NULL, destroy_inside, &w);
    ask_int(&w, 2);
    db_sync(w.conn);
    wait_done(&w, 2);
    cr_assert(zero(int, w.errs[0]));
    cr_assert(eq(int, w.errs[1], ERR_UNAVAILABLE));
    finish(&w);
}

Test(db, destroying_ends_what_is_due)
{
    struct world w;
    begin(&w, 2, 0);
    for (int i = 0; i < 100; i++)
        cr_assert(zero(int, db_query(w.db, "SELECT 1::bigint", NULL, on_done, &w)));
    db_destroy(&w.db);
    cr_assert(eq(int, w.dones, 100));
    for (int i = 0; i < 100; i++)
        cr_assert(eq(int, w.errs[i], ERR_UNAVAILABLE));
    finish(&w);
}

static void ask_again(void *arg, int err, const struct db_result *r)
{
    struct world *w = arg;
    on_done(w, err, r);
    if (w->dones <= 200)
        db_query(w->db, "SELECT 4::bigint", NULL, ask_again, w);
}

Test(db, the_pool_is_bounded_and_callbacks_may_ask_again)
{
    struct world w;
    begin(&w, 2, 200);
    for (int i = 0; i < 200; i++)
        cr_assert(zero(int, db_query(w.db, "SELECT 4::bigint", NULL, ask_again, &w)));
    cr_assert(eq(int, db_query(w.db, "SELECT 4::bigint", NULL, on_done, &w), ERR_BUSY));
    wait_done(&w, 400);
    for (int i = 0; i < 400; i++)
        cr_assert(zero(int, w.errs[i]));
    finish(&w);
}

Test(db, one_failing_statement_of_the_pool_leaves_the_others_alone)
{
    struct world w;
    begin(&w, 1, 0);
    int failed = 0;
    for (int i = 0; i < 60; i++)
        db_query(w.db, i % 3 == 0 ? "SELECT 1/0" : "SELECT 1::bigint", NULL, on_done, &w);
    wait_done(&w, 60);
    for (int i = 0; i < 60; i++)
        failed += w.errs[i] != 0;
    cr_assert(eq(int, failed, 20));
    finish(&w);
}

Test(db, an_array_insert_stores_every_row_as_it_was)
{
    struct world w;
    begin(&w, 0, 0);
    db_exec(w.conn, "CREATE TEMP TABLE t (n bigint, s text)", NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 1);
    struct db_params p = {0};
    db_p_array(&p);
    for (int i = 0; i < 3; i++)
        db_p_array_int(&p, i);
    db_p_array_end(&p);
    db_p_array(&p);
    db_p_array_str(&p, STR("a\"\\,{}' \n"));
    db_p_array_null(&p);
    db_p_array_str(&p, STR("\xf0\x9f\x98\x80"));
    db_p_array_end(&p);
    db_exec(w.conn, "INSERT INTO t SELECT * FROM unnest($1::bigint[], $2::text[])", &p, on_done, &w);
    db_exec(w.conn,
            "SELECT count(*) FROM t WHERE (n = 0 AND s = E'a\"\\\\,{}\\' \\n') OR (n = 1 AND s IS NULL) "
            "OR (n = 2 AND s = U&'\\+01F600')",
            NULL, on_done, &w);
    db_sync(w.conn);
    wait_done(&w, 3);
    cr_assert(eq(i64, w.values[2], 3));
    finish(&w);
}

Test(db, a_server_that_is_away_is_not_ready_and_refuses)
{
    struct world w = {0};
    loop_create(&w.loop);
    struct db_config config = {.url = "postgresql://nobody@127.0.0.1:1/none", .name = "test", .size = 1};
    db_create(&w.db, w.loop, &config, NULL);
    cr_assert(not(db_ready(w.db)));
    cr_assert(eq(int, db_query(w.db, "SELECT 1", NULL, on_done, &w), ERR_UNAVAILABLE));
    db_destroy(&w.db);
    loop_destroy(&w.loop);
}

/* Looked up off the loop, before libpq would do it on it. */
Test(db, a_host_may_have_a_name)
{
    struct world w;
    struct str head, rest = str_cut(str_of(getenv("TEST_DB_URL")), '@', &head);
    struct buf url = {0};
    const char *port = strchr(rest.p, ':');
    buf_printf(&url, "%.*s@localhost%s", (int)head.n, head.p, port);
    setenv("TEST_DB_URL", buf_c(&url), 1);
    begin(&w, 0, 0);
    ask_int(&w, 7);
    db_sync(w.conn);
    wait_done(&w, 1);
    cr_assert(eq(i64, w.values[0], 7));
    db_conn_reset(w.conn);
    run_until(&w, back_up);
    finish(&w);
    buf_fini(&url);
}
