/* Marks in messages, written and found. */
#include "mark.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void mark_put(char *out, size_t size, const struct mark *mark)
{
    static const char words[] = " the quick brown fox jumps over the lazy dog and";
    char text[MARK_SIZE + 1];
    snprintf(text, sizeof(text), "^^%08" PRIx32 "%016" PRIx64 "%08" PRIx32 "^", mark->run, (uint64_t)mark->due_us,
             mark->number);
    memcpy(out, text, MARK_SIZE);
    for (size_t i = MARK_SIZE; i < size; i++)
        out[i] = words[(i - MARK_SIZE) % (sizeof(words) - 1)];
}

static bool take_hex(const char *p, size_t digits, uint64_t *value_r)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = str_hex_digit(p[i]);
        if (digit < 0)
            return false;
        value = value << 4 | (uint64_t)digit;
    }
    *value_r = value;
    return true;
}

static bool read_at(const char *p, struct mark *mark_r)
{
    uint64_t run, due, number;
    if (!take_hex(p + 2, 8, &run) || !take_hex(p + 10, 16, &due) || !take_hex(p + 26, 8, &number) ||
        p[MARK_SIZE - 1] != '^')
        return false;
    *mark_r = (struct mark){.run = (uint32_t)run, .number = (uint32_t)number, .due_us = (int64_t)due};
    return true;
}

bool mark_next(struct str *bytes, struct mark *mark_r)
{
    const char *end = bytes->p + bytes->n;
    for (const char *p = bytes->p; (p = memmem(p, (size_t)(end - p), "^^", 2)) && end - p >= MARK_SIZE; p++) {
        if (!read_at(p, mark_r))
            continue;
        p += MARK_SIZE;
        *bytes = (struct str){p, (size_t)(end - p)};
        return true;
    }
    return false;
}
