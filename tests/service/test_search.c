/* Search finds what one may read, all of it, as it is now; and tells nobody else that there is anything. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "failpoints.h"
#include "person.h"
#include "stack.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct person ada, bo, eve;
static char *room;

/* With `setting`, or NULL, for every program; tests ask more often than people do. */
static void start(const char *setting, int msg_svcs)
{
    static const char *env[3] = {"PARLEY_RATE_PERCENT=10000"}; /* outlives this call: programs are started again */
    env[1] = setting;
    stack = stack_start(&(struct stack_options){.env = env, .msg_svcs = msg_svcs});
    ada = person_register(stack_port(stack, 0), "ada");
    bo = person_register(stack_port(stack, 1), "bo");
    eve = person_register(stack_port(stack, 0), "eve");
    room = room_create(stack_port(stack, 0), &ada, "workshop", "public");
    room_join(stack_port(stack, 1), &bo, room);
}

static void finish(void)
{
    free(room);
    person_fini(&ada);
    person_fini(&bo);
    person_fini(&eve);
    stack_stop(&stack);
}

static int64_t say(const struct person *who, const char *in, const char *text)
{
    return room_post(stack_port(stack, 0), who, in, text);
}

static char *sqlf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static char *sqlf(const char *fmt, ...)
{
    char sql[2000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sql, sizeof sql, fmt, args);
    va_end(args);
    return stack_sql(stack, sql);
}

/* ---- asking ---- */

static void put_escaped(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        buf_printf(out, "%%%02x", (unsigned char)*text);
}

/* Of `query` and, behind it, more of the query string ("&sort=best"). */
static struct http_answer ask(const struct person *who, const char *text, const char *more)
{
    struct buf path = {0};
    buf_cstr(&path, "/search?q=");
    put_escaped(&path, text);
    buf_cstr(&path, more);
    struct http_answer a = api(stack_port(stack, 0), who->token, "GET", buf_c(&path), NULL);
    buf_fini(&path);
    return a;
}

/* The seqs of what is found, in the order of the answer: "4 2 ". The caller frees. */
static char *found(const struct person *who, const char *text, const char *more)
{
    struct http_answer a = ask(who, text, more);
    struct buf seqs = {0};
    cr_assert_eq(a.status, 200, "%s: %d %s", text, a.status, buf_c(&a.body));
    const struct jval *hits = jval_get(a.json, "hits");
    for (size_t i = 0; i < jval_count(hits); i++) {
        int64_t seq = 0;
        jval_get_int(jval_at(hits, i), "seq", &seq);
        buf_printf(&seqs, "%lld ", (long long)seq);
    }
    http_answer_fini(&a);
    char *text_r = strdup(buf_c(&seqs));
    buf_fini(&seqs);
    return text_r;
}

struct expectation {
    const struct person *who;
    const char *text, *more, *seqs;
    char *last;
};

static bool is_found(void *arg)
{
    struct expectation *e = arg;
    free(e->last);
    e->last = found(e->who, e->text, e->more);
    return strcmp(e->last, e->seqs) == 0;
}

/* The index is behind by less than a second; this waits for it. */
static void finds(const struct person *who, const char *text, const char *more, const char *seqs)
{
    struct expectation e = {who, text, more, seqs, NULL};
    bool good = stack_until(is_found, &e, WAIT_MS);
    cr_expect(good, "%s finds by %s%s: \"%s\", not \"%s\"", who->name, text, more, e.last, seqs);
    free(e.last);
}

static bool is_indexed(void *arg)
{
    (void)arg;
    char *late = stack_sql(stack, "SELECT count(*) FROM chat.rooms r LEFT JOIN chat.search_rooms s ON s.room_id = r.id "
                                  "WHERE r.last_seq > coalesce(s.seq, 0)");
    bool all = strcmp(late, "0") == 0;
    free(late);
    return all;
}
static void indexed(void)
{
    cr_assert(stack_until(is_indexed, NULL, WAIT_MS), "the index does not come along");
}

static void seqs_of(char *out, size_t size, int n, ...)
{
    va_list args;
    size_t at = 0;
    va_start(args, n);
    out[0] = '\0';
    for (int i = 0; i < n; i++)
        at += (size_t)snprintf(out + at, size - at, "%lld ", (long long)va_arg(args, int64_t));
    va_end(args);
}

/* ---- the tests ---- */

