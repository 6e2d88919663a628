/* Uploads: resumed wherever they were cut, stored once and byte for byte, by their owner only, within limits. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "failpoints.h"
#include "file_rows.h"
#include "media_files.h"
#include "person.h"
#include "personal_token.h"
#include "stack.h"
#include "uploader.h"

enum { MIB = 1 << 20, WAIT_MS = 30000, FILE_MAX = 64 * MIB, USER_MAX = 80 * MIB, UPLOADS_MAX = 10 };

static struct stack *stack;
static struct failpoints failpoints;
static struct person alice, bob;
static int port;

static void start(void)
{
    static const char *env[] = {NULL,
                                "PARLEY_MEDIA_FILE_MAX=67108864",
                                "PARLEY_MEDIA_USER_MAX=83886080",
                                "PARLEY_MEDIA_UPLOADS_MAX=10",
                                "PARLEY_MEDIA_SWEEP_S=1",
                                NULL};
    failpoints_init(&failpoints);
    env[0] = failpoints.env;
    stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = 1, .env = env});
    port = stack_media_port(stack, 0);
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 0), "bob");
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
    failpoints_fini(&failpoints);
}

TestSuite(media, .init = start, .fini = stop, .timeout = 240);

static void expect(struct http_answer a, int status, const char *code)
{
    char *said = answer_text(&a, "code");
    cr_expect_eq(a.status, status, "%d %s", a.status, buf_c(&a.body));
    if (code)
        cr_expect_str_eq(said, code);
    free(said);
    http_answer_fini(&a);
}

static char *sql(const char *format, const char *path)
{
    return file_sql(stack, format, path);
}

static void wait_sql(const char *format, const char *path, const char *value)
{
    file_sql_until(stack, format, path, value);
}

#define STATE "SELECT state FROM media.file WHERE id = '\\x%s'"

/* What is stored is exactly the first n bytes, in the rows' order and without a gap. */
static void expect_stored(const char *path, size_t n)
{
    char digest[PERSONAL_TOKEN_DIGEST], hex[2 * PERSONAL_TOKEN_DIGEST + 1];
    char *bytes = upload_bytes(0, n);
    cr_assert(personal_token_digest((struct str){bytes, n}, digest));
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)digest[i]);
    char *stored = sql("SELECT encode(sha256(string_agg(bytes, ''::bytea ORDER BY at)), 'hex') FROM media.chunk "
                       "WHERE file = '\\x%s'",
                       path);
    cr_expect_str_eq(stored, hex);
    free(stored);
    stored = sql("SELECT bool_and(at = coalesce(before, 0)) FROM (SELECT at, sum(length(bytes)) OVER (ORDER BY at "
                 "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM media.chunk WHERE file = '\\x%s') c",
                 path);
    cr_expect_str_eq(stored, "t");
    free(stored);
    free(bytes);
}

Test(media, what_is_spoken_is_told_to_anybody)
{
    struct http_answer a = http_ask(port, "OPTIONS", "/media/files", NULL, NULL);
    static const char *const rows[][2] = {{"tus-version", "1.0.0"},
                                          {"tus-resumable", "1.0.0"},
                                          {"tus-extension", "creation,termination,checksum,expiration"},
                                          {"tus-max-size", "67108864"},
                                          {"tus-checksum-algorithm", "sha1,sha256"}};
    cr_expect_eq(a.status, 204);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *value = answer_header(&a, rows[i][0]);
        cr_expect_str_eq(value, rows[i][1]);
        free(value);
    }
    http_answer_fini(&a);
}

/* Bytes of a body, then an end without a word. */
static void send_and_cut(const char *path, size_t from, size_t announced, size_t n)
{
    char *bytes = upload_bytes(from, n);
    int fd = upload_open(port, alice.token, path, (int64_t)from, announced);
    for (size_t at = 0; at < n;) {
        ssize_t sent = send(fd, bytes + at, n - at, MSG_NOSIGNAL);
        cr_assert(sent > 0);
        at += (size_t)sent;
    }
    shutdown(fd, SHUT_WR);
    close(fd);
    free(bytes);
}

struct reached {
    const char *path;
    int64_t offset;
};

static bool has_reached(void *arg)
{
    const struct reached *r = arg;
    return upload_offset(port, alice.token, r->path) == r->offset;
}

