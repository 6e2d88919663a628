/* What a REST request says, as the arguments of a call. */
#include <criterion/criterion.h>
#include <string.h>

#include "httpd.h"
#include "jsonw.h"
#include "rest_args.h"
#include "route.h"

struct query {
    const char *name, *value;
};

static bool get_query(void *arg, const char *name, struct str *value_r)
{
    const struct query *q = arg;
    if (!q || strcmp(q->name, name) != 0)
        return false;
    *value_r = str_of(q->value);
    return true;
}

/* The arguments, or the field that is bad behind a '!'. */
static void check(int method, const char *path, struct query *query, const char *body, const char *want)
{
    struct route_match m = {0};
    char allow[ROUTE_ALLOW_MAX];
    struct buf text = {0};
    const char *bad = "?";
    struct jval *root = body ? jval_parse(str_of(body)) : NULL;
    cr_assert_eq(route_find(method, str_of(path), &m, allow), 0);
    struct jsonw w = jsonw_on(&text);
    if (rest_args(m.route, m.params, get_query, query, root, &w, &bad)) {
        buf_char(&text, '}');
    } else {
        buf_reset(&text);
        buf_printf(&text, "!%s", bad);
    }
    cr_assert_str_eq(buf_c(&text), want);
    buf_fini(&text);
    jval_free(root);
}

Test(rest_args, are_path_query_and_body_in_one_object)
{
    struct query after = {"after", "7"};
    check(HTTP_GET, "/rooms/5/messages", &after, NULL, "{\"room\":\"5\",\"after\":7}");
    check(HTTP_POST, "/rooms/5/read", NULL, "{\"seq\":3}", "{\"room\":\"5\",\"seq\":3}");
    check(HTTP_POST, "/rooms", NULL, "{\"kind\":\"public\",\"name\":\"a\\\"b\",\"members\":[\"1\",\"2\"]}",
          "{\"name\":\"a\\\"b\",\"kind\":\"public\",\"members\":[\"1\",\"2\"]}");
}

Test(rest_args, leave_out_what_the_contract_does_not_name)
{
    check(HTTP_POST, "/auth/login", NULL,
          "{\"username\":\"a\",\"password\":\"b\",\"refresh_token\":\"x\",\"room\":\"1\"}",
          "{\"username\":\"a\",\"password\":\"b\"}");
}

Test(rest_args, name_the_field_that_is_wrong)
{
    struct query limit = {"limit", "0"}, letters = {"after", "7x"}, absent = {"other", "1"};
    check(HTTP_GET, "/rooms/5/messages", &limit, NULL, "!limit");
    check(HTTP_GET, "/rooms/5/messages", &letters, NULL, "!after");
    check(HTTP_GET, "/rooms/x/messages", NULL, NULL, "!room");
    check(HTTP_GET, "/rooms/99999999999999999999/messages", NULL, NULL, "!room");
    check(HTTP_GET, "/presence", &absent, NULL, "!users");
    check(HTTP_POST, "/auth/login", NULL, "{\"username\":\"a\"}", "!password");
    check(HTTP_POST, "/auth/login", NULL, NULL, "!username");
    check(HTTP_POST, "/dms", NULL, "{\"user\":7}", "!user");
}
