/* The server's own emoji and stickers: what they may be called, and telling everybody that they changed. */
#ifndef PARLEY_MSG_PICTURES_H
#define PARLEY_MSG_PICTURES_H

#include "bus.h"
#include "str.h"

enum {
    EMOJI_MOST = 1000,
    EMOJI_SIDE = 256,
    EMOJI_BYTES = 256 << 10,
    PACKS_MOST = 50,
    STICKERS_MOST = 60, /* a pack */
    STICKER_SIDE = 512,
    STICKER_BYTES = 512 << 10,
};

/* Changes run one after the other here, so that the bounds hold; of two replicas at once each may take the last place.
 */
enum { PICTURES_TURN = 0 };

/* 2 to 32 of a-z, 0-9, _, + and -. */
bool emoji_name_ok(struct str name);
/* 1 to 32 of a-z, 0-9 and -, which is not the first. */
bool sticker_name_ok(struct str name);
/* A reaction that is an emoji of the server: `:name:`. *name_r is the name. */
bool emoji_code_parse(struct str text, struct str *name_r);

/* In a statement behind `made`, which has a row when something changed: the new version. */
#define PICTURES_GROWN                                                            \
    "grown AS (UPDATE chat.pictures_version SET version = greatest(version + 1, " \
    "(extract(epoch FROM clock_timestamp()) * 1000)::bigint) WHERE EXISTS (SELECT FROM made) RETURNING version) "

/* After the commit; at most once: a client asks after each welcome, too. 0: nothing changed. */
void pictures_publish(struct bus *bus, int64_t version);

#endif
