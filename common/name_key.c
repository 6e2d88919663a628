/* Folds names for comparison, and knows those that are no one's. */
#include "name_key.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { MAX_BYTES = 2048, UNITS = MAX_BYTES * 2 };

bool name_key(struct str name, struct buf *out)
{
    UErrorCode e = U_ZERO_ERROR;
    UChar raw[MAX_BYTES], key[UNITS];
    char bytes[UNITS * 3];
    int32_t n = 0;
    if (name.n > MAX_BYTES)
        return false;
    const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&e);
    u_strFromUTF8(raw, MAX_BYTES, &n, name.p ? name.p : "", (int32_t)name.n, &e);
    n = unorm2_normalize(fold, raw, n, key, UNITS, &e);
    u_strToUTF8(bytes, sizeof(bytes), &n, key, n, &e);
    if (U_FAILURE(e))
        return false;
    buf_put(out, bytes, (size_t)n);
    return true;
}

static const struct {
    const char *word;
    enum name_calls calls;
} words[] = {
    {"all", NAME_CALLS_ALL}, {"channel", NAME_CALLS_ALL}, {"everyone", NAME_CALLS_ALL}, {"here", NAME_CALLS_HERE}};
enum { WORDS = sizeof(words) / sizeof(words[0]) };

enum name_calls name_calls(struct str key)
{
    for (size_t i = 0; i < WORDS; i++)
        if (str_is(key, words[i].word))
            return words[i].calls;
    return NAME_CALLS_ONE;
}

const char *name_that_calls_many(size_t nth)
{
    return nth < WORDS ? words[nth].word : NULL;
}
