/* Writes logfmt lines to stderr, each whole, each at most 4 KiB, whatever the values contain. */
#include "log.h"

#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "str.h"

enum { MAX_LINE = 4096, TAIL = 4 /* for the mark of a cut line and its newline */ };

/* A line under construction. Once something did not fit, nothing more is added. */
struct line {
    char p[MAX_LINE];
    size_t n;
    bool cut;
};

static const char *const level_names[] = {"error", "warn", "info", "debug"};
static const char *service_name = "-";
static enum log_level max_level = LOG_INFO;
static uint64_t dropped;

void log_init(const char *service, enum log_level level)
{
    service_name = service;
    max_level = level;
}

bool log_enabled(enum log_level level)
{
    return level <= max_level;
}

bool log_level_parse(const char *name, enum log_level *level_r)
{
    for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
        if (name != NULL && strcmp(name, level_names[i]) == 0) {
            *level_r = (enum log_level)i;
            return true;
        }
    }
    return false;
}

static void put(struct line *l, const char *p, size_t n)
{
    if (l->cut || n > MAX_LINE - TAIL - l->n) {
        l->cut = true;
        return;
    }
    memcpy(l->p + l->n, p, n);
    l->n += n;
}

static void put_c(struct line *l, const char *c)
{
    put(l, c, strlen(c));
}

/* A byte that could end the line, the quotes, or drive a terminal; in text that is no UTF-8 every byte
 * above ASCII. */
static bool needs_escape(unsigned char c, bool utf8, bool quotes)
{
    return c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8) || (quotes && (c == '"' || c == '\\'));
}

/* Bytes with what is dangerous as \n, \" or \x1b. `quotes`: escape these and the backslash too. */
static void put_escaped(struct line *l, struct str s, bool quotes)
{
    bool utf8 = str_utf8(s);

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        /* U+0080 … U+009F are control characters as well: C2 80 … C2 9F. */
        bool c1 = utf8 && c == 0xc2 && (unsigned char)s.p[i + 1] < 0xa0;
        char hex[8];

        if (c1) {
            snprintf(hex, sizeof(hex), "\\x%02x", (unsigned char)s.p[++i]);
            put_c(l, hex);
        } else if (!needs_escape(c, utf8, quotes)) {
            size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

            put(l, s.p + i, n);
            i += n - 1;
        } else if (c == '\n' || c == '\r' || c == '\t') {
            put_c(l, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        } else if (c == '"' || c == '\\') {
            put(l, (const char[]){'\\', (char)c}, 2);
        } else {
            snprintf(hex, sizeof(hex), "\\x%02x", c);
            put_c(l, hex);
        }
    }
}

/* A value: in quotes when its bytes would otherwise read as more than one value. `quoted`: the format has
 * opened them itself. */
static void put_value(struct line *l, struct str s, bool quoted)
{
    bool quote = s.n == 0, utf8 = str_utf8(s);

    for (size_t i = 0; i < s.n && !quote; i++) {
        unsigned char c = (unsigned char)s.p[i];

        quote = c == ' ' || c == '=' || needs_escape(c, utf8, true);
    }
    if (quote && !quoted)
        put(l, "\"", 1);
    put_escaped(l, s, true);
    if (quote && !quoted)
        put(l, "\"", 1);
}

/* One conversion of a printf format. */
struct spec {
    char text[24]; /* as given, NUL-terminated */
    size_t n;
    int stars[2]; /* width and precision given as arguments */
    int star_count;
    int precision; /* -1: none */
    int longs;     /* count of l; 2 for j, z and t as well: all of 64 bits here */
    char type;
};

/* Reads the conversion at `p`, just behind its %; returns what follows it, or NULL for one that this
 * module does not know. */
