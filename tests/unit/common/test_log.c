/* What log.h promises: what arrives on stderr, whatever a peer put into the values. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "str.h"

static int saved_stderr;
static FILE *captured;
static char text[16384];

static void capture(void)
{
    log_init("gateway", LOG_INFO);
    clock_fake(INT64_C(1790000000123), 1000);
    captured = tmpfile();
    saved_stderr = dup(STDERR_FILENO);
    dup2(fileno(captured), STDERR_FILENO);
}

/* What was written since capture(), and stderr as it was. */
static const char *written(void)
{
    ssize_t n;

    dup2(saved_stderr, STDERR_FILENO);
    n = pread(fileno(captured), text, sizeof(text) - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    fclose(captured);
    close(saved_stderr);
    return text;
}

#define HEAD "ts=2026-09-21T14:13:20.123Z level=info svc=gateway event=\"room joined\""

Test(log, a_line_has_time_level_service_event_object_and_pairs)
{
    const struct log log = {"conn=12 user=7"};

    capture();
    log_info(&log, "room joined", "room=%s seq=%" PRId64, "general", INT64_C(9));
    cr_assert_str_eq(written(), HEAD " conn=12 user=7 room=general seq=9\n");
}

Test(log, nothing_to_add_adds_nothing)
{
    const struct log empty = {NULL};

    capture();
    log_info(NULL, "room joined", "");
    log_info(&empty, "room joined", "");
    cr_assert_str_eq(written(), HEAD "\n" HEAD "\n");
}

static int evaluated(int *count)
{
    return ++*count;
}

Test(log, below_the_level_neither_the_line_nor_its_arguments_happen)
{
    int count = 0;

    capture();
    log_debug(NULL, "room joined", "n=%d", evaluated(&count));
    cr_assert_eq(count, 0);
    log_init("gateway", LOG_DEBUG);
    log_debug(NULL, "room joined", "n=%d", evaluated(&count));
    log_error(NULL, "room joined", "n=%d", evaluated(&count));
    cr_assert_eq(count, 2);
    written();
    cr_assert_not_null(strstr(text, "level=debug"));
    cr_assert_not_null(strstr(text, "level=error"));
}

Test(log, a_value_cannot_forge_a_line_or_a_pair)
{
    capture();
    log_info(NULL, "room joined", "room=%s name=%s", "x\nts=1 level=error", "a user=1");
    cr_assert_str_eq(written(), HEAD " room=\"x\\nts=1 level=error\" name=\"a user=1\"\n");
}

Test(log, a_value_cannot_leave_the_quotes_that_the_format_gives)
{
    capture();
    log_info(NULL, "room joined", "why=\"%s of %s\" n=%d", "a\" b", "c d\\", 3);
    cr_assert_str_eq(written(), HEAD " why=\"a\\\" b of c d\\\\\" n=3\n");
}

Test(log, control_characters_and_bad_utf8_are_escaped_and_letters_are_not)
{
    capture();
    log_info(NULL, "room joined", "a=%s b=%s c=%s d=%s", "\x1b[31m\x7f", "\xff\xc3", "gr\xc3\xbc\xc3\x9f", "\xc2\x9bX");
    cr_assert_str_eq(written(), HEAD " a=\"\\x1b[31m\\x7f\" b=\"\\xff\\xc3\" c=gr\xc3\xbc\xc3\x9f d=\\x9bX\n");
}

Test(log, an_object_cannot_break_the_line)
{
    const struct log log = {"conn=1\nlevel=error"};

    capture();
    log_info(&log, "room joined", "");
    cr_assert_str_eq(written(), HEAD " conn=1\\nlevel=error\n");
}

Test(log, empty_and_missing_values_are_visible)
{
    capture();
    log_info(NULL, "room joined", "a=%s b=%.*s", "", 0, "unused");
    cr_assert_str_eq(written(), HEAD " a=\"\" b=\"\"\n");
}

Test(log, every_conversion_in_use_prints_as_printf_does)
{
    char expected[512];

    capture();
    log_info(NULL, "room joined",
             "d=%d u=%u x=%02x z=%zu l=%ld ll=%lld o=%" PRIo64 " c=%c f=%.2f p=%% s=%.3s t=%.*s w=%5d v=%-*d|", -1,
             4000000000U, 10, (size_t)7, -8L, -9LL, INT64_C(8), 'c', 1.005e3, "abcdef", 2, "xyz", 42, 4, 5);
    snprintf(expected, sizeof(expected),
             "%s d=-1 u=4000000000 x=0a z=7 l=-8 ll=-9 o=10 c=c f=1005.00 p=%% s=abc t=xy w=   42 v=5   |\n", HEAD);
    cr_assert_str_eq(written(), expected);
}

Test(log, a_view_without_a_nul_is_not_read_past_its_end)
{
    char *bytes = calloc(1, 3);

    for (int i = 0; i < 3; i++)
        bytes[i] = (char)('a' + i);
    capture();
    log_info(NULL, "room joined", "v=%.*s", 3, bytes);
    free(bytes);
    cr_assert_str_eq(written(), HEAD " v=abc\n");
}

Test(log, a_long_line_is_cut_at_4_kib_between_characters)
{
    char big[6001];

    for (size_t i = 0; i < 6000; i += 2)
        memcpy(big + i, "\xc3\xa4", 2);
    big[6000] = '\0';
    capture();
    log_info(NULL, "room joined", "v=%s w=%d", big, 1);
    log_info(NULL, "room joined", "");
    written();
    char *end = strchr(text, '\n');

    cr_assert_not_null(end);
    cr_assert_leq(end - text, 4095);
    cr_assert_gt(end - text, 4080);
    cr_assert_eq(memcmp(end - 3, "\xe2\x80\xa6", 3), 0);
    cr_assert(str_utf8((struct str){text, (size_t)(end - text)}));
    cr_assert_str_eq(end + 1, HEAD "\n");
}

Test(log, levels_have_names)
{
    enum log_level level = LOG_WARN;

    cr_assert(log_level_parse("error", &level) && level == LOG_ERROR);
    cr_assert(log_level_parse("debug", &level) && level == LOG_DEBUG);
    cr_assert_not(log_level_parse("Debug", &level));
    cr_assert_not(log_level_parse("", &level));
    cr_assert_not(log_level_parse(NULL, &level));
    cr_assert_eq(level, LOG_DEBUG);
}

/* A pipe that nobody reads: the writer goes on, and the pipe holds whole lines only. */
Test(log, a_reader_that_stands_still_holds_nobody_up)
{
    int ends[2];
    char all[1 << 17];
    cr_assert_eq(pipe(ends), 0);
    log_init("gateway", LOG_INFO);
    saved_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    for (int i = 0; i < 2000; i++)
        log_info(NULL, "room joined", "padding=%0100d", i);
    dup2(saved_stderr, STDERR_FILENO);
    close(ends[1]);
    cr_assert_gt(log_dropped(), 0);
    size_t lines = 0;
    ssize_t n, had = 0;
    while ((n = read(ends[0], all + had, sizeof(all) - (size_t)had)) > 0)
        had += n;
    for (ssize_t i = 0; i < had; i++)
        lines += all[i] == '\n';
    cr_assert_eq(lines + log_dropped(), 2000);
    cr_assert_eq(all[had - 1], '\n');
    close(ends[0]);
    close(saved_stderr);
}
