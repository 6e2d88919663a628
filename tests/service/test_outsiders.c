/* Who is not in a private room learns nothing of it: every request and every frame of the contract that names a room is
 * answered to the letter as for a room that does not exist. A new one of either kind fails here until it has an example
 * below. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filled.h"
#include "ops_json.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000, KINDS = 3, OUTSIDERS = 3 };

#define NONE "987654321"

static struct stack *stack;
static int port;
/* Alice and Bob are inside, and with Carol in a room of hers. Of the others Dave never was inside of any, Erin was
 * removed and Frank is banned from those that are no conversation of two. */
static struct person alice, bob, carol, dave, erin, frank;
static char *hidden[KINDS], *own;
static int64_t said[KINDS], own_seq;
static struct jval *contract;

static void act(const struct person *p, const char *method, const char *room, const char *tail, const char *body)
{
    char path[128];
    snprintf(path, sizeof path, "/rooms/%s%s", room, tail);
    struct http_answer a =
        body ? api(port, p->token, method, path, "%s", body) : api(port, p->token, method, path, NULL);
    cr_assert(a.status >= 200 && a.status < 300, "%s %s: %d %s", method, path, a.status, buf_c(&a.body));
    http_answer_fini(&a);
}

static void bring(const char *room, const struct person *who)
{
    char body[64];
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", who->id);
    act(&alice, "POST", room, "/members", body);
}

static void fill(const char *room)
{
    char tail[64];
    bring(room, &bob);
    bring(room, &erin);
    bring(room, &frank);
    snprintf(tail, sizeof tail, "/members/%s", erin.id);
    act(&alice, "DELETE", room, tail, NULL);
    snprintf(tail, sizeof tail, "/bans/%s", frank.id);
    act(&alice, "PUT", room, tail, "{}");
}

static void make_rooms(void)
{
    struct http_answer group = api(port, alice.token, "POST", "/rooms", "{\"kind\":\"group\"}");
    hidden[0] = room_create(port, &alice, "board", "private");
    hidden[1] = answer_text(&group, "id");
    http_answer_fini(&group);
    hidden[2] = room_dm(port, &alice, &bob);
    fill(hidden[0]);
    fill(hidden[1]);
    for (int i = 0; i < KINDS; i++)
        said[i] = room_post(port, &bob, hidden[i], "secret words");
    act(&alice, "POST", hidden[0], "/invites", "{}");
    own = room_create(port, &carol, "harbour", "public");
    const struct person *const rest[] = {&dave, &erin, &frank};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        room_join(port, rest[i], own);
    own_seq = room_post(port, &carol, own, "open words");
}

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .env = env});
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    carol = person_register(port, "carol");
    dave = person_register(port, "dave");
    erin = person_register(port, "erin");
    frank = person_register(port, "frank");
    contract = ops_json_read();
    make_rooms();
}

static void stop(void)
{
    struct person *const all[] = {&alice, &bob, &carol, &dave, &erin, &frank};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        person_fini(all[i]);
    for (int i = 0; i < KINDS; i++)
        free(hidden[i]);
    free(own);
    jval_free(contract);
    stack_stop(&stack);
}

TestSuite(outsiders, .init = start, .fini = stop, .timeout = 240);

/* ---- requests ---- */

/* In path, query and body: ROOM, the hidden one or none; SEQ, a message in it; USER, Bob, who is inside; INVITE, one
 * there is; OWN and OSEQ, the open room and a message there; CMID. */
