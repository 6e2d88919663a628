/* The decoder, the real program: each kind of file, files that lie, bombs, mutations, and a decoder that was taken
 * over. The pictures are in media/, a few hundred bytes each; large ones are made here. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "child.h"
#include "decodable.h"
#include "decoder.h"
#include "err.h"
#include "flat_png.h"
#include "loop.h"
#include "media_files.h"

/* What a decoder does is asked here, not how fast on a busy machine; its time of a processor is bounded still. */
enum { PATIENT_MS = 120000, SANDBOX_MEMORY_KIB = 1 << 20 };

#define PROGRAM PARLEY_BIN_DIR "/parley-decode"

static struct {
    struct loop *loop;
    struct decoder *decoder;
    int calls, err;
    struct decoder_answer answer; /* its views point into small and large */
    char small[DECODER_ANSWER_MAX], large[DECODER_ANSWER_MAX];
    enum child_end end;
    int code;
} w;

static void open_world(void)
{
    cr_assert_eq(loop_create(&w.loop), 0);
    w.decoder = decoder_create(w.loop, PROGRAM);
}
static void close_world(void)
{
    decoder_destroy(&w.decoder);
    loop_destroy(&w.loop);
}

TestSuite(decoder, .init = open_world, .fini = close_world, .timeout = 240);

static void keep(struct str *view, char *room)
{
    memcpy(room, view->p != NULL ? view->p : "", view->n);
    view->p = room;
}
static void on_answer(void *arg, int err, const struct decoder_answer *answer)
{
    (void)arg;
    w.calls++;
    w.err = err;
    w.answer = answer != NULL ? *answer : (struct decoder_answer){0};
    keep(&w.answer.small, w.small);
    keep(&w.answer.large, w.large);
    loop_stop(w.loop);
}
static int decode_fd(int fd, const char *type)
{
    int err = decoder_start(w.decoder, fd, type, PATIENT_MS, on_answer, NULL);

    close(fd);
    if (err != 0)
        return err;
    loop_run(w.loop);
    return w.err;
}
static int decode_bytes(struct str bytes, const char *type)
{
    return decode_fd(media_fd(bytes), type);
}
static int decode_file(const char *name, const char *type)
{
    struct buf bytes = {0};
    int err;

    media_read(name, &bytes);
    err = decode_bytes(buf_view(&bytes), type);
    buf_fini(&bytes);
    return err;
}

static void has_previews(void)
{
    cr_assert(w.answer.small.n > 0 && w.answer.large.n > 0);
    cr_assert_gt(strlen(w.answer.blurhash), 20);
    /* Made anew: no chunk but pictures. */
    cr_assert_null(memmem(w.answer.large.p, w.answer.large.n, "EXIF", 4));
    cr_assert_null(memmem(w.answer.large.p, w.answer.large.n, "XMP ", 4));
    cr_assert_null(memmem(w.answer.large.p, w.answer.large.n, "ICCP", 4));
}
static void has_size(int width, int height)
{
    cr_assert(w.answer.width == width && w.answer.height == height, "it is %d × %d", w.answer.width, w.answer.height);
}

Test(decoder, an_image_of_each_kind_has_its_size_and_previews)
{
    static const struct {
        const char *name, *type;
    } images[] = {{"picture.png", "image/png"},   {"picture.jpg", "image/jpeg"}, {"picture.webp", "image/webp"},
                  {"picture.avif", "image/avif"}, {"moving.gif", "image/gif"},   {"moving.webp", "image/webp"}};

    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        cr_assert_eq(decode_file(images[i].name, images[i].type), 0, "%s: %s", images[i].name, err_name(w.err));
        cr_assert_eq(w.answer.kind, DECODER_IMAGE);
        has_size(96, 64);
        has_previews();
    }
}

/* Held upright, so stored lying: 96 × 64 with orientation 6, and where it was taken. */
Test(decoder, a_photo_is_turned_and_does_not_say_where_it_was_taken)
{
    struct buf photo = {0};

    media_read("position.jpg", &photo);
    cr_assert_not_null(memmem(photo.p, photo.n, "Exif", 4));
    buf_fini(&photo);
    cr_assert_eq(decode_file("position.jpg", "image/jpeg"), 0);
    has_size(64, 96);
    has_previews();
    cr_assert(media_webp_width(w.answer.large) == 64 && media_webp_height(w.answer.large) == 96);
}

