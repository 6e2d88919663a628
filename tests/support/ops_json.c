/* Reads the contract for tests. */
#include "ops_json.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "buf.h"

struct jval *ops_json_read(void)
{
    char piece[8192];
    struct buf text = {0};
    FILE *f = fopen(PARLEY_SOURCE_DIR "/protocol/ops.json", "r");
    cr_assert_not_null(f);
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        buf_put(&text, piece, n);
    fclose(f);
    struct jval *contract = jval_parse(buf_view(&text));
    buf_fini(&text);
    cr_assert_not_null(contract, "protocol/ops.json cannot be read");
    return contract;
}