Test(search, finds_words_parts_phrases_and_every_script)
{
    char want[200];
    start(NULL, 1);
    int64_t program = say(&ada, room, "The Program runs");
    int64_t creme = say(&bo, room, "Eine Crème brûlée, bitte");
    int64_t tokyo = say(&ada, room, "明日は東京で会議です");
    int64_t korean = say(&bo, room, "회의 자료 확인 부탁드립니다");
    int64_t chinese = say(&ada, room, "我们明天开会讨论项目");
    int64_t picture = say(&bo, room, "Shipped 🎉 foo.bar");
    int64_t both = say(&ada, room, "programs and the brulee");
    indexed();
    seqs_of(want, sizeof want, 2, both, program);
    finds(&ada, "program", "", want);
    finds(&ada, "ROGRA", "", want);
    finds(&ada, "pr", "", want);
    seqs_of(want, sizeof want, 1, program);
    finds(&ada, "\"program\"", "", want);
    finds(&ada, "program -brulee", "", want);
    finds(&bo, "\"the program\"", "", want);
    seqs_of(want, sizeof want, 2, both, creme);
    finds(&bo, "brulee", "", want);
    seqs_of(want, sizeof want, 1, both);
    finds(&bo, "brulee prog", "", want);
    seqs_of(want, sizeof want, 1, tokyo);
    finds(&bo, "東京", "", want);
    finds(&bo, "会議", "", want);
    seqs_of(want, sizeof want, 1, chinese);
    finds(&bo, "开会", "", want);
    finds(&bo, "会讨", "", want);
    seqs_of(want, sizeof want, 1, korean);
    finds(&bo, "회의", "", want);
    finds(&bo, "부탁드", "", want);
    seqs_of(want, sizeof want, 2, chinese, tokyo);
    finds(&bo, "会", "", want);
    seqs_of(want, sizeof want, 1, picture);
    finds(&bo, "🎉", "", want);
    finds(&bo, "foo.bar", "", want);
    finds(&bo, "quetzalcoatl", "", "");
    finds(&bo, "?!", "", "");
    finish();
}

Test(search, obeys_its_operators)
{
    char want[200], more[64];
    start(NULL, 1);
    char *other = room_create(stack_port(stack, 0), &ada, "side room", "private");
    int64_t plain = say(&ada, room, "apple plain");
    int64_t link = say(&bo, room, "apple https://example.org/x");
    int64_t code = say(&ada, room, "apple `code`");
    int64_t aside = say(&ada, other, "apple aside");
    indexed();
    seqs_of(want, sizeof want, 1, link);
    finds(&ada, "apple from:bo", "", want);
    finds(&ada, "from:@BO apple", "", want);
    finds(&ada, "apple has:link", "", want);
    seqs_of(want, sizeof want, 3, aside, code, plain);
    finds(&ada, "apple from:me", "", want);
    seqs_of(want, sizeof want, 2, code, plain);
    finds(&ada, "apple -from:bo in:#workshop", "", want);
    finds(&ada, "apple -from:bo -in:\"side room\"", "", want);
    seqs_of(want, sizeof want, 1, aside);
    finds(&ada, "in:\"side room\" apple", "", want);
    snprintf(more, sizeof more, "&room=%s", other);
    finds(&ada, "apple", more, want);
    seqs_of(want, sizeof want, 1, code);
    finds(&ada, "has:code", "", want);
    finds(&ada, "apple from:nobody", "", "");
    finds(&ada, "apple in:nowhere", "", "");
    free(sqlf("UPDATE chat.events SET ts = '2026-03-01 23:30:00+00' WHERE room_id = %s AND seq = %lld", room,
              (long long)plain));
    free(sqlf("UPDATE chat.search SET ts = '2026-03-01 23:30:00+00' WHERE room_id = %s AND seq = %lld", room,
              (long long)plain));
    seqs_of(want, sizeof want, 1, plain);
    finds(&ada, "apple on:2026-03-01", "", want);
    finds(&ada, "apple on:2026-03-02", "&zone=Europe%2fBerlin", want);
    finds(&ada, "apple before:2026-03-02", "", want);
    finds(&ada, "apple before:2026-03-02", "&zone=Europe%2fBerlin", "");
    finds(&ada, "apple after:2026-02-28 before:2026-03-02", "", want);
    finds(&ada, "apple after:2026-03-01 before:2026-03-03", "", "");
    static const char *const bad[] = {"before:tomorrow", "has:nothing", "is:late"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct http_answer a = ask(&ada, bad[i], "");
        cr_expect_eq(a.status, 400, "%s", bad[i]);
        http_answer_fini(&a);
    }
    struct http_answer a = ask(&ada, "on:2026-03-01", "&zone=Moon%2fSea");
    cr_expect_eq(a.status, 422);
    http_answer_fini(&a);
    free(other);
    finish();
}

