/* What a reader that was taken over says. Property: what is taken of it is bounded text. */
#include <stdint.h>
#include <stdlib.h>

#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct told told;
    if (!told_parse((struct str){(const char *)data, size}, &told))
        return 0;
    CHECK(told.title.n <= TOLD_TITLE_MAX && told.description.n <= TOLD_DESCRIPTION_MAX);
    CHECK(told.site.n <= TOLD_SITE_MAX && told.image.n <= TOLD_IMAGE_MAX);
    CHECK(str_utf8(told.title) && str_utf8(told.description) && str_utf8(told.site) && str_utf8(told.image));
    return 0;
}
