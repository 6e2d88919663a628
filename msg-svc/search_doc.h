/* One message as the index takes it. */
#ifndef PARLEY_SEARCH_DOC_H
#define PARLEY_SEARCH_DOC_H

#include "search_query.h"

/* Between the pieces of a list that goes to the database as one text: no folded text has it. */
#define SEARCH_GRAM_END '\x1f'

struct search_message {
    int64_t room, sender;
    struct str body;
    bool pinned, has_file;
};

/* What it is, by enum search_kind. */
unsigned search_kinds(const struct search_message *m);
/* Append its text folded, and its tokens: pieces, room, sender and kinds, each ended by SEARCH_GRAM_END but the last.
 * Names of tokens that are no pieces begin with a capital letter, which no folded text has. */
void search_doc(const struct search_message *m, struct buf *folded, struct buf *tokens);

/* The letters of the kinds in `kinds`, each as a token is called. */
void search_kind_tokens(unsigned kinds, void (*fn)(void *arg, struct str token), void *arg);

#endif
