/* The decoder's answer: whatever it is, what is taken from it is within the bounds that its header names, and its
 * previews lie within its bytes. */
#include <stdlib.h>
#include <string.h>

#include "decoder_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct str part, struct str whole)
{
    if (part.n > 0 && (part.p < whole.p || part.p + part.n > whole.p + whole.n))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct decoder_answer answer;

    if (!decoder_answer_parse(bytes, &answer))
        return 0;
    if (answer.kind < DECODER_IMAGE || answer.kind > DECODER_PDF || answer.width < 0 || answer.height < 0 ||
        answer.width > DECODER_SIDE_MAX || answer.height > DECODER_SIDE_MAX || answer.duration_ms < 0)
        abort();
    if (memchr(answer.blurhash, '\0', sizeof(answer.blurhash)) == NULL)
        abort();
    within(answer.small, bytes);
    within(answer.large, bytes);
    return 0;
}
