/* What was uploaded is looked into: it is known what it is, there are previews made anew from it, and a decoder that
 * refuses it or dies of it costs the preview and nothing else. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "children.h"
#include "media_files.h"
#include "person.h"
#include "stack.h"
#include "uploader.h"

enum { WAIT_MS = 60000 };

static struct stack *stack;
static struct person alice;
static int port;

static void start(void)
{
    stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = 1});
    port = stack_media_port(stack, 0);
    alice = person_register(stack_port(stack, 0), "alice");
}

static void stop(void)
{
    person_fini(&alice);
    stack_stop(&stack);
}

TestSuite(media_preview, .init = start, .fini = stop, .timeout = 300);

/* The first field of what SQL that ends in a name finds. */
static char *sql(const char *before, const char *name)
{
    char text[512];
    snprintf(text, sizeof(text), "%s'%s'", before, name);
    return stack_sql(stack, text);
}

static void expect_row(const char *name, const char *columns, const char *value)
{
    char before[256];
    snprintf(before, sizeof(before), "SELECT concat_ws(' ', %s) FROM media.file WHERE name = ", columns);
    char *is = sql(before, name);
    cr_expect_str_eq(is, value, "%s of %s: %s", columns, name, is);
    free(is);
}

static bool is_ready(void *arg)
{
    char *state = sql("SELECT state FROM media.file WHERE name = ", arg);
    bool ready = strcmp(state, "2") == 0;
    free(state);
    return ready;
}

static void wait_ready(const char *name)
{
    cr_assert(stack_until(is_ready, (void *)(uintptr_t)name, WAIT_MS), "%s does not become ready", name);
}

static void begin(const char *name, const char *bytes, size_t n)
{
    char *path = upload_make(port, alice.token, (int64_t)n, name);
    cr_assert_eq(upload_patch(port, alice.token, path, 0, bytes, n, NULL), 204);
    free(path);
}

static void upload(const char *name)
{
    struct buf bytes = {0};
    media_read(name, &bytes);
    begin(name, bytes.p, bytes.n);
    buf_fini(&bytes);
    wait_ready(name);
}

static void expect_webp(const char *name, int variant, int width, int height)
{
    char before[256];
    struct buf webp = {0};
    snprintf(before, sizeof(before),
             "SELECT string_agg(bytes, ''::bytea ORDER BY at) FROM media.chunk JOIN media.file ON id = file "
             "WHERE variant = %d AND name = ",
             variant);
    char *hex = sql(before, name);
    for (const char *at = hex + 2; strlen(hex) > 2 && at[0] && at[1]; at += 2)
        buf_char(&webp, (char)(str_hex_digit(at[0]) << 4 | str_hex_digit(at[1])));
    cr_expect(media_webp_width(buf_view(&webp)) == width && media_webp_height(buf_view(&webp)) == height, "%s: %d × %d",
              name, media_webp_width(buf_view(&webp)), media_webp_height(buf_view(&webp)));
    buf_fini(&webp);
    free(hex);
}

Test(media_preview, of_a_photo_there_are_its_size_as_it_is_shown_a_blur_and_two_previews)
{
    upload("position.jpg");
    expect_row("position.jpg", "kind, type, width, height, previews, length(blurhash)", "1 image/jpeg 64 96 3 28");
    expect_webp("position.jpg", 1, 64, 96);
    expect_webp("position.jpg", 2, 64, 96);
}

Test(media_preview, what_it_is_shows_however_few_bytes_came_at_once)
{
    static const size_t ends[] = {1, 4, 11, 200};
    struct buf bytes = {0};
    media_read("position.jpg", &bytes);
    char *path = upload_make(port, alice.token, (int64_t)bytes.n, "pieces.jpg");
    size_t at = 0;
    for (size_t i = 0; i <= sizeof(ends) / sizeof(ends[0]); i++) {
        size_t end = i < sizeof(ends) / sizeof(ends[0]) ? ends[i] : bytes.n;
        cr_assert_eq(upload_patch(port, alice.token, path, (int64_t)at, bytes.p + at, end - at, NULL), 204);
        at = end;
    }
    wait_ready("pieces.jpg");
    expect_row("pieces.jpg", "kind, type, width, height, previews", "1 image/jpeg 64 96 3");
    free(path);
    buf_fini(&bytes);
}

Test(media_preview, of_a_video_a_sound_and_a_document_there_is_what_is_shown_of_them)
{
    upload("clip.mp4");
    expect_row("clip.mp4", "kind, width, height, duration_ms, previews", "2 96 64 2000 3");
    expect_webp("clip.mp4", 2, 96, 64);
    upload("voice.ogg");
    expect_row("voice.ogg", "kind, duration_ms > 900, length(waveform), previews", "3 t 64 0");
    upload("page.pdf");
    expect_row("page.pdf", "kind, previews", "4 3");
    expect_webp("page.pdf", 2, 1447, 2048);
    cr_expect_eq(stack_metric(stack, "media-svc-0", "parley_media_decoded_total"), 3);
}

Test(media_preview, what_the_decoder_refuses_is_a_file_without_a_preview)
{
    struct buf bytes = {0};
    media_read("picture.png", &bytes);
    /* Its head is one of a PNG, so that is its type; there is no picture behind it. */
    begin("half.png", bytes.p, 60);
    wait_ready("half.png");
    expect_row("half.png", "kind, type, width, previews", "0 image/png 0");
    cr_expect_eq(stack_metric(stack, "media-svc-0", "parley_media_undecoded_total"), 1);
    buf_fini(&bytes);
}

/* The one process that media-svc has started, once it is there. */
static pid_t decoder_pid;
static bool finds_decoder(void *arg)
{
    (void)arg;
    decoder_pid = child_of(stack_pid(stack, "media-svc-0"));
    return decoder_pid > 0;
}

Test(media_preview, a_decoder_that_is_killed_costs_the_preview_and_nothing_else)
{
    struct buf bytes = {0};
    media_read("page.pdf", &bytes);
    begin("page.pdf", bytes.p, bytes.n);
    cr_assert(stack_until(finds_decoder, NULL, WAIT_MS));
    kill(decoder_pid, SIGKILL);
    wait_ready("page.pdf");
    expect_row("page.pdf", "kind, type, previews", "0 application/pdf 0");
    cr_expect(stack_alive(stack, "media-svc-0"));
    cr_expect_eq(stack_metric(stack, "media-svc-0", "parley_media_undecoded_total"), 1);
    /* The next is decoded as ever. */
    upload("picture.png");
    expect_webp("picture.png", 1, 96, 64);
    buf_fini(&bytes);
}
