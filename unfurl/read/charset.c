/* Finds out how a page is written, by the rules of HTML in short, and has iconv turn it into UTF-8. */
#include "charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

enum { LOOK_BYTES = 1024, NAME_MAX_BYTES = 24 };

/* As the web means them: who says Latin 1 writes Windows 1252. */
static const struct {
    const char *label, *name;
} sets[] = {
    {"iso-8859-1", "WINDOWS-1252"},
    {"latin1", "WINDOWS-1252"},
    {"us-ascii", "WINDOWS-1252"},
    {"windows-1252", "WINDOWS-1252"},
    {"cp1252", "WINDOWS-1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"windows-1250", "WINDOWS-1250"},
    {"windows-1251", "WINDOWS-1251"},
    {"iso-8859-5", "ISO-8859-5"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"windows-1253", "WINDOWS-1253"},
    {"iso-8859-7", "ISO-8859-7"},
    {"windows-1254", "WINDOWS-1254"},
    {"iso-8859-9", "WINDOWS-1254"},
    {"windows-1255", "WINDOWS-1255"},
    {"windows-1256", "WINDOWS-1256"},
    {"windows-1257", "WINDOWS-1257"},
    {"windows-1258", "WINDOWS-1258"},
    {"iso-8859-15", "ISO-8859-15"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"euc-kr", "CP949"},
};

/* Where "charset=" is, behind it; NULL: nowhere. */
static const char *behind_charset(const char *bytes, size_t n)
{
    static const char word[] = "charset=";
    const size_t length = sizeof word - 1;
    for (size_t i = 0; i + length <= n; i++)
        if (strncasecmp(bytes + i, word, length) == 0)
            return bytes + i + length;
    return NULL;
}

/* The label in `bytes`; "" when there is none. */
static void label_in(const char *bytes, size_t n, char label_r[NAME_MAX_BYTES])
{
    const char *at = behind_charset(bytes, n), *end = bytes + n;
    size_t length = 0;
    while (at != NULL && at < end && (*at == '"' || *at == '\'' || *at == ' '))
        at++;
    while (at != NULL && at < end && length < NAME_MAX_BYTES - 1 && strchr("\"' ;/>\t\r\n", *at) == NULL)
        label_r[length++] = *at++;
    label_r[length] = '\0';
}

const char *charset_of(const char *type, const char *bytes, size_t n)
{
    char label[NAME_MAX_BYTES];
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        return NULL;
    if (n >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
        return "UTF-16";
    label_in(type, strlen(type), label);
    if (label[0] == '\0')
        label_in(bytes, n < LOOK_BYTES ? n : LOOK_BYTES, label);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (strcasecmp(label, sets[i].label) == 0)
            return sets[i].name;
    return NULL;
}

void *charset_open(const char *name)
{
    iconv_t converter = name != NULL ? iconv_open("UTF-8", name) : (iconv_t)-1;
    return converter != (iconv_t)-1 ? converter : NULL;
}

void charset_close(void *converter)
{
    if (converter != NULL)
        iconv_close(converter);
}

size_t charset_convert(void *converter, const char *bytes, size_t n, char *out, size_t max)
{
    /* It does not write to what it reads, whatever its declaration says. */
    union {
        const char *given;
        char *taken;
    } in = {.given = bytes};
    char *to = out;
    size_t room = max;
    if (converter == NULL) {
        n = n < max ? n : max;
        memcpy(out, bytes, n);
        return n;
    }
    while (n > 0 && room > 0) {
        if (iconv(converter, &in.taken, &n, &to, &room) != (size_t)-1 || errno != EILSEQ)
            break;
        in.taken++;
        n--;
    }
    return max - room;
}