Test(media, cut_and_resumed_ten_times_it_arrives_byte_for_byte)
{
    enum { SIZE = 5 * MIB + 12345 };
    char *path = upload_make(port, alice.token, SIZE, "holiday.mkv");
    int64_t at = 0;
    for (int cut = 0; cut < 10; cut++) {
        size_t n = (size_t)(123457 * (cut % 4) + 1000);
        send_and_cut(path, (size_t)at, (size_t)(SIZE - at), n);
        at += (int64_t)n;
        cr_assert(stack_until(has_reached, &(struct reached){path, at}, WAIT_MS), "what came before the cut is kept");
    }
    char *rest = upload_bytes((size_t)at, (size_t)(SIZE - at));
    cr_expect_eq(upload_patch(port, alice.token, path, at, rest, (size_t)(SIZE - at), NULL), 204);
    cr_expect_eq(upload_offset(port, alice.token, path), SIZE);
    wait_sql(STATE, path, "2");
    expect_stored(path, SIZE);
    free(rest);
    free(path);
}

Test(media, killed_in_the_middle_it_goes_on_where_the_row_says)
{
    enum { SIZE = 4 * MIB };
    char *path = upload_make(port, alice.token, SIZE, "x"), *bytes = upload_bytes(0, SIZE);
    for (int round = 0; round < 3; round++) {
        int64_t at = upload_offset(port, alice.token, path);
        failpoints_arm(&failpoints, "media.stored", "kill");
        cr_expect_neq(upload_patch(port, alice.token, path, at, bytes + at, (size_t)(SIZE - at), NULL), 204);
        stack_kill(stack, "media-svc-0", SIGKILL);
        stack_restart(stack, "media-svc-0");
        stack_wait_ready(stack, "media-svc-0");
        cr_expect_gt(upload_offset(port, alice.token, path), at, "a chunk was stored before it died");
    }
    int64_t at = upload_offset(port, alice.token, path);
    cr_expect_lt(at, SIZE);
    cr_expect_eq(upload_patch(port, alice.token, path, at, bytes + at, (size_t)(SIZE - at), NULL), 204);
    wait_sql(STATE, path, "2");
    expect_stored(path, SIZE);
    free(bytes);
    free(path);
}

Test(media, of_two_at_one_place_one_is_stored)
{
    enum { SIZE = 2 * MIB };
    char *path = upload_make(port, alice.token, SIZE, "x"), *bytes = upload_bytes(0, SIZE);
    int slow = upload_open(port, alice.token, path, 0, SIZE);
    cr_assert_eq(send(slow, bytes, 1000, MSG_NOSIGNAL), 1000);
    cr_expect_eq(upload_patch(port, alice.token, path, 0, bytes, SIZE, NULL), 204);
    cr_assert_eq(send(slow, bytes + 1000, MIB - 1000, MSG_NOSIGNAL), MIB - 1000);
    char answer[16] = "";
    cr_assert_gt(recv(slow, answer, sizeof(answer) - 1, MSG_WAITALL), 0);
    cr_expect_str_eq(answer, "HTTP/1.1 409 Co");
    close(slow);
    expect_stored(path, SIZE);
    free(bytes);
    free(path);
}

Test(media, a_request_that_is_not_as_tus_has_it_stores_nothing)
{
    char *path = upload_make(port, alice.token, 100, "x"), *bytes = upload_bytes(0, 200);
    static const char *const other[] = {"Upload-Offset: 0", NULL}, *const none[] = {NULL};
    cr_expect_eq(upload_patch(port, alice.token, path, 7, bytes, 10, NULL), 409);
    cr_expect_eq(upload_patch(port, alice.token, path, 0, bytes, 101, NULL), 413);
    expect(upload_ask(port, alice.token, "PATCH", path, bytes, 10, none), 400, "bad_request");
    const struct http_extra old = {.token = alice.token, .header = "Tus-Resumable: 0.2.2", .headers = other};
    struct http_answer a = http_ask(port, "PATCH", path, bytes, &old);
    char *version = answer_header(&a, "tus-version");
    cr_expect_str_eq(version, "1.0.0");
    free(version);
    expect(a, 412, "tus_version");
    const struct http_extra json = {.token = alice.token, .header = "Tus-Resumable: 1.0.0", .headers = other};
    expect(http_ask(port, "PATCH", path, "{}", &json), 415, "unsupported_type");
    static const char *const lengths[] = {"Upload-Length: -1", "Upload-Length: x", "Upload-Defer-Length: 1"};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        const char *const headers[] = {lengths[i], NULL};
        expect(upload_ask(port, alice.token, "POST", "/media/files", NULL, 0, headers), 400, "bad_request");
    }
    static const char *const pairs[] = {"Upload-Metadata: k\xff eA==", "Upload-Metadata: k\xc3\xa9 eA==",
                                        "Upload-Metadata: k\tk eA==", "Upload-Metadata: filename eA==,filename eA=="};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        const char *const headers[] = {"Upload-Length: 1", pairs[i], NULL};
        expect(upload_ask(port, alice.token, "POST", "/media/files", NULL, 0, headers), 400, "bad_request");
    }
    expect(upload_ask(port, alice.token, "PUT", path, NULL, 0, none), 405, "method_not_allowed");
    cr_expect_eq(upload_offset(port, alice.token, path), 0);
    free(bytes);
    free(path);
}

