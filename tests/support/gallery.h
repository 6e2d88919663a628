/* Three people, the first of them admin, on a system with one gateway and one media-svc; and what tests of pictures ask
 * of it. */
#ifndef PARLEY_TEST_GALLERY_H
#define PARLEY_TEST_GALLERY_H

#include "person.h"
#include "stack.h"

struct gallery {
    struct stack *stack;
    struct person alice, bob, carol;
    int media, port;
};
extern struct gallery g;

void gallery_start(void);
void gallery_stop(void);

/* One of tests/service/media, uploaded and ready: its path, the caller's to free. */
char *gallery_upload(const struct person *owner, const char *name);
/* The id in such a path. */
const char *gallery_id(const char *path);
/* What a GET of a file or a part of it comes to; `who` NULL: without a login. */
int gallery_seen(const struct person *who, const char *path, const char *part);
/* A header of its answer, the caller's to free. */
char *gallery_header(const struct person *who, const char *path, const char *name);

/* What came of a request is this. */
#define gallery_expect(came, want) gallery_expect_at(came, want, __LINE__)
void gallery_expect_at(const char *came, const char *want, int line);
/* What a request comes to. `body` is what stands before a file's id, in its quotes; `file` NULL: no id. */
const char *gallery_ask(const struct person *who, const char *method, const char *path, const char *body,
                        const char *file);
/* POST {"name","file"}. */
const char *gallery_add(const struct person *who, const char *path, const char *name, const char *file);
/* Whether the answer of a GET has this text in it. */
bool gallery_says(const struct person *who, const char *path, const char *text);

/* A day passes: the sweeper frees the file, or finds that it is used. Each waits, and asserts. */
void gallery_wait_freed(const char *file);
void gallery_wait_kept(const char *file);

#endif