static const struct example {
    const char *method, *path; /* as the contract has it */
    const char *query, *body;
} examples[] = {
    {"GET", "/rooms/{room}", "", NULL},
    {"PATCH", "/rooms/{room}", "", "{\"name\":\"x\"}"},
    {"PATCH", "/rooms/{room}", "", "{\"picture\":\"0123456789abcdef0123456789abcdef\"}"},
    {"PATCH", "/rooms/{room}", "", "{\"kind\":\"public\",\"slow_mode_s\":5}"},
    {"POST", "/rooms/{room}/join", "", "{}"},
    {"POST", "/rooms/{room}/leave", "", "{}"},
    {"GET", "/rooms/{room}/messages", "", NULL},
    {"GET", "/rooms/{room}/messages", "?after=SEQ", NULL},
    {"GET", "/rooms/{room}/at", "?ts=1", NULL},
    {"POST", "/rooms/{room}/messages", "", "{\"cmid\":\"CMID\",\"body\":\"x\"}"},
    {"POST", "/rooms/{room}/messages", "", "{\"cmid\":\"CMID\",\"body\":\"@bob @all\"}"},
    {"POST", "/rooms/{room}/messages", "", "{\"cmid\":\"CMID\",\"body\":\"x\",\"thread\":SEQ}"},
    {"POST", "/rooms/{room}/messages", "", "{\"cmid\":\"CMID\",\"body\":\"x\",\"quote\":SEQ}"},
    {"POST", "/rooms/{room}/messages", "", "{\"cmid\":\"CMID\",\"body\":\"x\",\"quote\":999}"},
    {"POST", "/rooms/{room}/messages", "",
     "{\"cmid\":\"CMID\",\"poll\":{\"question\":\"?\",\"options\":[\"a\",\"b\"]}}"},
    {"POST", "/rooms/{room}/messages", "", "{\"cmid\":\"CMID\",\"sticker\":{\"pack\":\"mo\",\"name\":\"love\"}}"},
    {"POST", "/rooms/{room}/messages", "",
     "{\"cmid\":\"CMID\",\"sticker\":{\"pack\":\"1\",\"name\":\"love\",\"file\":\"0123456789abcdef0123456789abcdef\"}}"},
    {"POST", "/rooms/{room}/messages", "", "{\"cmid\":\"CMID\",\"files\":[\"0123456789abcdef0123456789abcdef\"]}"},
    {"POST", "/rooms/{room}/forwards", "", "{\"cmid\":\"CMID\",\"from_room\":\"OWN\",\"from_seq\":OSEQ}"},
    {"POST", "/rooms/OWN/forwards", "", "{\"cmid\":\"CMID\",\"from_room\":\"ROOM\",\"from_seq\":SEQ}"},
    {"POST", "/rooms/OWN/forwards", "", "{\"cmid\":\"CMID\",\"from_room\":\"ROOM\",\"from_seq\":999}"},
    {"POST", "/rooms/{room}/scheduled", "", "{\"cmid\":\"CMID\",\"body\":\"x\",\"send_at\":4000000000000}"},
    {"POST", "/rooms/{room}/scheduled", "", "{\"cmid\":\"CMID\",\"body\":\"x\",\"send_at\":1}"},
    {"POST", "/rooms/{room}/scheduled", "",
     "{\"cmid\":\"CMID\",\"files\":[\"0123456789abcdef0123456789abcdef\"],\"send_at\":4000000000000}"},
    {"GET", "/rooms/{room}/messages/{seq}", "", NULL},
    {"PATCH", "/rooms/{room}/messages/{seq}", "", "{\"body\":\"x\"}"},
    {"DELETE", "/rooms/{room}/messages/{seq}", "", NULL},
    {"GET", "/rooms/{room}/messages/{seq}/edits", "", NULL},
    {"DELETE", "/rooms/{room}/messages/{seq}/preview", "", NULL},
    {"POST", "/rooms/{room}/messages/{seq}/reactions", "", "{\"emoji\":\"👍\",\"on\":true}"},
    {"POST", "/rooms/{room}/messages/{seq}/reactions", "", "{\"emoji\":\":no_such:\",\"on\":true}"},
    {"POST", "/rooms/{room}/messages/{seq}/pin", "", "{\"on\":true}"},
    {"PUT", "/rooms/{room}/messages/{seq}/vote", "", "{\"options\":[0]}"},
    {"GET", "/rooms/{room}/messages/{seq}/vote", "", NULL},
    {"POST", "/rooms/{room}/messages/{seq}/close", "", NULL},
    {"POST", "/rooms/{room}/messages/{seq}/report", "", "{\"reason\":\"spam\"}"},
    {"POST", "/rooms/{room}/messages/{seq}/settle", "", "{\"user\":\"USER\",\"settlement\":\"dismiss\"}"},
    {"PUT", "/rooms/{room}/draft", "", "{\"body\":\"x\",\"written_at\":1}"},
    {"PUT", "/rooms/{room}/draft", "", "{\"body\":\"\",\"thread\":SEQ,\"written_at\":1}"},
    {"GET", "/rooms/{room}/pins", "", NULL},
    {"GET", "/rooms/{room}/files", "", NULL},
    {"GET", "/rooms/{room}/files", "?kind=media&from=USER&q=secret&before=SEQ", NULL},
    {"GET", "/rooms/{room}/threads/{seq}", "", NULL},
    {"PUT", "/rooms/{room}/threads/{seq}", "", "{\"following\":true}"},
    {"POST", "/rooms/{room}/read", "", "{\"seq\":SEQ}"},
    {"POST", "/rooms/{room}/unread", "", "{\"seq\":SEQ}"},
    {"GET", "/rooms/{room}/members", "", NULL},
    {"POST", "/rooms/{room}/members", "", "{\"user\":\"USER\"}"},
    {"DELETE", "/rooms/{room}/members/{user}", "", NULL},
    {"PUT", "/rooms/{room}/members/{user}", "", "{\"role\":\"guest\"}"},
    {"PUT", "/rooms/{room}/members/{user}/mute", "", "{\"until\":9000000000000}"},
    {"PUT", "/rooms/{room}/permissions/{permission}", "", "{\"lowest\":\"guest\"}"},
    {"GET", "/rooms/{room}/bans", "", NULL},
    {"PUT", "/rooms/{room}/bans/{user}", "", "{}"},
    {"DELETE", "/rooms/{room}/bans/{user}", "", NULL},
    {"POST", "/rooms/{room}/archive", "", "{\"on\":true}"},
    {"GET", "/rooms/{room}/invites", "", NULL},
    {"POST", "/rooms/{room}/invites", "", "{}"},
    {"DELETE", "/rooms/{room}/invites/{invite}", "", NULL},
    {"PUT", "/rooms/{room}/mine", "", "{\"favourite\":true,\"notify\":\"all\"}"},
    {"POST", "/later", "", "{\"room\":\"ROOM\",\"seq\":SEQ}"},
    {"POST", "/later", "", "{\"room\":\"ROOM\",\"note\":\"x\",\"remind_at\":1}"},
    {"GET", "/search", "?q=words&room=ROOM", NULL},
    {"GET", "/reports", "?room=ROOM", NULL},
    {"GET", "/admin/audit", "?room=ROOM", NULL},
};