Test(media, bytes_that_are_not_those_of_the_checksum_are_not_kept)
{
    char *path = upload_make(port, alice.token, 11, "x");
    cr_expect_eq(upload_patch(port, alice.token, path, 0, "hello worlD", 11, "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="), 460);
    cr_expect_eq(upload_patch(port, alice.token, path, 0, "hello world", 11, "md5 XrY7u+Ae7tCTyyK7j1rNww=="), 400);
    cr_expect_eq(upload_offset(port, alice.token, path), 0);
    cr_expect_eq(upload_patch(port, alice.token, path, 0, "hello world", 11,
                              "sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="),
                 204);
    cr_expect_eq(upload_offset(port, alice.token, path), 11);
    free(path);
}

/* One and the same answer, but for the id of the request. */
static void expect_same(struct http_answer a, struct http_answer b)
{
    char *code_a = answer_text(&a, "code"), *code_b = answer_text(&b, "code");
    char *text_a = answer_text(&a, "message"), *text_b = answer_text(&b, "message");
    cr_expect_eq(a.status, 404);
    cr_expect_eq(b.status, 404);
    cr_expect_eq(a.body.n, b.body.n);
    cr_expect_eq(a.headers.n, b.headers.n);
    cr_expect_str_eq(code_a, code_b);
    cr_expect_str_eq(text_a, text_b);
    free(code_a);
    free(code_b);
    free(text_a);
    free(text_b);
    http_answer_fini(&a);
    http_answer_fini(&b);
}

Test(media, an_upload_is_its_owners_and_not_there_for_anybody_else)
{
    static const char *const methods[] = {"HEAD", "PATCH", "DELETE", "GET"};
    static const char *const headers[] = {"Upload-Offset: 0", NULL};
    static const char unknown[] = "/media/files/00112233445566778899aabbccddeeff";
    char *path = upload_make(port, alice.token, 10, "x");
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        expect_same(upload_ask(port, bob.token, methods[i], path, NULL, 0, headers),
                    upload_ask(port, bob.token, methods[i], unknown, NULL, 0, headers));
    expect(upload_ask(port, NULL, "PATCH", path, NULL, 0, headers), 401, "unauthorized");
    expect(upload_ask(port, "nonsense", "PATCH", path, NULL, 0, headers), 401, "unauthorized");
    cr_expect_eq(upload_offset(port, alice.token, path), 0);
    free(path);
}

Test(media, the_cookie_of_a_login_reads_and_writes_nothing)
{
    struct buf cookie = {0};
    char *path = upload_make(port, alice.token, 10, "x");
    buf_printf(&cookie, "a=b; parley_media=%s", alice.token);
    const char *const headers[] = {"Upload-Offset: 0", "Upload-Length: 5", buf_c(&cookie), NULL};
    struct http_extra extra = {.cookie = buf_c(&cookie), .header = "Tus-Resumable: 1.0.0", .headers = headers};
    struct buf info = {0};
    buf_printf(&info, "%s/info", path);
    expect(http_ask(port, "GET", buf_c(&info), NULL, &extra), 200, NULL);
    expect(http_ask(port, "POST", "/media/files", NULL, &extra), 401, "unauthorized");
    expect(http_ask(port, "PATCH", path, "12345", &extra), 401, "unauthorized");
    expect(http_ask(port, "DELETE", path, NULL, &extra), 401, "unauthorized");
    struct http_answer a = http_ask(stack_port(stack, 0), "POST", "/api/v1/auth/login",
                                    "{\"username\":\"alice\",\"password\":\"" PASSWORD "\"}", NULL);
    char *set = answer_cookie(&a, "parley_media"), *token = answer_text(&a, "access_token");
    cr_expect_str_eq(set, token, "a login sets it");
    free(set);
    free(token);
    http_answer_fini(&a);
    buf_fini(&info);
    buf_fini(&cookie);
    free(path);
}

