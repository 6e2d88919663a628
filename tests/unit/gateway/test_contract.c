/* The contract: tables that agree with themselves, and the check of a client's values. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "contract.h"

static bool check_op(enum op op, const char *json, const char **bad)
{
    struct jval *v = jval_parse(str_of(json));
    cr_assert_not_null(v, "%s", json);
    *bad = NULL;
    bool good = contract_check(op_contracts[op].fields, op_contracts[op].field_count, v, bad);
    static char name[32];
    if (*bad) {
        snprintf(name, sizeof name, "%s", *bad);
        *bad = name;
    }
    jval_free(v);
    return good;
}

#define CMID "00000000-0000-4000-8000-00000000abcd"

Test(contract, every_frame_stands_at_its_own_number)
{
    for (int i = 0; i < OP_COUNT; i++) {
        cr_expect_eq((int)op_contracts[i].op, i);
        cr_expect(op_contracts[i].name && *op_contracts[i].name);
        cr_expect_lt((int)op_contracts[i].rate, RATE_COUNT);
    }
}

Test(contract, every_route_is_a_question_or_an_ingest_and_names_its_parameters)
{
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *r = &routes[i];
        cr_expect_neq(r->call == NULL, r->ingest == NULL, "%s", r->pattern);
        cr_expect_eq(r->call == NULL, r->service == NULL, "%s", r->pattern);
        for (size_t k = 0; k < r->param_count; k++) {
            char in_path[64];
            snprintf(in_path, sizeof in_path, "{%s}", r->params[k].name);
            cr_expect_not_null(strstr(r->pattern, in_path), "%s has no %s", r->pattern, in_path);
        }
    }
}

Test(contract, a_good_frame_passes_and_unknown_members_do_not_matter)
{
    const char *bad;
    cr_expect(
        check_op(OP_SEND, "{\"t\":\"send\",\"cmid\":\"" CMID "\",\"room\":\"7\",\"body\":\"x\",\"later\":{}}", &bad));
    cr_expect(check_op(OP_RESUME, "{}", &bad));
    cr_expect(check_op(OP_RESUME, "{\"cursors\":{\"1\":0,\"22\":9007199254740991},\"pending\":[\"" CMID "\"]}", &bad));
    cr_expect(check_op(OP_FETCH, "{\"room\":\"9223372036854775807\",\"limit\":200}", &bad));
}

Test(contract, a_bad_member_is_named)
{
    static const struct {
        enum op op;
        const char *json, *bad;
    } cases[] = {
        {OP_SEND, "{\"cmid\":\"" CMID "\",\"room\":\"7\",\"body\":7}", "body"},
        {OP_SEND, "{\"cmid\":\"" CMID "\",\"room\":\"7\",\"body\":\"\"}", "body"},
        {OP_SEND, "{\"cmid\":\"" CMID "\",\"room\":\"7\",\"files\":\"x\"}", "files"},
        {OP_SEND, "{\"cmid\":\"" CMID "\",\"room\":\"7\",\"files\":[7]}", "files"},
        {OP_SEND, "{\"cmid\":\"" CMID "\",\"room\":7,\"body\":\"x\"}", "room"},
        {OP_SEND, "{\"cmid\":\"" CMID "\",\"room\":\"07\",\"body\":\"x\"}", "room"},
        {OP_SEND, "{\"cmid\":\"" CMID "\",\"room\":\"0\",\"body\":\"x\"}", "room"},
        {OP_SEND, "{\"cmid\":\"" CMID "\",\"room\":\"9223372036854775808\",\"body\":\"x\"}", "room"},
        {OP_SEND, "{\"cmid\":\"" CMID "\",\"room\":\"-7\",\"body\":\"x\"}", "room"},
        {OP_SEND, "{\"cmid\":\"00000000-0000-4000-8000-00000000ABCD\",\"room\":\"7\",\"body\":\"x\"}", "cmid"},
        {OP_SEND, "{\"cmid\":\"00000000x0000-4000-8000-00000000abcd\",\"room\":\"7\",\"body\":\"x\"}", "cmid"},
        {OP_FETCH, "{\"room\":\"7\",\"limit\":0}", "limit"},
        {OP_FETCH, "{\"room\":\"7\",\"limit\":201}", "limit"},
        {OP_FETCH, "{\"room\":\"7\",\"after\":-1}", "after"},
        {OP_FETCH, "{\"room\":\"7\",\"after\":1.5}", "after"},
        {OP_RESUME, "{\"cursors\":{\"x\":1}}", "cursors"},
        {OP_RESUME, "{\"cursors\":{\"1\":-1}}", "cursors"},
        {OP_RESUME, "{\"cursors\":[1]}", "cursors"},
        {OP_RESUME, "{\"pending\":[1]}", "pending"},
        {OP_PRESENCE, "{\"state\":\"offline\"}", "state"},
        {OP_TYPING, "{\"room\":\"1\",\"on\":1}", "on"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *bad;
        cr_expect(!check_op(cases[i].op, cases[i].json, &bad), "%s passes", cases[i].json);
        cr_expect_str_eq(bad ? bad : "", cases[i].bad, "%s", cases[i].json);
    }
}

Test(contract, a_body_may_have_16384_bytes_and_no_more)
{
    static char json[17000];
    const char *bad;
    for (int more = 0; more < 2; more++) {
        int n = snprintf(json, sizeof json, "{\"cmid\":\"" CMID "\",\"room\":\"7\",\"body\":\"");
        memset(json + n, 'x', (size_t)(LIMIT_MAX_BODY + more));
        strcpy(json + n + LIMIT_MAX_BODY + more, "\"}");
        cr_expect_eq(check_op(OP_SEND, json, &bad), more == 0);
    }
}

Test(contract, more_elements_than_the_bound_are_refused)
{
    static char json[FIELD_MAX_ITEMS * 12 + 100];
    for (int more = 0; more < 2; more++) {
        int n = snprintf(json, sizeof json, "{\"cursors\":{");
        for (int i = 1; i <= FIELD_MAX_ITEMS + more; i++)
            n += snprintf(json + n, sizeof json - (size_t)n, "%s\"%d\":1", i > 1 ? "," : "", i);
        snprintf(json + n, sizeof json - (size_t)n, "}}");
        const char *bad;
        cr_expect_eq(check_op(OP_RESUME, json, &bad), more == 0);
    }
}

Test(contract, text_values_of_a_path_or_query_obey_the_same_rules)
{
    const struct field id = {"room", FIELD_STRING, FIELD_STRING, true, 1, 19, FORMAT_DIGITS, NULL};
    const struct field limit = {"limit", FIELD_INT, FIELD_INT, false, 1, 200, FORMAT_NONE, NULL};
    const struct field flag = {"on", FIELD_BOOL, FIELD_BOOL, false, 0, 0, FORMAT_NONE, NULL};
    cr_expect(contract_check_text(&id, STR("42")));
    cr_expect(!contract_check_text(&id, STR("")));
    cr_expect(!contract_check_text(&id, STR("four")));
    cr_expect(contract_check_text(&limit, STR("200")));
    cr_expect(!contract_check_text(&limit, STR("201")));
    cr_expect(!contract_check_text(&limit, STR("2e1")));
    cr_expect(contract_check_text(&flag, STR("true")));
    cr_expect(!contract_check_text(&flag, STR("yes")));
}

/* What a token must never do stands in no scope. */
Test(contract, logins_passwords_tokens_and_bots_are_for_logins_only)
{
    static const char *const closed[] = {"/auth/", "/me/tokens", "/bots"};
    for (int i = 0; i < ROUTE_COUNT; i++)
        for (size_t k = 0; k < sizeof closed / sizeof closed[0]; k++)
            if (strncmp(routes[i].pattern, closed[k], strlen(closed[k])) == 0)
                cr_expect_eq((int)routes[i].scope, SCOPE_LOGIN, "%s", routes[i].pattern);
}

Test(contract, who_may_say_hello_may_say_something)
{
    cr_expect_eq((int)op_contracts[OP_HELLO].scope, SCOPE_READ);
    cr_expect_eq((int)op_contracts[OP_PING].scope, SCOPE_READ);
    cr_expect_eq((int)op_contracts[OP_SEND].scope, SCOPE_WRITE);
    for (int i = 0; i < OP_COUNT; i++)
        cr_expect_lt((int)op_contracts[i].scope, SCOPE_COUNT);
}