/* The example asked of `room`, where a message would be at `seq`. */
static struct http_answer ask(const struct person *p, const struct example *e, const char *room, int64_t seq)
{
    char number[24], open[24], path[256];
    char *cmid = new_cmid();
    snprintf(number, sizeof number, "%lld", (long long)seq);
    snprintf(open, sizeof open, "%lld", (long long)own_seq);
    const char *const names[][2] = {{"{room}", room},  {"{seq}", number}, {"{user}", bob.id}, {"{permission}", "send"},
                                    {"{invite}", "1"}, {"ROOM", room},    {"OSEQ", open},     {"SEQ", number},
                                    {"USER", bob.id},  {"OWN", own},      {"CMID", cmid},     {NULL, NULL}};
    snprintf(path, sizeof path, "%s%s", e->path, e->query);
    char *target = filled(path, names), *body = e->body ? filled(e->body, names) : NULL;
    struct http_answer a =
        body ? api(port, p->token, e->method, target, "%s", body) : api(port, p->token, e->method, target, NULL);
    free(target);
    free(body);
    free(cmid);
    return a;
}

/* All but what is of this one request: its id. */
static void strip(struct http_answer *a)
{
    static const char key[] = "\"request_id\":\"";
    char *text = strstr(buf_c(&a->body), key), *id = text ? text + sizeof key - 1 : NULL;
    if (id)
        memset(id, '-', strcspn(id, "\""));
}

