/* Runs the decoder (decode/) on files, each in a process of its own that is bounded in everything and ended at its
 * deadline. Owned by who makes it; loop thread only. Whatever becomes of a decoder, its starter only hears of it. */
#ifndef PARLEY_DECODER_H
#define PARLEY_DECODER_H

#include <stdbool.h>
#include <stdint.h>

#include "decoder_answer.h"

struct decoder;
struct loop;

enum {
    DECODER_RUNNING_MAX = 2, /* at once: each may take a processor and a gibibyte */
    DECODER_DEADLINE_MS = 20000
};

/* 0: *answer is what it said, good until the function returns. Else answer is NULL and nothing is known of the file:
 * ERR_REFUSED it is not what its type says, or too large; ERR_TIMEOUT it was killed at the deadline, or with its time
 * of a processor used up; ERR_INTERNAL it died, or spoke nonsense. All three are final: it would go so again. */
typedef void decoder_fn(void *arg, int err, const struct decoder_answer *answer);

/* `program`: the path of parley-decode; NULL: beside the program that runs. */
struct decoder *decoder_create(struct loop *loop, const char *program);
/* Kills what runs; no function is called for it. */
void decoder_destroy(struct decoder **decoder);

/* Whether there is a decoder for this type. */
bool decoder_knows(const char *type);

/* Starts one on an open file, whose offset it moves; fd is the caller's and may be closed when this has returned.
 * `type`: as told from the bytes. ERR_BUSY: DECODER_RUNNING_MAX run, ask again when one has called back;
 * ERR_UNSUPPORTED_TYPE: nothing decodes that; ERR_INTERNAL: it could not be started. */
int decoder_start(struct decoder *decoder, int fd, const char *type, uint64_t deadline_ms, decoder_fn *fn, void *arg);

#endif
