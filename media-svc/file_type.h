/* What a file is, told from its first bytes (libmagic); what somebody says of it counts for nothing. Not the loop
 * thread's: one at a time may use it, on whatever thread. */
#ifndef PARLEY_MEDIA_FILE_TYPE_H
#define PARLEY_MEDIA_FILE_TYPE_H

#include "str.h"

enum { FILE_TYPE_MAX = 128, FILE_TYPE_BYTES = 128 << 10 /* of them at most are looked at */ };

struct file_type;
/* ERR_INTERNAL: the database of types is not there (logged). */
int file_type_create(struct file_type **type_r);
void file_type_destroy(struct file_type **type);
/* The media type, "image/png"; "application/octet-stream" when it is none that is known. */
void file_type_of(struct file_type *type, struct str bytes, char text_r[FILE_TYPE_MAX]);

#endif
