/* The text of a message. Property: its link stands in it, is bounded, and has nothing in it that ends one. */
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size}, link;
    link_find(text, &link);
    if (link.n == 0)
        return 0;
    CHECK(link.n <= LINK_BYTES_MAX && link.p >= text.p && link.p + link.n <= text.p + text.n);
    CHECK(link.n > 7 && strncasecmp(link.p, "http", 4) == 0);
    for (size_t i = 0; i < link.n; i++)
        CHECK((unsigned char)link.p[i] > 0x20 && link.p[i] != '<' && link.p[i] != '>' && link.p[i] != '`');
    return 0;
}
