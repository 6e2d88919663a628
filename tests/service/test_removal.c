/* Removed is removed: a thousand removals and departures in the midst of sends, through two gateways, and not a frame
 * of the room from after it reaches who was in it. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "map.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { ROOMS = 100, VICTIMS = 10, SOCKETS = 2, WAIT_MS = 20000, WINDOW = 2, PAUSE_MS = 2, TAIL_MS = 30000 };

/* Who goes: at both gateways at once. */
struct victim {
    struct person who;
    char *dm; /* with the owner of the rooms: stays */
    struct ws_client *at[SOCKETS];
    int64_t furthest[ROOMS]; /* seq of anything that was written to one of the sockets */
    bool gone[ROOMS];        /* the removal was answered */
    int ended;               /* sockets that said the last word */
};

/* Writes, some messages at once and hardly a pause, into the room of the moment, from a thread of its own, through one
 * gateway. */
struct writer {
    struct person who;
    struct ws_client *ws;
    pthread_t thread;
    int under_way, acked, refused;
    bool broken;
};

static struct stack *stack;
static struct idmap *numbers; /* room id → index + 1 */
static char *rooms[ROOMS];
static struct victim victims[VICTIMS];
static struct writer writers[2];
static atomic_int current;
static atomic_bool over;

/* ---- writers ---- */

static void writer_takes(struct writer *w, int wait_ms)
{
    for (struct jval *v = ws_client_next(w->ws, wait_ms); v; v = ws_client_next(w->ws, 0)) {
        struct str t = {"", 0};
        jval_get_str(v, "t", &t);
        bool acked = str_is(t, "ack"), refused = str_is(t, "nack");
        w->acked += acked;
        w->refused += refused;
        w->under_way -= acked || refused;
        jval_free(v);
    }
}

static void *writer_runs(void *arg)
{
    struct writer *w = arg;
    int64_t answered_ms = clock_mono_ms();
    while (!atomic_load(&over) && !w->broken) {
        int before = w->under_way;
        if (w->under_way < WINDOW) {
            char *cmid = new_cmid();
            w->broken = !ws_client_send(w->ws, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"x\"}", cmid,
                                        rooms[atomic_load(&current)]);
            w->under_way++;
            before++;
            free(cmid);
        }
        writer_takes(w, PAUSE_MS);
        if (w->under_way < before)
            answered_ms = clock_mono_ms();
        w->broken |= clock_mono_ms() - answered_ms > WAIT_MS;
    }
    for (int64_t until = clock_mono_ms() + WAIT_MS; w->under_way > 0 && clock_mono_ms() < until;)
        writer_takes(w, 20);
    return NULL;
}

/* ---- those who go ---- */

static int number_of(struct str room)
{
    int64_t id;
    return str_i64(room, &id) ? (int)(uintptr_t)idmap_get(numbers, (uint64_t)id) - 1 : -1;
}

static void reaches(struct victim *x, int room, int64_t seq)
{
    if (room >= 0 && seq > x->furthest[room])
        x->furthest[room] = seq;
}

static bool note_head(void *arg, struct str key, const struct jval *value)
{
    int64_t seq = 0;
    jval_int(value, &seq);
    reaches(arg, number_of(key), seq);
    return true;
}

/* A history answer to a question that was asked after the removal was answered: the room is not in it. */
static void no_history(const struct victim *x, const struct jval *v, int room)
{
    struct str t = {"", 0};
    jval_get_str(v, "t", &t);
    cr_assert_not(str_is(t, "batch") && x->gone[room], "a batch of room %d after the removal", room);
}

static bool no_room(void *arg, struct str key, const struct jval *value)
{
    const struct victim *x = arg;
    int room = number_of(key);
    (void)value;
    cr_assert_not(room >= 0 && x->gone[room], "resumed has room %d after the removal", room);
    return true;
}

