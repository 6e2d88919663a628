/* Rooms: who is in, who may read, history both ways, read positions. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct person alice, bob, carol;
static int port, port2;

static void start_with(const char *const *env)
{
    stack = stack_start(&(struct stack_options){.env = env});
    port = stack_port(stack, 0);
    port2 = stack_port(stack, 1);
    alice = person_register(port, "alice");
    bob = person_register(port2, "bob");
    carol = person_register(port2, "carol");
}

static void start(void)
{
    start_with(NULL);
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
}

TestSuite(rooms, .init = start, .fini = stop, .timeout = 180);

static struct http_answer room_get(const struct person *p, const char *room, const char *tail)
{
    char path[256];
    snprintf(path, sizeof path, "/rooms/%s%s", room, tail);
    return api(port, p->token, "GET", path, NULL);
}

static int room_do(const struct person *p, const char *room, const char *tail, const char *body)
{
    char path[256];
    snprintf(path, sizeof path, "/rooms/%s%s", room, tail);
    struct http_answer a = api(port, p->token, "POST", path, "%s", body);
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

/* The room with this name (or id) in my list; NULL when I am not in it. Lives in *list. */
static const struct jval *mine(const struct person *p, const char *key, const char *value, struct http_answer *list)
{
    *list = api(port, p->token, "GET", "/rooms", NULL);
    cr_assert_eq(list->status, 200, "%s", buf_c(&list->body));
    const struct jval *rooms = jval_get(list->json, "rooms");
    for (size_t i = 0; i < jval_count(rooms); i++) {
        struct str s;
        if (jval_get_str(jval_at(rooms, i), key, &s) && str_is(s, value))
            return jval_at(rooms, i);
    }
    return NULL;
}

static int64_t number(const struct jval *room, const char *key)
{
    int64_t n = INT64_MIN;
    jval_get_int(room, key, &n);
    return n;
}

Test(rooms, newcomers_meet_in_general)
{
    struct http_answer a, b;
    const struct jval *ga = mine(&alice, "name", "general", &a), *gb = mine(&bob, "name", "general", &b);
    cr_assert(ga && gb);
    struct str ia, ib;
    cr_expect(jval_get_str(ga, "id", &ia) && jval_get_str(gb, "id", &ib) && str_eq(ia, ib));
    http_answer_fini(&a);
    http_answer_fini(&b);
}

Test(rooms, a_public_room_is_found_joined_and_left)
{
    char *room = room_create(port, &alice, "launch", "public");
    struct http_answer d = api(port2, bob.token, "GET", "/rooms/directory?query=LAU", NULL);
    cr_expect_eq(jval_count(jval_get(d.json, "rooms")), 1, "%s", buf_c(&d.body));
    http_answer_fini(&d);
    struct http_answer h = room_get(&bob, room, "/messages");
    cr_expect_eq(h.status, 403, "not a member yet: %s", buf_c(&h.body));
    http_answer_fini(&h);
    cr_expect_eq(room_do(&bob, room, "/messages", "{\"cmid\":\"00000000-0000-4000-8000-000000000001\",\"body\":\"x\"}"),
                 403);
    cr_expect_eq(room_do(&bob, room, "/read", "{\"seq\":1}"), 403);
    cr_expect_eq(room_do(&bob, "999999", "/read", "{\"seq\":1}"), 404);
    room_join(port2, &bob, room);
    room_join(port2, &bob, room);
    room_post(port2, &bob, room, "here");
    struct http_answer m = room_get(&alice, room, "/members");
    cr_expect_eq(jval_count(jval_get(m.json, "members")), 2, "%s", buf_c(&m.body));
    http_answer_fini(&m);
    char *joins = stack_sql(
        stack,
        "SELECT count(*) FROM chat.events WHERE type = 'joined' AND sender = (SELECT id FROM auth.users WHERE username = 'bob') "
        "AND room_id = (SELECT id FROM chat.rooms WHERE name = 'launch')");
    cr_expect_str_eq(joins, "1", "joining twice is joining once");
    free(joins);
    cr_expect_eq(room_do(&bob, room, "/leave", "{}"), 204);
    h = room_get(&bob, room, "/messages");
    cr_expect_eq(h.status, 403);
    http_answer_fini(&h);
    free(room);
}