static void is_like_nothing(const struct person *who, const char *text, const char *more)
{
    struct http_answer a = ask(who, text, more), nothing = ask(who, "surelynotthere", "");
    cr_expect_eq(a.status, 200);
    cr_expect_str_eq(buf_c(&a.body), buf_c(&nothing.body), "%s%s", text, more);
    http_answer_fini(&a);
    http_answer_fini(&nothing);
}

Test(search, tells_who_is_not_in_a_room_nothing)
{
    char more[64], want[64], path[200];
    start(NULL, 1);
    char *closed = room_create(stack_port(stack, 0), &ada, "board", "private");
    int64_t secret = say(&ada, closed, "secretword inside");
    int64_t open = say(&ada, room, "secretword outside");
    indexed();
    seqs_of(want, sizeof want, 2, open, secret);
    finds(&ada, "secretword", "", want);
    seqs_of(want, sizeof want, 1, open);
    finds(&bo, "secretword", "", want);
    is_like_nothing(&eve, "secretword", "");
    is_like_nothing(&eve, "cretwo", "&sort=best");
    is_like_nothing(&bo, "inside", "");
    is_like_nothing(&bo, "secretword in:board", "");
    is_like_nothing(&eve, "secretword in:workshop", "");
    snprintf(more, sizeof more, "&room=%s", closed);
    is_like_nothing(&bo, "secretword", more);
    snprintf(more, sizeof more, "&room=%s", room);
    is_like_nothing(&eve, "secretword", more);
    snprintf(path, sizeof path, "/rooms/%s/at?ts=1", closed);
    struct http_answer at = api(stack_port(stack, 0), bo.token, "GET", path, NULL);
    struct http_answer nowhere = api(stack_port(stack, 0), bo.token, "GET", "/rooms/999999/at?ts=1", NULL);
    cr_expect_eq(at.status, 404);
    char *code = answer_text(&at, "code"), *same = answer_text(&nowhere, "code");
    cr_expect_str_eq(code, same);
    free(code);
    free(same);
    http_answer_fini(&at);
    http_answer_fini(&nowhere);
    /* Out is out, at once. */
    snprintf(path, sizeof path, "/rooms/%s/leave", room);
    struct http_answer left = api(stack_port(stack, 1), bo.token, "POST", path, NULL);
    cr_assert_eq(left.status, 204);
    http_answer_fini(&left);
    is_like_nothing(&bo, "secretword", "");
    struct http_answer nobody = api(stack_port(stack, 0), NULL, "GET", "/search?q=x", NULL);
    cr_expect_eq(nobody.status, 401);
    http_answer_fini(&nobody);
    free(closed);
    finish();
}

/* What the conversation's events say: an edit, a pin, a deletion, as msg-svc stores them. */
static void happens(int64_t about, const char *type, const char *change)
{
    free(
        sqlf("WITH r AS (UPDATE chat.rooms SET last_seq = last_seq + 1 WHERE id = %s RETURNING last_seq, last_n), "
             "e AS (INSERT INTO chat.events (room_id, seq, n, type, sender, ts, about) "
             "SELECT %s, last_seq, last_n, '%s', %s, now(), %lld FROM r) "
             "INSERT INTO chat.changes AS c (room_id, seq, changed, %s FROM r ON CONFLICT (room_id, seq) DO UPDATE SET "
             "body = coalesce(excluded.body, c.body), deleted_at = excluded.deleted_at, pinned_at = excluded.pinned_at",
             room, room, type, ada.id, (long long)about, change));
}

