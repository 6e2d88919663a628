/* The command line of parley-bench-load. */
#include "options.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "board.h"
#include "clock.h"
#include "dialect.h"
#include "mark.h"
#include "sender.h"

static const char usage[] =
    "usage: parley-bench-load fan|idle|storm|ingest|day --dialect NAME --address IP:PORT… [option…]\n"
    "  fan     one author, --clients subscribers of one room: deliveries a second, send to screen, send to answer\n"
    "  idle    --clients who only stay connected\n"
    "  storm   --clients who all lose their connection at once and come back\n"
    "  ingest  --clients who write, each to its own room of --rooms\n"
    "  day     --people who write, read, search, come and go, on --clients devices, in the rooms that --places says\n"
    "\n"
    "  --address IP:PORT  where clients connect, each to the next; at most 16 times\n"
    "  --home IP:PORT     of a storm: where they connect at first\n"
    "  --kill PID         of a storm: the process there; it is killed, and who loses his connection waits as the protocol asks\n"
    "  --dialect NAME     limit, parley, nats, mqtt, socketio\n"
    "  --tokens FILE      access tokens, one a line; client i takes line i\n"
    "  --rooms FILE       ids of rooms, one a line; client i takes line i\n"
    "  --places FILE      of a day: line i has the rooms of person i, as numbers of lines of --rooms, from 0\n"
    "  --past N           of a day: messages that each room has before (0)\n"
    "  --share N          of a day: 100: all rooms are as busy; 0: in each, everybody writes as much as in the others (100)\n"
    "  --people N         of a day; clients beyond are further devices of the first (as many as tokens)\n"
    "  --clients N        (100)\n"
    "  --processes N      that the clients are spread over (1)\n"
    "  --window N         messages under way at a time (16)\n"
    "  --rate R           messages a second, each at its time (open loop); as long as the window lets it through\n"
    "  --size N           bytes of a message (200)\n"
    "  --opening N        clients that connect at the same time (200)\n"
    "  --warm MS          that are not counted, at the beginning of the run (500)\n"
    "  --run MS           that are counted (3000)\n"
    "  --settle MS        after the last client is ready (1000)\n"
    "  --limit MS         for everything (300000)\n"
    "  --watch NAME=PID   a process whose time and memory are told, with its children; at most 64 times\n"
    "\n"
    "Prints one JSON object. Exit code 1: something went wrong, which it names.\n";

static _Noreturn void die(const char *what, const char *word)
{
    fprintf(stderr, "parley-bench-load: %s: %s\n", what, word);
    exit(2);
}

static int64_t number(const char *name, const char *word, int64_t least, int64_t most)
{
    int64_t value;
    if (!str_i64(str_of(word), &value) || value < least || value > most)
        die(name, word);
    return value;
}

static char **lines_of(const char *path, size_t *count_r)
{
    FILE *file = fopen(path, "re");
    if (!file)
        die("cannot be read", path);
    char **lines = NULL, *line = NULL;
    size_t count = 0, room = 0;
    while (getline(&line, &room, file) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        lines = xrealloc(lines, (count + 1) * sizeof(*lines));
        lines[count++] = xstrdup(line);
    }
    free(line);
    fclose(file);
    if (count == 0)
        die("has no line", path);
    *count_r = count;
    return lines;
}

/* ---- the options that are no number ---- */

static void read_address(const char *name, const char *word, struct sockaddr_in *address_r)
{
    char ip[64];
    const char *colon = strrchr(word, ':');
    if (!colon || (size_t)(colon - word) >= sizeof(ip))
        die(name, word);
    snprintf(ip, sizeof(ip), "%.*s", (int)(colon - word), word);
    address_r->sin_family = AF_INET;
    address_r->sin_port = htons((uint16_t)number(name, colon + 1, 1, UINT16_MAX));
    if (inet_pton(AF_INET, ip, &address_r->sin_addr) != 1)
        die(name, word);
}

static void take_address(struct options *o, char *word)
{
    struct crowd_plan *plan = &o->plan;
    if (plan->address_count == CROWD_ADDRESSES)
        die("--address", word);
    read_address("--address", word, &plan->addresses[plan->address_count++]);
}

static void take_home(struct options *o, char *word)
{
    read_address("--home", word, &o->plan.home);
    o->plan.has_home = true;
}

static void take_watch(struct options *o, char *word)
{
    char *equals = strchr(word, '=');
    if (!equals || o->watched_count == WATCHED_MAX)
        die("--watch", word);
    *equals = '\0';
    o->watched_names[o->watched_count] = word;
    o->watched[o->watched_count++] = number("--watch", equals + 1, 1, INT64_MAX);
}

static void take_dialect(struct options *o, char *word)
{
    o->plan.dialect = dialect_find(word);
    if (!o->plan.dialect)
        die("--dialect", word);
}

static void take_tokens(struct options *o, char *word)
{
    o->plan.tokens = lines_of(word, &o->plan.token_count);
}

