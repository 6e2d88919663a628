/* Members taken out of an object: what is left is valid, without them, and nothing else is missing. */
#include <stdlib.h>

#include "json_cut.h"
#include "jval.h"

static const char *const hidden[] = {"refresh_token", "refresh_expires_in", NULL};

static void require(bool fact)
{
    if (!fact)
        abort();
}

static bool count_member(void *arg, struct str key, const struct jval *value)
{
    size_t *n = arg;
    (void)value;
    *n += !str_is(key, hidden[0]) && !str_is(key, hidden[1]);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct jval *before = jval_parse(text);
    if (before && jval_is_object(before)) {
        struct buf out = {0};
        size_t want = 0, got = 0;
        json_cut(text, hidden, &out);
        struct jval *after = jval_parse(buf_view(&out));
        require(after && jval_is_object(after));
        jval_each(before, count_member, &want);
        jval_each(after, count_member, &got);
        require(want == got);
        jval_free(after);
        buf_fini(&out);
    }
    jval_free(before);
    return 0;
}