static bool names_room_itself(const struct example *e)
{
    return strncmp(e->path, "/rooms/{room}", strlen("/rooms/{room}")) == 0;
}

static void expect_the_same(const struct person *p, const struct example *e, int kind)
{
    struct http_answer of_room = ask(p, e, hidden[kind], said[kind]), of_none = ask(p, e, NONE, said[kind]);
    strip(&of_room);
    strip(&of_none);
    cr_expect_eq(of_room.status, of_none.status, "%s %s%s of %s, room %d: %d, not %d", e->method, e->path, e->query,
                 p->name, kind, of_room.status, of_none.status);
    cr_expect_str_eq(buf_c(&of_room.body), buf_c(&of_none.body), "%s %s%s of %s, room %d: %s", e->method, e->path,
                     e->query, p->name, kind, e->body ? e->body : "");
    cr_expect_null(strstr(buf_c(&of_room.body), "secret"));
    if (names_room_itself(e)) {
        char *code = answer_text(&of_room, "code");
        cr_expect(of_room.status == 404 && strcmp(code, "room_not_found") == 0, "%s %s of %s, room %d: %d %s",
                  e->method, e->path, p->name, kind, of_room.status, code);
        free(code);
    }
    http_answer_fini(&of_room);
    http_answer_fini(&of_none);
}

static char *world(void)
{
    return stack_sql(stack, "SELECT string_agg(concat_ws(':', id, last_seq, mver, member_count, kind, name), ' ' "
                            "ORDER BY id) FROM chat.rooms");
}

Test(outsiders, every_request_about_a_private_room_is_answered_as_for_one_that_does_not_exist)
{
    const struct person *const outsiders[OUTSIDERS] = {&dave, &erin, &frank};
    char *before = world();
    for (int archived = 0; archived < 2; archived++) {
        for (int kind = 0; kind < KINDS; kind++)
            for (int who = 0; who < OUTSIDERS; who++)
                for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
                    expect_the_same(outsiders[who], &examples[i], kind);
        char *after = world();
        cr_expect_str_eq(after, before, "somebody did something");
        free(after);
        free(before);
        if (archived == 0)
            for (int kind = 0; kind < KINDS - 1; kind++)
                act(&alice, "POST", hidden[kind], "/archive", "{\"on\":true}");
        before = world();
    }
    free(before);
}

/* ---- nothing of the contract is left out ---- */

static bool is_room(void *arg, struct str key, const struct jval *value)
{
    bool *found = arg;
    (void)value;
    *found = *found || str_is(key, "room") || str_is(key, "from_room");
    return true;
}

/* It names a room: in its path, its query or its body. */
static bool names_room(const struct jval *request)
{
    static const char *const parts[] = {"params", "query", "body"};
    bool found = false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        jval_each(jval_get(request, parts[i]), is_room, &found);
    return found;
}

static bool has_example(struct str method, struct str path)
{
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (str_is(method, examples[i].method) && str_is(path, examples[i].path))
            return true;
    return false;
}

static const struct frame_example {
    const char *op, *frame;
    bool answered;
} frames[] = {
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"x\"}", true},
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"x\",\"cseq\":5}", true},
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"x\",\"cseq\":1}", true},
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"x\",\"cseq\":1}", true},
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"x\",\"cseq\":6}", true},
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"x\",\"cseq\":9,\"cgen\":3}", true},
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"x\",\"cseq\":1,\"cgen\":4}", true},
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"x\",\"cseq\":2,\"cgen\":1}", true},
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"x\",\"thread\":SEQ}", true},
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"x\",\"quote\":SEQ}", true},
    {"send", "{\"t\":\"send\",\"cmid\":\"CMID\",\"room\":\"ROOM\",\"body\":\"@bob @all\"}", true},
    {"fetch", "{\"t\":\"fetch\",\"room\":\"ROOM\"}", true},
    {"fetch", "{\"t\":\"fetch\",\"room\":\"ROOM\",\"after\":0,\"limit\":5}", true},
    {"fetch", "{\"t\":\"fetch\",\"room\":\"ROOM\",\"before\":999}", true},
    {"read", "{\"t\":\"read\",\"room\":\"ROOM\",\"seq\":SEQ}", true},
    {"read", "{\"t\":\"read\",\"room\":\"ROOM\",\"seq\":SEQ,\"gen\":7}", true},
    {"delivered", "{\"t\":\"delivered\",\"room\":\"ROOM\",\"seq\":SEQ}", false},
    {"typing", "{\"t\":\"typing\",\"room\":\"ROOM\",\"on\":true}", false},
};

