/* WebSocket messages from pieces of a stranger's choosing. Property: what comes out does not depend on how it was cut,
 * and is what a plain reading of the rules says: joined, bounded, text, UTF-8. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "ws_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

enum { MAX = 300 };

/* The input is a list of frames: a byte of flags, a byte of length, the payload. */
struct frame_in {
    struct str payload;
    bool final, binary;
    uint64_t claims; /* bytes beyond the payload that its head claims and that never come */
};

static bool next_frame(struct str *rest, struct frame_in *f)
{
    if (rest->n < 2)
        return false;
    unsigned char flags = (unsigned char)rest->p[0];
    size_t n = (unsigned char)rest->p[1];
    rest->p += 2;
    rest->n -= 2;
    f->claims = 0;
    if (n > rest->n) {
        f->claims = (flags & 0x80) ? UINT64_MAX / 2 : n - rest->n;
        n = rest->n;
    }
    f->payload = (struct str){rest->p, n};
    f->final = flags & 1;
    f->binary = (flags & 0x0e) == 0x0e;
    rest->p += n;
    rest->n -= n;
    return true;
}

struct outcome {
    struct buf messages; /* each one with its length before it */
    size_t count;
    int code;
};

static void note(struct outcome *o, struct str text)
{
    CHECK(text.n <= MAX && str_utf8(text));
    buf_printf(&o->messages, "%zu:", text.n);
    buf_str(&o->messages, text);
    o->count++;
}

/* Through ws_message_add, each frame in pieces of at most `step` bytes. */
static void assemble(struct str input, size_t step, struct outcome *o)
{
    struct ws_message message = {0};
    struct frame_in f;
    while (o->code == 0 && next_frame(&input, &f)) {
        size_t at = 0;
        do {
            size_t n = f.payload.n - at < step ? f.payload.n - at : step;
            struct ws_piece piece = {.bytes = {f.payload.p + at, n},
                                     .left = f.payload.n - at - n + f.claims,
                                     .final = f.final,
                                     .binary = f.binary};
            struct str text;
            bool done;
            o->code = ws_message_add(&message, &piece, MAX, &done, &text);
            CHECK(!done || o->code == 0);
            if (done)
                note(o, text);
            at += n;
        } while (o->code == 0 && at < f.payload.n);
    }
    CHECK(message.text.n <= MAX);
    ws_message_fini(&message);
}

/* What the rules say, without pieces. */
static void expect(struct str input, struct outcome *o)
{
    struct buf joined = {0};
    struct frame_in f;
    while (o->code == 0 && next_frame(&input, &f)) {
        if (f.binary)
            o->code = WS_CLOSE_BINARY;
        else if (f.claims > MAX || joined.n + f.payload.n + f.claims > MAX)
            o->code = WS_CLOSE_TOO_LARGE;
        else
            buf_str(&joined, f.payload);
        if (o->code || !f.final || f.claims > 0)
            continue;
        if (joined.n > 0 && !str_utf8(buf_view(&joined)))
            o->code = WS_CLOSE_NOT_UTF8;
        else
            note(o, (struct str){joined.n > 0 ? joined.p : "", joined.n});
        buf_reset(&joined);
    }
    buf_fini(&joined);
}

/* Our own frames: the header says exactly the payload that follows. */
static void check_frame(struct str text)
{
    struct frame *f = frame_text(text), *same = frame_ref(f);
    struct str bytes = frame_bytes(f);
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t header = text.n < 126 ? 2 : text.n < 65536 ? 4 : 10;
    uint64_t n = 0;
    CHECK(bytes.n == header + text.n && p[0] == 0x81);
    if (header == 2)
        n = p[1];
    for (size_t i = 2; i < header; i++)
        n = n << 8 | p[i];
    CHECK(header == 2 || p[1] == (header == 4 ? 126 : 127));
    CHECK(n == text.n && str_eq(frame_payload(f), text));
    frame_unref(&f);
    CHECK(str_eq(frame_payload(same), text));
    frame_unref(&same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t steps[] = {1, 3, 7, 100, 1000};
    char *copy = malloc(size + 1);
    CHECK(copy != NULL);
    memcpy(copy, data, size);
    struct str input = {copy, size};
    struct outcome expected = {0};
    expect(input, &expected);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct outcome got = {0};
        assemble(input, steps[i], &got);
        CHECK(got.code == expected.code && got.count == expected.count);
        CHECK(str_eq(buf_view(&got.messages), buf_view(&expected.messages)));
        buf_fini(&got.messages);
    }
    buf_fini(&expected.messages);
    check_frame(input);
    free(copy);
    return 0;
}
