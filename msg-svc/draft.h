/* What somebody has written and not sent, as answers and frames have it. */
#ifndef PARLEY_MSG_DRAFT_H
#define PARLEY_MSG_DRAFT_H

#include "jsonw.h"

enum { DRAFTS_MAX = 200, DRAFT_BYTES = 16384 };

struct draft {
    int64_t room, thread; /* thread 0: the room itself */
    int64_t written_ms;
    struct str body;
};

/* Write a Draft under `key`; as the frame that tells one's other devices, when it is one. */
void draft_write(struct jsonw *w, const char *key, const struct draft *d, bool as_frame);

#endif
