/* A blocking tus client for tests. */
#include "uploader.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"
#include "stack.h"

enum { READY_MS = 30000, MAX_HEADERS = 16 };

char upload_byte(size_t i)
{
    return (char)((i * 31 + i / 4093 * 7 + i / 65537) & 0xff);
}

char *upload_bytes(size_t from, size_t n)
{
    char *bytes = xcalloc(1, n + 1);
    for (size_t i = 0; i < n; i++)
        bytes[i] = upload_byte(from + i);
    return bytes;
}

struct http_answer upload_ask(int port, const char *token, const char *method, const char *path, const char *body,
                              size_t n, const char *const *headers)
{
    const char *all[MAX_HEADERS] = {"Tus-Resumable: 1.0.0"};
    size_t count = 1;
    for (; headers && *headers && count + 1 < MAX_HEADERS; headers++)
        all[count++] = *headers;
    const struct http_extra extra = {
        .token = token, .type = "application/offset+octet-stream", .headers = all, .body_n = n};
    return http_ask(port, method, path, body, &extra);
}

char *upload_make(int port, const char *token, int64_t size, const char *name)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buf metadata = {0};
    char length[48];
    size_t n = name ? strlen(name) : 0;
    buf_cstr(&metadata, "Upload-Metadata: filename ");
    for (size_t i = 0; i < n; i += 3) {
        unsigned v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < n ? (unsigned char)name[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_char(&metadata, i + k > n ? '=' : digits[v >> (18 - 6 * k) & 63]);
    }
    snprintf(length, sizeof(length), "Upload-Length: %lld", (long long)size);
    const char *const headers[] = {length, name ? buf_c(&metadata) : NULL, NULL};
    struct http_answer a = upload_ask(port, token, "POST", "/media/files", NULL, 0, headers);
    cr_assert_eq(a.status, 201, "%d %s", a.status, buf_c(&a.body));
    char *path = answer_header(&a, "location");
    cr_assert_eq(strlen(path), strlen("/media/files/") + 32, "%s", path);
    buf_fini(&metadata);
    http_answer_fini(&a);
    return path;
}

int upload_patch(int port, const char *token, const char *path, int64_t offset, const char *bytes, size_t n,
                 const char *checksum)
{
    char at[48], sum[160];
    snprintf(at, sizeof(at), "Upload-Offset: %lld", (long long)offset);
    snprintf(sum, sizeof(sum), "Upload-Checksum: %s", checksum ? checksum : "");
    const char *const headers[] = {at, checksum ? sum : NULL, NULL};
    struct http_answer a = upload_ask(port, token, "PATCH", path, bytes, n, headers);
    int status = a.status;
    char *now = answer_header(&a, "upload-offset");
    if (status == 204)
        cr_assert_eq(strtoll(now, NULL, 10), offset + (int64_t)n);
    free(now);
    http_answer_fini(&a);
    return status;
}

int64_t upload_offset(int port, const char *token, const char *path)
{
    struct http_answer a = upload_ask(port, token, "HEAD", path, NULL, 0, NULL);
    char *at = answer_header(&a, "upload-offset");
    int64_t offset = a.status == 200 ? strtoll(at, NULL, 10) : -1;
    cr_assert(a.status == 200 || a.status == 404, "%d", a.status);
    free(at);
    http_answer_fini(&a);
    return offset;
}

struct waiting {
    const char *token, *path;
    int port;
};

static bool is_ready(void *arg)
{
    const struct waiting *w = arg;
    struct buf path = {0};
    buf_printf(&path, "%s/info", w->path);
    struct http_answer a = http_ask(w->port, "GET", buf_c(&path), NULL, &(struct http_extra){.token = w->token});
    char *state = answer_text(&a, "state");
    bool ready = a.status == 200 && strcmp(state, "ready") == 0;
    free(state);
    http_answer_fini(&a);
    buf_fini(&path);
    return ready;
}

void upload_wait_ready(int port, const char *token, const char *path)
{
    struct waiting w = {.token = token, .path = path, .port = port};
    cr_assert(stack_until(is_ready, &w, READY_MS), "%s does not become ready", path);
}

char *upload_file(int port, const char *token, const char *name, const char *bytes, size_t n)
{
    char *path = upload_make(port, token, (int64_t)n, name);
    if (n > 0)
        cr_assert_eq(upload_patch(port, token, path, 0, bytes, n, NULL), 204);
    upload_wait_ready(port, token, path);
    return path;
}

int upload_open(int port, const char *token, const char *path, int64_t offset, size_t announced)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct buf head = {0};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
    buf_printf(&head,
               "PATCH %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n"
               "Content-Type: application/offset+octet-stream\r\nUpload-Offset: %lld\r\nContent-Length: %zu\r\n\r\n",
               path, token, (long long)offset, announced);
    cr_assert_eq(send(fd, head.p, head.n, MSG_NOSIGNAL), (ssize_t)head.n);
    buf_fini(&head);
    return fd;
}
