/* A blocking tus client for tests, written from tus 1.0.0, and what tests ask of media-svc most. Asserts what it is not
 * asked about. */
#ifndef PARLEY_TEST_UPLOADER_H
#define PARLEY_TEST_UPLOADER_H

#include "http_client.h"

/* Byte i of every file of these tests: no two chunks are alike. */
char upload_byte(size_t i);
/* n of them, from byte `from` on; the caller frees. */
char *upload_bytes(size_t from, size_t n);

/* Any request of tus, with more headers, NULL-ended (may be NULL). */
struct http_answer upload_ask(int port, const char *token, const char *method, const char *path, const char *body,
                              size_t n, const char *const *headers);
/* POST: the path of a new upload, which the caller frees. `name` may be NULL. */
char *upload_make(int port, const char *token, int64_t size, const char *name);
/* PATCH; the status. `checksum` may be NULL. */
int upload_patch(int port, const char *token, const char *path, int64_t offset, const char *bytes, size_t n,
                 const char *checksum);
/* HEAD; -1: there is none. */
int64_t upload_offset(int port, const char *token, const char *path);
/* A whole file, ready; its path. */
char *upload_file(int port, const char *token, const char *name, const char *bytes, size_t n);
/* Until …/info says so. */
void upload_wait_ready(int port, const char *token, const char *path);

/* A PATCH of `announced` bytes begun on a socket of its own, with nothing of its body yet. The caller closes it. */
int upload_open(int port, const char *token, const char *path, int64_t offset, size_t announced);

#endif
