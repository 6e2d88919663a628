/* Text as search compares it, and the pieces of it that the index knows. Folded text is words of letters, digits, marks
 * and symbols in lower case, without accents, width or punctuation, with one space before, between and behind them: a
 * part of a word is a part of the text, a whole word is the word between spaces. Text and query fold the same way. */
#ifndef PARLEY_SEARCH_FOLD_H
#define PARLEY_SEARCH_FOLD_H

#include "buf.h"

/* Load what ICU needs; 0 or ERR_INTERNAL. Once a process. */
int search_fold_init(void);

/* Where each byte of folded text comes from: the part [from, to) of the source, in UTF-16 units as browsers count. */
struct search_map {
    struct search_span {
        uint32_t from, to;
    } * spans;
    size_t n, cap;
};
void search_map_fini(struct search_map *map);

/* Append the text folded; nothing at all when it has no word. `map` may be NULL. `text` is valid UTF-8. */
void search_fold(struct str text, struct buf *out, struct search_map *map);

/* A character that stands for itself, as of Chinese, Japanese, Korean, or a picture: it needs no word around it. */
bool search_is_dense(uint32_t point);

/* The pieces of folded text that the index has, one call a piece, the same one perhaps several times: of dense
 * characters each one and each two together, of others each two and each three together, with the spaces around words.
 * What `folded` begins or ends with counts as in the midst of a word when there is no space. */
typedef void search_gram_fn(void *arg, struct str gram);
void search_grams(struct str folded, search_gram_fn *fn, void *arg);

/* The pieces that together say most of a part of a text: those of the greatest length only, in the same way. None for
 * what the index has no piece of: one letter with no space around. */
void search_best_grams(struct str part, search_gram_fn *fn, void *arg);

#endif
