/* Names of emoji and stickers, and the word that goes to all gateways. */
#include "pictures.h"

#include <inttypes.h>

#include "buf.h"

enum { NAME_MAX_CHARS = 32, EMOJI_NAME_MIN = 2 };

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool emoji_name_ok(struct str name)
{
    if (name.n < EMOJI_NAME_MIN || name.n > NAME_MAX_CHARS)
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!is_plain(name.p[i]) && name.p[i] != '_' && name.p[i] != '+' && name.p[i] != '-')
            return false;
    return true;
}

bool sticker_name_ok(struct str name)
{
    if (name.n == 0 || name.n > NAME_MAX_CHARS)
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!is_plain(name.p[i]) && (name.p[i] != '-' || i == 0))
            return false;
    return true;
}

bool emoji_code_parse(struct str text, struct str *name_r)
{
    if (text.n < 2 || text.p[0] != ':' || text.p[text.n - 1] != ':')
        return false;
    *name_r = (struct str){text.p + 1, text.n - 2};
    return emoji_name_ok(*name_r);
}

void pictures_publish(struct bus *bus, int64_t version)
{
    struct buf frame = {0};
    if (version == 0)
        return;
    buf_printf(&frame, "{\"t\":\"pictures\",\"version\":%" PRId64 "}", version);
    bus_publish(bus, STR("everybody:{all}"), buf_view(&frame));
    buf_fini(&frame);
}
