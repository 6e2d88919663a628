/* Reads the answer of the decoder: a line of JSON, and the previews behind it. */
#include "decoder_answer.h"

#include <string.h>

#include "base64url.h"
#include "jval.h"

enum { LINE_MAX_BYTES = 1024, MAX_PARTS = 2 };

static const int64_t longest_ms = INT64_C(100) * 24 * 3600 * 1000;

static bool parse_kind(const struct jval *line, enum decoder_kind *kind)
{
    static const char *const names[] = {
        [DECODER_IMAGE] = "image", [DECODER_VIDEO] = "video", [DECODER_AUDIO] = "audio", [DECODER_PDF] = "pdf"};
    struct str name;

    if (!jval_get_str(line, "kind", &name))
        return false;
    for (int i = DECODER_IMAGE; i <= DECODER_PDF; i++)
        if (str_is(name, names[i])) {
            *kind = (enum decoder_kind)i;
            return true;
        }
    return false;
}

/* 0 when it is not there. */
static bool parse_number(const struct jval *line, const char *key, int64_t most, int64_t *value)
{
    *value = 0;
    if (jval_get(line, key) == NULL)
        return true;
    return jval_get_int(line, key, value) && *value >= 1 && *value <= most;
}

static bool parse_numbers(const struct jval *line, struct decoder_answer *answer)
{
    int64_t width, height;

    if (!parse_number(line, "width", DECODER_SIDE_MAX, &width) ||
        !parse_number(line, "height", DECODER_SIDE_MAX, &height) || (width == 0) != (height == 0))
        return false;
    answer->width = (int32_t)width;
    answer->height = (int32_t)height;
    return parse_number(line, "duration_ms", longest_ms, &answer->duration_ms);
}

static bool parse_blurhash(const struct jval *line, char out[DECODER_BLURHASH_MAX + 1])
{
    static const char alphabet[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    struct str hash;

    out[0] = '\0';
    if (jval_get(line, "blurhash") == NULL)
        return true;
    if (!jval_get_str(line, "blurhash", &hash) || hash.n < 6 || hash.n > DECODER_BLURHASH_MAX)
        return false;
    for (size_t i = 0; i < hash.n; i++)
        if (memchr(alphabet, hash.p[i], sizeof(alphabet) - 1) == NULL)
            return false;
    memcpy(out, hash.p, hash.n);
    out[hash.n] = '\0';
    return true;
}

static bool parse_waveform(const struct jval *line, struct decoder_answer *answer)
{
    struct buf bytes = {0};
    struct str text;

    answer->has_waveform = false;
    if (jval_get(line, "waveform") == NULL)
        return true;
    if (!jval_get_str(line, "waveform", &text) || !base64url_get(&bytes, text)) {
        buf_fini(&bytes);
        return false;
    }
    answer->has_waveform = bytes.n == DECODER_WAVEFORM;
    if (answer->has_waveform)
        memcpy(answer->waveform, bytes.p, DECODER_WAVEFORM);
    buf_fini(&bytes);
    return answer->has_waveform;
}

static bool is_webp(struct str bytes)
{
    return bytes.n > 12 && memcmp(bytes.p, "RIFF", 4) == 0 && memcmp(bytes.p + 8, "WEBP", 4) == 0;
}

/* One preview from the front of *rest. */
static bool parse_part(const struct jval *part, struct str *rest, struct decoder_answer *answer)
{
    struct str variant, type, *to;
    int64_t size;

    if (!jval_get_str(part, "variant", &variant) || !jval_get_str(part, "type", &type) ||
        !jval_get_int(part, "size", &size) || !str_is(type, "image/webp"))
        return false;
    if (!str_is(variant, "small") && !str_is(variant, "large"))
        return false;
    to = str_is(variant, "small") ? &answer->small : &answer->large;
    if (to->n > 0 || size < 1 || (uint64_t)size > rest->n)
        return false;
    *to = (struct str){rest->p, (size_t)size};
    rest->p += size;
    rest->n -= (size_t)size;
    return is_webp(*to);
}

static bool parse_parts(const struct jval *line, struct str rest, struct decoder_answer *answer)
{
    const struct jval *parts = jval_get(line, "parts");

    answer->small = answer->large = (struct str){NULL, 0};
    if (!jval_is_array(parts) || jval_count(parts) > MAX_PARTS)
        return false;
    for (size_t i = 0; i < jval_count(parts); i++)
        if (!parse_part(jval_at(parts, i), &rest, answer))
            return false;
    return rest.n == 0;
}

bool decoder_answer_parse(struct str bytes, struct decoder_answer *answer)
{
    const char *end = bytes.n > 0 ? memchr(bytes.p, '\n', bytes.n < LINE_MAX_BYTES ? bytes.n : LINE_MAX_BYTES) : NULL;
    struct jval *line;
    struct str rest;
    bool good;

    if (end == NULL || bytes.n > DECODER_ANSWER_MAX)
        return false;
    rest = (struct str){end + 1, bytes.n - (size_t)(end + 1 - bytes.p)};
    line = jval_parse((struct str){bytes.p, (size_t)(end - bytes.p)});
    good = line != NULL && parse_kind(line, &answer->kind) && parse_numbers(line, answer) &&
           parse_blurhash(line, answer->blurhash) && parse_waveform(line, answer) && parse_parts(line, rest, answer);
    jval_free(line);
    return good;
}
