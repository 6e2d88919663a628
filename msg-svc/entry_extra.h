/* What a message is besides a text: a poll, or a sticker. The server writes the text of such a message itself, so that
 * a client that knows neither shows the same as one that does. Owned by its entry. */
#ifndef PARLEY_MSG_ENTRY_EXTRA_H
#define PARLEY_MSG_ENTRY_EXTRA_H

#include "buf.h"
#include "jval.h"

enum { POLL_OPTIONS_MIN = 2, POLL_OPTIONS_MAX = 10 };

struct entry_extra {
    struct buf body; /* the text */
    struct buf data; /* one member of the event's data, checked and written anew */
    const char *key; /* of that member: poll or sticker */
    int64_t options; /* of a poll, how many; 0: no poll */
    int64_t closes_ms;
    bool multiple, anonymous;
    bool sticker_file; /* a sticker of this server, and not one that clients have: whether it exists is to be asked */
};

/* Read it from the arguments of a send. 0, *extra_r NULL: there is nothing. Not 0: an error, and nothing to free. */
int entry_extra_read(const struct jval *args, struct entry_extra **extra_r);
void entry_extra_free(struct entry_extra **extra);

/* Which of a poll's answers a vote is for, as bits; `options` is the vote's argument. False: no such list. */
bool vote_bits(const struct jval *options, int64_t *bits_r);
size_t vote_count(int64_t bits);

#endif
