/* The table `permissions` of the contract, asked of the running server: each permission, of each role, in each kind of
 * room; and what becomes of it where a room differs. A new permission fails here until it has an act below. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ops_json.h"
#include "person.h"
#include "stack.h"

enum rank { GUEST, MEMBER, MODERATOR, OWNER, NOBODY, RANKS };

static const char *const names[RANKS] = {"guest", "member", "moderator", "owner", "nobody"};

static struct stack *stack;
static int port;
static struct person admin, people[4], erin; /* by their role; Erin is a guest, to whom things are done */
static struct jval *contract;
static char *room;
static const struct person *target; /* to whom it is done: Erin, or the other one of a conversation of two */
static bool announcement;
static int64_t root, theirs; /* messages: of the owner, of the target */

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .env = env});
    port = stack_port(stack, 0);
    admin = person_register(port, "root"); /* an admin may archive any room: none of the others is one */
    for (int i = GUEST; i <= OWNER; i++)
        people[i] = person_register(port, names[i]);
    erin = person_register(port, "erin");
    contract = ops_json_read();
}

static void stop(void)
{
    person_fini(&admin);
    for (int i = GUEST; i <= OWNER; i++)
        person_fini(&people[i]);
    person_fini(&erin);
    free(room);
    jval_free(contract);
    stack_stop(&stack);
}

TestSuite(permissions, .init = start, .fini = stop, .timeout = 400);

/* ---- acts ---- */

/* A path of the room; of %s the id of the target, if it has one. */
static struct http_answer ask(const struct person *p, const char *method, const char *tail, const char *body)
{
    char path[192];
    int n = snprintf(path, sizeof path, "/rooms/%s", room);
    const char *hole = strstr(tail, "%s");
    snprintf(path + n, sizeof path - (size_t)n, "%.*s%s%s", hole ? (int)(hole - tail) : (int)strlen(tail), tail,
             hole ? target->id : "", hole ? hole + 2 : "");
    return body ? api(port, p->token, method, path, "%s", body) : api(port, p->token, method, path, NULL);
}

static bool is_forbidden(const struct http_answer *a)
{
    struct str code;
    return a->status == 403 && jval_get_str(a->json, "code", &code) && str_is(code, "forbidden");
}

/* Whether it was allowed. Anything but that and `forbidden` is neither. */
static bool allowed(const struct person *p, const char *method, const char *tail, const char *body)
{
    struct http_answer a = ask(p, method, tail, body);
    bool no = is_forbidden(&a);
    cr_assert(no || (a.status >= 200 && a.status < 300), "%s %s %s of %s: %d %s", method, tail, body ? body : "",
              p->name, a.status, buf_c(&a.body));
    http_answer_fini(&a);
    return !no;
}

static void do_it(const struct person *p, const char *method, const char *tail, const char *body)
{
    cr_assert(allowed(p, method, tail, body), "%s may not %s %s", p->name, method, tail);
}

/* The seq; 0: forbidden. */
static int64_t post(const struct person *p, const char *text, int64_t thread)
{
    char body[256], *cmid = new_cmid();
    snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"body\":\"%s\",\"thread\":%lld}", cmid, text, (long long)thread);
    if (thread == 0)
        snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"body\":\"%s\"}", cmid, text);
    free(cmid);
    struct http_answer a = ask(p, "POST", "/messages", body);
    cr_assert(a.status == 201 || is_forbidden(&a), "%d %s", a.status, buf_c(&a.body));
    int64_t seq = a.status == 201 ? answer_int(&a, "seq") : 0;
    http_answer_fini(&a);
    return seq;
}

static bool on_message(const struct person *p, const char *method, int64_t seq, const char *tail, const char *body)
{
    char path[96];
    snprintf(path, sizeof path, "/messages/%lld%s", (long long)seq, tail);
    return allowed(p, method, path, body);
}

static bool act_send(const struct person *p)
{
    return post(p, "hello", 0) > 0;
}

static bool act_reply(const struct person *p)
{
    return post(p, "hello", root) > 0;
}

static bool act_react(const struct person *p)
{
    bool on = on_message(p, "POST", root, "/reactions", "{\"emoji\":\"👍\",\"on\":true}");
    on_message(p, "POST", root, "/reactions", "{\"emoji\":\"👍\",\"on\":false}");
    return on;
}

/* In a thread, where everybody may write. media-svc's table has a file of his, whole. */
static bool act_attach_files(const struct person *p)
{
    static unsigned made;
    char sql[256], body[192], *cmid = new_cmid();
    snprintf(sql, sizeof sql,
             "INSERT INTO media.file (id, owner, name, size, received, state) "
             "VALUES (decode('%032x', 'hex'), %s, 'a', 1, 1, 2)",
             ++made, p->id);
    free(stack_sql(stack, sql));
    snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"thread\":%lld,\"files\":[\"%032x\"]}", cmid, (long long)root, made);
    free(cmid);
    return allowed(p, "POST", "/messages", body);
}