Test(rooms, a_private_room_is_for_those_who_were_added)
{
    char *room = room_create(port, &alice, "board", "private");
    cr_expect_eq(room_do(&bob, room, "/read", "{\"seq\":1}"), 404, "who is outside does not learn of it");
    struct http_answer d = api(port2, bob.token, "GET", "/rooms/directory?query=board", NULL);
    cr_expect_eq(jval_count(jval_get(d.json, "rooms")), 0);
    http_answer_fini(&d);
    cr_expect_eq(room_do(&bob, room, "/join", "{}"), 404);
    char body[64];
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", bob.id);
    cr_expect_eq(room_do(&alice, room, "/members", body), 204);
    room_post(port2, &bob, room, "thanks");
    cr_expect_eq(
        room_do(&carol, room, "/messages", "{\"cmid\":\"00000000-0000-4000-8000-000000000001\",\"body\":\"x\"}"), 404);
    free(room);
}

Test(rooms, two_who_write_to_each_other_at_once_share_one_direct_message_room)
{
    char *ab = room_dm(port, &alice, &bob), *ba = room_dm(port2, &bob, &alice);
    cr_expect_str_eq(ab, ba);
    struct http_answer list;
    const struct jval *room = mine(&alice, "id", ab, &list);
    struct str name = {"", 0};
    cr_assert_not_null(room);
    jval_get_str(jval_get(room, "peer"), "username", &name);
    cr_expect(str_is(name, "bob"));
    http_answer_fini(&list);
    struct http_answer m = room_get(&carol, ab, "/messages");
    cr_expect_eq(m.status, 404);
    http_answer_fini(&m);
    struct http_answer missing = api(port, alice.token, "POST", "/dms", "{\"user\":\"999999\"}");
    cr_expect_eq(missing.status, 404);
    http_answer_fini(&missing);
    free(ab);
    free(ba);
}

