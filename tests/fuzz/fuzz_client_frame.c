/* What a client may send over the WebSocket: what the dispatcher accepts obeys the contract, field by field. */
#include <stdlib.h>

#include "ops.h"

static void require(bool fact)
{
    if (!fact)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jval *root;
    const struct op_contract *op;
    struct str text;
    int64_t n;
    int err = ops_parse((struct str){(const char *)data, size}, &root, &op);
    if (err == 0 && op->op == OP_SEND) {
        require(jval_get_str(root, "cmid", &text) && text.n == 36);
        if (jval_get_str(root, "body", &text))
            require(text.n >= 1 && text.n <= LIMIT_MAX_BODY && str_utf8(text));
        const struct jval *files = jval_get(root, "files");
        for (size_t i = 0; i < jval_count(files); i++)
            require(jval_str(jval_at(files, i), &text) && text.n == 32);
        require(jval_get_id(root, "room", &n) && n > 0);
    } else if (err == 0 && op->op == OP_HELLO) {
        require(jval_get_str(root, "device", &text) && text.n >= 1 && text.n <= 64);
        require(jval_get_str(root, "token", &text) && text.n >= 1 && text.n <= 2048);
    } else if (err == 0 && op->op == OP_FETCH && jval_get(root, "limit")) {
        require(jval_get_int(root, "limit", &n) && n >= 1 && n <= LIMIT_HISTORY_LIMIT);
    }
    jval_free(root);
    return 0;
}
