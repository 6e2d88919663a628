/* decode-mutated FILE TYPE SEED COUNT: the decoder on COUNT mutations of an image, each in a process and a sandbox of
 * its own as ever, but forked when the libraries are loaded instead of started: that takes a tenth of the time. Prints
 * how they ended: "decoded 12 refused 80 late 0 died 0 sandbox 0 rss_kib 60000". */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answer.h"
#include "decodable.h"
#include "picture.h"
#include "sandbox.h"

enum { MAX_BYTES = 64 << 10, DEADLINE_S = 20 };

static uint8_t original[MAX_BYTES], mutated[2 * MAX_BYTES];
static size_t original_bytes;
static uint64_t state;
static struct {
    int decoded, refused, late, died, unsafe;
} tally;

/* xorshift64: the same mutations for the same seed, everywhere. */
static uint32_t chance(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % below;
}

static void mutate_once(size_t *n)
{
    static const uint8_t extremes[] = {0x00, 0xFF, 0x7F, 0x80, 0x01};
    size_t at = chance((uint32_t)*n), some = 1 + chance(64);

    some = some < *n - at ? some : *n - at;
    switch (chance(6)) {
    case 0: /* a bit */
        mutated[at] ^= (uint8_t)(1 << chance(8));
        break;
    case 1: /* a byte */
        mutated[at] = (uint8_t)chance(256);
        break;
    case 2: /* a number as large as it can be, or negative */
        for (size_t i = at; i < at + 4 && i < *n; i++)
            mutated[i] = extremes[chance(5)];
        break;
    case 3: /* a part that is not there */
        memmove(mutated + at, mutated + at + some, *n - at - some);
        *n -= *n > some ? some : 0;
        break;
    case 4: /* a part twice */
        if (*n + some <= sizeof mutated) {
            memmove(mutated + at + some, mutated + at, *n - at);
            *n += some;
        }
        break;
    default: /* an end that is not there */
        *n = chance(8) == 0 ? at + 1 : *n;
        break;
    }
}

static size_t mutate(void)
{
    size_t n = original_bytes;

    memcpy(mutated, original, n);
    for (uint32_t times = 1 + chance(6); times > 0; times--)
        mutate_once(&n);
    return n;
}

/* Never returns. */
static void decode(int input, int output)
{
    static struct answer answer;
    int rc;

    if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 || sandbox_limit() != 0)
        _exit(DECODE_EXIT_SANDBOX);
    alarm(DEADLINE_S);
    if (sandbox_enter(SANDBOX_NO_FILES) != 0)
        _exit(DECODE_EXIT_SANDBOX);
    lseek(STDIN_FILENO, 0, SEEK_SET);
    rc = picture_read(&answer);
    _exit(rc == 0 && answer_write(&answer) == 0 ? 0 : DECODE_EXIT_BROKEN);
}

static void count(int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        tally.decoded++;
    else if (WIFEXITED(status) && WEXITSTATUS(status) == DECODE_EXIT_BROKEN)
        tally.refused++;
    else if (WIFEXITED(status) && WEXITSTATUS(status) == DECODE_EXIT_SANDBOX)
        tally.unsafe++;
    else if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGXCPU))
        tally.late++;
    else
        tally.died++;
}

static void run_one(int output)
{
    size_t n = mutate();
    int input = memfd_create("mutated", MFD_CLOEXEC), status = 0;
    pid_t child;

    if (input < 0 || write(input, mutated, n) != (ssize_t)n)
        exit(1);
    child = fork();
    if (child == 0)
        decode(input, output);
    if (child < 0 || waitpid(child, &status, 0) != child)
        exit(1);
    close(input);
    count(status);
}

static bool load(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, original, sizeof original) : -1;

    original_bytes = n > 0 ? (size_t)n : 0;
    return original_bytes > 0;
}

int main(int argc, char **argv)
{
    const struct decodable *what = argc == 5 ? decodable_find(argv[2]) : NULL;
    int output = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct rusage usage;

    if (what == NULL || what->way != DECODE_PICTURE || !load(argv[1]) || picture_prepare(what->reader) != 0)
        return 1;
    state = strtoull(argv[3], NULL, 10) * 2654435761U + 1;
    for (long left = strtol(argv[4], NULL, 10); left > 0; left--)
        run_one(output);
    getrusage(RUSAGE_CHILDREN, &usage);
    printf("decoded %d refused %d late %d died %d sandbox %d rss_kib %ld\n", tally.decoded, tally.refused, tally.late,
           tally.died, tally.unsafe, usage.ru_maxrss);
    return 0;
}