static bool act_edit_own(const struct person *p)
{
    return on_message(p, "PATCH", post(p, "mine", root), "", "{\"body\":\"mine again\"}");
}

static bool act_delete_own(const struct person *p)
{
    return on_message(p, "DELETE", post(p, "mine", root), "", NULL);
}

static bool act_delete_any(const struct person *p)
{
    return on_message(p, "DELETE", post(target, "not his", root), "", NULL);
}

static bool act_pin(const struct person *p)
{
    return on_message(p, "POST", root, "/pin", "{\"on\":true}");
}

/* Of who may not, @all is text. */
static bool act_mention_all(const struct person *p)
{
    char tail[64];
    int64_t seq = post(p, "@all dinner", 0);
    if (seq == 0)
        return false;
    snprintf(tail, sizeof tail, "/messages/%lld", (long long)seq);
    struct http_answer a = ask(p, "GET", tail, NULL);
    bool everyone = jval_get(jval_get(a.json, "data"), "everyone") != NULL;
    http_answer_fini(&a);
    return everyone;
}

static void target_back(void)
{
    char body[64];
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", target->id);
    do_it(&people[OWNER], "DELETE", "/bans/%s", NULL);
    do_it(&people[OWNER], "POST", "/members", body);
    do_it(&people[OWNER], "PUT", "/members/%s", "{\"role\":\"guest\"}");
}

static bool act_add_member(const struct person *p)
{
    char body[64];
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", target->id);
    return allowed(p, "POST", "/members", body);
}

static bool act_invite_link(const struct person *p)
{
    return allowed(p, "POST", "/invites", "{}");
}

static bool act_kick(const struct person *p)
{
    bool out = allowed(p, "DELETE", "/members/%s", NULL);
    if (out)
        target_back();
    return out;
}

static bool act_ban(const struct person *p)
{
    bool out = allowed(p, "PUT", "/bans/%s", "{}");
    if (out)
        target_back();
    return out;
}

static bool act_mute(const struct person *p)
{
    return allowed(p, "PUT", "/members/%s/mute", "{\"until\":1}");
}

/* Nobody has reported it: who may settle is told that. */
static bool act_reports(const struct person *p)
{
    char tail[64], body[96];
    snprintf(tail, sizeof tail, "/messages/%lld/settle", (long long)theirs);
    snprintf(body, sizeof body, "{\"user\":\"%s\",\"settlement\":\"dismiss\"}", target->id);
    struct http_answer a = ask(p, "POST", tail, body);
    bool no = is_forbidden(&a);
    cr_assert(no || a.status == 404, "%d %s", a.status, buf_c(&a.body));
    http_answer_fini(&a);
    return !no;
}

static bool act_settings(const struct person *p)
{
    static unsigned wishes;
    char body[64];
    snprintf(body, sizeof body, "{\"topic\":\"wish %u\"}", ++wishes);
    return allowed(p, "PATCH", "", body);
}

static bool act_open(const struct person *p)
{
    bool done = allowed(p, "PATCH", "", announcement ? "{\"announcement\":false}" : "{\"announcement\":true}");
    if (done)
        do_it(&people[OWNER], "PATCH", "", announcement ? "{\"announcement\":true}" : "{\"announcement\":false}");
    return done;
}

static bool act_permissions(const struct person *p)
{
    return allowed(p, "PUT", "/permissions/reply", "{}");
}

static bool act_set_role(const struct person *p)
{
    return allowed(p, "PUT", "/members/%s", "{\"role\":\"guest\"}");
}

static bool act_archive(const struct person *p)
{
    return allowed(p, "POST", "/archive", "{\"on\":false}");
}

typedef bool act_fn(const struct person *p);

static const struct {
    const char *permission;
    act_fn *fn;
} acts[] = {
    {"send", act_send},
    {"reply", act_reply},
    {"attach_files", act_attach_files},
    {"react", act_react},
    {"edit_own", act_edit_own},
    {"delete_own", act_delete_own},
    {"delete_any", act_delete_any},
    {"pin", act_pin},
    {"mention_all", act_mention_all},
    {"add_member", act_add_member},
    {"invite_link", act_invite_link},
    {"kick", act_kick},
    {"ban", act_ban},
    {"mute", act_mute},
    {"reports", act_reports},
    {"settings", act_settings},
    {"open", act_open},
    {"permissions", act_permissions},
    {"set_role", act_set_role},
    {"archive", act_archive},
};

/* ---- the table ---- */