static void victim_takes(struct victim *x)
{
    static const char *const seqs[] = {"seq", "to", "head", "delivered", "read"};
    for (int i = 0; i < SOCKETS; i++)
        for (struct jval *v = ws_client_next(x->at[i], 0); v; v = ws_client_next(x->at[i], 0)) {
            struct str in = {"", 0}, text = {"", 0}, t = {"", 0};
            int64_t seq;
            jval_get_str(v, "t", &t);
            jval_get_str(v, "room", &in);
            int room = number_of(in);
            for (size_t f = 0; f < sizeof seqs / sizeof seqs[0]; f++)
                if (jval_get_int(v, seqs[f], &seq))
                    reaches(x, room, seq);
            if (str_is(t, "head"))
                jval_each(jval_get(v, "rooms"), note_head, x);
            if (str_is(t, "pong"))
                jval_each(jval_get(v, "heads"), note_head, x);
            if (str_is(t, "resumed"))
                jval_each(jval_get(v, "rooms"), no_room, x);
            if (room >= 0)
                no_history(x, v, room);
            x->ended += jval_get_str(v, "body", &text) && str_is(text, "the end");
            jval_free(v);
        }
}

/* One person goes, removed or by himself, while both writers write into the room. */
static void one_goes(struct victim *x, int room, bool removed)
{
    char path[128];
    int through = (room + (int)removed) % 2;
    struct http_answer a;
    if (removed) {
        snprintf(path, sizeof path, "/rooms/%s/members/%s", rooms[room], x->who.id);
        a = api(stack_port(stack, through), writers[0].who.token, "DELETE", path, NULL);
    } else {
        snprintf(path, sizeof path, "/rooms/%s/leave", rooms[room]);
        a = api(stack_port(stack, through), x->who.token, "POST", path, "{}");
    }
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    /* What is written to the sockets from here on answers nothing that was asked before: no fetch is under way. */
    x->gone[room] = true;
    snprintf(path, sizeof path, "/rooms/%s/messages", rooms[room]);
    a = api(stack_port(stack, 1 - through), x->who.token, "GET", path, NULL);
    cr_assert(a.status == 403 || a.status == 404, "history after the removal: %d", a.status);
    http_answer_fini(&a);
    for (int i = 0; i < SOCKETS; i++) {
        ws_client_send(x->at[i], "{\"t\":\"fetch\",\"room\":\"%s\"}", rooms[room]);
        ws_client_send(x->at[i], "{\"t\":\"ping\",\"n\":1}");
    }
}

/* ---- the log says ---- */

static struct victim *victim_of(long long id)
{
    for (int i = 0; i < VICTIMS; i++)
        if (strtoll(victims[i].who.id, NULL, 10) == id)
            return &victims[i];
    cr_assert_fail("nobody of these");
    return NULL;
}

/* The seq at which each person went, from the log itself, against what was written to the sockets. */
static void expect_nothing_later(void)
{
    int went = 0, raced = 0, seen = 0, used = 0;
    long long id, user, seq, head;
    char *text =
        stack_sql(stack, "SELECT string_agg(concat_ws(' ', e.room_id, e.data->>'user', e.seq, r.last_seq), ' ') "
                         "FROM chat.events e JOIN chat.rooms r ON r.id = e.room_id "
                         "WHERE e.type IN ('left', 'removed')");
    for (const char *at = text; sscanf(at, "%lld %lld %lld %lld%n", &id, &user, &seq, &head, &used) == 4; at += used) {
        int room = (int)(uintptr_t)idmap_get(numbers, (uint64_t)id) - 1;
        cr_assert(room >= 0);
        int64_t furthest = victim_of(user)->furthest[room];
        cr_expect_leq(furthest, seq, "room %d: %lld was written after %lld", room, (long long)furthest, seq);
        went++;
        raced += head > seq + 1;
        seen += furthest == seq;
    }
    free(text);
    cr_expect_eq(went, ROOMS * VICTIMS);
    cr_expect_gt(raced, ROOMS * VICTIMS / 2, "only %d removals had something after them", raced);
    cr_expect_gt(seen, ROOMS * VICTIMS / 2, "only %d heard of their own going", seen);
}

