/* The Cookie header of a stranger. Properties: a token found is a good one and stands in the header; what is set is
 * found again among whatever else a browser sends before it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cookie.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

/* Set a token, send it back as a browser does, behind the cookies of others. */
static void check_round_trip(struct str before, struct str token, bool secure)
{
    struct buf set = {0}, header = {0};
    struct str pair, found;
    if (!cookie_token_ok(token))
        return;
    cookie_set(&set, secure, token, 60);
    str_cut(buf_view(&set), ';', &pair);
    if (before.n > 0 && !cookie_find(before, secure, &found) && !memmem(before.p, before.n, "parley_refresh", 14)) {
        buf_str(&header, before);
        buf_cstr(&header, "; ");
    }
    buf_str(&header, pair);
    /* An open quotation mark of others is theirs: RFC 6265 has no quoting across pairs. */
    CHECK(cookie_find(buf_view(&header), secure, &found) && str_eq(found, token));
    buf_fini(&set);
    buf_fini(&header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size}, token, first;
    for (int secure = 0; secure < 2; secure++) {
        if (cookie_find(input, secure, &token)) {
            CHECK(cookie_token_ok(token));
            CHECK(token.p >= input.p && token.p + token.n <= input.p + input.n);
        }
        struct str rest = str_cut(input, '\n', &first);
        check_round_trip(first, rest, secure);
    }
    return 0;
}