static enum rank rank_of(const struct jval *object, const char *key)
{
    struct str name;
    cr_assert(jval_get_str(object, key, &name), "no %s", key);
    for (int i = GUEST; i < RANKS; i++)
        if (str_is(name, names[i]))
            return (enum rank)i;
    cr_assert_fail("%.*s is no role", (int)name.n, name.p);
    return NOBODY;
}

static act_fn *act_of(const struct jval *row, char name_r[32])
{
    struct str name = {"", 0};
    jval_get_str(row, "name", &name);
    snprintf(name_r, 32, "%.*s", (int)name.n, name.p);
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (str_is(name, acts[i].permission))
            return acts[i].fn;
    cr_assert_fail("no act for the permission %s", name_r);
    return NULL;
}

static void join_as(const struct person *who, enum rank rank)
{
    char body[64], tail[64];
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", who->id);
    do_it(&people[OWNER], "POST", "/members", body);
    snprintf(tail, sizeof tail, "/members/%s", who->id);
    snprintf(body, sizeof body, "{\"role\":\"%s\"}", names[rank]);
    do_it(&people[OWNER], "PUT", tail, body);
}

/* A room of the owner's with everybody in it. */
static void enter(const char *kind)
{
    struct http_answer a = api(port, people[OWNER].token, "POST", "/rooms", "{\"kind\":\"%s\"%s}", kind,
                               strcmp(kind, "group") == 0 ? "" : ",\"name\":\"board\"");
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    free(room);
    room = answer_text(&a, "id");
    http_answer_fini(&a);
    target = &erin;
    announcement = false;
    for (int i = GUEST; i < OWNER; i++)
        join_as(&people[i], (enum rank)i);
    join_as(&erin, GUEST);
    root = post(&people[OWNER], "root", 0);
    theirs = post(&erin, "theirs", root);
}

static void expect_column(const char *column)
{
    const struct jval *table = jval_get(contract, "permissions");
    for (size_t i = 0; i < jval_count(table); i++) {
        char name[32];
        act_fn *act = act_of(jval_at(table, i), name);
        enum rank lowest = rank_of(jval_at(table, i), column);
        for (int who = GUEST; who <= OWNER; who++)
            cr_expect_eq(act(&people[who]), who >= (int)lowest, "%s of %s, %s", name, names[who], column);
    }
}

Test(permissions, each_role_may_in_each_kind_of_room_what_the_table_says)
{
    enter("private");
    expect_column("room");
    do_it(&people[OWNER], "PATCH", "", "{\"announcement\":true}");
    announcement = true;
    expect_column("announcement");
    enter("group");
    expect_column("group");
}

Test(permissions, in_a_direct_message_both_may_the_same)
{
    const struct jval *table = jval_get(contract, "permissions");
    const struct person *two[] = {&people[MEMBER], &people[OWNER]};
    room = room_dm(port, two[0], two[1]);
    announcement = false;
    for (int who = 0; who < 2; who++) {
        target = two[1 - who];
        root = post(two[who], "root", 0);
        theirs = post(target, "theirs", 0);
        for (size_t i = 0; i < jval_count(table); i++) {
            char name[32];
            act_fn *act = act_of(jval_at(table, i), name);
            bool may = rank_of(jval_at(table, i), "dm") != NOBODY;
            cr_expect_eq(act(two[who]), may, "%s of %s", name, two[who]->name);
        }
    }
}

static bool move(const char *permission, const char *body)
{
    char tail[64];
    snprintf(tail, sizeof tail, "/permissions/%s", permission);
    return allowed(&people[OWNER], "PUT", tail, body);
}

Test(permissions, a_room_differs_where_it_may_and_at_once)
{
    const struct jval *table = jval_get(contract, "permissions");
    enter("private");
    for (size_t i = 0; i < jval_count(table); i++) {
        char name[32];
        bool fixed = false;
        act_fn *act = act_of(jval_at(table, i), name);
        enum rank lowest = rank_of(jval_at(table, i), "room");
        jval_get_bool(jval_at(table, i), "fixed", &fixed);
        cr_expect_eq(move(name, "{\"lowest\":\"member\"}"), !fixed, "%s", name);
        if (fixed)
            continue;
        cr_expect(act(&people[MEMBER]), "%s of a member", name);
        cr_expect(!act(&people[GUEST]), "%s of a guest", name);
        cr_expect(move(name, "{\"lowest\":\"owner\"}"));
        cr_expect(act(&people[OWNER]), "%s of an owner", name);
        cr_expect(!act(&people[MODERATOR]), "%s of a moderator", name);
        cr_expect(move(name, "{}"));
        cr_expect_eq(act(&people[MEMBER]), MEMBER >= lowest, "%s of a member again", name);
    }
}
