/* Pictures that are used elsewhere than in messages: whose may be taken, who may see them, and when they go. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_rows.h"
#include "media_files.h"
#include "person.h"
#include "stack.h"
#include "uploader.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct person alice, bob, carol;
static int media, port;

static void start(void)
{
    static const char *const env[] = {"PARLEY_MEDIA_SWEEP_S=1", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = 1, .env = env});
    media = stack_media_port(stack, 0);
    port = stack_port(stack, 0);
    alice = person_register(port, "alice"); /* the first one: admin */
    bob = person_register(port, "bob");
    carol = person_register(port, "carol");
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
}

TestSuite(faces, .init = start, .fini = stop, .timeout = 240);

/* ---- files ---- */

/* One of tests/service/media, uploaded and ready: its path. */
static char *upload(const struct person *owner, const char *name)
{
    struct buf bytes = {0};
    media_read(name, &bytes);
    char *path = upload_file(media, owner->token, name, bytes.p, bytes.n);
    buf_fini(&bytes);
    return path;
}

static const char *id_of(const char *path)
{
    return path + strlen("/media/files/");
}

/* What a GET of a file or a part of it comes to. */
static int seen(const struct person *who, const char *path, const char *part)
{
    char full[96];
    snprintf(full, sizeof(full), "%s%s", path, part);
    struct http_answer a = http_ask(media, "GET", full, NULL, &(struct http_extra){.token = who ? who->token : NULL});
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

static char *header_of(const struct person *who, const char *path, const char *name)
{
    struct http_answer a = http_ask(media, "GET", path, NULL, &(struct http_extra){.token = who->token});
    char *value = answer_header(&a, name);
    http_answer_fini(&a);
    return value;
}

static void expect(const char *came, const char *want)
{
    cr_expect_str_eq(came, want);
}

/* What a request comes to. `body` is what stands before a file's id, in its quotes; `file` NULL: no id. */
static const char *ask(const struct person *who, const char *method, const char *path, const char *body,
                       const char *file)
{
    static char text[400];
    snprintf(text, sizeof(text), "{%s\"%s\"}", body, file ? id_of(file) : "");
    return person_ask(port, who, method, path, text);
}

static const char *set_face(const struct person *who, const char *file)
{
    return ask(who, "PATCH", "/me", "\"picture\":", file);
}

/* A field of somebody as somebody else is told of them; "" when it is not there. The caller frees. */
static char *told(const struct person *who, const struct person *of, const char *key)
{
    char path[64];
    snprintf(path, sizeof(path), "/users/%s", of->id);
    struct http_answer a = api(port, who->token, "GET", path, NULL);
    char *text = answer_text(&a, key);
    http_answer_fini(&a);
    return text;
}

/* As if a day had passed since anybody looked at the file. */
static void let_a_day_pass(const char *file)
{
    free(file_sql(stack, "UPDATE media.file SET touched_at = now() - interval '25 hours' WHERE id = '\\x%s'", file));
}

static void wait_freed(const char *file)
{
    let_a_day_pass(file);
    file_sql_until(stack, "SELECT count(doomed_at) FROM media.file WHERE id = '\\x%s'", file, "1");
    free(file_sql(stack, "UPDATE media.file SET doomed_at = now() - interval '2 hours' WHERE id = '\\x%s'", file));
    file_sql_until(stack, "SELECT count(*) FROM media.file WHERE id = '\\x%s'", file, "0");
}

static void wait_kept(const char *file)
{
    let_a_day_pass(file);
    file_sql_until(stack,
                   "SELECT touched_at > now() - interval '1 hour' AND doomed_at IS NULL FROM media.file "
                   "WHERE id = '\\x%s'",
                   file, "t");
}

/* ---- faces of people ---- */

Test(faces, a_picture_of_mine_becomes_my_face_and_everybody_sees_it)
{
    char *file = upload(&alice, "picture.jpg");
    cr_expect_eq(seen(&bob, file, ""), 404);
    expect(set_face(&alice, file), "200");
    char *face = told(&bob, &alice, "picture");
    cr_expect_str_eq(face, id_of(file));
    cr_expect_eq(seen(&bob, file, ""), 200);
    cr_expect_eq(seen(&carol, file, "/small"), 200);
    cr_expect_eq(seen(NULL, file, "/small"), 401);
    /* What others get is made anew from its pixels. */
    char *type = header_of(&bob, file, "content-type");
    cr_expect_str_eq(type, "image/webp");
    free(type);
    free(face);
    free(file);
}

Test(faces, what_everybody_may_see_is_not_asked_about_for_a_day)
{
    char *face = upload(&alice, "picture.jpg"), *other = upload(&alice, "picture.png");
    expect(set_face(&alice, face), "200");
    char *kept = header_of(&bob, face, "cache-control"), *asked = header_of(&alice, other, "cache-control");
    cr_expect_str_eq(kept, "private, max-age=86400, immutable");
    cr_expect_str_eq(asked, "private, no-cache");
    free(kept);
    free(asked);
    free(face);
    free(other);
}

Test(faces, only_an_image_of_ones_own_that_is_not_too_large_is_taken)
{
    char *foreign = upload(&bob, "picture.jpg"), *sound = upload(&alice, "voice.mp3");
    char *wide = upload(&alice, "picture.png"), *heavy = upload(&alice, "picture.webp");
    char *unfinished = upload_make(media, alice.token, 500, "x.png");
    const char *none = "/media/files/00112233445566778899aabbccddeeff";
    free(file_sql(stack, "UPDATE media.file SET width = 1025 WHERE id = '\\x%s'", wide));
    free(file_sql(stack, "UPDATE media.file SET size = 2097153, received = 2097153 WHERE id = '\\x%s'", heavy));
    /* Somebody else's is refused as one that does not exist. */
    expect(set_face(&alice, foreign), "422 picture_invalid");
    expect(set_face(&alice, none), "422 picture_invalid");
    expect(set_face(&alice, sound), "422 picture_invalid");
    expect(set_face(&alice, wide), "422 picture_invalid");
    expect(set_face(&alice, heavy), "422 picture_invalid");
    expect(set_face(&alice, unfinished), "422 picture_invalid");
    expect(person_ask(port, &alice, "PATCH", "/me", "{\"picture\":\"cafe\"}"), "422 picture_invalid");
    expect(person_ask(port, &alice, "PATCH", "/me", "{\"picture\":\"zz112233445566778899aabbccddeeff\"}"),
           "422 picture_invalid");
    cr_expect_eq(seen(&alice, foreign, ""), 404);
    char *face = told(&bob, &alice, "picture");
    cr_expect_str_eq(face, "");
    free(face);
    free(foreign);
    free(sound);
    free(wide);
    free(heavy);
    free(unfinished);
}

Test(faces, a_face_is_kept_while_it_is_one_and_freed_when_it_is_replaced)
{
    char *first = upload(&alice, "picture.jpg"), *second = upload(&alice, "picture.png");
    expect(set_face(&alice, first), "200");
    wait_kept(first);
    const char *const tus[] = {"Tus-Resumable: 1.0.0", NULL};
    struct http_answer a = upload_ask(media, alice.token, "DELETE", first, NULL, 0, tus);
    cr_expect_eq(a.status, 403);
    http_answer_fini(&a);
    expect(set_face(&alice, second), "200");
    cr_expect_eq(seen(&bob, first, ""), 404);
    cr_expect_eq(seen(&bob, second, ""), 200);
    wait_freed(first);
    expect(set_face(&alice, NULL), "200");
    char *face = told(&bob, &alice, "picture");
    cr_expect_str_eq(face, "");
    cr_expect_eq(seen(&bob, second, ""), 404);
    wait_freed(second);
    free(face);
    free(first);
    free(second);
}

/* Waits for a presence frame that tells of a person with a version above this. */
static void wait_version(struct ws_client *ws, const struct person *of, int64_t above)
{
    for (bool found = false; !found;) {
        struct jval *frame = ws_client_wait(ws, "presence", WAIT_MS);
        cr_assert_not_null(frame, "nothing is told of %s", of->name);
        const struct jval *users = jval_get(frame, "users");
        for (size_t i = 0; i < jval_count(users); i++) {
            struct str user;
            int64_t version = 0;
            jval_get_str(jval_at(users, i), "user", &user);
            jval_get_int(jval_at(users, i), "profile", &version);
            found |= str_is(user, of->id) && version > above;
        }
        jval_free(frame);
    }
}

static int64_t version_of(const struct person *of)
{
    char path[64];
    snprintf(path, sizeof(path), "/users/%s", of->id);
    struct http_answer a = api(port, bob.token, "GET", path, NULL);
    int64_t version = answer_int(&a, "version");
    http_answer_fini(&a);
    return version;
}

Test(faces, who_shares_a_room_is_told_of_a_new_face_at_once)
{
    char *file = upload(&alice, "picture.jpg"), *room = room_create(port, &alice, "den", "public");
    room_join(port, &bob, room);
    struct ws_client *ws = ws_client_login(port, bob.token, "phone");
    int64_t before = version_of(&alice);
    expect(set_face(&alice, file), "200");
    wait_version(ws, &alice, before);
    ws_client_close(&ws);
    free(room);
    free(file);
}
