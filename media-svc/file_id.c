/* Makes, reads and writes the names of files. */
#include "file_id.h"

#include <stdlib.h>
#include <sys/random.h>

struct file_id file_id_make(void)
{
    struct file_id id;
    if (getrandom(id.bytes, sizeof(id.bytes), 0) != (ssize_t)sizeof(id.bytes))
        abort();
    return id;
}

bool file_id_parse(struct str text, struct file_id *id_r)
{
    if (text.n != FILE_ID_TEXT - 1)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (!((text.p[i] >= '0' && text.p[i] <= '9') || (text.p[i] >= 'a' && text.p[i] <= 'f')))
            return false;
    for (size_t i = 0; i < FILE_ID_BYTES; i++)
        id_r->bytes[i] = (unsigned char)(str_hex_digit(text.p[2 * i]) * 16 + str_hex_digit(text.p[2 * i + 1]));
    return true;
}

void file_id_print(const struct file_id *id, char text_r[FILE_ID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < FILE_ID_BYTES; i++) {
        text_r[2 * i] = digits[id->bytes[i] >> 4];
        text_r[2 * i + 1] = digits[id->bytes[i] & 15];
    }
    text_r[FILE_ID_TEXT - 1] = '\0';
}

struct str file_id_view(const struct file_id *id)
{
    return (struct str){(const char *)id->bytes, sizeof(id->bytes)};
}
