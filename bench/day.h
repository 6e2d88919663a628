/* What a process of a day knows of its people: day.c has what they do, day_hear.c what comes to them. */
#ifndef PARLEY_BENCH_DAY_H
#define PARLEY_BENCH_DAY_H

#include "agenda.h"
#include "place.h"
#include "rest.h"
#include "sender.h"
#include "worker.h"

struct device {
    struct sender sender;
    struct place *places;
    uint32_t count, shown; /* which of them is on the screen */
    uint32_t writes_to;
    int64_t left_us;         /* when it lost the connection; 0: it has one */
    bool idle, tells, reads; /* marks are on the agenda */
};

struct day {
    struct worker *worker;
    struct device *devices; /* one a client */
    struct rest *rest;
    struct agenda agenda;
    double *weights; /* of each room, for who chooses where to write */
    uint64_t chance;
    bool over; /* nothing new is begun */
};

struct client *day_client(const struct day *day, const struct device *device);
/* The id of the room. */
const char *day_room(const struct day *day, const struct place *place);
/* Between two marks of what was received, or read, of a device. */
enum { DAY_EVERY_US = 1000000 };
void day_plan(struct day *day, const struct device *device, enum act act, int64_t at_us);
void day_tell_delivered(struct day *day, struct device *device, int64_t now_us);

/* Of the crowd, whose arg is the day. */
client_frame_fn day_hear;

#endif