Test(decoder, a_large_image_has_previews_of_two_sizes)
{
    struct buf png = {0};

    flat_png(&png, 5000, 2500, FLAT_GREY);
    cr_assert_eq(decode_bytes(buf_view(&png), "image/png"), 0);
    has_size(5000, 2500);
    cr_assert(media_webp_width(w.answer.large) == 2048 && media_webp_height(w.answer.large) == 1024);
    cr_assert(media_webp_width(w.answer.small) == 480 && media_webp_height(w.answer.small) == 240);
    buf_fini(&png);
}

Test(decoder, a_video_has_a_poster_and_its_length)
{
    cr_assert_eq(decode_file("clip.mp4", "video/mp4"), 0);
    cr_assert_eq(w.answer.kind, DECODER_VIDEO);
    has_size(96, 64);
    has_previews();
    cr_assert(w.answer.duration_ms > 1800 && w.answer.duration_ms < 2300, "%d ms", (int)w.answer.duration_ms);
    cr_assert_eq(decode_file("clip.webm", "video/webm"), 0);
    cr_assert_eq(w.answer.kind, DECODER_VIDEO);
    has_previews();
    cr_assert(w.answer.duration_ms > 1800 && w.answer.duration_ms < 2300, "%d ms", (int)w.answer.duration_ms);
}

Test(decoder, a_video_of_a_phone_held_upright_is_shown_upright)
{
    cr_assert_eq(decode_file("turned.mp4", "video/mp4"), 0);
    has_size(64, 96);
    cr_assert(media_webp_width(w.answer.large) == 64 && media_webp_height(w.answer.large) == 96);
}

Test(decoder, a_sound_has_a_waveform_and_its_length)
{
    static const struct {
        const char *name, *type;
    } sounds[] = {{"voice.ogg", "audio/ogg"},
                  {"voice.mp3", "audio/mpeg"},
                  {"voice.m4a", "audio/x-m4a"},
                  {"voice.wav", "audio/x-wav"}};

    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++) {
        cr_assert_eq(decode_file(sounds[i].name, sounds[i].type), 0, "%s", sounds[i].name);
        cr_assert_eq(w.answer.kind, DECODER_AUDIO);
        cr_assert(w.answer.duration_ms > 900 && w.answer.duration_ms < 1200, "%s: %d ms", sounds[i].name,
                  (int)w.answer.duration_ms);
        cr_assert(w.answer.has_waveform);
        /* Silent first, loud then. */
        cr_assert(w.answer.waveform[10] < 30 && w.answer.waveform[50] > 200, "%s", sounds[i].name);
        cr_assert_eq(w.answer.large.n, 0);
    }
}

/* As a browser records it: a WebM without a picture, and without a word about its length. */
Test(decoder, a_voice_message_of_a_browser_is_a_sound_and_has_its_length)
{
    cr_assert_eq(decode_file("recorded.webm", "video/webm"), 0);
    cr_assert_eq(w.answer.kind, DECODER_AUDIO);
    cr_assert(w.answer.has_waveform);
    cr_assert(w.answer.duration_ms > 900 && w.answer.duration_ms < 1200, "%d ms", (int)w.answer.duration_ms);
}

Test(decoder, a_pdf_shows_its_first_page)
{
    cr_assert_eq(decode_file("page.pdf", "application/pdf"), 0);
    cr_assert_eq(w.answer.kind, DECODER_PDF);
    cr_assert(w.answer.width > 0 && w.answer.height > w.answer.width);
    has_previews();
    cr_assert_eq(media_webp_height(w.answer.large), 2048);
}

Test(decoder, what_is_not_what_it_claims_is_refused)
{
    static const char svg[] = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    static const char script[] = "GIF89a/*\1\0\1\0*/=1;alert(document.cookie)";

    cr_assert_eq(decode_bytes(STR(svg), "image/png"), ERR_REFUSED);
    cr_assert_eq(decode_bytes(STR(svg), "image/svg+xml"), ERR_UNSUPPORTED_TYPE);
    cr_assert_eq(decode_bytes(STR(script), "image/gif"), ERR_REFUSED);
    cr_assert_eq(decode_file("picture.png", "image/jpeg"), ERR_REFUSED);
    cr_assert_eq(decode_file("clip.mp4", "image/webp"), ERR_REFUSED);
    cr_assert_eq(decode_file("picture.png", "video/mp4"), ERR_REFUSED);
    cr_assert_eq(decode_file("picture.png", "application/pdf"), ERR_REFUSED);
    cr_assert_eq(decode_bytes(STR(""), "image/png"), ERR_REFUSED);
}

