/* Merges what a REST request says into the arguments of a call. */
#include "rest_args.h"

#include "jsonw.h"

/* Put a text that obeys the rule, in its JSON form. */
static void put_text(struct jsonw *w, const struct field *f, struct str text)
{
    if (f->kind == FIELD_STRING)
        jsonw_str(w, f->name, text);
    else
        jsonw_raw(w, f->name, text);
}

static void put_value(struct jsonw *w, const char *name, const struct jval *v)
{
    struct str s;
    int64_t n;
    bool b;
    if (jval_str(v, &s))
        jsonw_str(w, name, s);
    else if (jval_int(v, &n))
        jsonw_int(w, name, n);
    else if (jval_bool(v, &b))
        jsonw_bool(w, name, b);
}

/* Bodies of the contract have strings, numbers, booleans and arrays of those. */
static void put_member(struct jsonw *w, const struct field *f, const struct jval *v)
{
    if (!v)
        return;
    if (!jval_is_array(v)) {
        put_value(w, f->name, v);
        return;
    }
    jsonw_arr(w, f->name);
    for (size_t i = 0, n = jval_count(v); i < n; i++)
        put_value(w, NULL, jval_at(v, i));
    jsonw_arr_end(w);
}

bool rest_args(const struct route *route, const struct str *params, rest_query_fn *query, void *query_arg,
               const struct jval *body, struct jsonw *out, const char **bad_r)
{
    jsonw_obj(out, NULL);
    for (size_t i = 0; i < route->param_count; i++) {
        *bad_r = route->params[i].name;
        if (!contract_check_text(&route->params[i], params[i]))
            return false;
        put_text(out, &route->params[i], params[i]);
    }
    for (size_t i = 0; i < route->query_count; i++) {
        struct str value;
        *bad_r = route->query[i].name;
        if (!query(query_arg, *bad_r, &value)) {
            if (route->query[i].required)
                return false;
            continue;
        }
        if (!contract_check_text(&route->query[i], value))
            return false;
        put_text(out, &route->query[i], value);
    }
    if (!contract_check(route->body, route->body_count, body, bad_r))
        return false;
    for (size_t i = 0; i < route->body_count; i++)
        put_member(out, &route->body[i], jval_get(body, route->body[i].name));
    return true;
}
