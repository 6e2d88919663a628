/* Pictures of people and rooms: whose may be taken, who may see them, and when they go. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_rows.h"
#include "gallery.h"
#include "uploader.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

TestSuite(faces, .init = gallery_start, .fini = gallery_stop, .timeout = 240);

/* ---- faces of people ---- */

static const char *set_face(const struct person *who, const char *file)
{
    return gallery_ask(who, "PATCH", "/me", "\"picture\":", file);
}

/* A field of somebody as somebody else is told of them; "" when it is not there. The caller frees. */
static char *told(const struct person *who, const struct person *of, const char *key)
{
    char path[64];
    snprintf(path, sizeof(path), "/users/%s", of->id);
    struct http_answer a = api(g.port, who->token, "GET", path, NULL);
    char *text = answer_text(&a, key);
    http_answer_fini(&a);
    return text;
}

Test(faces, a_picture_of_mine_becomes_my_face_and_everybody_sees_it)
{
    char *file = gallery_upload(&g.alice, "picture.jpg");
    cr_expect_eq(gallery_seen(&g.bob, file, ""), 404);
    gallery_expect(set_face(&g.alice, file), "200");
    char *face = told(&g.bob, &g.alice, "picture");
    cr_expect_str_eq(face, gallery_id(file));
    cr_expect_eq(gallery_seen(&g.bob, file, ""), 200);
    cr_expect_eq(gallery_seen(&g.carol, file, "/small"), 200);
    cr_expect_eq(gallery_seen(NULL, file, "/small"), 401);
    /* What others get is made anew from its pixels. */
    char *type = gallery_header(&g.bob, file, "content-type");
    cr_expect_str_eq(type, "image/webp");
    free(type);
    free(face);
    free(file);
}

Test(faces, what_everybody_may_see_is_not_asked_about_for_a_day)
{
    char *face = gallery_upload(&g.alice, "picture.jpg"), *other = gallery_upload(&g.alice, "picture.png");
    gallery_expect(set_face(&g.alice, face), "200");
    char *kept = gallery_header(&g.bob, face, "cache-control"),
         *asked = gallery_header(&g.alice, other, "cache-control");
    cr_expect_str_eq(kept, "private, max-age=86400, immutable");
    cr_expect_str_eq(asked, "private, no-cache");
    free(kept);
    free(asked);
    free(face);
    free(other);
}

Test(faces, only_an_image_of_ones_own_that_is_not_too_large_is_taken)
{
    char *foreign = gallery_upload(&g.bob, "picture.jpg"), *sound = gallery_upload(&g.alice, "voice.mp3");
    char *wide = gallery_upload(&g.alice, "picture.png"), *heavy = gallery_upload(&g.alice, "picture.webp");
    char *unfinished = upload_make(g.media, g.alice.token, 500, "x.png");
    const char *none = "/media/files/00112233445566778899aabbccddeeff";
    free(file_sql(g.stack, "UPDATE media.file SET width = 1025 WHERE id = '\\x%s'", wide));
    free(file_sql(g.stack, "UPDATE media.file SET size = 2097153, received = 2097153 WHERE id = '\\x%s'", heavy));
    /* Somebody else's is refused as one that does not exist. */
    gallery_expect(set_face(&g.alice, foreign), "422 picture_invalid");
    gallery_expect(set_face(&g.alice, none), "422 picture_invalid");
    gallery_expect(set_face(&g.alice, sound), "422 picture_invalid");
    gallery_expect(set_face(&g.alice, wide), "422 picture_invalid");
    gallery_expect(set_face(&g.alice, heavy), "422 picture_invalid");
    gallery_expect(set_face(&g.alice, unfinished), "422 picture_invalid");
    gallery_expect(person_ask(g.port, &g.alice, "PATCH", "/me", "{\"picture\":\"cafe\"}"), "422 picture_invalid");
    gallery_expect(person_ask(g.port, &g.alice, "PATCH", "/me", "{\"picture\":\"zz112233445566778899aabbccddeeff\"}"),
                   "422 picture_invalid");
    cr_expect_eq(gallery_seen(&g.alice, foreign, ""), 404);
    char *face = told(&g.bob, &g.alice, "picture");
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
    char *first = gallery_upload(&g.alice, "picture.jpg"), *second = gallery_upload(&g.alice, "picture.png");
    gallery_expect(set_face(&g.alice, first), "200");
    gallery_wait_kept(first);
    const char *const tus[] = {"Tus-Resumable: 1.0.0", NULL};
    struct http_answer a = upload_ask(g.media, g.alice.token, "DELETE", first, NULL, 0, tus);
    cr_expect_eq(a.status, 403);
    http_answer_fini(&a);
    gallery_expect(set_face(&g.alice, second), "200");
    cr_expect_eq(gallery_seen(&g.bob, first, ""), 404);
    cr_expect_eq(gallery_seen(&g.bob, second, ""), 200);
    gallery_wait_freed(first);
    gallery_expect(set_face(&g.alice, NULL), "200");
    char *face = told(&g.bob, &g.alice, "picture");
    cr_expect_str_eq(face, "");
    cr_expect_eq(gallery_seen(&g.bob, second, ""), 404);
    gallery_wait_freed(second);
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
    struct http_answer a = api(g.port, g.bob.token, "GET", path, NULL);
    int64_t version = answer_int(&a, "version");
    http_answer_fini(&a);
    return version;
}