Test(rooms, a_name_is_taken_once_among_public_rooms)
{
    free(room_create(port, &alice, "Launch", "public"));
    struct http_answer a = api(port2, bob.token, "POST", "/rooms", "{\"name\":\" lAUNCH \",\"kind\":\"public\"}");
    char *code = answer_text(&a, "code");
    cr_expect_str_eq(code, "name_taken");
    free(code);
    http_answer_fini(&a);
    free(room_create(port2, &bob, "Launch", "private"));
    a = api(port2, bob.token, "POST", "/rooms", "{\"name\":\"   \",\"kind\":\"public\"}");
    cr_expect_eq(a.status, 422, "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

/* Asserts that a page holds exactly the seqs from..to. */
static void expect_page(const char *room, const char *query, int64_t from, int64_t to, bool complete)
{
    struct http_answer a = room_get(&alice, room, query);
    cr_assert_eq(a.status, 200, "%s: %s", query, buf_c(&a.body));
    const struct jval *events = jval_get(a.json, "events");
    cr_expect_eq(jval_count(events), (size_t)(to - from + 1), "%s: %zu events", query, jval_count(events));
    for (size_t i = 0; i < jval_count(events); i++)
        cr_expect_eq(number(jval_at(events, i), "seq"), from + (int64_t)i);
    cr_expect_eq(answer_int(&a, "from"), from, "%s", query);
    cr_expect_eq(answer_int(&a, "to"), to, "%s", query);
    bool got = !complete;
    jval_get_bool(a.json, "complete", &got);
    cr_expect_eq(got, complete, "%s: complete", query);
    http_answer_fini(&a);
}

Test(rooms, history_is_read_both_ways_without_a_hole)
{
    char *room = room_create(port, &alice, "long", "public"), text[32];
    int64_t head = 0;
    for (int i = 0; i < 40; i++) {
        snprintf(text, sizeof text, "line %d", i);
        int64_t seq = room_post(i % 2 ? port : port2, &alice, room, text);
        cr_assert(head == 0 || seq == head + 1, "seq %lld after %lld", (long long)seq, (long long)head);
        head = seq;
    }
    char query[64];
    expect_page(room, "/messages?after=0&limit=10", 1, 10, false);
    expect_page(room, "/messages?after=10&limit=10", 11, 20, false);
    snprintf(query, sizeof query, "/messages?after=%lld&limit=10", (long long)head - 5);
    expect_page(room, query, head - 4, head, true);
    expect_page(room, "/messages?limit=10", head - 9, head, false);
    expect_page(room, "/messages?before=11&limit=10", 1, 10, true);
    expect_page(room, "/messages?before=12&limit=10", 2, 11, false);
    snprintf(query, sizeof query, "/messages?after=%lld", (long long)head);
    struct http_answer a = room_get(&alice, room, query);
    cr_expect_eq(jval_count(jval_get(a.json, "events")), 0);
    http_answer_fini(&a);
    free(room);
}

Test(rooms, unread_is_head_minus_read_and_reading_reaches_every_device)
{
    char *room = room_create(port, &alice, "counts", "public");
    room_join(port2, &bob, room);
    struct ws_client *phone = ws_client_login(port2, bob.token, "phone");
    int64_t seq = 0;
    for (int i = 0; i < 5; i++)
        seq = room_post(port, &alice, room, "five");
    struct http_answer list;
    const struct jval *r = mine(&bob, "id", room, &list);
    cr_assert_not_null(r);
    cr_expect_eq(number(r, "n") - number(r, "read_n"), 5, "n %lld read_n %lld", (long long)number(r, "n"),
                 (long long)number(r, "read_n"));
    cr_expect_eq(number(r, "head"), seq);
    http_answer_fini(&list);
    char body[64];
    snprintf(body, sizeof body, "{\"seq\":%lld}", (long long)seq - 2);
    cr_expect_eq(room_do(&bob, room, "/read", body), 200);
    r = mine(&bob, "id", room, &list);
    cr_expect_eq(number(r, "n") - number(r, "read_n"), 2);
    http_answer_fini(&list);
    cr_expect_eq(room_do(&bob, room, "/read", "{\"seq\":1}"), 200, "reading never goes back");
    r = mine(&bob, "id", room, &list);
    cr_expect_eq(number(r, "n") - number(r, "read_n"), 2);
    http_answer_fini(&list);
    struct jval *u = ws_client_wait(phone, "user", WAIT_MS);
    cr_assert_not_null(u, "no user frame");
    struct str type = {"", 0};
    jval_get_str(u, "type", &type);
    cr_expect(str_is(type, "read"), "%.*s", (int)type.n, type.p);
    cr_expect_eq(number(u, "seq"), seq - 2);
    jval_free(u);
    ws_client_close(&phone);
    free(room);
}

Test(rooms, a_message_with_nothing_to_see_is_refused)
{
    char *room = room_create(port, &alice, "blank", "public");
    cr_expect_eq(room_do(&alice, room, "/messages",
                         "{\"cmid\":\"00000000-0000-4000-8000-000000000002\",\"body\":\" \\n\\u3000\"}"),
                 400);
    struct http_answer a = room_get(&alice, room, "/messages");
    cr_expect_eq(answer_int(&a, "head"), 1, "something was stored: %s", buf_c(&a.body));
    http_answer_fini(&a);
    free(room);
}

Test(rooms, the_list_of_rooms_has_the_beginning_of_a_long_message_only)
{
    char *room = room_create(port, &alice, "long", "public");
    struct buf text = {0};
    for (int i = 0; i < 300; i++)
        buf_cstr(&text, "\xf0\x9f\x9a\x80");
    room_post(port, &alice, room, buf_c(&text));
    struct http_answer list;
    const struct jval *r = mine(&alice, "id", room, &list);
    struct str body = {"", 0};
    cr_assert(r != NULL && jval_get_str(jval_get(r, "last"), "body", &body));
    cr_expect_eq(body.n, 200 * 4, "%zu bytes", body.n);
    http_answer_fini(&list);
    buf_fini(&text);
    free(room);
}

static void expect_too_many(struct http_answer a)
{
    char *code = answer_text(&a, "code");
    cr_expect_eq(a.status, 409, "%s", buf_c(&a.body));
    cr_expect_str_eq(code, "too_many_rooms");
    free(code);
    http_answer_fini(&a);
}

Test(rooms, who_is_in_two_thousand_rooms_comes_into_no_other)
{
    char *room = room_create(port, &alice, "one more", "public"), sql[512];
    snprintf(sql, sizeof sql,
             "WITH r AS (INSERT INTO chat.rooms (kind, name, topic, created_by) SELECT 'group', '', '', %s "
             "FROM generate_series(1, 2000) RETURNING id) INSERT INTO chat.members (room_id, user_id) "
             "SELECT id, %s FROM r",
             bob.id, bob.id);
    free(stack_sql(stack, sql));
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/join", room);
    expect_too_many(api(port2, bob.token, "POST", path, "{}"));
    snprintf(path, sizeof path, "/rooms/%s/members", room);
    expect_too_many(api(port, alice.token, "POST", path, "{\"user\":\"%s\"}", bob.id));
    expect_too_many(api(port, alice.token, "POST", "/dms", "{\"user\":\"%s\"}", bob.id));
    expect_too_many(api(port, bob.token, "POST", "/rooms", "{\"kind\":\"group\"}"));
    expect_too_many(
        api(port, alice.token, "POST", "/rooms", "{\"kind\":\"group\",\"members\":[\"%s\",\"%s\"]}", carol.id, bob.id));
    free(room_dm(port, &alice, &carol));
    free(room);
}

Test(rooms, a_group_is_of_those_it_was_begun_with_and_anybody_in_it_names_it)
{
    char path[64];
    struct http_answer a =
        api(port, alice.token, "POST", "/rooms", "{\"kind\":\"group\",\"members\":[\"%s\"]}", bob.id);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    char *group = answer_text(&a, "id");
    http_answer_fini(&a);
    snprintf(path, sizeof path, "/rooms/%s", group);
    struct http_answer of_bob = room_get(&bob, group, ""), of_carol = room_get(&carol, group, "");
    char *name = answer_text(&of_bob, "name");
    cr_expect(of_bob.status == 200 && name[0] == '\0', "%s", buf_c(&of_bob.body));
    cr_expect_eq(of_carol.status, 404);
    free(name);
    http_answer_fini(&of_bob);
    http_answer_fini(&of_carol);
    a = api(port2, bob.token, "PATCH", path, "{\"name\":\"Trip\"}");
    cr_expect_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    a = room_get(&alice, group, "");
    name = answer_text(&a, "name");
    cr_expect_str_eq(name, "Trip");
    free(name);
    http_answer_fini(&a);
    a = api(port2, carol.token, "GET", "/rooms/directory?query=Trip", NULL);
    cr_expect_eq(jval_count(jval_get(a.json, "rooms")), 0, "a group is found by nobody");
    http_answer_fini(&a);
    cr_expect_eq(room_do(&bob, group, "/leave", "{}"), 204);
    cr_expect_eq(room_do(&bob, group, "/join", "{}"), 404);
    free(group);
}

static bool is_clean(void *arg)
{
    char *old = stack_sql(stack, arg);
    bool clean = str_is(str_of(old), "0");
    free(old);
    return clean;
}

Test(rooms, of_read_positions_the_last_is_kept_and_old_rows_of_logs_nobody_needs_go)
{
    stop();
    static const char *const env[] = {"PARLEY_MSG_CLEAN_EVERY_S=1", NULL};
    start_with(env);
    char *room = room_create(port, &alice, "reads", "public"), body[64], sql[256];
    room_join(port, &bob, room);
    for (int i = 0; i < 5; i++) {
        snprintf(body, sizeof body, "{\"seq\":%lld}", (long long)room_post(port, &bob, room, "more"));
        cr_expect_eq(room_do(&alice, room, "/read", body), 200);
    }
    snprintf(sql, sizeof sql,
             "SELECT count(*) || ' ' || max(data ->> 'seq') FROM chat.user_events WHERE type = 'read' AND room_id = %s",
             room);
    char *kept = stack_sql(stack, sql);
    cr_expect_str_eq(kept, "1 7");
    free(kept);
    /* More than one batch of the removal. */
    free(stack_sql(
        stack,
        "INSERT INTO chat.user_events (user_id, useq, type, room_id, ts) SELECT u.user_id, 1000 + i, 'room_removed', 1, "
        "now() - interval '31 days' FROM chat.users u, generate_series(1, 1500) i"));
    free(stack_sql(
        stack,
        "INSERT INTO chat.dead_letters (stream, entry, fields, error, at) VALUES "
        "('s', 'old', '{}', 'e', now() - interval '91 days'), ('s', 'new', '{}', 'e', now() - interval '89 days')"));
    free(stack_sql(stack,
                   "INSERT INTO chat.invites (room_id, hash, made_by, made_at, expires_at, uses_left) "
                   "SELECT 1, hash, 1, now() - interval '40 days', expires_at, uses_left FROM (VALUES "
                   "('\\x01'::bytea, now() - interval '31 days', NULL), ('\\x02', NULL, 0), "
                   "('\\x03', NULL, NULL), ('\\x04', now() - interval '1 day', 0)) AS t(hash, expires_at, uses_left)"));
    char old_invites[] = "SELECT count(*) FROM chat.invites WHERE hash IN ('\\x01', '\\x02')";
    char old_events[] = "SELECT count(*) FROM chat.user_events WHERE ts < now() - interval '30 days'";
    char old_letters[] = "SELECT count(*) FROM chat.dead_letters WHERE entry = 'old'";
    cr_expect(stack_until(is_clean, old_events, WAIT_MS));
    cr_expect(stack_until(is_clean, old_letters, WAIT_MS));
    cr_expect(stack_until(is_clean, old_invites, WAIT_MS));
    char *open = stack_sql(stack, "SELECT count(*) FROM chat.invites");
    cr_expect_str_eq(open, "2", "one that holds stays, and one that ended lately");
    free(open);
    char *left = stack_sql(stack, "SELECT count(*) FROM chat.dead_letters");
    cr_expect_str_eq(left, "1");
    free(left);
    kept = stack_sql(stack, sql);
    cr_expect_str_eq(kept, "1 7", "what is young stays");
    free(kept);
    free(room);
}

Test(rooms, the_topic_of_a_new_room_is_held_to_what_a_topic_is)
{
    char longest[252] = {0};
    memset(longest, 'x', sizeof longest - 1);
    const char *topics[] = {"b\\u0007", "b\\nc", longest, longest + 1};
    for (size_t i = 0; i < 4; i++) {
        struct http_answer a = api(port, alice.token, "POST", "/rooms",
                                   "{\"kind\":\"private\",\"name\":\"a\",\"topic\":\"%s\"}", topics[i]);
        cr_expect_eq(a.status, i < 3 ? 422 : 201, "%s: %s", topics[i], buf_c(&a.body));
        http_answer_fini(&a);
    }
}

/* 80 characters of four bytes: as long as a name can be. */
static void longest_name(int i, struct buf *out)
{
    for (int k = 0; k < 79; k++)
        buf_cstr(out, "\xf0\x9f\x9a\x80");
    buf_cstr(out, "\xf0\x9f\x9a");
    buf_char(out, (char)(0x81 + i));
}

Test(rooms, the_directory_is_read_to_its_end_whatever_the_names_are)
{
    enum { LONG = 3 };
    for (int i = 0; i < LONG; i++) {
        struct buf name = {0};
        longest_name(i, &name);
        free(room_create(port, &alice, buf_c(&name), "public"));
        buf_fini(&name);
    }
    struct buf path = {0};
    bool complete = false;
    int pages = 0;
    buf_cstr(&path, "/rooms/directory?limit=1");
    for (; !complete && pages < 10; pages++) {
        struct http_answer a = api(port2, bob.token, "GET", buf_c(&path), NULL);
        struct str name;
        cr_assert_eq(a.status, 200, "page %d: %s", pages, buf_c(&a.body));
        cr_assert(jval_get_bool(a.json, "complete", &complete));
        cr_assert(jval_get_str(jval_at(jval_get(a.json, "rooms"), 0), "name", &name), "%s", buf_c(&a.body));
        buf_reset(&path);
        buf_cstr(&path, "/rooms/directory?limit=1&after=");
        for (size_t i = 0; i < name.n; i++)
            buf_printf(&path, "%%%02x", (unsigned char)name.p[i]);
        http_answer_fini(&a);
    }
    cr_expect(complete);
    cr_expect_eq(pages, LONG + 1, "%d pages: these rooms and the one of newcomers", pages);
    buf_fini(&path);
}

static bool has_words(const struct jval *event, const char *words)
{
    struct str body;
    return jval_get_str(event, "body", &body) && str_is(body, words);
}

/* They come by themselves, or the gateway says how far the room goes (head), and the client asks, as docs/protocol.md
 * wants it. False: they did not come, or others of who has left before them. */
static bool words_come(struct ws_client *c, const char *room, const char *words)
{
    bool come = false, gone = false;
    struct jval *v;
    while (!come && !gone && (v = ws_client_next(c, WAIT_MS))) {
        struct str t = {"", 0};
        jval_get_str(v, "t", &t);
        if (str_is(t, "head"))
            ws_client_send(c, "{\"t\":\"fetch\",\"room\":\"%s\",\"after\":0,\"limit\":200}", room);
        come = has_words(v, words);
        gone = has_words(v, "he is gone");
        const struct jval *events = str_is(t, "batch") ? jval_get(v, "events") : NULL, *event;
        for (size_t i = 0; (event = jval_at(events, i)); i++) {
            come = come || has_words(event, words);
            gone = gone || has_words(event, "he is gone");
        }
        jval_free(v);
    }
    return come && !gone;
}

Test(rooms, an_open_connection_gets_the_events_of_rooms_it_is_added_to_and_none_after_it_left)
{
    struct ws_client *c = ws_client_login(port2, bob.token, "d");
    char *room = room_create(port, &alice, "late", "private"), body[64];
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", bob.id);
    cr_expect_eq(room_do(&alice, room, "/members", body), 204);
    struct jval *u = ws_client_wait(c, "user", WAIT_MS);
    cr_assert_not_null(u, "no room_added");
    struct str type = {"", 0};
    jval_get_str(u, "type", &type);
    cr_expect(str_is(type, "room_added"));
    jval_free(u);
    room_post(port, &alice, room, "welcome bob");
    cr_assert(words_come(c, room, "welcome bob"), "the message did not come");
    cr_expect_eq(room_do(&bob, room, "/leave", "{}"), 204);
    room_post(port, &alice, room, "he is gone");
    /* A later message elsewhere proves that whatever was to come has come. */
    struct http_answer list;
    struct str general = {"", 0};
    jval_get_str(mine(&bob, "name", "general", &list), "id", &general);
    char *id = xstrndup(general);
    http_answer_fini(&list);
    room_post(port, &alice, id, "the end");
    cr_assert(words_come(c, id, "the end"), "an event after leaving, or none");
    ws_client_close(&c);
    free(id);
    free(room);
}

Test(rooms, typing_reaches_the_others_and_not_oneself)
{
    char *room = room_dm(port, &alice, &bob);
    struct ws_client *a = ws_client_login(port, alice.token, "a"), *b = ws_client_login(port2, bob.token, "b");
    ws_client_send(a, "{\"t\":\"typing\",\"room\":\"%s\",\"on\":true}", room);
    struct jval *t = ws_client_wait(b, "typing", WAIT_MS);
    cr_assert_not_null(t);
    struct str user = {"", 0};
    cr_expect(jval_get_str(t, "user", &user) && str_is(user, alice.id));
    jval_free(t);
    ws_client_send(a, "{\"t\":\"ping\",\"n\":1}");
    struct jval *v;
    struct str type = {"", 0};
    while ((v = ws_client_next(a, WAIT_MS)) && jval_get_str(v, "t", &type) && !str_is(type, "pong")) {
        cr_expect(!str_is(type, "typing"), "my own typing came back");
        jval_free(v);
    }
    cr_expect_not_null(v);
    jval_free(v);
    ws_client_close(&a);
    ws_client_close(&b);
    free(room);
}
