/* The text of a message. Properties: names stand in the text behind an at sign, are few, bounded, and each is there
 * once. */
#include <stdint.h>
#include <stdlib.h>

#include "mention.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct mentions m;
    mentions_find(text, &m);
    CHECK(m.count <= MENTIONS_MAX);
    for (size_t i = 0; i < m.count; i++) {
        struct str name = m.names[i];
        CHECK(name.n > 0 && name.n <= MENTION_NAME_MAX);
        CHECK(name.p > text.p && name.p[-1] == '@' && name.p + name.n <= text.p + text.n);
        for (size_t k = 0; k < i; k++)
            CHECK(!str_eq(name, m.names[k]));
    }
    return 0;
}