static bool has_frame(struct str op)
{
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        if (str_is(op, frames[i].op))
            return true;
    return false;
}

Test(outsiders, all_of_the_contract_that_names_a_room_is_asked_here)
{
    const struct jval *rest = jval_get(contract, "rest"), *sent = jval_get(contract, "client_frames");
    size_t asked = 0;
    for (size_t i = 0; i < jval_count(rest); i++) {
        struct str method = {"", 0}, path = {"", 0};
        jval_get_str(jval_at(rest, i), "method", &method);
        jval_get_str(jval_at(rest, i), "path", &path);
        if (!names_room(jval_at(rest, i)))
            continue;
        asked++;
        cr_expect(has_example(method, path), "no example of %.*s %.*s", (int)method.n, method.p, (int)path.n, path.p);
    }
    for (size_t i = 0; i < jval_count(sent); i++) {
        struct str op = {"", 0};
        bool found = false;
        jval_get_str(jval_at(sent, i), "op", &op);
        jval_each(jval_get(jval_at(sent, i), "fields"), is_room, &found);
        cr_expect(!found || has_frame(op), "no example of the frame %.*s", (int)op.n, op.p);
    }
    cr_expect_geq(asked, 40, "%zu requests name a room", asked);
}

/* ---- frames ---- */

struct telling {
    struct buf text;
    const char *room, *cmid;
};

static bool tell(void *arg, struct str key, const struct jval *value)
{
    struct telling *t = arg;
    struct str s;
    int64_t number;
    bool on = false;
    buf_printf(&t->text, "%.*s=", (int)key.n, key.p);
    /* Of this one frame, as strip() says. */
    if (str_is(key, "request_id"))
        return true;
    if (jval_str(value, &s))
        buf_printf(&t->text, "%.*s ", str_is(s, t->room) || str_is(s, t->cmid) ? 4 : (int)s.n,
                   str_is(s, t->room)   ? "ROOM"
                   : str_is(s, t->cmid) ? "CMID"
                                        : s.p);
    else if (jval_int(value, &number))
        buf_printf(&t->text, "%lld ", (long long)number);
    else
        buf_printf(&t->text, "%s ", jval_bool(value, &on) ? (on ? "true" : "false") : "?");
    return true;
}

static bool is_of(const struct jval *v, const char *const *types)
{
    struct str type = {"", 0};
    jval_get_str(v, "t", &type);
    for (size_t i = 0; types[i]; i++)
        if (str_is(type, types[i]))
            return true;
    return false;
}

/* The next object that may be an answer, or the pong; others are told whatever one asks. The caller's to free. */
static struct jval *next_answer(struct ws_client *c)
{
    static const char *const answers[] = {"ack",     "nack",   "error", "batch", "resumed", "typing",
                                          "receipt", "resend", "draft", "pong",  NULL};
    for (;;) {
        struct jval *v = ws_client_next(c, WAIT_MS);
        cr_assert_not_null(v, "no answer");
        if (is_of(v, answers))
            return v;
        jval_free(v);
    }
}