Test(search, follows_edits_pins_and_deletions)
{
    char want[64], change[200];
    start(NULL, 1);
    int64_t seq = say(&ada, room, "teh word");
    seqs_of(want, sizeof want, 1, seq);
    finds(&bo, "teh", "", want);
    snprintf(change, sizeof change, "body) SELECT %s, %lld, last_seq, 'the other https://example.org'", room,
             (long long)seq);
    happens(seq, "edited", change);
    finds(&bo, "other", "", want);
    finds(&bo, "teh", "", "");
    finds(&bo, "has:link", "", want);
    finds(&bo, "is:pinned", "", "");
    snprintf(change, sizeof change, "pinned_at) SELECT %s, %lld, last_seq, now()", room, (long long)seq);
    happens(seq, "pinned", change);
    finds(&bo, "is:pinned", "", want);
    snprintf(change, sizeof change, "deleted_at) SELECT %s, %lld, last_seq, now()", room, (long long)seq);
    happens(seq, "deleted", change);
    finds(&bo, "other", "", "");
    indexed();
    char *rows = sqlf("SELECT count(*) FROM chat.search WHERE room_id = %s AND seq = %lld", room, (long long)seq);
    cr_expect_str_eq(rows, "0");
    free(rows);
    finish();
}

/* As while all is indexed anew: the index holds what is deleted, and does not come to that for long. */
Test(search, shows_nothing_deleted_however_far_behind_the_index_is)
{
    char want[64], more[128], path[96];
    start(NULL, 1);
    int64_t kept = say(&ada, room, "treasure"), gone = say(&ada, room, "treasure");
    indexed();
    free(sqlf("UPDATE chat.search_rooms SET seq = 1000000"));
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld", room, (long long)gone);
    struct http_answer a = api(stack_port(stack, 0), ada.token, "DELETE", path, NULL);
    http_answer_fini(&a);
    seqs_of(want, sizeof want, 1, kept);
    finds(&bo, "treasure", "", want);
    a = ask(&bo, "treasure", "&limit=1");
    char *next = answer_text(&a, "next");
    snprintf(more, sizeof more, "&limit=1&after=%s", next);
    http_answer_fini(&a);
    free(next);
    finds(&bo, "treasure", more, want); /* A page of which nothing is shown leads on. */
    finish();
}

Test(search, gives_pages_that_together_are_all)
{
    enum { MESSAGES = 45, PAGE = 10 };
    start(NULL, 1);
    for (int i = 0; i < MESSAGES; i++)
        say(&ada, room, i % 3 == 0 ? "pear pear short" : "a pear in a much longer message that says other things");
    indexed();
    static const char *const sorts[] = {"new", "best"};
    for (size_t sort = 0; sort < 2; sort++) {
        bool seen[MESSAGES + 50] = {false}, complete = false;
        char more[200];
        int count = 0, pages = 0;
        snprintf(more, sizeof more, "&sort=%s&limit=%d", sorts[sort], PAGE);
        while (!complete && pages++ < 20) {
            struct http_answer a = ask(&bo, "pear", more);
            cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
            const struct jval *hits = jval_get(a.json, "hits");
            for (size_t i = 0; i < jval_count(hits); i++, count++) {
                int64_t seq = 0;
                jval_get_int(jval_at(hits, i), "seq", &seq);
                cr_assert(seq > 0 && seq < MESSAGES + 50 && !seen[seq], "seq %lld twice", (long long)seq);
                seen[seq] = true;
            }
            jval_get_bool(a.json, "complete", &complete);
            char *next = answer_text(&a, "next");
            cr_expect_eq(complete, next[0] == '\0');
            snprintf(more, sizeof more, "&sort=%s&limit=%d&after=%s", sorts[sort], PAGE, next);
            free(next);
            http_answer_fini(&a);
        }
        cr_expect_eq(count, MESSAGES, "%s: %d", sorts[sort], count);
    }
    struct http_answer a = ask(&bo, "pear", "&after=n1.x");
    cr_expect_eq(a.status, 400);
    http_answer_fini(&a);
    finish();
}

Test(search, puts_whole_words_first_when_asked_for_the_best)
{
    char want[64];
    start(NULL, 1);
    int64_t word = say(&ada, room, "an art of its own");
    int64_t part = say(&ada, room, "we start the party");
    seqs_of(want, sizeof want, 2, word, part);
    finds(&bo, "art", "&sort=best", want);
    seqs_of(want, sizeof want, 2, part, word);
    finds(&bo, "art", "&sort=new", want);
    finish();
}

