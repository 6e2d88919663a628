/* Structured logging: one logfmt line a fact on stderr. `fmt` gives the pairs, as in
 * log_info(&s->log, "room joined", "room=%s seq=%" PRId64, room, seq). Control characters and quotes in
 * values are escaped, so a peer cannot forge a line. Arguments are not evaluated below the level.
 * Never pass a secret or a message body. Levels: error = someone must act, warn = we coped,
 * info = lifecycle, debug = per message. */
#ifndef PARLEY_LOG_H
#define PARLEY_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* What an object adds to each of its lines: "conn=12 user=7". Embed one; the text is the owner's. */
struct log {
    const char *pairs; /* NULL: none */
};

/* Lines that were not written, as that would have meant to wait. */
uint64_t log_dropped(void);

/* Service name for every line, and the least severe level that is written. */
void log_init(const char *service, enum log_level level);
bool log_enabled(enum log_level level);
/* "error" … "debug" into a level; false when it is none of them. */
bool log_level_parse(const char *name, enum log_level *level_r);

void log_write(enum log_level level, const struct log *log, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#define LOG_AT(level, log, event, ...)                 \
    do {                                               \
        if (log_enabled(level))                        \
            log_write(level, log, event, __VA_ARGS__); \
    } while (0)
/* `log` may be NULL. With nothing to add, pass "". */
#define log_error(log, event, ...) LOG_AT(LOG_ERROR, log, event, __VA_ARGS__)
#define log_warn(log, event, ...) LOG_AT(LOG_WARN, log, event, __VA_ARGS__)
#define log_info(log, event, ...) LOG_AT(LOG_INFO, log, event, __VA_ARGS__)
#define log_debug(log, event, ...) LOG_AT(LOG_DEBUG, log, event, __VA_ARGS__)

#endif
