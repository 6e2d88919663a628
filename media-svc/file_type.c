/* Tells types by libmagic. */
#include "file_type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <magic.h>

#include "alloc.h"
#include "err.h"
#include "log.h"

#define UNKNOWN "application/octet-stream"

struct file_type {
    magic_t magic;
};

int file_type_create(struct file_type **type_r)
{
    struct file_type *type = xcalloc(1, sizeof(*type));
    /* Nothing is unpacked, and nothing beside these bytes is looked at. */
    type->magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ENCODING);
    if (!type->magic || magic_load(type->magic, NULL) != 0) {
        log_error(NULL, "no database of file types", "error=\"%s\"",
                  type->magic ? magic_error(type->magic) : "no memory");
        file_type_destroy(&type);
        return ERR_INTERNAL;
    }
    *type_r = type;
    return 0;
}

void file_type_destroy(struct file_type **type)
{
    if (!*type)
        return;
    if ((*type)->magic)
        magic_close((*type)->magic);
    free(*type);
    *type = NULL;
}

/* A type that can stand in a header: what libmagic says may have come from the file. */
static bool good(struct str text)
{
    size_t slashes = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alnum && (c == '\0' || !strchr("!#$&-^_.+/", c)))
            return false;
        slashes += c == '/';
    }
    return slashes == 1 && text.n > 2 && text.n < FILE_TYPE_MAX;
}

void file_type_of(struct file_type *type, struct str bytes, char text_r[FILE_TYPE_MAX])
{
    size_t n = bytes.n < FILE_TYPE_BYTES ? bytes.n : FILE_TYPE_BYTES;
    const char *said = n > 0 ? magic_buffer(type->magic, bytes.p, n) : NULL;
    snprintf(text_r, FILE_TYPE_MAX, "%s", said && good(str_of(said)) ? said : UNKNOWN);
}
