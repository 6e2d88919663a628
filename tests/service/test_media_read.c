/* Files as they are given out: to those who may, in parts and under conditions, and so that they can do no harm. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "file_rows.h"
#include "media_files.h"
#include "person.h"
#include "stack.h"
#include "uploader.h"

enum { MIB = 1 << 20, WAIT_MS = 30000, CHUNK = 256 << 10, WAVEFORM_TEXT = 88 };

static struct stack *stack;
static struct person alice, bob, carol;
static int port, gateway;

static void start(void)
{
    static const char *const env[] = {"PARLEY_MEDIA_SWEEP_S=1", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = 1, .env = env});
    port = stack_media_port(stack, 0);
    gateway = stack_port(stack, 0);
    alice = person_register(gateway, "alice");
    bob = person_register(gateway, "bob");
    carol = person_register(gateway, "carol");
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
}

TestSuite(media_read, .init = start, .fini = stop, .timeout = 240);

static struct http_answer ask(const struct person *who, const char *method, const char *path, const char *header)
{
    return http_ask(port, method, path, NULL, &(struct http_extra){.token = who->token, .header = header});
}

static int status(const struct person *who, const char *path)
{
    struct http_answer a = ask(who, "GET", path, NULL);
    int got = a.status;
    http_answer_fini(&a);
    return got;
}

static void expect_header(const struct http_answer *a, const char *name, const char *want)
{
    char *value = answer_header(a, name);
    cr_expect_str_eq(value, want, "%s: %s", name, value);
    free(value);
}

static char *sql(const char *format, const char *path)
{
    return file_sql(stack, format, path);
}

static void wait_sql(const char *format, const char *path, const char *value)
{
    file_sql_until(stack, format, path, value);
}

/* A message of alice's in a room of hers that has the file; its number. */
static int64_t attach(const char *path, const char *room)
{
    char *cmid = new_cmid(), to[64];
    snprintf(to, sizeof(to), "/rooms/%s/messages", room);
    struct http_answer a = api(gateway, alice.token, "POST", to, "{\"cmid\":\"%s\",\"files\":[\"%s\"]}", cmid,
                               path + strlen("/media/files/"));
    int64_t seq = answer_int(&a, "seq");
    cr_assert_eq(a.status, 201, "%d %s", a.status, buf_c(&a.body));
    http_answer_fini(&a);
    free(cmid);
    return seq;
}

/* One and the same answer, but for the id of the request. */
static void expect_unknown(const struct person *who, const char *method, const char *path, const char *header)
{
    struct http_answer a = ask(who, method, path, header);
    struct http_answer b = ask(who, method, "/media/files/00112233445566778899aabbccddeeff", header);
    char *code_a = answer_text(&a, "code"), *code_b = answer_text(&b, "code");
    cr_expect_eq(a.status, 404, "%s %s", method, path);
    cr_expect_eq(b.status, 404);
    cr_expect_eq(a.body.n, b.body.n);
    cr_expect_eq(a.headers.n, b.headers.n);
    cr_expect_str_eq(code_a, code_b);
    free(code_a);
    free(code_b);
    http_answer_fini(&a);
    http_answer_fini(&b);
}

Test(media_read, its_owner_gets_it_byte_for_byte)
{
    enum { SIZE = 2 * MIB + 777 };
    char *bytes = upload_bytes(0, SIZE), *path = upload_file(port, alice.token, "Grüße.bin", bytes, SIZE);
    struct http_answer a = ask(&alice, "GET", path, NULL);
    cr_expect_eq(a.status, 200);
    cr_assert_eq(a.body.n, SIZE);
    cr_expect_eq(memcmp(a.body.p, bytes, SIZE), 0);
    expect_header(&a, "content-disposition",
                  "attachment; filename=\"Gr__e.bin\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.bin");
    expect_header(&a, "accept-ranges", "bytes");
    http_answer_fini(&a);
    a = ask(&alice, "HEAD", path, NULL);
    cr_expect_eq(a.status, 200);
    expect_header(&a, "content-length", "2097929");
    http_answer_fini(&a);
    char *empty = upload_file(port, alice.token, "empty", "", 0);
    a = ask(&alice, "GET", empty, NULL);
    cr_expect_eq(a.status, 200);
    cr_expect_eq(a.body.n, 0);
    http_answer_fini(&a);
    free(empty);
    free(bytes);
    free(path);
}

