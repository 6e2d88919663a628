/* The built web client as it was at start. What has a hash of its content in its name (/assets/) is mapped, so that it
 * takes memory only while it is asked for, and gateways share it; the little else is copied. Whoever puts other files
 * there in the place of these changes nothing; one that is written over is no longer given. Constant after creation. */
#ifndef PARLEY_GATEWAY_STATIC_FILES_H
#define PARLEY_GATEWAY_STATIC_FILES_H

#include "str.h"

struct static_files;

/* One answer; views live as long as the files. */
struct static_choice {
    struct str body; /* for body_static alone: to send a mapped file that was cut fails, to read it ends the process */
    struct str type;
    struct str encoding; /* empty: as it is */
    struct str etag;     /* quoted */
    bool immutable;      /* its name has a hash of its content */
    bool varies;         /* there are encodings to choose from */
};

/* `dir` empty or not there: no files, logged. Skips what is not a regular file, names that begin with a dot, and files
 * beyond the bounds (2,000 files, 16 MiB each, 64 MiB in all), with a warning. */
void static_files_create(struct static_files **files_r, const char *dir);
void static_files_destroy(struct static_files **files);

/* What answers a GET of `path`. Paths that name no file, and whose last segment has no dot, are pages of the client
 * itself: index.html answers them. False: nothing does. */
bool static_files_find(const struct static_files *files, struct str path, struct str accept_encoding,
                       struct static_choice *choice_r);

#endif
