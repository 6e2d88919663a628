/* What parley-bench-load is told to do. */
#ifndef PARLEY_BENCH_OPTIONS_H
#define PARLEY_BENCH_OPTIONS_H

#include "crowd.h"

enum { WATCHED_MAX = 64 };

enum mode { MODE_FAN, MODE_IDLE, MODE_STORM, MODE_INGEST, MODE_DAY };

struct options {
    enum mode mode;
    struct crowd_plan plan;
    int64_t clients; /* subscribers of a fan, beside which there is one publisher; else all of them */
    int64_t processes;
    int64_t past;   /* of a day: messages that each room has before */
    int64_t share;  /* of a day: who writes chooses a room of n people with a weight of n to the power of -share/100 */
    int64_t people; /* of a day; the clients beyond are second devices of the first. 0: as many as tokens */
    char **places;  /* of a day: a line a person, the rooms' numbers in the plan */
    size_t place_count;
    int64_t kill;    /* of a storm: the process at `plan.home`, which is ended when it begins. 0: the clients leave */
    int64_t opening; /* clients that connect at the same time, of all processes */
    int64_t window;  /* messages under way; of a fan or of each author */
    double rate;     /* messages a second; 0: as many as the window lets through */
    int64_t size;    /* bytes of a message */
    int64_t warm_ms, run_ms;
    int64_t settle_ms; /* between the last one being ready and the run */
    int64_t limit_ms;  /* for all of it; the run is ended then */
    const char *watched_names[WATCHED_MAX];
    int64_t watched[WATCHED_MAX]; /* their pids */
    size_t watched_count;
};

/* Reads them; prints what is wrong or how to use it and exits otherwise. */
void options_read(struct options *options, int argc, char **argv);

#endif
