/* What the database holds of an uploaded file. */
#ifndef PARLEY_TEST_FILE_ROWS_H
#define PARLEY_TEST_FILE_ROWS_H

#include "stack.h"

/* The first field that SQL finds, the caller's to free. The first %s in it, if any, becomes the id of the file at
 * `path`
 * ("/media/files/ID"). */
char *file_sql(struct stack *stack, const char *format, const char *path);
/* Wait until it is `value`, at most 30 s; asserts. */
void file_sql_until(struct stack *stack, const char *format, const char *path, const char *value);

/* Files that nobody uploaded, each with a number: as media-svc would have them. */
enum file_row_state { UPLOADING, STORED, READY };
/* The id of the nth, valid until the fourth next. */
const char *file_row_id(unsigned n);
/* `what` is kind, type, width, height, blurhash, previews. */
void file_row_put(struct stack *stack, const char *owner, unsigned n, enum file_row_state state, const char *name,
                  const char *what);
#define FILE_ROW_PHOTO "1, 'image/jpeg', 1600, 1200, 'LEHV6nWB2yk8', 3"
#define FILE_ROW_VIDEO "2, 'video/mp4', 1280, 720, 'LEHV6nWB2yk8', 2"
#define FILE_ROW_SOUND "3, 'audio/mp4', NULL, NULL, NULL, 0"
#define FILE_ROW_PLAIN "0, 'application/zip', NULL, NULL, NULL, 0"

#endif
