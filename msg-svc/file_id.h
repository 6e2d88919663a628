/* Ids of files: 16 random bytes, on the wire 32 hexadecimal digits in lower case; and lists of them as ingest entries
 * have them, with commas between. What a file is, media-svc knows (docs/media.md). */
#ifndef PARLEY_MSG_FILE_ID_H
#define PARLEY_MSG_FILE_ID_H

#include "str.h"

enum { FILES_MAX = 10, FILE_ID_BYTES = 16, FILE_ID_TEXT = 32 };

/* False: it is none. */
bool file_id_parse(struct str text, unsigned char id_r[FILE_ID_BYTES]);
/* How many files a list names; 0: it is no list, or names more than FILES_MAX, or one of them twice.
 *   "00…0f"     1          "00…0f,00…0e"     2          "00…0f,00…0f"     0          "00…0f,"     0 */
size_t file_list_count(struct str list);
/* The nth of them. */
struct str file_list_at(struct str list, size_t nth);

#endif
