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

#endif