Test(media_read, a_part_is_given_and_one_that_is_not_there_is_416)
{
    enum { SIZE = 600000 };
    char *bytes = upload_bytes(0, SIZE), *path = upload_file(port, alice.token, "x", bytes, SIZE);
    static const struct {
        const char *range, *content;
        size_t from, to;
    } rows[] = {
        {"Range: bytes=0-0", "bytes 0-0/600000", 0, 1},
        {"Range: bytes=262100-262200", "bytes 262100-262200/600000", 262100, 262201},
        {"Range: bytes=599990-", "bytes 599990-599999/600000", 599990, SIZE},
        {"Range: bytes=-5", "bytes 599995-599999/600000", 599995, SIZE},
        {"Range: bytes=1-99999999", "bytes 1-599999/600000", 1, SIZE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct http_answer a = ask(&alice, "GET", path, rows[i].range);
        cr_expect_eq(a.status, 206, "%s", rows[i].range);
        expect_header(&a, "content-range", rows[i].content);
        cr_assert_eq(a.body.n, rows[i].to - rows[i].from);
        cr_expect_eq(memcmp(a.body.p, bytes + rows[i].from, a.body.n), 0, "%s", rows[i].range);
        http_answer_fini(&a);
    }
    struct http_answer a = ask(&alice, "GET", path, "Range: bytes=600000-");
    cr_expect_eq(a.status, 416);
    expect_header(&a, "content-range", "bytes */600000");
    http_answer_fini(&a);
    a = ask(&alice, "GET", path, "Range: bytes=0-1,5-6");
    cr_expect_eq(a.status, 200, "of several parts all is given");
    http_answer_fini(&a);
    free(bytes);
    free(path);
}

Test(media_read, who_has_it_already_is_told_so_and_a_part_is_of_the_same_file)
{
    char *path = upload_file(port, alice.token, "x", "hello", 5), header[128];
    struct http_answer a = ask(&alice, "GET", path, NULL);
    char *tag = answer_header(&a, "etag");
    cr_expect_gt(strlen(tag), 30);
    expect_header(&a, "cache-control", "private, no-cache");
    http_answer_fini(&a);
    snprintf(header, sizeof(header), "If-None-Match: \"other\", %s", tag);
    a = ask(&alice, "GET", path, header);
    cr_expect_eq(a.status, 304);
    cr_expect_eq(a.body.n, 0);
    expect_header(&a, "etag", tag);
    http_answer_fini(&a);
    const char *part[] = {"Range: bytes=1-2", header, NULL};
    snprintf(header, sizeof(header), "If-Range: %s", tag);
    a = http_ask(port, "GET", path, NULL, &(struct http_extra){.token = alice.token, .headers = part});
    cr_expect_eq(a.status, 206);
    http_answer_fini(&a);
    snprintf(header, sizeof(header), "If-Range: \"other\"");
    a = http_ask(port, "GET", path, NULL, &(struct http_extra){.token = alice.token, .headers = part});
    cr_expect_eq(a.status, 200);
    cr_expect_eq(a.body.n, 5);
    http_answer_fini(&a);
    free(tag);
    free(path);
}

Test(media_read, who_may_read_a_message_that_has_it_sees_it_and_nobody_else)
{
    char *path = upload_file(port, alice.token, "x", "hello", 5), header[128], body[64];
    expect_unknown(&bob, "GET", path, NULL);
    char *room = room_create(gateway, &alice, "den", "private");
    attach(path, room);
    expect_unknown(&bob, "GET", path, NULL);
    snprintf(body, sizeof(body), "/rooms/%s/members", room);
    struct http_answer a = api(gateway, alice.token, "POST", body, "{\"user\":\"%s\"}", bob.id);
    cr_assert(a.status == 200 || a.status == 201 || a.status == 204, "%d %s", a.status, buf_c(&a.body));
    http_answer_fini(&a);
    cr_expect_eq(status(&bob, path), 200);
    cr_expect_eq(status(&alice, path), 200);
    a = ask(&bob, "GET", path, NULL);
    char *tag = answer_header(&a, "etag");
    http_answer_fini(&a);
    expect_unknown(&carol, "GET", path, NULL);
    expect_unknown(&carol, "HEAD", path, NULL);
    snprintf(body, sizeof(body), "/rooms/%s/members/%s", room, bob.id);
    a = api(gateway, alice.token, "DELETE", body, NULL);
    cr_assert(a.status == 200 || a.status == 204, "%d %s", a.status, buf_c(&a.body));
    http_answer_fini(&a);
    /* Whoever was put out sees nothing, by no remembered way. */
    snprintf(header, sizeof(header), "If-None-Match: %s", tag);
    expect_unknown(&bob, "GET", path, NULL);
    expect_unknown(&bob, "GET", path, header);
    expect_unknown(&bob, "GET", path, "Range: bytes=0-1");
    cr_expect_eq(status(&alice, path), 200);
    free(tag);
    free(room);
    free(path);
}

Test(media_read, nothing_that_could_act_is_given_to_be_shown)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"page.html", "<!DOCTYPE html><html><script>alert(1)</script></html>"},
        {"photo.png", "<!DOCTYPE html><html><script>alert(1)</script></html>"},
        {"a.svg", "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script>x()</script></svg>"},
        {"a.js", "alert(1);"},
        {"a.gif", "GIF89a/*....*/=alert(1)//"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *path = upload_file(port, alice.token, rows[i].name, rows[i].text, strlen(rows[i].text));
        struct http_answer a = ask(&alice, "GET", path, NULL);
        char *how = answer_header(&a, "content-disposition");
        cr_expect_eq(a.status, 200);
        cr_expect_eq(strncmp(how, "attachment; ", 12), 0, "%s: %s", rows[i].name, how);
        expect_header(&a, "content-type", "application/octet-stream");
        expect_header(&a, "x-content-type-options", "nosniff");
        expect_header(&a, "content-security-policy", "sandbox; default-src 'none'");
        expect_header(&a, "cross-origin-resource-policy", "same-origin");
        http_answer_fini(&a);
        free(how);
        free(path);
    }
}

