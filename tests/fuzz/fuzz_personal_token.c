/* What a stranger calls a personal access token. Properties: what passes is what would be composed, character by
 * character; what is composed passes, and with any one character changed it does not. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "personal_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

static void check_changed(const char *good, size_t at, char to)
{
    char text[PERSONAL_TOKEN_TEXT];
    memcpy(text, good, sizeof(text));
    text[at] = to;
    CHECK(personal_token_ok((struct str){text, sizeof(text) - 1}) == (to == good[at]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    unsigned char random[PERSONAL_TOKEN_RANDOM] = {0};
    char text[PERSONAL_TOKEN_TEXT];
    if (personal_token_ok(input))
        CHECK(personal_token_claims(input) && size == PERSONAL_TOKEN_TEXT - 1);
    for (size_t i = 0; i < size && i < sizeof(random); i++)
        random[i] = data[i] % PERSONAL_TOKEN_ALPHABET;
    personal_token_compose(random, text);
    CHECK(personal_token_ok((struct str){text, sizeof(text) - 1}));
    CHECK(!personal_token_ok((struct str){text, sizeof(text) - 2}));
    if (size > sizeof(random) + 1)
        check_changed(text, data[sizeof(random)] % (sizeof(text) - 1), (char)data[sizeof(random) + 1]);
    return 0;
}