Test(media, limits_hold_for_a_file_a_person_and_unfinished_uploads)
{
    char *paths[UPLOADS_MAX];
    static const char *const large[] = {"Upload-Length: 67108865", NULL}, *const full[] = {"Upload-Length: 67108864",
                                                                                           NULL};
    static const char *const small[] = {"Upload-Length: 1", NULL};
    expect(upload_ask(port, alice.token, "POST", "/media/files", NULL, 0, large), 413, "too_large");
    char *first = upload_make(port, alice.token, FILE_MAX, "x");
    expect(upload_ask(port, alice.token, "POST", "/media/files", NULL, 0, full), 413, "quota_exceeded");
    expect(upload_ask(port, alice.token, "DELETE", first, NULL, 0, NULL), 204, NULL);
    cr_expect_eq(upload_offset(port, alice.token, first), -1);
    free(first);
    for (size_t i = 0; i < UPLOADS_MAX; i++)
        paths[i] = upload_make(port, alice.token, 1, NULL);
    expect(upload_ask(port, alice.token, "POST", "/media/files", NULL, 0, small), 409, "too_many_uploads");
    char *other = upload_make(port, bob.token, 1, NULL);
    cr_expect_eq(upload_patch(port, alice.token, paths[0], 0, "x", 1, NULL), 204, "what is finished counts no more");
    free(upload_make(port, alice.token, 1, NULL));
    for (size_t i = 0; i < UPLOADS_MAX; i++)
        free(paths[i]);
    free(other);
}

Test(media, deleting_and_uploading_in_turn_fills_no_disk)
{
    static const char *const full[] = {"Upload-Length: 67108864", NULL};
    char *deleted = upload_make(port, alice.token, FILE_MAX, "x");
    free(sql("UPDATE media.file SET state = 2, doomed_at = now() WHERE id = '\\x%s'", deleted));
    expect(upload_ask(port, alice.token, "POST", "/media/files", NULL, 0, full), 413, "quota_exceeded");
    free(upload_make(port, alice.token, MIB, "what fits beside it"));
    free(upload_make(port, bob.token, FILE_MAX, "somebody else's"));
    free(deleted);
}

Test(media, what_is_given_up_or_stands_still_for_a_day_leaves_nothing)
{
    char *bytes = upload_bytes(0, MIB), *ended = upload_make(port, alice.token, 2 * MIB, "x");
    char *still = upload_make(port, alice.token, 2 * MIB, "x");
    cr_expect_eq(upload_patch(port, alice.token, ended, 0, bytes, MIB, NULL), 204);
    cr_expect_eq(upload_patch(port, alice.token, still, 0, bytes, MIB, NULL), 204);
    expect(upload_ask(port, alice.token, "DELETE", ended, NULL, 0, NULL), 204, NULL);
    expect(upload_ask(port, alice.token, "DELETE", ended, NULL, 0, NULL), 404, "not_found");
    free(sql("UPDATE media.file SET touched_at = now() - interval '25 hours' WHERE id = '\\x%s'", still));
    wait_sql("SELECT count(*) FROM media.file", ended, "0");
    wait_sql("SELECT count(*) FROM media.chunk", ended, "0");
    wait_sql("SELECT bytes + uploads FROM media.usage", ended, "0");
    cr_expect_eq(stack_metric(stack, "media-svc-0", "parley_media_freed_bytes_total"), 2 * MIB);
    cr_expect_eq(upload_offset(port, alice.token, still), -1);
    free(bytes);
    free(ended);
    free(still);
}

Test(media, an_empty_file_is_a_file)
{
    char *path = upload_make(port, alice.token, 0, "empty");
    wait_sql(STATE, path, "2");
    cr_expect_eq(upload_patch(port, alice.token, path, 0, "", 0, NULL), 204);
    free(path);
}

Test(media, what_was_stored_when_its_process_died_becomes_ready)
{
    char *path = upload_make(port, alice.token, 5, "x");
    failpoints_arm(&failpoints, "media.stored", "kill");
    cr_expect_neq(upload_patch(port, alice.token, path, 0, "hello", 5, NULL), 204);
    stack_kill(stack, "media-svc-0", SIGKILL);
    stack_restart(stack, "media-svc-0");
    stack_wait_ready(stack, "media-svc-0");
    cr_expect_eq(upload_offset(port, alice.token, path), 5);
    free(sql("UPDATE media.file SET touched_at = now() - interval '2 minutes' WHERE id = '\\x%s' AND state = 1", path));
    wait_sql(STATE, path, "2");
    free(path);
}

