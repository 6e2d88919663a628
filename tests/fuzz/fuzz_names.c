/* What a stranger calls himself, and writes of himself. Properties: what is taken keeps the bounds, is taken again as
 * it is shown, and has the same key and skeleton then; so a name cannot be registered twice by writing it differently.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "name_key.h"
#include "prose.h"
#include "username.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

static void check_username(struct str typed)
{
    struct username name = {0}, again = {0};
    if (username_parse(typed, &name) == 0) {
        struct str shown = buf_view(&name.shown);
        CHECK(str_utf8(shown) && shown.n >= 2 && shown.n <= 32 * 4);
        CHECK(!memchr(shown.p, 0, shown.n) && !memchr(shown.p, ' ', shown.n));
        CHECK(name.key.n > 0 && name.skeleton.n > 0);
        CHECK(username_parse(shown, &again) == 0);
        CHECK(str_eq(buf_view(&again.shown), shown));
        CHECK(str_eq(buf_view(&again.key), buf_view(&name.key)));
        CHECK(str_eq(buf_view(&again.skeleton), buf_view(&name.skeleton)));
    }
    username_free(&name);
    username_free(&again);
}

/* What has a key is text, and the key is its own. */
static void check_key(struct str typed)
{
    struct buf key = {0}, again = {0};
    if (name_key(typed, &key)) {
        CHECK(str_utf8(typed) && str_utf8(buf_view(&key)));
        CHECK(!name_key(buf_view(&key), &again) || str_eq(buf_view(&again), buf_view(&key)));
    }
    buf_fini(&key);
    buf_fini(&again);
}

static void check_display_name(struct str typed)
{
    struct buf shown = {0}, again = {0};
    if (display_name_parse(typed, &shown) == 0) {
        CHECK(str_utf8(buf_view(&shown)) && shown.n > 0 && shown.n <= 80 * 4);
        CHECK(display_name_parse(buf_view(&shown), &again) == 0);
        CHECK(str_eq(buf_view(&again), buf_view(&shown)));
    }
    buf_fini(&shown);
    buf_fini(&again);
}

static void check_prose(struct str typed, bool lines)
{
    struct buf kept = {0}, again = {0};
    if (prose_parse(typed, 500, lines, &kept) == 0) {
        CHECK(str_utf8(buf_view(&kept)) && kept.n <= 500 * 4);
        CHECK(lines || kept.n == 0 || !memchr(kept.p, '\n', kept.n));
        CHECK(prose_parse(buf_view(&kept), 500, lines, &again) == 0);
        CHECK(str_eq(buf_view(&again), buf_view(&kept)));
    }
    if (prose_is_emoji(typed))
        CHECK(typed.n <= 64);
    if (prose_is_time_zone(typed))
        CHECK(typed.n <= 64 && !memchr(typed.p, ' ', typed.n));
    buf_fini(&kept);
    buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct str typed = {(const char *)data, size};
    if (!ready)
        CHECK(username_init() == 0);
    ready = true;
    check_username(typed);
    check_display_name(typed);
    /* What comes in through JSON is UTF-8. */
    if (str_utf8(typed)) {
        check_prose(typed, false);
        check_prose(typed, true);
    }
    check_key(typed);
    return 0;
}
