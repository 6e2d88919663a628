/* The headers of uploads and downloads, which strangers write. Properties: what is taken of them is as the rest relies
 * on: a name is UTF-8, short, one segment, and harmless in a header; a range lies in its file; a digest is whole. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "file_id.h"
#include "file_name.h"
#include "range.h"
#include "tus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

static void check_name(struct str name)
{
    struct buf clean = {0}, again = {0}, header = {0};
    file_name_clean(name, &clean);
    CHECK(clean.n > 0 && clean.n <= FILE_NAME_MAX && str_utf8(buf_view(&clean)));
    for (size_t i = 0; i < clean.n; i++)
        CHECK((unsigned char)clean.p[i] >= 0x20 && clean.p[i] != '/' && clean.p[i] != '\\' && clean.p[i] != 0x7f);
    file_name_clean(buf_view(&clean), &again);
    CHECK(again.n <= clean.n);
    file_name_disposition("attachment", buf_view(&clean), &header);
    size_t quotes = 0;
    for (size_t i = 0; i < header.n; i++) {
        CHECK((unsigned char)header.p[i] >= 0x20 && (unsigned char)header.p[i] < 0x7f);
        quotes += header.p[i] == '"';
    }
    CHECK(quotes == 2);
    buf_fini(&clean);
    buf_fini(&again);
    buf_fini(&header);
}

static void check_range(struct str s)
{
    static const int64_t sizes[] = {0, 1, 1000, INT64_MAX};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        int64_t from = -1, to = -1;
        if (range_of(s, sizes[i], &from, &to) == RANGE_PART)
            CHECK(from >= 0 && from < to && to <= sizes[i]);
    }
    (void)range_has_tag(s, STR("\"tag\""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of exactly this size, so that reading one byte too far is seen. */
    char *copy = malloc(size + 1);
    CHECK(copy != NULL);
    memcpy(copy, data, size);
    struct str s = {copy, size};
    struct buf name = {0};
    struct tus_checksum sum;
    struct file_id id;
    char text[FILE_ID_TEXT];
    if (tus_metadata(s, &name) == 0) {
        CHECK(str_utf8(s));
        check_name((struct str){name.p ? name.p : "", name.n});
    }
    if (str_utf8(s) && memchr(s.p, '\0', s.n) == NULL)
        check_name(s);
    if (tus_checksum(s, &sum) == 0 && sum.algorithm != TUS_NO_CHECKSUM)
        (void)tus_checksum_is(&sum, s);
    if (file_id_parse(s, &id)) {
        file_id_print(&id, text);
        CHECK(str_is(s, text));
    }
    check_range(s);
    buf_fini(&name);
    free(copy);
    return 0;
}