Test(media_read, what_it_is_comes_from_its_bytes_and_not_from_its_name)
{
    char *path = upload_file(port, alice.token, "photo.png", "plain words\n", 12), info[128];
    snprintf(info, sizeof(info), "%s/info", path);
    struct http_answer a = ask(&alice, "GET", info, NULL);
    char *type = answer_text(&a, "type"), *kind = answer_text(&a, "kind"), *name = answer_text(&a, "name");
    cr_expect_str_eq(type, "text/plain");
    cr_expect_str_eq(kind, "file");
    cr_expect_str_eq(name, "photo.png");
    cr_expect_eq(answer_int(&a, "size"), 12);
    http_answer_fini(&a);
    free(type);
    free(kind);
    free(name);
    snprintf(info, sizeof(info), "%s/small", path);
    expect_unknown(&alice, "GET", info, NULL);
    free(path);
}

/* One of tests/service/media, uploaded under its own name. */
static char *upload_sample(const char *name)
{
    struct buf bytes = {0};
    media_read(name, &bytes);
    char *path = upload_file(port, alice.token, name, bytes.p, bytes.n);
    buf_fini(&bytes);
    return path;
}

static struct http_answer ask_part(const struct person *who, const char *path, const char *part)
{
    char full[128];
    snprintf(full, sizeof(full), "%s%s", path, part);
    return ask(who, "GET", full, NULL);
}

static void expect_shown(struct http_answer a, const char *type, bool is_inline)
{
    char *how = answer_header(&a, "content-disposition");
    cr_expect_eq(a.status, 200, "%d %s", a.status, type);
    expect_header(&a, "content-type", type);
    cr_expect_eq(strncmp(how, is_inline ? "inline; " : "attachment; ", is_inline ? 8 : 12), 0, "%s", how);
    expect_header(&a, "content-security-policy", "sandbox; default-src 'none'");
    free(how);
    http_answer_fini(&a);
}