Test(media, a_photo_is_known_with_its_previews_when_it_is_ready)
{
    struct buf bytes = {0};
    media_read("picture.jpg", &bytes);
    char *path = upload_make(port, alice.token, (int64_t)bytes.n, "photo.txt");
    cr_expect_eq(upload_patch(port, alice.token, path, 0, bytes.p, bytes.n, NULL), 204);
    wait_sql(STATE, path, "2");
    wait_sql("SELECT kind = 1 AND type = 'image/jpeg' AND width > 0 AND height > 0 AND previews = 3 AND blurhash <> '' "
             "FROM media.ready WHERE id = '\\x%s'",
             path, "t");
    wait_sql(
        "SELECT string_agg(DISTINCT variant::text, ',') FROM media.chunk WHERE file = '\\x%s' AND length(bytes) > 0",
        path, "0,1,2");
    buf_fini(&bytes);
    free(path);
}

static char *send_file(const char *name)
{
    struct buf bytes = {0};
    media_read(name, &bytes);
    char *path = upload_make(port, alice.token, (int64_t)bytes.n, name);
    cr_expect_eq(upload_patch(port, alice.token, path, 0, bytes.p, bytes.n, NULL), 204);
    buf_fini(&bytes);
    return path;
}

Test(media, what_is_given_up_while_it_is_looked_at_leaves_nothing)
{
    for (int i = 0; i < 8; i++) {
        char *path = send_file("clip.mp4");
        expect(upload_ask(port, alice.token, "DELETE", path, NULL, 0, NULL), 204, NULL);
        wait_sql("SELECT count(*) FROM media.file", path, "0");
        free(path);
    }
    /* Behind them, so that they have been looked at. */
    for (int i = 0; i < 2; i++) {
        char *path = send_file("picture.jpg");
        wait_sql(STATE, path, "2");
        free(path);
    }
    char *left =
        sql("SELECT count(*) FROM media.chunk c WHERE NOT EXISTS (SELECT FROM media.file WHERE id = c.file)", "");
    cr_expect_str_eq(left, "0");
    free(left);
}

Test(media, who_sends_many_holds_up_nobody_else)
{
    for (size_t i = 0; i < UPLOADS_MAX; i++)
        free(send_file("clip.mp4"));
    char *other = upload_make(port, bob.token, 5, "x");
    cr_expect_eq(upload_patch(port, bob.token, other, 0, "hello", 5, NULL), 204);
    wait_sql(STATE, other, "2");
    char *waiting = sql("SELECT count(*) > 2 FROM media.file WHERE state = 1", "");
    cr_expect_str_eq(waiting, "t");
    free(waiting);
    free(other);
}

/* As much as they take of each in turn, until all is sent. */
static void send_all(int *fds, size_t count, const char *bytes, size_t n)
{
    size_t at[UPLOADS_MAX] = {0}, left = count;
    while (left > 0) {
        struct pollfd p[UPLOADS_MAX];
        for (size_t i = 0; i < count; i++)
            p[i] = (struct pollfd){.fd = at[i] < n ? fds[i] : -1, .events = POLLOUT};
        cr_assert_gt(poll(p, count, WAIT_MS), 0);
        for (size_t i = 0; i < count; i++) {
            if (!(p[i].revents & POLLOUT))
                continue;
            ssize_t sent = send(fds[i], bytes + at[i], n - at[i], MSG_NOSIGNAL | MSG_DONTWAIT);
            cr_assert(sent > 0);
            at[i] += (size_t)sent;
            left -= at[i] == n;
        }
    }
}

Test(media, ten_at_once_are_never_in_memory_as_a_whole)
{
    enum { SIZE = 6 * MIB, CHUNK = 512 << 10, PIECE = 64 << 10 };
    char *paths[UPLOADS_MAX], *bytes = upload_bytes(0, SIZE);
    int fds[UPLOADS_MAX];
    for (size_t i = 0; i < UPLOADS_MAX; i++) {
        paths[i] = upload_make(port, alice.token, SIZE, "x");
        fds[i] = upload_open(port, alice.token, paths[i], 0, SIZE);
    }
    send_all(fds, UPLOADS_MAX, bytes, SIZE);
    for (size_t i = 0; i < UPLOADS_MAX; i++) {
        wait_sql(STATE, paths[i], "2");
        close(fds[i]);
        expect_stored(paths[i], SIZE);
        free(paths[i]);
    }
    int64_t peak = stack_metric(stack, "media-svc-0", "parley_media_buffered_peak_bytes");
    cr_expect_gt(peak, 0);
    cr_expect_leq(peak, UPLOADS_MAX * 2 * (CHUNK + PIECE), "%ld bytes", (long)peak);
    cr_expect_eq(stack_metric(stack, "media-svc-0", "parley_media_buffered_bytes"), 0);
    free(bytes);
}
