/* What a client's text is, before anyone acts on it. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "ops.h"

#define CMID "6f1d2c3b-0000-4000-8000-00000000000a"

static int parse(const char *text, enum op *op_r)
{
    struct jval *root;
    const struct op_contract *op;
    int err = ops_parse(str_of(text), &root, &op);
    if (op)
        *op_r = op->op;
    jval_free(root);
    return err;
}

Test(ops_parse, knows_the_frames_of_the_contract)
{
    enum op op = OP_COUNT;
    cr_assert_eq(parse("{\"t\":\"ping\",\"n\":1}", &op), 0);
    cr_assert_eq(op, OP_PING);
    cr_assert_eq(parse("{\"t\":\"send\",\"cmid\":\"" CMID "\",\"room\":\"1\",\"body\":\"hi\",\"new\":[1]}", &op), 0);
    cr_assert_eq(op, OP_SEND);
    cr_assert_eq(parse("{\"t\":\"resume\",\"cursors\":{\"1\":5},\"pending\":[\"" CMID "\"]}", &op), 0);
    cr_assert_eq(op, OP_RESUME);
}

Test(ops_parse, refuses_what_is_no_object_of_json)
{
    enum op op;
    static const char *const bad[] = {
        "", "x", "[]", "\"t\"", "{\"t\":\"ping\",\"n\":1} x", "{\"t\":\"ping\",\"t\":\"ping\"}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_assert_eq(parse(bad[i], &op), ERR_BAD_JSON, "accepted: %s", bad[i]);
}

Test(ops_parse, refuses_unknown_frames_and_wrong_fields)
{
    enum op op = OP_COUNT;
    cr_assert_eq(parse("{\"t\":\"dance\"}", &op), ERR_UNKNOWN_OP);
    cr_assert_eq(parse("{\"n\":1}", &op), ERR_BAD_REQUEST);
    cr_assert_eq(op, OP_COUNT);
    cr_assert_eq(parse("{\"t\":\"ping\"}", &op), ERR_BAD_REQUEST);
    cr_assert_eq(parse("{\"t\":\"ping\",\"n\":\"1\"}", &op), ERR_BAD_REQUEST);
    cr_assert_eq(parse("{\"t\":\"send\",\"cmid\":\"x\",\"room\":\"1\",\"body\":\"hi\"}", &op), ERR_BAD_REQUEST);
    cr_assert_eq(parse("{\"t\":\"send\",\"cmid\":\"" CMID "\",\"room\":\"01\",\"body\":\"hi\"}", &op), ERR_BAD_REQUEST);
    cr_assert_eq(parse("{\"t\":\"send\",\"cmid\":\"" CMID "\",\"room\":\"1\",\"body\":\"\"}", &op), ERR_BAD_REQUEST);
}

Test(ops_parse, refuses_a_body_that_is_too_long)
{
    enum op op = OP_COUNT;
    size_t size = LIMIT_MAX_BODY + 200;
    char *text = calloc(1, size);
    int n = snprintf(text, size, "{\"t\":\"send\",\"cmid\":\"" CMID "\",\"room\":\"1\",\"body\":\"");
    memset(text + n, 'a', LIMIT_MAX_BODY);
    memcpy(text + n + LIMIT_MAX_BODY, "\"}", 2);
    cr_assert_eq(parse(text, &op), 0);
    memset(text + n, 'a', LIMIT_MAX_BODY + 1);
    memcpy(text + n + LIMIT_MAX_BODY + 1, "\"}", 2);
    cr_assert_eq(parse(text, &op), ERR_BAD_REQUEST);
    free(text);
}
