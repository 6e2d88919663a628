/* presence.query: how people stand who share a room with the caller. */
#include <stdlib.h>

#include "alloc.h"
#include "calls.h"
#include "clock.h"
#include "err.h"
#include "jsonw.h"
#include "presence_svc.h"

enum { MAX_USERS = 200, MAX_PEERS_MS = 5000 };

/* A query goes through three steps: query_parse → query_peers → query_read; query_end answers. */
struct query {
    struct presence_svc *svc;
    struct rpc_request *req;
    int64_t asked[MAX_USERS];
    size_t asked_n;
    struct buf answer;
    struct jsonw json;
    size_t due; /* users whose state is being read, and 1 for the reading itself */
    int err;
};

/* One user of a query. */
struct query_user {
    struct query *query;
    int64_t user;
    int64_t profile; /* version; 0: not said */
    bool hides;      /* when they were last there */
};

size_t call_query_ids(struct str text, int64_t *ids, size_t max)
{
    size_t n = 0;
    bool more = text.n > 0;
    while (more) {
        struct str word, rest = str_cut(text, ',', &word);
        int64_t id;
        more = word.n < text.n;
        text = rest;
        if (!str_i64(word, &id) || id < 1)
            return 0;
        size_t i = 0;
        while (i < n && ids[i] != id)
            i++;
        if (i < n)
            continue;
        if (n == max)
            return 0;
        ids[n++] = id;
    }
    return n;
}

static void query_end(struct query *q)
{
    if (q->err) {
        rpc_fail(q->req, q->err, NULL);
    } else {
        jsonw_arr_end(&q->json);
        jsonw_obj_end(&q->json);
        rpc_reply(q->req, buf_view(&q->answer));
    }
    buf_fini(&q->answer);
    free(q);
}

static void query_part_done(struct query *q, int err)
{
    if (err)
        q->err = err;
    if (--q->due == 0)
        query_end(q);
}

static void on_state(void *arg, int err, const struct presence_user *state)
{
    struct query_user u = *(struct query_user *)arg;
    struct jsonw *json = &u.query->json;
    free(arg);
    if (!err) {
        jsonw_obj(json, NULL);
        jsonw_id(json, "user", u.user);
        jsonw_cstr(json, "state", presence_state_name(state->state));
        if (state->state == PRESENCE_OFFLINE && state->seen > 0 && !u.hides)
            jsonw_int(json, "last_seen", state->seen);
        if (u.profile > 0)
            jsonw_int(json, "profile", u.profile);
        jsonw_obj_end(json);
    }
    query_part_done(u.query, err);
}

/* Of what msg-svc answers only what was asked counts. */
static bool query_asked(const struct query *q, int64_t user)
{
    for (size_t i = 0; i < q->asked_n; i++)
        if (q->asked[i] == user)
            return true;
    return false;
}

static int query_user(struct query *q, int64_t user, const struct jval *profile, const struct jval *hides)
{
    struct query_user *u = xcalloc(1, sizeof *u);
    *u = (struct query_user){.query = q, .user = user, .hides = true};
    jval_int(profile, &u->profile);
    jval_bool(hides, &u->hides);
    int err = presence_read(q->svc->presence, user, on_state, u);
    if (err)
        free(u);
    return err;
}

/* {"users":["7"],"profiles":[5],"hide":[false]}: what is not said of somebody is hidden. */
static void query_read(struct query *q, const struct jval *answer)
{
    const struct jval *users = jval_get(answer, "users"), *profiles = jval_get(answer, "profiles");
    const struct jval *hide = jval_get(answer, "hide");
    q->due = 1;
    q->json = jsonw_on(&q->answer);
    jsonw_obj(&q->json, NULL);
    jsonw_arr(&q->json, "users");
    for (size_t i = 0; i < jval_count(users) && q->due <= q->asked_n && !q->err; i++) {
        struct str text;
        int64_t user;
        if (!jval_str(jval_at(users, i), &text) || !str_i64(text, &user) || !query_asked(q, user))
            continue;
        q->err = query_user(q, user, jval_at(profiles, i), jval_at(hide, i));
        if (!q->err)
            q->due++;
    }
    query_part_done(q, 0);
}

static void on_peers(void *arg, int err, struct str body)
{
    struct query *q = arg;
    struct jval *root = err ? NULL : jval_parse(body);
    if (!err && !jval_is_array(jval_get(root, "users")))
        err = ERR_INTERNAL;
    if (err) {
        q->err = err;
        query_end(q);
    } else {
        query_read(q, root);
    }
    jval_free(root);
}

static int query_peers(struct query *q)
{
    struct buf args = {0};
    struct jsonw json = jsonw_on(&args);
    int64_t left = rpc_deadline(q->req) - clock_mono_ms();
    unsigned deadline_ms = left < 1 ? 1 : left > MAX_PEERS_MS ? MAX_PEERS_MS : (unsigned)left;
    jsonw_obj(&json, NULL);
    jsonw_arr(&json, "users");
    for (size_t i = 0; i < q->asked_n; i++)
        jsonw_id(&json, NULL, q->asked[i]);
    jsonw_arr_end(&json);
    jsonw_obj_end(&json);
    int err =
        rpc_call(q->svc->process.rpc, "msg", "peers", rpc_caller(q->req), buf_view(&args), deadline_ms, on_peers, q);
    buf_fini(&args);
    return err;
}

void call_query(void *service, struct rpc_request *req)
{
    struct query *q = xcalloc(1, sizeof *q);
    struct str users;
    q->svc = service;
    q->req = req;
    if (rpc_caller(req)->user <= 0)
        q->err = ERR_UNAUTHORIZED;
    else if (!jval_get_str(rpc_args(req), "users", &users) ||
             (q->asked_n = call_query_ids(users, q->asked, MAX_USERS)) == 0)
        q->err = ERR_BAD_REQUEST;
    else
        q->err = query_peers(q);
    if (q->err)
        query_end(q);
}
