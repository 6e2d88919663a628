/* Payloads of the event channels: whatever is accepted is what it claims, and the author's frame is as valid as the
 * plain one. */
#include <stdlib.h>

#include "event_header.h"
#include "jval.h"

static void require(bool fact)
{
    if (!fact)
        abort();
}

static bool note_cmid(void *arg, struct str key, const struct jval *value)
{
    bool *named = arg;
    (void)value;
    *named |= str_is(key, "cmid");
    return true;
}

static void check_author(const struct event_header *h)
{
    struct buf out = {0};
    struct jval *plain = jval_parse(h->json);
    bool named = false;
    jval_each(plain, note_cmid, &named);
    /* A frame that names its cmid already would name it twice; any other stays valid. */
    if (event_author_json(h, &out) && plain && !named) {
        struct jval *author = jval_parse(buf_view(&out));
        struct str cmid;
        require(jval_get_str(author, "cmid", &cmid) && str_eq(cmid, h->cmid));
        jval_free(author);
    }
    jval_free(plain);
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str payload = {(const char *)data, size};
    struct event_header h;
    struct presence_change change;
    int64_t id;
    struct str lines = payload, pair;
    while (event_pair_next(&lines, &pair))
        require(pair.p >= payload.p && pair.p + pair.n <= payload.p + payload.n && pair.n > 1);
    if (event_header_parse(payload, &h)) {
        require(h.kind != 'K' || (h.user > 0 && h.delivered >= 0 && h.read >= 0));
        require((h.kind == 'O' || h.room > 0) && h.json.n > 1 && h.json.p[0] == '{');
        require(h.kind != 'E' || (h.seq > 0 && (h.cmid.n == 0 || h.cmid.n == 36)));
        if (h.kind == 'E')
            check_author(&h);
    }
    while (presence_parse(&payload, &change)) {
        require(change.user > 0);
        while (presence_room(&change, &id))
            require(id > 0);
    }
    if (channel_name_id((struct str){(const char *)data, size}, &id))
        require(id >= 0);
    return 0;
}