/* A picture with a script behind it: the preview is made of the pixels, and nothing of the script is left. */
Test(decoder, of_a_polyglot_only_the_pixels_are_left)
{
    static const char script[] = "<script>alert(document.cookie)</script>";
    struct buf gif = {0};

    media_read("moving.gif", &gif);
    buf_cstr(&gif, script);
    cr_assert_eq(decode_bytes(buf_view(&gif), "image/gif"), 0);
    has_previews();
    cr_assert_null(memmem(w.answer.large.p, w.answer.large.n, "script", 6));
    cr_assert_null(memmem(w.answer.small.p, w.answer.small.n, "script", 6));
    buf_fini(&gif);
}

/* 2 MiB that are 400 MB of pixels: as many as are taken. */
Test(decoder, a_bomb_within_the_limit_is_decoded_in_bounded_memory)
{
    struct buf png = {0};
    struct rusage usage;

    flat_png(&png, 10000, 10000, FLAT_COLOUR);
    cr_assert_eq(decode_bytes(buf_view(&png), "image/png"), 0, "%s", err_name(w.err));
    has_size(10000, 10000);
    cr_assert_eq(getrusage(RUSAGE_CHILDREN, &usage), 0);
    cr_assert_lt(usage.ru_maxrss, 600 * 1024, "%ld KiB", usage.ru_maxrss);
    buf_fini(&png);
}

Test(decoder, a_file_cut_anywhere_is_decoded_in_part_or_refused)
{
    static const struct {
        const char *name, *type;
    } files[] = {{"picture.png", "image/png"},   {"picture.jpg", "image/jpeg"}, {"picture.webp", "image/webp"},
                 {"picture.avif", "image/avif"}, {"moving.gif", "image/gif"},   {"clip.mp4", "video/mp4"},
                 {"clip.webm", "video/webm"},    {"voice.ogg", "audio/ogg"},    {"page.pdf", "application/pdf"}};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct buf whole = {0};

        media_read(files[i].name, &whole);
        for (size_t part = 1; part < 8; part++) {
            int err = decode_bytes((struct str){whole.p, whole.n * part / 8}, files[i].type);

            cr_assert(err == 0 || err == ERR_REFUSED, "%s, %zu/8: %s", files[i].name, part, err_name(err));
        }
        buf_fini(&whole);
    }
}

Test(decoder, no_more_run_at_once_than_may_and_the_next_is_told)
{
    struct buf png = {0};
    int fd;

    media_read("picture.png", &png);
    fd = media_fd(buf_view(&png));
    for (int i = 0; i < DECODER_RUNNING_MAX; i++)
        cr_assert_eq(decoder_start(w.decoder, media_fd(buf_view(&png)), "image/png", 1, on_answer, NULL), 0);
    cr_assert_eq(decoder_start(w.decoder, fd, "image/png", 1000, on_answer, NULL), ERR_BUSY);
    while (w.calls < DECODER_RUNNING_MAX)
        loop_run(w.loop);
    cr_assert_eq(decode_fd(fd, "image/png"), 0);
    buf_fini(&png);
}

/* ---- a decoder that somebody else has taken over ---- */

static void on_mischief(void *arg, const struct child_result *result)
{
    (void)arg;
    w.end = result->end;
    w.code = result->code;
    loop_stop(w.loop);
}
/* The program as it is, and how it ends. */
static void attempt_on(int input, const char *what, uint64_t deadline_ms)
{
    const char *const argv[] = {PROGRAM, what, NULL}, *const environment[] = {NULL};
    const struct child_job job = {.program = PROGRAM,
                                  .argv = argv,
                                  .environment = environment,
                                  .input_fd = input,
                                  .max_output = DECODER_ANSWER_MAX,
                                  .deadline_ms = deadline_ms};
    struct child *child;

    cr_assert_eq(child_start(&child, w.loop, &job, on_mischief, NULL), 0);
    close(input);
    loop_run(w.loop);
}
static void attempt(const char *what, uint64_t deadline_ms)
{
    attempt_on(open("/dev/null", O_RDONLY | O_CLOEXEC), what, deadline_ms);
}

Test(decoder, a_flood_of_pixels_is_refused_by_its_header)
{
    struct buf png = {0};

    flat_png(&png, 30000, 30000, FLAT_GREY);
    attempt_on(media_fd(buf_view(&png)), "image/png", PATIENT_MS);
    cr_assert(w.end == CHILD_EXITED && w.code == DECODE_EXIT_TOO_LARGE, "%s %d", child_end_name(w.end), w.code);
    cr_assert_eq(decode_bytes(buf_view(&png), "image/png"), ERR_REFUSED);
    buf_fini(&png);
}