Test(media_read, what_the_decoder_understood_is_shown_with_its_previews)
{
    static const struct {
        const char *name, *kind, *shown;
        bool small;
    } rows[] = {{"picture.jpg", "image", "image/jpeg", true},
                {"moving.gif", "image", "image/gif", true},
                {"clip.mp4", "video", "video/mp4", true},
                {"voice.mp3", "audio", "audio/mpeg", false},
                {"page.pdf", "pdf", NULL, true}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *path = upload_sample(rows[i].name);
        struct http_answer a = ask_part(&alice, path, "/info");
        char *kind = answer_text(&a, "kind");
        cr_expect_str_eq(kind, rows[i].kind, "%s: %s", rows[i].name, buf_c(&a.body));
        struct str waveform = {"", 0};
        jval_get_str(a.json, "waveform", &waveform);
        cr_expect_eq(waveform.n, strcmp(kind, "audio") == 0 ? WAVEFORM_TEXT : 0, "%s: %s", rows[i].name,
                     buf_c(&a.body));
        http_answer_fini(&a);
        expect_shown(ask_part(&alice, path, ""), rows[i].shown ? rows[i].shown : "application/octet-stream",
                     rows[i].shown != NULL);
        expect_shown(ask_part(&alice, path, "?download=1"), "application/octet-stream", false);
        if (rows[i].small)
            expect_shown(ask_part(&alice, path, "/small"), "image/webp", true);
        free(kind);
        free(path);
    }
}

Test(media_read, where_a_photo_was_taken_is_told_to_nobody_else)
{
    char *path = upload_sample("position.jpg"), *room = room_create(gateway, &alice, "square", "public");
    room_join(gateway, &bob, room);
    attach(path, room);
    struct http_answer a = ask(&alice, "GET", path, NULL);
    cr_expect_not_null(memmem(a.body.p, a.body.n, "Exif", 4), "it was there");
    http_answer_fini(&a);
    a = ask(&bob, "GET", path, NULL);
    expect_header(&a, "content-type", "image/webp");
    cr_expect_gt(a.body.n, 0);
    cr_expect_null(memmem(a.body.p, a.body.n, "Exif", 4));
    cr_expect_null(memmem(a.body.p, a.body.n, "EXIF", 4));
    http_answer_fini(&a);
    free(room);
    free(path);
}

/* A GET on a socket of its own, of which nothing is read yet. */
static int open_get(const char *path)
{
    char head[2048];
    int small = 65536, fd = upload_open(port, alice.token, path, 0, 0);
    /* That was a PATCH of nothing at a wrong place: its answer, which is no more than a head, comes first. */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    int n = snprintf(head, sizeof(head),
                     "GET %s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n", path,
                     alice.token);
    cr_assert_eq(send(fd, head, (size_t)n, MSG_NOSIGNAL), n);
    return fd;
}

static bool nothing_moves(void *arg)
{
    int64_t *last = arg, now = stack_metric(stack, "media-svc-0", "parley_media_served_bytes_total");
    bool still = now > 0 && now == *last;
    *last = now;
    if (!still)
        poll(NULL, 0, 200);
    return still;
}

Test(media_read, to_a_slow_reader_no_more_is_read_than_it_takes)
{
    enum { SIZE = 24 * MIB };
    char *bytes = upload_bytes(0, SIZE), *path = upload_file(port, alice.token, "x", bytes, SIZE);
    struct buf got = {0};
    int64_t last = -1;
    int fd = open_get(path);
    cr_assert(stack_until(nothing_moves, &last, WAIT_MS));
    cr_expect_lt(last, SIZE / 2);
    cr_expect_leq(stack_metric(stack, "media-svc-0", "parley_media_buffered_bytes"), 2 * CHUNK);
    for (ssize_t n = 1; n > 0;) {
        buf_reserve(&got, MIB);
        n = recv(fd, got.p + got.n, MIB, 0);
        got.n += n > 0 ? (size_t)n : 0;
    }
    cr_assert_gt(got.n, SIZE);
    cr_expect_eq(memcmp(got.p + got.n - SIZE, bytes, SIZE), 0);
    cr_expect_eq(stack_metric(stack, "media-svc-0", "parley_media_buffered_bytes"), 0);
    close(fd);
    buf_fini(&got);
    free(bytes);
    free(path);
}

