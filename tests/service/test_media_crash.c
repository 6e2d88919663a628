/* Whatever is killed while a file is uploaded or finished, and with it all that it has in memory: nobody gets half a
 * file, and the upload goes on where the row says. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "children.h"
#include "file_rows.h"
#include "media_files.h"
#include "person.h"
#include "postgres_server.h"
#include "stack.h"
#include "uploader.h"

enum { MIB = 1 << 20, WAIT_MS = 60000 };

static struct stack *stack;
static struct person alice;
static char *room;
static int port;

static void start(void)
{
    static const char *const env[] = {"PARLEY_MEDIA_SWEEP_S=1", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = 1, .env = env});
    port = stack_media_port(stack, 0);
    alice = person_register(stack_port(stack, 0), "alice");
    room = room_create(stack_port(stack, 0), &alice, "den", "private");
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    stack_stop(&stack);
}

TestSuite(media_crash, .init = start, .fini = stop, .timeout = 300);

/* All of PostgreSQL dies at once, and comes back. */
static void crash_database(void)
{
    postgres_server_crash(stack_postgres(stack));
    postgres_server_restart(stack_postgres(stack));
    stack_wait_ready(stack, "media-svc-0");
    stack_wait_ready(stack, "msg-svc-0");
    stack_wait_ready(stack, "gateway-0");
}

static int get(const char *path, struct buf *body)
{
    struct http_answer a = http_ask(port, "GET", path, NULL, &(struct http_extra){.token = alice.token});
    int status = a.status;
    if (body)
        buf_str(body, buf_view(&a.body));
    http_answer_fini(&a);
    return status;
}

/* It can neither be read nor be put into a message. */
static void expect_nobody_has(const char *path)
{
    char *cmid = new_cmid();
    char where[80];
    snprintf(where, sizeof(where), "/rooms/%s/messages", room);
    struct http_answer a = api(stack_port(stack, 0), alice.token, "POST", where,
                               "{\"cmid\":\"%s\",\"body\":\"look\",\"files\":[\"%s\"]}", cmid, strrchr(path, '/') + 1);
    cr_expect(a.status >= 400 && a.status < 500, "%d %s", a.status, buf_c(&a.body));
    http_answer_fini(&a);
    cr_expect_eq(get(path, NULL), 404);
    free(cmid);
}

static void expect_whole(const char *path, struct str bytes)
{
    struct buf got = {0};
    cr_expect_eq(get(path, &got), 200);
    cr_assert_eq(got.n, bytes.n);
    cr_expect_eq(memcmp(got.p, bytes.p, bytes.n), 0);
    buf_fini(&got);
}

static bool goes_on(void *arg)
{
    return upload_offset(port, alice.token, arg) >= 0;
}

/* What is missing, from where the row says. */
static void resume(char *path, struct str bytes)
{
    cr_assert(stack_until(goes_on, path, WAIT_MS));
    int64_t at = upload_offset(port, alice.token, path);
    cr_expect_lt(at, (int64_t)bytes.n);
    expect_nobody_has(path);
    cr_expect_eq(upload_patch(port, alice.token, path, at, bytes.p + at, bytes.n - (size_t)at, NULL), 204);
    upload_wait_ready(port, alice.token, path);
    expect_whole(path, bytes);
}

Test(media_crash, a_database_killed_in_the_middle_costs_a_try_and_no_byte)
{
    enum { SIZE = 6 * MIB, PART = 3 * MIB };
    char *path = upload_make(port, alice.token, SIZE, "x"), *bytes = upload_bytes(0, SIZE);
    int fd = upload_open(port, alice.token, path, 0, SIZE);
    for (ssize_t at = 0, n; at < PART; at += n) {
        n = send(fd, bytes + at, (size_t)(PART - at), MSG_NOSIGNAL);
        cr_assert(n > 0);
    }
    file_sql_until(stack, "SELECT received > 0 FROM media.file WHERE id = '\\x%s'", path, "t");
    postgres_server_crash(stack_postgres(stack));
    /* What cannot be stored ends the upload, at the latest when its last byte is here. */
    for (size_t at = PART; at < SIZE;) {
        ssize_t sent = send(fd, bytes + at, SIZE - at, MSG_NOSIGNAL);
        if (sent <= 0)
            break;
        at += (size_t)sent;
    }
    char answer[13] = "";
    ssize_t got = recv(fd, answer, sizeof(answer) - 1, MSG_WAITALL);
    cr_expect(got <= 0 || strcmp(answer, "HTTP/1.1 503") == 0, "%s", answer);
    close(fd);
    crash_database();
    resume(path, (struct str){bytes, SIZE});
    free(bytes);
    free(path);
}

