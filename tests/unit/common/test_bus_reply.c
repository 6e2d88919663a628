/* Answers of Redis, however they come in. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "bus_reply.h"

static redisReader *reader;
static struct bus_reply *reply;

static void init(void)
{
    reader = bus_reply_reader();
    cr_assert(reader != NULL);
}

static void fini(void)
{
    bus_reply_free(reply);
    reply = NULL;
    if (reader)
        redisReaderFree(reader);
}

TestSuite(bus_reply, .init = init, .fini = fini);

/* The next answer in what was fed; NULL: it is not whole yet. */
static const struct bus_reply *next(void)
{
    void *got = NULL;
    bus_reply_free(reply);
    reply = NULL;
    cr_assert(eq(int, redisReaderGetReply(reader, &got), REDIS_OK));
    return reply = got;
}

static void feed(const char *bytes, size_t n)
{
    cr_assert(eq(int, redisReaderFeed(reader, bytes, n), REDIS_OK));
}

static const struct bus_reply *answer(const char *wire)
{
    feed(wire, strlen(wire));
    return next();
}

Test(bus_reply, texts_numbers_errors_and_nothing)
{
    cr_expect(eq(int, bus_type(answer("$5\r\nhello\r\n")), BUS_STRING));
    cr_expect(str_is(bus_str(reply), "hello"));
    cr_expect(eq(i64, bus_int(answer("$2\r\n42\r\n")), 42));
    cr_expect(eq(int, bus_type(answer("+OK\r\n")), BUS_STRING));
    cr_expect(str_is(bus_str(reply), "OK"));
    cr_expect(eq(int, bus_type(answer(":-7\r\n")), BUS_INTEGER));
    cr_expect(eq(i64, bus_int(reply), -7));
    cr_expect(eq(sz, bus_str(reply).n, 0));
    cr_expect(eq(int, bus_type(answer("-ERR no\r\n")), BUS_ERROR));
    cr_expect(str_is(bus_str(reply), "ERR no"));
    cr_expect(eq(int, bus_type(answer("$-1\r\n")), BUS_NIL));
    cr_expect(eq(int, bus_type(answer("*-1\r\n")), BUS_NIL));
    cr_expect(eq(int, bus_type(answer("*0\r\n")), BUS_ARRAY));
    cr_expect(eq(sz, bus_count(reply), 0));
    cr_expect(bus_at(reply, 0) == NULL);
    cr_expect(eq(int, bus_type(NULL), BUS_NIL));
}

Test(bus_reply, arrays_in_arrays_keep_their_places)
{
    const struct bus_reply *r = answer("*3\r\n*2\r\n$1\r\na\r\n*1\r\n:1\r\n$-1\r\n*2\r\n-E\r\n$0\r\n\r\n");
    cr_assert(eq(sz, bus_count(r), 3));
    cr_expect(str_is(bus_str(bus_at(bus_at(r, 0), 0)), "a"));
    cr_expect(eq(i64, bus_int(bus_at(bus_at(bus_at(r, 0), 1), 0)), 1));
    cr_expect(eq(int, bus_type(bus_at(r, 1)), BUS_NIL));
    cr_expect(eq(int, bus_type(bus_at(bus_at(r, 2), 0)), BUS_ERROR));
    cr_expect(eq(int, bus_type(bus_at(bus_at(r, 2), 1)), BUS_STRING));
    cr_expect(bus_at(r, 3) == NULL);
    cr_expect(bus_at(bus_at(r, 1), 0) == NULL);
}

Test(bus_reply, an_answer_that_comes_byte_by_byte_is_the_same)
{
    static const char wire[] = "*2\r\n$5\r\nhello\r\n*2\r\n:12\r\n$-1\r\n";
    for (size_t i = 0; i + 1 < sizeof wire - 1; i++) {
        feed(&wire[i], 1);
        cr_assert(next() == NULL);
    }
    feed(&wire[sizeof wire - 2], 1);
    const struct bus_reply *r = next();
    cr_assert(r != NULL);
    cr_expect(str_is(bus_str(bus_at(r, 0)), "hello"));
    cr_expect(eq(i64, bus_int(bus_at(bus_at(r, 1), 0)), 12));
}

/* More than any block holds, in large pieces and in small ones. */
Test(bus_reply, large_answers_are_whole)
{
    enum { PIECES = 3000, LONG = 200000 };
    struct buf wire = {0};
    buf_printf(&wire, "*%d\r\n", PIECES + 1);
    for (int i = 0; i < PIECES; i++)
        buf_printf(&wire, "$5\r\n%d\r\n", 10000 + i);
    buf_printf(&wire, "$%d\r\n", LONG);
    for (int i = 0; i < LONG; i++)
        buf_char(&wire, (char)('a' + i % 26));
    buf_cstr(&wire, "\r\n");
    feed(wire.p, wire.n);
    buf_fini(&wire);
    const struct bus_reply *r = next();
    cr_assert(eq(sz, bus_count(r), PIECES + 1));
    for (int i = 0; i < PIECES; i++)
        cr_assert(eq(i64, bus_int(bus_at(r, (size_t)i)), 10000 + i));
    struct str last = bus_str(bus_at(r, PIECES));
    cr_assert(eq(sz, last.n, LONG));
    cr_expect(eq(chr, last.p[LONG - 1], (char)('a' + (LONG - 1) % 26)));
}

Test(bus_reply, an_answer_lives_on_without_its_reader)
{
    const struct bus_reply *r = answer("*1\r\n$4\r\nkept\r\n");
    redisReaderFree(reader);
    reader = NULL;
    cr_expect(str_is(bus_str(bus_at(r, 0)), "kept"));
}

/* Otherwise a number alone would take all memory. */
Test(bus_reply, more_elements_than_any_answer_of_ours_has_are_refused)
{
    void *got = NULL;
    feed("*2\r\n*2000000\r\n", 14);
    cr_expect(eq(int, redisReaderGetReply(reader, &got), REDIS_ERR));
    cr_expect(got == NULL);
}
