/* figures: the server in numbers, for admins. What was written is counted already (tally.c) but for the last minutes.
 */
#include "calls.h"
#include "err.h"

enum { ONLINE_MS = 2000 };
enum column {
    PEOPLE,
    DISABLED,
    PUBLIC,
    PRIVATE,
    GROUP,
    DM,
    MESSAGES,
    BYTES,
    OPEN_REPORTS,
    EXPIRED,
    EXPIRED_BYTES,
    DAYS
};

static void on_online(void *arg, int err, struct str body)
{
    struct call *c = arg;
    struct jval *root = err == 0 ? jval_parse(body) : NULL;
    int64_t online;
    if (jval_get_int(root, "online", &online)) {
        buf_cstr(&c->text, ",\"online\":");
        buf_i64(&c->text, online);
    }
    jval_free(root);
    buf_char(&c->text, '}');
    call_reply(c, buf_view(&c->text));
}

/* The object stays open in c->text for what presence-svc says; without it there is one number less. */
static void on_figures(void *arg, int err, const struct db_result *r)
{
    static const char *const names[] = {"people",       "disabled", "rooms_public", "rooms_private",
                                        "rooms_group",  "rooms_dm", "messages",     "database_bytes",
                                        "reports_open", "expired",  "expired_bytes"};
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    buf_cstr(&c->text, "{\"days\":");
    buf_str(&c->text, db_str(r, 0, DAYS));
    for (int i = PEOPLE; i < DAYS; i++) {
        buf_printf(&c->text, ",\"%s\":", names[i]);
        buf_i64(&c->text, db_int(r, 0, i));
    }
    if (rpc_call(c->calls->rpc, "presence", "online", rpc_caller(c->req), STR("{}"), ONLINE_MS, on_online, c) != 0)
        on_online(c, ERR_UNAVAILABLE, (struct str){0});
}

static void ask(struct call *c)
{
    /* Rooms know how many messages they have; what is not counted so far lies behind the mark. */
    call_query(
        c,
        "WITH mark AS (SELECT at FROM chat.tallied), "
        "late AS (SELECT (e.at AT TIME ZONE 'UTC')::date AS day, e.sender, count(*) AS n FROM chat.events e "
        "WHERE e.at >= (SELECT at FROM mark) AND e.at < (SELECT at FROM mark) + interval '1 hour' "
        "AND e.type IN ('message', 'reply') GROUP BY 1, 2), "
        "later AS (SELECT l.day, sum(l.n) AS messages, count(*) FILTER (WHERE NOT EXISTS (SELECT FROM chat.day_people p "
        "WHERE p.day = l.day AND p.user_id = l.sender)) AS people FROM late l GROUP BY l.day), "
        "days AS (SELECT g::date AS day, coalesce(d.messages, 0) + coalesce(l.messages, 0) AS messages, "
        "coalesce(d.people, 0) + coalesce(l.people, 0) AS people "
        "FROM generate_series((now() AT TIME ZONE 'UTC')::date - 29, (now() AT TIME ZONE 'UTC')::date, interval '1 day') g "
        "LEFT JOIN chat.days d ON d.day = g::date LEFT JOIN later l ON l.day = g::date), "
        "rooms AS (SELECT kind, count(*) AS n, sum(last_n)::bigint AS messages FROM chat.rooms GROUP BY kind) "
        "SELECT (SELECT count(*) FROM auth.everybody WHERE disabled_at IS NULL), "
        "(SELECT count(*) FROM auth.everybody WHERE disabled_at IS NOT NULL), "
        "coalesce((SELECT n FROM rooms WHERE kind = 'public'), 0), coalesce((SELECT n FROM rooms WHERE kind = 'private'), 0), "
        "coalesce((SELECT n FROM rooms WHERE kind = 'group'), 0), coalesce((SELECT n FROM rooms WHERE kind = 'dm'), 0), "
        "coalesce((SELECT sum(messages) FROM rooms), 0)::bigint, pg_database_size(current_database()), "
        "(SELECT count(*) FROM chat.reports WHERE settled_at IS NULL), "
        "coalesce((SELECT sum(messages) FROM chat.retained), 0)::bigint, coalesce((SELECT sum(bytes) FROM chat.retained), 0)::bigint, "
        "(SELECT json_agg(json_build_object('day', to_char(day, 'YYYY-MM-DD'), 'messages', messages, 'people', people) "
        "ORDER BY day) FROM days)::text",
        NULL, on_figures);
}

void call_figures(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL)
        call_admin(c, ask);
}
