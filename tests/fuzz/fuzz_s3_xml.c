/* What an object store answers with. Properties: nothing is read beyond it; what is found is UTF-8 of a
 * bounded length, and, written again, is found as it was. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "s3_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

static void check(struct str xml, const char *name)
{
    struct buf text = {0}, again = {0}, copy = {0};
    if (!s3_xml_text(xml, name, &text)) {
        CHECK(text.n == 0);
        buf_fini(&text);
        return;
    }
    CHECK(text.n <= S3_XML_TEXT_MAX && str_utf8(buf_view(&text)));
    buf_printf(&copy, "<%s>", name);
    s3_xml_escape(buf_view(&text), &copy);
    buf_printf(&copy, "</%s>", name);
    /* Escaped it may be longer than is taken. */
    if (copy.n <= S3_XML_TEXT_MAX) {
        CHECK(s3_xml_text(buf_view(&copy), name, &again));
        CHECK(again.n == text.n && (text.n == 0 || memcmp(again.p, text.p, text.n) == 0));
    }
    buf_fini(&text);
    buf_fini(&again);
    buf_fini(&copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* As long as it is, so that a byte too far is seen. */
    char *copy = malloc(size ? size : 1);
    CHECK(copy != NULL);
    if (size > 0)
        memcpy(copy, data, size);
    check((struct str){copy, size}, "Code");
    check((struct str){copy, size}, "UploadId");
    free(copy);
    return 0;
}