/* ---- putting together ---- */

static void make_rooms(void)
{
    struct buf members = {0};
    buf_printf(&members, "\"%s\"", writers[1].who.id);
    for (int i = 0; i < VICTIMS; i++)
        buf_printf(&members, ",\"%s\"", victims[i].who.id);
    idmap_create(&numbers);
    for (int r = 0; r < ROOMS; r++) {
        struct http_answer a = api(stack_port(stack, r % 2), writers[0].who.token, "POST", "/rooms",
                                   "{\"kind\":\"private\",\"name\":\"room %d\",\"members\":[%s]}", r, buf_c(&members));
        cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
        rooms[r] = answer_text(&a, "id");
        idmap_put(numbers, strtoull(rooms[r], NULL, 10), (void *)(uintptr_t)(r + 1));
        http_answer_fini(&a);
    }
    buf_fini(&members);
}

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=100000", NULL};
    stack = stack_start(&(struct stack_options){.env = env});
    for (int i = 0; i < VICTIMS; i++) {
        char name[32];
        snprintf(name, sizeof name, "victim%d", i);
        victims[i].who = person_register(stack_port(stack, i % 2), name);
    }
    writers[0].who = person_register(stack_port(stack, 0), "owner");
    writers[1].who = person_register(stack_port(stack, 1), "writer");
    make_rooms();
    for (int i = 0; i < VICTIMS; i++)
        victims[i].dm = room_dm(stack_port(stack, 0), &writers[0].who, &victims[i].who);
    for (int i = 0; i < VICTIMS; i++)
        for (int g = 0; g < SOCKETS; g++)
            cr_assert(victims[i].at[g] = ws_client_login(stack_port(stack, g), victims[i].who.token, g ? "b" : "a"));
    for (int i = 0; i < 2; i++)
        cr_assert(writers[i].ws = ws_client_login(stack_port(stack, i), writers[i].who.token, "w"));
}

static void stop(void)
{
    for (int i = 0; i < VICTIMS; i++) {
        for (int g = 0; g < SOCKETS; g++)
            ws_client_close(&victims[i].at[g]);
        free(victims[i].dm);
        person_fini(&victims[i].who);
    }
    for (int i = 0; i < 2; i++) {
        ws_client_close(&writers[i].ws);
        person_fini(&writers[i].who);
    }
    for (int r = 0; r < ROOMS; r++)
        free(rooms[r]);
    idmap_destroy(&numbers);
    stack_stop(&stack);
}

TestSuite(removal, .init = start, .fini = stop, .timeout = 600);

static bool all_ended(void *arg)
{
    bool all = true;
    (void)arg;
    for (int i = 0; i < VICTIMS; i++) {
        victim_takes(&victims[i]);
        all &= victims[i].ended >= SOCKETS;
    }
    return all;
}

Test(removal, nothing_of_a_room_is_written_after_it_to_who_was_in_it)
{
    for (int i = 0; i < 2; i++)
        cr_assert_eq(pthread_create(&writers[i].thread, NULL, writer_runs, &writers[i]), 0);
    for (int r = 0; r < ROOMS; r++) {
        atomic_store(&current, r);
        for (int i = 0; i < VICTIMS; i++) {
            one_goes(&victims[i], r, (r + i) % 3 != 0);
            victim_takes(&victims[i]);
        }
    }
    atomic_store(&over, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(writers[i].thread, NULL);
        cr_expect_not(writers[i].broken);
        cr_expect_gt(writers[i].acked, ROOMS);
    }
    /* A word that comes by the same channel of Redis as everything before proves that all has come. */
    for (int i = 0; i < VICTIMS; i++) {
        for (int g = 0; g < SOCKETS; g++)
            ws_client_send(victims[i].at[g], "{\"t\":\"resume\"}");
        room_post(stack_port(stack, 1), &writers[0].who, victims[i].dm, "the end");
    }
    cr_assert(stack_until(all_ended, NULL, TAIL_MS));
    expect_nothing_later();
}
