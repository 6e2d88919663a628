/* Names of files: 128 random bits, on the wire 32 lower-case hexadecimal digits. */
#ifndef PARLEY_MEDIA_FILE_ID_H
#define PARLEY_MEDIA_FILE_ID_H

#include "str.h"

enum { FILE_ID_BYTES = 16, FILE_ID_TEXT = 33 };

struct file_id {
    unsigned char bytes[FILE_ID_BYTES];
};

/* A new one, from the kernel's random source. */
struct file_id file_id_make(void);
/* False: not one, as it stands on the wire. */
bool file_id_parse(struct str text, struct file_id *id_r);
void file_id_print(const struct file_id *id, char text_r[FILE_ID_TEXT]);
/* As bytes, for the database. */
struct str file_id_view(const struct file_id *id);

#endif
