/* What the decoder knows how to decode, by the type that was told from a file's bytes; and how it ends. Shared by the
 * program (decode/) and by who starts it (decoder.h). */
#ifndef PARLEY_DECODABLE_H
#define PARLEY_DECODABLE_H

enum decodable_way { DECODE_PICTURE, DECODE_PAGE, DECODE_CLIP };

struct decodable {
    const char *type;
    enum decodable_way way;
    const char *reader; /* the one loader or demuxer that is to look at it */
};

/* Exit statuses of the decoder, beside 0: an answer was written. */
enum {
    DECODE_EXIT_UNKNOWN = 64,   /* no such type */
    DECODE_EXIT_BROKEN = 65,    /* it is not what it claims to be, or broken */
    DECODE_EXIT_TOO_LARGE = 66, /* more pixels than are decoded */
    DECODE_EXIT_LIBRARY = 70,   /* a library could not be loaded */
    DECODE_EXIT_SANDBOX = 71    /* the sandbox could not be set: nothing was read */
};

/* NULL: nothing decodes that. */
const struct decodable *decodable_find(const char *type);

#endif