Test(decoder, one_that_was_taken_over_reaches_nothing)
{
    static const char *const attempts[] = {"test/socket", "test/open",   "test/make", "test/fork",
                                           "test/exec",   "test/signal", "test/code", "test/memory"};

    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        attempt(attempts[i], PATIENT_MS);
        cr_assert(w.end == CHILD_EXITED && w.code == 0, "%s: %s %d", attempts[i], child_end_name(w.end), w.code);
    }
}

Test(decoder, one_that_hangs_or_works_for_ever_is_killed_at_the_deadline)
{
    attempt("test/hang", 500);
    cr_assert_eq(w.end, CHILD_LATE);
    attempt("test/work", 500);
    cr_assert_eq(w.end, CHILD_LATE);
}

Test(decoder, one_that_floods_its_output_is_killed)
{
    attempt("test/flood", PATIENT_MS);
    cr_assert_eq(w.end, CHILD_FLOOD);
}

/* ---- mutations, by decode-mutated: a thousand of each kind, always the same ---- */

static struct {
    int decoded, refused, late, died, unsafe;
    long rss_kib;
    int ended;
} mutated;

static void on_mutated(void *arg, const struct child_result *result)
{
    char text[256] = "";
    int decoded, refused, late, died, unsafe;
    long rss_kib;

    if (result->output.n > 0)
        memcpy(text, result->output.p, result->output.n);
    cr_expect(result->end == CHILD_EXITED && result->code == 0, "%s: %s %d", (const char *)arg,
              child_end_name(result->end), result->code);
    cr_expect_eq(sscanf(text, "decoded %d refused %d late %d died %d sandbox %d rss_kib %ld", &decoded, &refused, &late,
                        &died, &unsafe, &rss_kib),
                 6, "%s: %s", (const char *)arg, text);
    fprintf(stderr, "%s: %s", (const char *)arg, text);
    mutated.decoded += decoded;
    mutated.refused += refused;
    mutated.late += late;
    mutated.died += died;
    mutated.unsafe += unsafe;
    mutated.rss_kib = rss_kib > mutated.rss_kib ? rss_kib : mutated.rss_kib;
    mutated.ended++;
    loop_stop(w.loop);
}
static void start_mutated(const char *name, const char *type)
{
    char path[512];
    const char *const argv[] = {"decode-mutated", path, type, "1", "1000", NULL}, *const environment[] = {NULL};
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const struct child_job job = {.program = PARLEY_BIN_DIR "/decode-mutated",
                                  .argv = argv,
                                  .environment = environment,
                                  .input_fd = input,
                                  .max_output = 255,
                                  .deadline_ms = 500000};
    struct child *child;

    snprintf(path, sizeof path, "%s/tests/service/media/%s", PARLEY_SOURCE_DIR, name);
    cr_assert_eq(child_start(&child, w.loop, &job, on_mutated, (void *)(uintptr_t)type), 0);
    close(input);
}

Test(decoder, five_thousand_mutated_images_are_decoded_or_refused_in_bounded_time_and_memory, .timeout = 600)
{
    static const struct {
        const char *name, *type;
    } images[] = {{"picture.png", "image/png"},
                  {"position.jpg", "image/jpeg"},
                  {"picture.webp", "image/webp"},
                  {"picture.avif", "image/avif"},
                  {"moving.gif", "image/gif"}};
    int count = sizeof images / sizeof *images;

    for (int i = 0; i < count; i++) {
        start_mutated(images[i].name, images[i].type);
        /* Two at a time. */
        while (mutated.ended < i)
            loop_run(w.loop);
    }
    while (mutated.ended < count)
        loop_run(w.loop);
    cr_assert_eq(mutated.decoded + mutated.refused + mutated.late + mutated.died, 5000);
    cr_assert_eq(mutated.unsafe, 0);
    cr_assert(mutated.decoded > 100 && mutated.refused > 100);
    /* A decoder of Debian's that a mutation brings down is a missing preview; but they do not fall in numbers. */
    cr_assert_lt(mutated.died, 25, "%d died", mutated.died);
    cr_assert_leq(mutated.rss_kib, SANDBOX_MEMORY_KIB);
}

Test(decoder, without_a_program_nothing_is_decoded_and_the_starter_lives)
{
    struct buf png = {0};

    media_read("picture.png", &png);
    decoder_destroy(&w.decoder);
    w.decoder = decoder_create(w.loop, "/nonexistent/parley-decode");
    cr_assert_eq(decode_bytes(buf_view(&png), "image/png"), ERR_INTERNAL);
    buf_fini(&png);
}
