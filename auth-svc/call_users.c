/* users: the directory or a group of it, a page at a time, or people named by their ids. */
#include <stdlib.h>

#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "err.h"
#include "name_key.h"

enum { DEFAULT_LIMIT = 20, MAX_LIMIT = 200, MAX_IDS = 100, MAX_QUERY = 128, TOTAL = USER_COLUMN_COUNT };

struct ctx {
    struct rpc_request *req;
    size_t limit;
};

/* One row more than the page was asked for tells that it is not the last. An empty page is one row without a person. */
static void page_reply(void *arg, int err, const struct db_result *r)
{
    struct ctx c = *(struct ctx *)arg;
    struct buf text = {0};
    free(arg);
    if (err) {
        rpc_fail(c.req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "users");
    for (size_t i = 0; i < db_rows(r) && i < c.limit && !db_is_null(r, i, 0); i++) {
        struct user user;
        user_of_row(r, i, &user);
        answer_put_user(&w, NULL, &user);
    }
    jsonw_arr_end(&w);
    jsonw_int(&w, "total", db_rows(r) > 0 ? db_int(r, 0, TOTAL) : 0);
    jsonw_bool(&w, "complete", db_rows(r) <= c.limit);
    jsonw_obj_end(&w);
    rpc_reply(c.req, buf_view(&text));
    buf_fini(&text);
}

/* "1,2,3" into an array. False: not ids, or more than MAX_IDS. */
static bool put_ids(struct db_params *p, struct str list)
{
    db_p_array(p);
    for (size_t count = 0; list.n > 0; count++) {
        struct str one;
        int64_t id;
        list = str_cut(list, ',', &one);
        if (count == MAX_IDS || !str_i64(one, &id))
            return false;
        db_p_array_int(p, id);
    }
    db_p_array_end(p);
    return true;
}

static int by_ids(struct auth *a, struct ctx *c, struct str ids)
{
    static const char sql[] = "SELECT " USER_COLUMNS ", count(*) OVER () FROM auth.users u "
                              "WHERE u.id = ANY ($1::bigint[]) AND u.disabled_at IS NULL ORDER BY u.id";
    struct db_params p = {0};
    c->limit = MAX_IDS;
    if (put_ids(&p, ids))
        return auth_query(a, sql, &p, page_reply, c);
    buf_fini(&p.text);
    return ERR_BAD_REQUEST;
}

/* A text as LIKE takes it literally. */
static void put_escaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '%' || text.p[i] == '_' || text.p[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, text.p[i]);
    }
}

/* The name itself first, then names that begin so, then those that contain it. */
#define RANK                                \
    "CASE WHEN u.username_key = $1 THEN 0 " \
    "WHEN u.username_key LIKE $2 || '%' OR lower(u.display_name) LIKE lower($3) || '%' THEN 1 ELSE 2 END"

static int by_query(struct auth *a, struct ctx *c, struct str query, int64_t after, int64_t group)
{
    static const char sql[] =
        "WITH m AS (SELECT u.id, " RANK " AS rank, lower(u.display_name) AS name FROM auth.users u "
        "WHERE u.disabled_at IS NULL "
        "AND ($6::bigint = 0 OR EXISTS (SELECT FROM auth.group_members g WHERE g.group_id = $6::bigint "
        "AND g.user_id = u.id)) AND (u.username_key LIKE '%' || $2 || '%' OR lower(u.display_name) LIKE '%' || lower($3) || '%')), "
        "before AS (SELECT u.id, " RANK " AS rank, lower(u.display_name) AS name FROM auth.users u "
        "WHERE u.id = $4::bigint), "
        "page AS (SELECT * FROM m WHERE NOT EXISTS (SELECT FROM before) "
        "OR (rank, name, id) > (SELECT rank, name, id FROM before) ORDER BY rank, name, id LIMIT $5::int) "
        "SELECT " USER_COLUMNS ", t.n FROM (SELECT count(*) AS n FROM m) t LEFT JOIN page ON true "
        "LEFT JOIN auth.users u ON u.id = page.id ORDER BY page.rank, page.name, page.id";
    struct buf key = {0}, key_like = {0}, query_like = {0};
    struct db_params p = {0};
    name_key(query, &key);
    put_escaped(&key_like, buf_view(&key));
    put_escaped(&query_like, query);
    db_p_str(&p, buf_view(&key));
    db_p_str(&p, buf_view(&key_like));
    db_p_str(&p, buf_view(&query_like));
    db_p_int(&p, after);
    db_p_int(&p, (int64_t)c->limit + 1);
    db_p_int(&p, group);
    buf_fini(&key);
    buf_fini(&key_like);
    buf_fini(&query_like);
    return auth_query(a, sql, &p, page_reply, c);
}

void call_users(void *service, struct rpc_request *req)
{
    const struct jval *args = rpc_args(req);
    struct ctx *c = xcalloc(1, sizeof(*c));
    struct str text = {0};
    int64_t limit = DEFAULT_LIMIT, after = 0, group = 0;
    int err;
    jval_get_int(args, "limit", &limit);
    jval_get_id(args, "after", &after);
    jval_get_id(args, "group", &group);
    c->req = req;
    c->limit = (size_t)limit;
    if (limit < 1 || limit > MAX_LIMIT)
        err = ERR_BAD_REQUEST;
    else if (jval_get_str(args, "ids", &text))
        err = by_ids(service, c, text);
    else if (jval_get_str(args, "query", &text) && text.n > (size_t)MAX_QUERY * 4)
        err = ERR_BAD_REQUEST;
    else
        err = by_query(service, c, text, after, group);
    if (err) {
        free(c);
        rpc_fail(req, err, NULL);
    }
}
