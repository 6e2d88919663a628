/* parley-decode TYPE: looks at the file on descriptor 0 from inside a sandbox, and answers on descriptor 1. */
#include <fontconfig/fontconfig.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer.h"
#include "clip.h"
#include "decodable.h"
#include "mischief.h"
#include "picture.h"
#include "sandbox.h"

/* Everything that needs files: they are the libraries' own. */
static bool prepare(const struct decodable *what)
{
    const char *loader = what->way == DECODE_CLIP ? NULL : what->reader;

    if (what->way == DECODE_PAGE && !FcInit())
        return false;
    return picture_prepare(loader) == 0;
}

static int decode(const struct decodable *what, struct answer *answer)
{
    struct stat st;

    /* Some loaders do not survive that there is nothing. */
    if (fstat(STDIN_FILENO, &st) != 0 || st.st_size == 0 || lseek(STDIN_FILENO, 0, SEEK_SET) != 0)
        return -1;
    if (what->way == DECODE_CLIP)
        return clip_read(answer, what->reader);
    return what->way == DECODE_PAGE ? page_read(answer) : picture_read(answer);
}

int main(int argc, char **argv)
{
    static struct answer answer;
    const struct decodable *what = argc == 2 ? decodable_find(argv[1]) : NULL;
    int rc;

    if (sandbox_limit() != 0)
        return DECODE_EXIT_SANDBOX;
    if (what == NULL && !mischief_is(argc, argv))
        return DECODE_EXIT_UNKNOWN;
    /* Each arena takes 64 MiB of address space, of which there is little. */
    mallopt(M_ARENA_MAX, 1);
    if (what != NULL && !prepare(what))
        return DECODE_EXIT_LIBRARY;
    if (sandbox_enter(what != NULL && what->way == DECODE_PAGE ? SANDBOX_FONTS : SANDBOX_NO_FILES) != 0)
        return DECODE_EXIT_SANDBOX;
    if (what == NULL)
        return mischief_do(argv[1]);
    rc = decode(what, &answer);
    if (rc == -2)
        _exit(DECODE_EXIT_TOO_LARGE);
    /* Without the libraries' own ends: there is nothing to keep. */
    _exit(rc == 0 && answer_write(&answer) == 0 ? 0 : DECODE_EXIT_BROKEN);
}
