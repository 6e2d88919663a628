/* Writes the answer. All text in it is numbers or of an alphabet without quotes, so that nothing has to be escaped. */
#include "answer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct line {
    char text[1024];
    size_t n;
    bool cut;
};

static void put(struct line *line, const char *text)
{
    size_t n = strlen(text);

    if (n > sizeof(line->text) - line->n) {
        line->cut = true;
        return;
    }
    memcpy(line->text + line->n, text, n);
    line->n += n;
}

static void put_number(struct line *line, const char *before, int64_t value)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%" PRId64, value);
    put(line, before);
    put(line, digits);
}

/* base64url without padding (RFC 4648, section 5). */
static void put_base64(struct line *line, const uint8_t *p, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    for (size_t i = 0; i < n; i += 3) {
        uint32_t bits = (uint32_t)p[i] << 16;
        size_t left = n - i;

        if (left > 1)
            bits |= (uint32_t)p[i + 1] << 8;
        if (left > 2)
            bits |= p[i + 2];
        for (size_t digit = 0; digit < (left > 2 ? 4 : left + 1); digit++)
            put(line, (const char[]){digits[bits >> (18 - 6 * digit) & 63], '\0'});
    }
}

static void put_part(struct line *line, const char *before, const struct bytes *part)
{
    if (part->p == NULL)
        return;
    put(line, line->text[line->n - 1] == '[' ? "" : ",");
    put(line, before);
    put_number(line, ",\"type\":\"image/webp\",\"size\":", (int64_t)part->n);
    put(line, "}");
}

static int write_all(const void *p, size_t n)
{
    const char *at = p;

    while (n > 0) {
        ssize_t written = write(STDOUT_FILENO, at, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        at += written;
        n -= (size_t)written;
    }
    return 0;
}

int answer_write(const struct answer *answer)
{
    struct line line = {.n = 0};

    put(&line, "{\"kind\":\"");
    put(&line, answer->kind);
    put(&line, "\"");
    if (answer->width > 0 && answer->height > 0) {
        put_number(&line, ",\"width\":", answer->width);
        put_number(&line, ",\"height\":", answer->height);
    }
    if (answer->duration_ms > 0)
        put_number(&line, ",\"duration_ms\":", answer->duration_ms);
    if (answer->blurhash[0] != '\0') {
        put(&line, ",\"blurhash\":\"");
        put(&line, answer->blurhash);
        put(&line, "\"");
    }
    if (answer->has_waveform) {
        put(&line, ",\"waveform\":\"");
        put_base64(&line, answer->waveform, sizeof(answer->waveform));
        put(&line, "\"");
    }
    put(&line, ",\"parts\":[");
    put_part(&line, "{\"variant\":\"small\"", &answer->small);
    put_part(&line, "{\"variant\":\"large\"", &answer->large);
    put(&line, "]}\n");
    if (line.cut || line.n + answer->small.n + answer->large.n > ANSWER_MAX_BYTES)
        return -1;
    if (write_all(line.text, line.n) != 0 || write_all(answer->small.p, answer->small.n) != 0)
        return -1;
    return write_all(answer->large.p, answer->large.n);
}
