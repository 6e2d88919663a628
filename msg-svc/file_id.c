/* Reads ids of files. */
#include "file_id.h"

/* Of one id in a list: its digits and the comma behind it, which the last one has not. */
enum { STRIDE = FILE_ID_TEXT + 1 };

static int digit(char c)
{
    return c >= 'A' && c <= 'F' ? -1 : str_hex_digit(c);
}

bool file_id_parse(struct str text, unsigned char id_r[FILE_ID_BYTES])
{
    if (text.n != FILE_ID_TEXT)
        return false;
    for (size_t i = 0; i < FILE_ID_BYTES; i++) {
        int high = digit(text.p[2 * i]), low = digit(text.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        id_r[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

struct str file_list_at(struct str list, size_t nth)
{
    return (struct str){list.p + nth * STRIDE, FILE_ID_TEXT};
}

size_t file_list_count(struct str list)
{
    size_t count = (list.n + 1) / STRIDE;
    unsigned char id[FILE_ID_BYTES];
    if (count == 0 || count > FILES_MAX || list.n != count * STRIDE - 1)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (!file_id_parse(file_list_at(list, i), id) || (i > 0 && list.p[i * STRIDE - 1] != ','))
            return 0;
        for (size_t k = 0; k < i; k++)
            if (str_eq(file_list_at(list, i), file_list_at(list, k)))
                return 0;
    }
    return count;
}
