/* Who may see a file, asked of msg-svc at each request: it alone knows who may read what. */
#ifndef PARLEY_MEDIA_VIEWER_H
#define PARLEY_MEDIA_VIEWER_H

#include "file.h"
#include "media.h"

enum viewer_answer {
    VIEWER_NO,
    VIEWER_YES,
    VIEWER_EVERYBODY, /* who is logged in: it need not be asked about each time */
};

/* Called once, later, with the answer, or an error when there is none. A function that returns an error calls nothing.
 */
typedef void viewer_fn(void *arg, int err, enum viewer_answer answer);
/* Is the file in a message, or a picture of something? */
int viewer_used(struct media *media, const struct file_id *id, viewer_fn *fn, void *arg);
/* May this person see it: who may read a message that it is in, or see what it is a picture of; and its owner while it
 * is neither. */
int viewer_may(struct media *media, int64_t user, const struct file *file, viewer_fn *fn, void *arg);

enum { VIEWER_ASK_MAX = 500 };
/* Which of these, VIEWER_ASK_MAX at most, are in use: fn is told of each, `done` once behind them. */
typedef void viewer_each_fn(void *arg, const struct file_id *id);
typedef void viewer_done_fn(void *arg, int err);
int viewer_ask(struct media *media, const struct file_id *ids, size_t count, viewer_each_fn *fn, viewer_done_fn *done,
               void *arg);

#endif
