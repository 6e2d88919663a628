/* Who is named in a text: "@name", and "@all", "@channel", "@everyone" or "@here", in whatever letters, which mean
 * everyone in the room. Not in code: what stands between backticks is quoted from somewhere. */
#ifndef PARLEY_MSG_MENTION_H
#define PARLEY_MSG_MENTION_H

#include "str.h"

enum { MENTIONS_MAX = 20, MENTION_NAME_MAX = 128 };
/* So many people the groups of a message call for whoever may write; more take the permission to call everybody. */
enum { GROUP_CALLED_MOST = 20 };
/* What others wait for is bounded: each that is called is a row, and the rooms of a shard share a transaction. Beyond,
 * a group's name is only words: of groups in one message, of names of groups in a batch, of people called by a batch.
 */
enum { GROUPS_NAMED_MOST = 3, BATCH_GROUPS_MOST = 64, BATCH_CALLED_MOST = 2000 };

struct mentions {
    struct str names[MENTIONS_MAX]; /* as written, each once, borrowed from the text; those beyond are left out */
    size_t count;
    bool all, here;
};

void mentions_find(struct str text, struct mentions *m_r);

#endif