static void take_rooms(struct options *o, char *word)
{
    o->plan.rooms = lines_of(word, &o->plan.room_count);
}

static void take_places(struct options *o, char *word)
{
    o->places = lines_of(word, &o->place_count);
}

static void take_rate(struct options *o, char *word)
{
    char *end;
    o->rate = strtod(word, &end);
    if (*end || !(o->rate >= 1 && o->rate <= 1e6))
        die("--rate", word);
}

/* ---- all of them ---- */

/* With `take` that reads it; else a number in the range, at `field`. */
struct row {
    const char *name;
    void (*take)(struct options *o, char *word);
    size_t field;
    int64_t least, most;
};

static const struct row rows[] = {
    {"--address", take_address, 0, 0, 0},
    {"--dialect", take_dialect, 0, 0, 0},
    {"--home", take_home, 0, 0, 0},
    {"--places", take_places, 0, 0, 0},
    {"--rate", take_rate, 0, 0, 0},
    {"--rooms", take_rooms, 0, 0, 0},
    {"--tokens", take_tokens, 0, 0, 0},
    {"--watch", take_watch, 0, 0, 0},
    {"--clients", NULL, offsetof(struct options, clients), 1, 1000000},
    {"--kill", NULL, offsetof(struct options, kill), 2, INT32_MAX},
    {"--limit", NULL, offsetof(struct options, limit_ms), 1000, 7200000},
    {"--past", NULL, offsetof(struct options, past), 0, 1000000},
    {"--people", NULL, offsetof(struct options, people), 1, 1000000},
    {"--opening", NULL, offsetof(struct options, opening), 1, 1000000},
    {"--processes", NULL, offsetof(struct options, processes), 1, BOARD_SLOTS},
    {"--run", NULL, offsetof(struct options, run_ms), 1, 3600000},
    {"--settle", NULL, offsetof(struct options, settle_ms), 0, 600000},
    {"--share", NULL, offsetof(struct options, share), 0, 200},
    {"--size", NULL, offsetof(struct options, size), MARK_SIZE, MARK_BODY_MAX},
    {"--warm", NULL, offsetof(struct options, warm_ms), 0, 600000},
    {"--window", NULL, offsetof(struct options, window), 1, SENDER_RING / 2},
};

static void take(struct options *o, const char *name, char *word)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        if (strcmp(row->name, name) != 0)
            continue;
        if (row->take)
            row->take(o, word);
        else
            *(int64_t *)((char *)o + row->field) = number(name, word, row->least, row->most);
        return;
    }
    die("there is no such option", name);
}

static enum mode mode_of(const char *word)
{
    static const char *const modes[] = {"fan", "idle", "storm", "ingest", "day"};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(modes[i], word) == 0)
            return (enum mode)i;
    die("there is no such measurement", word);
}

static void check_day(struct options *o)
{
    if (o->mode != MODE_DAY)
        return;
    if (o->people == 0)
        o->people = (int64_t)o->plan.token_count;
    if (o->people > (int64_t)o->plan.token_count || o->people > (int64_t)o->place_count || o->people > o->clients)
        die("--people", "more than there are tokens, lines of --places, or clients");
    if (o->plan.room_count > BOARD_ROOMS)
        die("--rooms", "too many");
    o->plan.token_count = (size_t)o->people;
}

static void check(struct options *o)
{
    if (!o->plan.dialect || o->plan.address_count == 0)
        die("needed", "--dialect and --address");
    if (o->plan.dialect == &dialect_parley && (o->plan.token_count == 0 || o->plan.room_count == 0))
        die("needed", "--tokens and --rooms");
    if (o->mode != MODE_FAN && o->plan.dialect != &dialect_parley)
        die("a fan is all that is measured of others", o->plan.dialect->name);
    if (o->plan.has_home != (o->kill > 0) || (o->kill > 0 && o->mode != MODE_STORM))
        die("only together, and of a storm", "--home and --kill");
    if (o->processes > o->clients)
        die("--processes", "more than there are clients");
    check_day(o);
    o->plan.run = (uint32_t)clock_wall_ms() * 2654435761U ^ (uint32_t)getpid();
    o->plan.publisher = o->mode == MODE_FAN ? (uint32_t)o->clients : UINT32_MAX;
    o->plan.resumes = o->mode == MODE_STORM;
    o->plan.opening = (size_t)o->opening / (size_t)o->processes + 1;
}

void options_read(struct options *o, int argc, char **argv)
{
    *o = (struct options){.clients = 100,
                          .processes = 1,
                          .window = 16,
                          .size = 200,
                          .share = 100,
                          .opening = 200,
                          .warm_ms = 500,
                          .run_ms = 3000,
                          .settle_ms = 1000,
                          .limit_ms = 300000};
    if (argc < 2 || argc % 2 != 0) {
        fputs(usage, stderr);
        exit(2);
    }
    o->mode = mode_of(argv[1]);
    for (int i = 2; i + 1 < argc; i += 2)
        take(o, argv[i], argv[i + 1]);
    check(o);
}