Test(media_crash, what_a_patch_has_answered_outlives_the_database)
{
    enum { SIZE = 2 * MIB, PART = 512 << 10 };
    char *path = upload_make(port, alice.token, SIZE, "x"), *bytes = upload_bytes(0, SIZE);
    for (int64_t at = 0; at < 3 * PART; at += PART) {
        cr_expect_eq(upload_patch(port, alice.token, path, at, bytes + at, PART, NULL), 204);
        crash_database();
        cr_assert(stack_until(goes_on, path, WAIT_MS));
        cr_assert_eq(upload_offset(port, alice.token, path), at + PART);
    }
    resume(path, (struct str){bytes, SIZE});
    free(bytes);
    free(path);
}

/* ---- while it is finished ---- */

static bool finds_decoder(void *arg)
{
    *(pid_t *)arg = child_of(stack_pid(stack, "media-svc-0"));
    return *(pid_t *)arg > 0;
}

/* A document that is all there, and whose decoder stands still. */
static char *hold_decoder(const struct buf *bytes, pid_t *decoder_r)
{
    char *path = upload_make(port, alice.token, (int64_t)bytes->n, "page.pdf");
    cr_assert_eq(upload_patch(port, alice.token, path, 0, bytes->p, bytes->n, NULL), 204);
    cr_assert(stack_until(finds_decoder, decoder_r, WAIT_MS));
    kill(*decoder_r, SIGSTOP);
    expect_nobody_has(path);
    return path;
}

/* It is finished by whoever comes by, a minute later. */
static void expect_finished(const char *path, const struct buf *bytes)
{
    free(file_sql(stack,
                  "UPDATE media.file SET touched_at = now() - interval '2 minutes' WHERE id = '\\x%s' AND state = 1",
                  path));
    file_sql_until(stack, "SELECT concat_ws(' ', state, kind, previews) FROM media.file WHERE id = '\\x%s'", path,
                   "2 4 3");
    expect_whole(path, buf_view(bytes));
}

Test(media_crash, a_database_killed_while_a_file_is_finished_leaves_none_half_done)
{
    struct buf bytes = {0};
    pid_t decoder = 0;
    media_read("page.pdf", &bytes);
    char *path = hold_decoder(&bytes, &decoder);
    postgres_server_crash(stack_postgres(stack));
    kill(decoder, SIGCONT);
    crash_database();
    expect_finished(path, &bytes);
    buf_fini(&bytes);
    free(path);
}

static bool has_ended(void *arg)
{
    return !child_is_alive(*(pid_t *)arg);
}

Test(media_crash, media_svc_killed_while_a_file_is_decoded_leaves_no_decoder_and_another_finishes)
{
    struct buf bytes = {0};
    pid_t decoder = 0;
    media_read("page.pdf", &bytes);
    char *path = hold_decoder(&bytes, &decoder);
    stack_kill(stack, "media-svc-0", SIGKILL);
    kill(decoder, SIGCONT);
    cr_expect(stack_until(has_ended, &decoder, WAIT_MS), "the decoder outlives who started it");
    stack_restart(stack, "media-svc-0");
    stack_wait_ready(stack, "media-svc-0");
    expect_nobody_has(path);
    expect_finished(path, &bytes);
    buf_fini(&bytes);
    free(path);
}
