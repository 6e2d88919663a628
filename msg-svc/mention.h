/* Who is named in a text: "@name", and "@all", "@channel", "@everyone" or "@here", which mean everyone in the room. Not
 * in code: what stands between backticks is quoted from somewhere. */
#ifndef PARLEY_MSG_MENTION_H
#define PARLEY_MSG_MENTION_H

#include "str.h"

enum { MENTIONS_MAX = 20, MENTION_NAME_MAX = 128 };
/* So many people the name of a group calls for whoever may write; more take the permission to call everybody. */
enum { GROUP_CALLED_MOST = 20 };

struct mentions {
    struct str names[MENTIONS_MAX]; /* as written, each once, borrowed from the text; those beyond are left out */
    size_t count;
    bool all, here;
};

void mentions_find(struct str text, struct mentions *m_r);

#endif