static bool media_is_dead(void *arg)
{
    (void)arg;
    return !stack_alive(stack, "media-svc-0");
}

static bool both_ways(void *arg)
{
    (void)arg;
    return stack_metric(stack, "media-svc-0", "parley_media_uploading") == 1 &&
           stack_metric(stack, "media-svc-0", "parley_media_downloading") == 1;
}

Test(media_read, told_to_stop_it_ends_whatever_stands_still)
{
    enum { SIZE = 24 * MIB };
    char *bytes = upload_bytes(0, SIZE), *path = upload_file(port, alice.token, "x", bytes, SIZE);
    char *unfinished = upload_make(port, alice.token, SIZE, "y");
    int down = open_get(path), up = upload_open(port, alice.token, unfinished, 0, SIZE);
    cr_assert_eq(send(up, bytes, MIB, MSG_NOSIGNAL), MIB);
    cr_assert(stack_until(both_ways, NULL, WAIT_MS));
    stack_signal(stack, "media-svc-0", SIGTERM);
    cr_assert(stack_until(media_is_dead, NULL, WAIT_MS));
    close(down);
    close(up);
    stack_restart(stack, "media-svc-0");
    stack_wait_ready(stack, "media-svc-0");
    int64_t at = upload_offset(port, alice.token, unfinished);
    cr_expect(at > 0 && at <= MIB, "%lld", (long long)at);
    cr_expect_eq(upload_patch(port, alice.token, unfinished, at, bytes + at, (size_t)(SIZE - at), NULL), 204);
    free(bytes);
    free(path);
    free(unfinished);
}

#define THERE "SELECT count(*) FROM media.file WHERE id = '\\x%s'"

Test(media_read, in_no_message_for_a_day_it_goes_and_in_one_it_stays)
{
    char *unused = upload_file(port, alice.token, "x", "hello", 5),
         *used = upload_file(port, alice.token, "y", "hello", 5);
    char *doomed = upload_file(port, alice.token, "z", "hello", 5), message[96];
    char *room = room_create(gateway, &alice, "den", "private");
    int64_t seq = attach(unused, room);
    attach(used, room);
    attach(doomed, room);
    /* Its only message goes. */
    snprintf(message, sizeof(message), "/rooms/%s/messages/%lld", room, (long long)seq);
    struct http_answer a = api(gateway, alice.token, "DELETE", message, NULL);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    /* It was attached while it was being doomed. */
    free(sql("UPDATE media.file SET doomed_at = now() - interval '2 hours' WHERE id = '\\x%s'", doomed));
    free(sql("UPDATE media.file SET touched_at = now() - interval '25 hours' WHERE id = '\\x%s'", used));
    free(sql("UPDATE media.file SET touched_at = now() - interval '25 hours' WHERE id = '\\x%s'", unused));
    wait_sql("SELECT count(doomed_at) FROM media.file WHERE id = '\\x%s'", unused, "1");
    expect_unknown(&alice, "GET", unused, NULL);
    wait_sql("SELECT count(doomed_at) FROM media.file WHERE id = '\\x%s'", doomed, "0");
    wait_sql("SELECT touched_at > now() - interval '1 hour' FROM media.file WHERE id = '\\x%s'", used, "t");
    cr_expect_eq(status(&alice, used), 200);
    cr_expect_eq(status(&alice, doomed), 200);
    free(sql("UPDATE media.file SET doomed_at = now() - interval '2 hours' WHERE id = '\\x%s'", unused));
    wait_sql(THERE, unused, "0");
    wait_sql("SELECT count(*) FROM media.chunk WHERE file = '\\x%s'", unused, "0");
    a = upload_ask(port, alice.token, "DELETE", used, NULL, 0, NULL);
    cr_expect_eq(a.status, 403, "it is taken away with its message");
    http_answer_fini(&a);
    cr_expect_eq(status(&alice, used), 200);
    free(room);
    free(unused);
    free(used);
    free(doomed);
}