static const char *spec_parse(struct spec *s, const char *p, va_list *args)
{
    const char *start = p;
    bool after_dot = false;

    *s = (struct spec){.precision = -1};
    for (; *p != '\0' && strchr("-+ #0123456789.*hljzt", *p) != NULL; p++) {
        if (*p == '.') {
            after_dot = true;
            s->precision = 0;
        } else if (*p == '*' && s->star_count < 2) {
            int v = va_arg(*args, int);

            s->stars[s->star_count++] = v;
            if (after_dot)
                s->precision = v;
        } else if (after_dot && *p >= '0' && *p <= '9' && s->precision < MAX_LINE) {
            s->precision = s->precision * 10 + (*p - '0');
        } else if (*p == 'l') {
            s->longs++;
        } else if (*p == 'j' || *p == 'z' || *p == 't') {
            s->longs = 2;
        }
    }
    s->type = *p;
    s->n = (size_t)(p - start) + 2;
    if (*p == '\0' || s->n >= sizeof(s->text))
        return NULL;
    s->text[0] = '%';
    memcpy(s->text + 1, start, s->n - 1);
    return p + 1;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* The conversion's text is one of the caller's format, which the compiler checked against the arguments. */
#define PRINT_AS(value)                                                        \
    (s->star_count == 0   ? snprintf(out, size, s->text, (value))              \
     : s->star_count == 1 ? snprintf(out, size, s->text, s->stars[0], (value)) \
                          : snprintf(out, size, s->text, s->stars[0], s->stars[1], (value)))

static void print_number(const struct spec *s, char *out, size_t size, va_list *args)
{
    out[0] = '\0';
    switch (s->type) {
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        if (s->longs == 0)
            PRINT_AS(va_arg(*args, unsigned));
        else
            PRINT_AS(va_arg(*args, unsigned long));
        break;
    case 'c':
        PRINT_AS(va_arg(*args, int));
        break;
    case 'p':
        PRINT_AS(va_arg(*args, void *));
        break;
    default:
        PRINT_AS(va_arg(*args, double));
    }
}
#pragma GCC diagnostic pop

static struct str string_arg(const struct spec *s, va_list *args)
{
    const char *c = va_arg(*args, const char *);

    if (c == NULL)
        c = "-";
    return s->precision >= 0 ? (struct str){c, strnlen(c, (size_t)s->precision)} : str_of(c);
}

/* The pairs. The format is ours and stands as it is; each value is made safe by itself, which a look at the
 * finished text could not do: there a peer's quote and one of ours are the same. */
static void put_pairs(struct line *l, const char *fmt, va_list *args)
{
    bool quoted = false;

    while (*fmt != '\0') {
        size_t plain = strcspn(fmt, "%");
        struct spec s;
        char number[128];

        put(l, fmt, plain);
        for (; plain > 0; plain--)
            quoted ^= *fmt++ == '"';
        if (*fmt == '\0')
            return;
        if (fmt[1] == '%') {
            put(l, "%", 1);
            fmt += 2;
            continue;
        }
        fmt = spec_parse(&s, fmt + 1, args);
        if (fmt == NULL || strchr("diuxXocpeEfFgGs", s.type) == NULL) {
            put_c(l, "bad-format");
            return;
        }
        if (s.type == 's') {
            put_value(l, string_arg(&s, args), quoted);
        } else {
            print_number(&s, number, sizeof(number), args);
            put_escaped(l, str_of(number), true);
        }
    }
}

static void put_time(struct line *l)
{
    int64_t now = clock_wall_ms();
    time_t seconds = (time_t)(now / 1000);
    struct tm tm;
    char day[32], text[48];

    gmtime_r(&seconds, &tm);
    strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text, sizeof(text), "ts=%s.%03dZ", day, (int)(now % 1000));
    put_c(l, text);
}

uint64_t log_dropped(void)
{
    return dropped;
}

/* One write, so that lines of several processes on one pipe do not mix; and none where it would wait: whoever reads the
 * other end may stand still, and the loop must not. A pipe with room takes a line whole, as none is longer than
 * PIPE_BUF. (Its flags are not ours to change: others may write there too.) A log that cannot be written has nowhere to
 * be reported, but in a metric. */
static void put_out(const struct line *l)
{
    struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&room, 1, 0) != 1 || !(room.revents & POLLOUT) || write(STDERR_FILENO, l->p, l->n) < 0)
        dropped++;
}

void log_write(enum log_level level, const struct log *log, const char *event, const char *fmt, ...)
{
    struct line l;
    va_list args;

    l.n = 0;
    l.cut = false;
    put_time(&l);
    put_c(&l, " level=");
    put_c(&l, level_names[level]);
    put_c(&l, " svc=");
    put_c(&l, service_name);
    put_c(&l, " event=\"");
    put_escaped(&l, str_of(event), true);
    put_c(&l, "\"");
    if (log != NULL && log->pairs != NULL && log->pairs[0] != '\0') {
        put_c(&l, " ");
        put_escaped(&l, str_of(log->pairs), false);
    }
    if (fmt[0] != '\0') {
        put_c(&l, " ");
        va_start(args, fmt);
        put_pairs(&l, fmt, &args);
        va_end(args);
    }
    if (l.cut) {
        memcpy(l.p + l.n, "\xe2\x80\xa6", 3);
        l.n += 3;
    }
    l.p[l.n++] = '\n';
    put_out(&l);
}