/* All that is answered to a frame, in words. The caller's to free. */
static char *answers_to(struct ws_client *c, const struct frame_example *e, const char *room, int64_t seq)
{
    static const char *const pong[] = {"pong", NULL};
    char number[24], *cmid = new_cmid();
    snprintf(number, sizeof number, "%lld", (long long)seq);
    const char *const names[][2] = {{"ROOM", room}, {"SEQ", number}, {"CMID", cmid}, {NULL, NULL}};
    struct telling t = {.room = room, .cmid = cmid};
    char *frame = filled(e->frame, names);
    ws_client_send(c, "%s", frame);
    bool due = e->answered, end = false;
    if (!due)
        ws_client_send(c, "{\"t\":\"ping\",\"n\":1}");
    while (!end) {
        struct jval *v = next_answer(c);
        end = is_of(v, pong);
        if (!end)
            jval_each(v, tell, &t);
        if (due)
            ws_client_send(c, "{\"t\":\"ping\",\"n\":1}");
        due = false;
        jval_free(v);
    }
    char *copy = strdup(buf_c(&t.text));
    buf_fini(&t.text);
    free(frame);
    free(cmid);
    return copy;
}

/* What those inside hear of it, up to a message of their own. */
static void expect_silence(struct ws_client *ear, int kind)
{
    static const char *const heard[] = {"typing", "receipt", NULL}, *const event[] = {"event", NULL};
    int64_t last = room_post(port, &alice, hidden[kind], "the end"), seq = 0;
    for (bool end = false; !end;) {
        struct jval *v = ws_client_next(ear, WAIT_MS);
        cr_assert_not_null(v);
        cr_expect(!is_of(v, heard), "somebody inside heard of who is outside");
        struct str room = {"", 0};
        end = is_of(v, event) && jval_get_str(v, "room", &room) && str_is(room, hidden[kind]) &&
              jval_get_int(v, "seq", &seq) && seq == last;
        jval_free(v);
    }
}

Test(outsiders, every_frame_about_a_private_room_is_answered_as_for_one_that_does_not_exist)
{
    struct ws_client *c = ws_client_login(port, dave.token, "phone"), *ear = ws_client_login(port, alice.token, "ear");
    cr_assert(c && ear);
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
            char *of_room = answers_to(c, &frames[i], hidden[kind], said[kind]);
            char *of_none = answers_to(c, &frames[i], NONE, said[kind]);
            cr_expect_str_eq(of_room, of_none, "%s, room %d: %s", frames[i].frame, kind, of_room);
            cr_expect_eq(of_room[0] != '\0', frames[i].answered, "%s: %s", frames[i].frame, of_room);
            free(of_room);
            free(of_none);
        }
        expect_silence(ear, kind);
    }
    ws_client_close(&c);
    ws_client_close(&ear);
}

Test(outsiders, coming_back_with_a_place_in_a_private_room_brings_nothing_of_it)
{
    static const char *const batch[] = {"batch", NULL}, *const pong[] = {"pong", NULL};
    const struct person *const outsiders[OUTSIDERS] = {&dave, &erin, &frank};
    for (int who = 0; who < OUTSIDERS; who++) {
        struct ws_client *c = ws_client_login(port, outsiders[who]->token, "phone");
        cr_assert_not_null(c);
        ws_client_send(c, "{\"t\":\"resume\",\"cursors\":{\"%s\":0,\"%s\":1,\"%s\":0},\"pending\":[]}", hidden[0],
                       hidden[1], hidden[2]);
        struct jval *v = ws_client_wait(c, "resumed", WAIT_MS);
        cr_assert_not_null(v);
        for (int kind = 0; kind < KINDS; kind++)
            cr_expect_null(jval_get(jval_get(v, "rooms"), hidden[kind]));
        jval_free(v);
        ws_client_send(c, "{\"t\":\"ping\",\"n\":1}");
        for (bool end = false; !end;) {
            struct str room = {"", 0};
            v = next_answer(c);
            end = is_of(v, pong);
            if (is_of(v, batch) && jval_get_str(v, "room", &room))
                for (int kind = 0; kind < KINDS; kind++)
                    cr_expect(!str_is(room, hidden[kind]), "%s is given a hidden room", outsiders[who]->name);
            jval_free(v);
        }
        ws_client_close(&c);
    }
}