Test(search, finds_words_of_the_same_stem_in_the_languages_set)
{
    char want[64];
    start("PARLEY_SEARCH_LANGUAGES=english, german", 1);
    int64_t running = say(&ada, room, "she was running home");
    int64_t houses = say(&ada, room, "die alten Häuser");
    seqs_of(want, sizeof want, 1, running);
    finds(&bo, "runs", "", want);
    finds(&bo, "run", "", want);
    finds(&bo, "\"runs\"", "", "");
    seqs_of(want, sizeof want, 1, houses);
    finds(&bo, "haus", "", want);
    finds(&bo, "hauses -running", "", want);
    finish();
}

static bool is_dead(void *arg)
{
    (void)arg;
    return !stack_alive(stack, "msg-svc-0");
}

Test(search, indexes_what_was_committed_when_its_writer_died)
{
    char want[64];
    struct failpoints f;
    failpoints_init(&f);
    start(f.env, 1);
    indexed();
    failpoints_arm(&f, "search.write", "kill");
    int64_t seq = say(&ada, room, "committed and not indexed");
    cr_assert(stack_until(is_dead, NULL, WAIT_MS));
    char *rows = sqlf("SELECT count(*) FROM chat.search WHERE room_id = %s AND seq = %lld", room, (long long)seq);
    cr_expect_str_eq(rows, "0");
    free(rows);
    stack_restart(stack, "msg-svc-0");
    stack_wait_ready(stack, "msg-svc-0");
    seqs_of(want, sizeof want, 1, seq);
    finds(&bo, "committed", "", want);
    failpoints_fini(&f);
    finish();
}

/* Search has connections of its own to PostgreSQL, which come later than the others. */
Test(search, answers_what_was_asked_while_its_service_started)
{
    enum { STARTS = 8 };
    char want[64];
    start(NULL, 1);
    int64_t seq = say(&ada, room, "early question");
    seqs_of(want, sizeof want, 1, seq);
    finds(&bo, "question", "", want);
    for (int i = 0; i < STARTS; i++) {
        stack_kill(stack, "msg-svc-0", SIGKILL);
        stack_restart(stack, "msg-svc-0");
        finds(&bo, "question", "", want);
    }
    finish();
}

Test(search, goes_on_with_another_replica)
{
    char want[64];
    start(NULL, 2);
    for (int i = 0; i < 2; i++) {
        char name[24], text[40];
        snprintf(name, sizeof name, "msg-svc-%d", i);
        snprintf(text, sizeof text, "turn%d", i);
        stack_kill(stack, name, SIGKILL);
        int64_t seq = say(&ada, room, text);
        seqs_of(want, sizeof want, 1, seq);
        finds(&ada, text, "", want);
        stack_restart(stack, name);
        stack_wait_ready(stack, name);
    }
    finish();
}

Test(search, makes_the_index_anew_when_it_was_lost)
{
    char want[64];
    start(NULL, 1);
    int64_t first = say(&ada, room, "stays one"), second = say(&ada, room, "stays two");
    indexed();
    free(stack_sql(stack, "WITH a AS (DELETE FROM chat.search), b AS (DELETE FROM chat.search_rooms) SELECT 1"));
    seqs_of(want, sizeof want, 2, second, first);
    finds(&bo, "stays", "", want);
    finish();
}

Test(search, finds_a_moment_in_a_room)
{
    enum { MESSAGES = 20 };
    start(NULL, 1);
    int64_t seq[MESSAGES];
    for (int i = 0; i < MESSAGES; i++)
        seq[i] = say(&ada, room, "x");
    free(sqlf("UPDATE chat.events SET ts = to_timestamp(1000 + seq) WHERE room_id = %s", room));
    for (int i = -1; i <= MESSAGES; i++) {
        char path[100];
        int64_t wanted = i < 0 ? 1 : i == MESSAGES ? seq[MESSAGES - 1] : seq[i];
        int64_t ts = i < 0 ? 0 : i == MESSAGES ? 9000000 : (1000 + seq[i]) * 1000 - 500;
        snprintf(path, sizeof path, "/rooms/%s/at?ts=%lld", room, (long long)ts);
        struct http_answer a = api(stack_port(stack, 0), bo.token, "GET", path, NULL);
        cr_assert_eq(a.status, 200);
        cr_expect_eq(answer_int(&a, "seq"), wanted, "%d: %lld", i, (long long)answer_int(&a, "seq"));
        bool beyond = false;
        jval_get_bool(a.json, "beyond", &beyond);
        cr_expect_eq(beyond, i == MESSAGES);
        http_answer_fini(&a);
    }
    finish();
}
