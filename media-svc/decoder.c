/* Runs decoders: starts, watches and kills them, and judges what they say. */
#include "decoder.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "child.h"
#include "decodable.h"
#include "err.h"
#include "log.h"

enum { PATH_BYTES = 4096 };

struct run {
    struct decoder *decoder;
    struct child *child; /* NULL: free */
    const char *type;
    decoder_fn *fn;
    void *arg;
};

struct decoder {
    struct loop *loop;
    char *program;
    struct run runs[DECODER_RUNNING_MAX];
};

static char *beside_this_program(void)
{
    char path[PATH_BYTES];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    char *slash;

    path[n > 0 ? n : 0] = '\0';
    slash = strrchr(path, '/');
    if (slash == NULL || (size_t)(slash - path) > sizeof(path) - sizeof("/parley-decode"))
        return xstrdup("parley-decode");
    memcpy(slash, "/parley-decode", sizeof("/parley-decode"));
    return xstrdup(path);
}

struct decoder *decoder_create(struct loop *loop, const char *program)
{
    struct decoder *decoder = xcalloc(1, sizeof(*decoder));

    decoder->loop = loop;
    decoder->program = program != NULL ? xstrdup(program) : beside_this_program();
    return decoder;
}

void decoder_destroy(struct decoder **decoder_p)
{
    struct decoder *decoder = *decoder_p;

    if (decoder == NULL)
        return;
    *decoder_p = NULL;
    for (size_t i = 0; i < DECODER_RUNNING_MAX; i++)
        child_cancel(&decoder->runs[i].child);
    free(decoder->program);
    free(decoder);
}

bool decoder_knows(const char *type)
{
    return decodable_find(type) != NULL;
}

static int judge_exit(int status)
{
    if (status == DECODE_EXIT_BROKEN || status == DECODE_EXIT_TOO_LARGE)
        return ERR_REFUSED;
    return status == 0 ? 0 : ERR_INTERNAL;
}

/* What its end means, and what is logged of it. */
static int judge(const struct child_result *result, const char *type)
{
    int err = ERR_INTERNAL;

    if (result->end == CHILD_EXITED)
        err = judge_exit(result->code);
    else if (result->end == CHILD_LATE || (result->end == CHILD_KILLED && result->code == SIGXCPU))
        err = ERR_TIMEOUT;
    if (err == ERR_INTERNAL && result->end == CHILD_EXITED && result->code == DECODE_EXIT_SANDBOX)
        log_error(NULL, "no sandbox for the decoder, nothing is decoded", "type=%s", type);
    else if (err == ERR_INTERNAL || err == ERR_TIMEOUT)
        log_warn(NULL, "decoder failed", "type=%s end=%s code=%d took_ms=%" PRIu64, type, child_end_name(result->end),
                 result->code, result->took_ms);
    return err;
}

static void on_end(void *arg, const struct child_result *result)
{
    struct run *run = arg;
    struct decoder_answer answer;
    decoder_fn *fn = run->fn;
    int err = judge(result, run->type);

    if (err == 0 && !decoder_answer_parse(result->output, &answer)) {
        log_warn(NULL, "decoder spoke nonsense", "type=%s bytes=%zu", run->type, result->output.n);
        err = ERR_INTERNAL;
    }
    /* Free before the call: the function may start the next. */
    run->child = NULL;
    fn(run->arg, err, err == 0 ? &answer : NULL);
}

static struct run *free_run(struct decoder *decoder)
{
    for (size_t i = 0; i < DECODER_RUNNING_MAX; i++)
        if (decoder->runs[i].child == NULL)
            return &decoder->runs[i];
    return NULL;
}

int decoder_start(struct decoder *decoder, int fd, const char *type, uint64_t deadline_ms, decoder_fn *fn, void *arg)
{
    /* Of the environment, which holds passwords, it gets nothing. */
    static const char *const environment[] = {"LC_ALL=C.UTF-8", NULL};
    const struct decodable *what = decodable_find(type);
    struct run *run = free_run(decoder);
    const char *argv[] = {decoder->program, what != NULL ? what->type : NULL, NULL};
    const struct child_job job = {.program = decoder->program,
                                  .argv = argv,
                                  .environment = environment,
                                  .input_fd = fd,
                                  .max_output = DECODER_ANSWER_MAX,
                                  .deadline_ms = deadline_ms};

    if (what == NULL)
        return ERR_UNSUPPORTED_TYPE;
    if (run == NULL)
        return ERR_BUSY;
    *run = (struct run){.decoder = decoder, .type = what->type, .fn = fn, .arg = arg};
    return child_start(&run->child, decoder->loop, &job, on_end, run);
}
