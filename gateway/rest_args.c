/* Merges what a REST request says into the arguments of a call. */
#include "rest_args.h"

#include <string.h>

#include "jsonw.h"

/* Put a text that obeys the rule, in its JSON form. */
static void put_text(struct jsonw *w, const struct field *f, struct str text)
{
    if (f->kind == FIELD_STRING)
        jsonw_str(w, f->name, text);
    else
        jsonw_raw(w, f->name, text);
}

/* A value without a key. Parsed text is not nested deeper than a writer may be. What is no value of the contract, a
 * fraction or a null, becomes null. */
static void put_value(struct jsonw *w, const struct jval *v);

static bool put_pair(void *arg, struct str key, const struct jval *v)
{
    jsonw_key(arg, key);
    put_value(arg, v);
    return true;
}

static void put_value(struct jsonw *w, const struct jval *v)
{
    struct str s;
    int64_t n;
    bool b;
    if (jval_str(v, &s)) {
        jsonw_str(w, NULL, s);
    } else if (jval_int(v, &n)) {
        jsonw_int(w, NULL, n);
    } else if (jval_bool(v, &b)) {
        jsonw_bool(w, NULL, b);
    } else if (jval_is_array(v)) {
        jsonw_arr(w, NULL);
        for (size_t i = 0, count = jval_count(v); i < count; i++)
            put_value(w, jval_at(v, i));
        jsonw_arr_end(w);
    } else if (jval_is_object(v)) {
        jsonw_obj(w, NULL);
        jval_each(v, put_pair, w);
        jsonw_obj_end(w);
    } else {
        jsonw_null(w, NULL);
    }
}

static void put_member(struct jsonw *w, const struct field *f, const struct jval *v)
{
    if (!v)
        return;
    jsonw_key(w, str_of(f->name));
    put_value(w, v);
}

const struct jval *rest_body_with(const struct route *route, const struct jval *body, const char *name)
{
    for (size_t i = 0; i < route->body_count; i++)
        if (strcmp(route->body[i].name, name) == 0)
            return body;
    return NULL;
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