Test(faces, who_shares_a_room_is_told_of_a_new_face_at_once)
{
    char *file = gallery_upload(&g.alice, "picture.jpg"), *room = room_create(g.port, &g.alice, "den", "public");
    room_join(g.port, &g.bob, room);
    struct ws_client *ws = ws_client_login(g.port, g.bob.token, "phone");
    int64_t before = version_of(&g.alice);
    gallery_expect(set_face(&g.alice, file), "200");
    wait_version(ws, &g.alice, before);
    ws_client_close(&ws);
    free(room);
    free(file);
}

/* ---- pictures of rooms ---- */

static const char *set_room(const struct person *who, const char *room, const char *file)
{
    char path[64];
    snprintf(path, sizeof(path), "/rooms/%s", room);
    return gallery_ask(who, "PATCH", path, "\"picture\":", file);
}

static bool room_has(const struct person *who, const char *room, const char *file)
{
    char path[64];
    snprintf(path, sizeof(path), "/rooms/%s", room);
    return gallery_says(who, path, gallery_id(file));
}

Test(faces, a_room_has_the_picture_that_who_may_name_it_gave_it)
{
    char *room = room_create(g.port, &g.alice, "den", "public"), *file = gallery_upload(&g.alice, "picture.jpg");
    char *bobs = gallery_upload(&g.bob, "picture.png"), *dm = room_dm(g.port, &g.alice, &g.bob);
    room_join(g.port, &g.bob, room);
    struct ws_client *ws = ws_client_login(g.port, g.bob.token, "phone");
    gallery_expect(set_room(&g.bob, room, bobs), "403 forbidden");
    gallery_expect(set_room(&g.alice, room, bobs), "422 picture_invalid");
    gallery_expect(set_room(&g.alice, dm, file), "403 forbidden");
    gallery_expect(set_room(&g.carol, dm, file), "404 room_not_found");
    gallery_expect(set_room(&g.alice, room, file), "204");
    struct jval *event = ws_client_wait(ws, "event", WAIT_MS);
    struct str picture = {0}, type = {0};
    cr_assert_not_null(event);
    jval_get_str(event, "type", &type);
    cr_expect(str_is(type, "settings"));
    jval_get_str(jval_get(event, "data"), "picture", &picture);
    cr_expect(str_is(picture, gallery_id(file)));
    jval_free(event);
    cr_expect(room_has(&g.bob, room, file));
    cr_expect(gallery_says(&g.carol, "/rooms/directory", gallery_id(file)));
    gallery_expect(set_room(&g.alice, room, NULL), "204");
    cr_expect(!room_has(&g.bob, room, file));
    gallery_wait_freed(file);
    ws_client_close(&ws);
    free(dm);
    free(bobs);
    free(file);
    free(room);
}

Test(faces, the_picture_of_a_room_is_for_who_may_see_the_room)
{
    char *open = room_create(g.port, &g.alice, "den", "public"),
         *closed = room_create(g.port, &g.alice, "lair", "private");
    char *first = gallery_upload(&g.alice, "picture.jpg"), *second = gallery_upload(&g.alice, "picture.png"), path[64],
         body[64];
    gallery_expect(set_room(&g.alice, open, first), "204");
    gallery_expect(set_room(&g.alice, closed, second), "204");
    cr_expect_eq(gallery_seen(&g.carol, first, "/small"), 200, "it is in the directory");
    cr_expect_eq(gallery_seen(&g.carol, second, "/small"), 404);
    cr_expect_eq(gallery_seen(&g.carol, second, ""), 404);
    cr_expect_eq(gallery_seen(&g.alice, second, "/small"), 200);
    char *asked = gallery_header(&g.alice, second, "cache-control");
    cr_expect_str_eq(asked, "private, no-cache");
    snprintf(path, sizeof(path), "/rooms/%s/members", closed);
    snprintf(body, sizeof(body), "{\"user\":\"%s\"}", g.bob.id);
    gallery_expect(person_ask(g.port, &g.alice, "POST", path, body), "204");
    cr_expect_eq(gallery_seen(&g.bob, second, "/small"), 200);
    snprintf(path, sizeof(path), "/rooms/%s/members/%s", closed, g.bob.id);
    gallery_expect(person_ask(g.port, &g.alice, "DELETE", path, NULL), "204");
    cr_expect_eq(gallery_seen(&g.bob, second, "/small"), 404);
    /* What is in no directory any more is for its members. */
    snprintf(path, sizeof(path), "/rooms/%s", open);
    gallery_expect(person_ask(g.port, &g.alice, "PATCH", path, "{\"kind\":\"private\"}"), "204");
    cr_expect_eq(gallery_seen(&g.carol, first, "/small"), 404);
    cr_expect_eq(gallery_seen(&g.alice, first, "/small"), 200);
    gallery_wait_kept(first);
    free(asked);
    free(first);
    free(second);
    free(open);
    free(closed);
}
