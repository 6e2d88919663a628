/* How many of a thing somebody may have: with one place left, of many who ask at once one gets it. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "filled.h"
#include "person.h"
#include "stack.h"

enum { CROWD = 8 };

static struct stack *stack;
static struct person alice, bob; /* Alice came first, and is admin. */
static char *room;
static int64_t first; /* seq of the first of Bob's messages */

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", "PARLEY_REGISTER_PER_ADDRESS=1000", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .msg_svcs = 2, .env = env});
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 0), "bob");
    room = room_create(stack_port(stack, 0), &alice, "harbour", "public");
    room_join(stack_port(stack, 0), &bob, room);
    for (int i = 0; i < CROWD; i++) {
        int64_t seq = room_post(stack_port(stack, 0), &bob, room, "look at this");
        first = i == 0 ? seq : first;
    }
    free(stack_sql(stack, "INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash) "
                          "SELECT 'p' || i, 'p' || i, 'p' || i, 'p', '' FROM generate_series(1, 1100) i"));
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(bounds, .init = start, .fini = stop, .timeout = 240);

/* In paths and bodies: ROOM, USER (one of those without a login), SEQ (a message of Bob's), CMID, NOW (milliseconds), N
 * (the number of who asks). */
static const struct bound {
    const char *method, *path, *body;
    int made; /* the status of who gets it */
    const char *code;
    const char *fill; /* all but one; in it ALICE and ROOM */
} bounds[] = {
    {"POST", "/me/tokens", "{\"name\":\"x\",\"scopes\":[\"read\"]}", 201, "too_many_tokens",
     "INSERT INTO auth.access_tokens (user_id, hash, name, scopes) SELECT ALICE, sha256(i::text::bytea), 'x', '{read}' "
     "FROM generate_series(1, 49) i"},
    {"POST", "/bots", "{\"username\":\"robotN\"}", 201, "too_many_bots",
     "INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash, owner_id) "
     "SELECT 'b' || i, 'b' || i, 'b' || i, 'b', '', ALICE FROM generate_series(1, 19) i"},
    {"PUT", "/me/blocks/USER", "{}", 204, "too_many_blocks",
     "INSERT INTO auth.blocks (user_id, blocked_id) SELECT ALICE, id FROM auth.users WHERE username LIKE 'p%' "
     "ORDER BY id DESC LIMIT 999"},
    {"POST", "/admin/invites", "{}", 201, "too_many_invites",
     "INSERT INTO auth.invites (hash, made_by) SELECT sha256(i::text::bytea), ALICE FROM generate_series(1, 99) i"},
    {"POST", "/rooms/ROOM/invites", "{}", 201, "too_many_invites",
     "INSERT INTO chat.invites (room_id, hash, role, made_by) SELECT ROOM, sha256(i::text::bytea), 'member', ALICE "
     "FROM generate_series(1, 99) i"},
    {"POST", "/rooms/ROOM/scheduled", "{\"cmid\":\"CMID\",\"body\":\"x\",\"send_at\":NOW}", 201, "too_many_scheduled",
     "INSERT INTO chat.scheduled (user_id, room_id, cmid, body, send_at) SELECT ALICE, ROOM, gen_random_uuid(), 'x', "
     "now() + interval '1 day' FROM generate_series(1, 99)"},
    {"POST", "/later", "{\"room\":\"ROOM\",\"note\":\"x\"}", 201, "too_many_later",
     "INSERT INTO chat.later (user_id, room_id, note) SELECT ALICE, ROOM, 'x' FROM generate_series(1, 999)"},
    {"PUT", "/rooms/ROOM/draft", "{\"thread\":10N,\"body\":\"x\",\"written_at\":NOW}", 200, "too_many_drafts",
     "INSERT INTO chat.drafts (user_id, room_id, thread, body, written_at) SELECT ALICE, ROOM, 1000 + i, 'x', now() "
     "FROM generate_series(1, 199) i"},
    {"POST", "/rooms/ROOM/messages/SEQ/report", "{\"reason\":\"spam\"}", 204, "too_many_reports",
     "INSERT INTO chat.reports (room_id, seq, sender, body, reporter, reason) SELECT ROOM, 1000 + i, 2, 'x', ALICE, "
     "'spam' FROM generate_series(1, 49) i"},
};

struct
try {
    const struct bound *bound;
    char *path, *body;
    int status;
    char code[32];
};

static void try_init(struct try *t, const struct bound *bound, int n)
{
    char number[16], seq[24], now[24], user[24], *cmid = new_cmid();
    snprintf(number, sizeof number, "%d", n);
    snprintf(seq, sizeof seq, "%lld", (long long)(first + n));
    snprintf(now, sizeof now, "%lld", (long long)clock_wall_ms() + (bound->made == 200 ? 0 : 3600000));
    snprintf(user, sizeof user, "%d", atoi(bob.id) + 1 + n);
    const char *const names[][2] = {{"ROOM", room}, {"USER", user}, {"SEQ", seq}, {"CMID", cmid},
                                    {"NOW", now},   {"N", number},  {NULL, NULL}};
    *t = (struct try){.bound = bound, .path = filled(bound->path, names), .body = filled(bound->body, names)};
    free(cmid);
}

static void *ask(void *arg)
{
    struct try *t = arg;
    struct http_answer a = api(stack_port(stack, 0), alice.token, t->bound->method, t->path, "%s", t->body);
    char *code = answer_text(&a, "code");
    t->status = a.status;
    snprintf(t->code, sizeof t->code, "%s", code);
    free(code);
    http_answer_fini(&a);
    return NULL;
}

static void hold(const struct bound *bound)
{
    struct try tries[CROWD];
    pthread_t threads[CROWD];
    int made = 0, refused = 0;
    const char *const names[][2] = {{"ALICE", alice.id}, {"ROOM", room}, {NULL, NULL}};
    char *sql = filled(bound->fill, names);
    free(stack_sql(stack, sql));
    free(sql);
    for (int i = 0; i < CROWD; i++)
        try_init(&tries[i], bound, i);
    for (int i = 0; i < CROWD; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, ask, &tries[i]), 0);
    for (int i = 0; i < CROWD; i++) {
        pthread_join(threads[i], NULL);
        made += tries[i].status == bound->made;
        refused += tries[i].status == 409 && strcmp(tries[i].code, bound->code) == 0;
    }
    cr_expect(made == 1 && refused == CROWD - 1, "%s %s: %d made, %d refused; %d %s, %d %s", bound->method, bound->path,
              made, refused, tries[0].status, tries[0].code, tries[1].status, tries[1].code);
    for (int i = 0; i < CROWD; i++) {
        free(tries[i].path);
        free(tries[i].body);
    }
}

Test(bounds, of_many_who_ask_for_the_last_place_at_once_one_gets_it)
{
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        hold(&bounds[i]);
}
