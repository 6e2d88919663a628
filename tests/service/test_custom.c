/* Emoji and stickers of the server: who adds and deletes them, their bounds, and what becomes of what shows them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_rows.h"
#include "gallery.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

TestSuite(custom, .init = gallery_start, .fini = gallery_stop, .timeout = 240);

/* ---- emoji ---- */

static int64_t version(const char *path)
{
    struct http_answer a = api(g.port, g.bob.token, "GET", path, NULL);
    int64_t v = answer_int(&a, "version");
    http_answer_fini(&a);
    return v;
}

static void fill(const char *statement)
{
    free(stack_sql(g.stack, statement));
}

Test(custom, an_admin_adds_an_emoji_and_everybody_is_told_and_sees_it)
{
    char *file = gallery_upload(&g.alice, "moving.gif"), *still = gallery_upload(&g.alice, "picture.png"), path[64];
    struct ws_client *ws = ws_client_login(g.port, g.bob.token, "phone");
    int64_t before = version("/emoji");
    gallery_expect(gallery_add(&g.alice, "/admin/emoji", "party_cat+1", file), "201");
    struct jval *frame = ws_client_wait(ws, "pictures", WAIT_MS);
    int64_t now = 0;
    cr_assert_not_null(frame);
    cr_expect(jval_get_int(frame, "version", &now) && now > before);
    jval_free(frame);
    cr_expect_eq(version("/emoji"), now);
    cr_expect(gallery_says(&g.bob, "/emoji", "\"party_cat+1\""));
    cr_expect(gallery_says(&g.bob, "/emoji", "\"moves\":true"), "a GIF is shown as it is");
    snprintf(path, sizeof(path), "/emoji?version=%lld", (long long)now);
    cr_expect(!gallery_says(&g.bob, path, "party_cat"), "who holds the newest is told so");
    gallery_expect(gallery_add(&g.alice, "/admin/emoji", "still", still), "201");
    cr_expect_eq(gallery_seen(&g.carol, file, ""), 200);
    char *type = gallery_header(&g.carol, file, "content-type");
    cr_expect_str_eq(type, "image/gif");
    gallery_wait_kept(file);
    ws_client_close(&ws);
    free(type);
    free(still);
    free(file);
}

Test(custom, emoji_are_for_admins_to_add_and_delete)
{
    char *mine = gallery_upload(&g.alice, "picture.png"), *bobs = gallery_upload(&g.bob, "picture.png");
    gallery_expect(gallery_add(&g.bob, "/admin/emoji", "cat", bobs), "403 forbidden");
    gallery_expect(gallery_add(&g.bob, "/admin/stickers/1", "cat", bobs), "403 forbidden");
    gallery_expect(person_ask(g.port, &g.bob, "POST", "/admin/stickers", "{\"name\":\"Cats\"}"), "403 forbidden");
    gallery_expect(gallery_add(&g.alice, "/admin/emoji", "cat", mine), "201");
    gallery_expect(person_ask(g.port, &g.bob, "DELETE", "/admin/emoji/cat", NULL), "403 forbidden");
    gallery_expect(person_ask(g.port, &g.bob, "DELETE", "/admin/stickers/1", NULL), "403 forbidden");
    gallery_expect(person_ask(g.port, &g.bob, "DELETE", "/admin/stickers/1/cat", NULL), "403 forbidden");
    gallery_expect(person_ask(g.port, NULL, "GET", "/emoji", NULL), "401 unauthorized");
    gallery_expect(person_ask(g.port, NULL, "GET", "/stickers", NULL), "401 unauthorized");
    cr_expect(gallery_says(&g.bob, "/emoji", "\"cat\""));
    free(mine);
    free(bobs);
}

Test(custom, an_emoji_has_a_name_of_its_own_and_a_small_picture_and_there_is_an_end_to_them)
{
    char *file = gallery_upload(&g.alice, "picture.png"), *foreign = gallery_upload(&g.bob, "picture.png");
    char *wide = gallery_upload(&g.alice, "picture.jpg"), *heavy = gallery_upload(&g.alice, "picture.webp");
    static const char *const wrong[] = {"c", "Cat", "c t", "k\xc3\xa4se", ":cat:", "123456789012345678901234567890123"};
    free(file_sql(g.stack, "UPDATE media.file SET height = 257 WHERE id = '\\x%s'", wide));
    free(file_sql(g.stack, "UPDATE media.file SET size = 262145, received = 262145 WHERE id = '\\x%s'", heavy));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        gallery_expect(gallery_add(&g.alice, "/admin/emoji", wrong[i], file), "422 shortcode_invalid");
    gallery_expect(gallery_add(&g.alice, "/admin/emoji", "cat", wide), "422 picture_invalid");
    gallery_expect(gallery_add(&g.alice, "/admin/emoji", "cat", heavy), "422 picture_invalid");
    gallery_expect(gallery_add(&g.alice, "/admin/emoji", "cat", foreign), "422 picture_invalid");
    gallery_expect(gallery_add(&g.alice, "/admin/emoji", "cat", file), "201");
    gallery_expect(gallery_add(&g.alice, "/admin/emoji", "cat", file), "409 shortcode_taken");
    fill(
        "INSERT INTO chat.emoji (name, file, moves, made_by) SELECT 'e' || i, decode(repeat('00', 16), 'hex'), false, 1 "
        "FROM generate_series(1, 999) i");
    gallery_expect(gallery_add(&g.alice, "/admin/emoji", "dog", file), "409 too_many_pictures");
    cr_expect(gallery_says(&g.bob, "/emoji", "\"e999\""), "so many are told in one answer");
    free(file);
    free(foreign);
    free(wide);
    free(heavy);
}

/* ---- reactions ---- */

static const char *react(const struct person *who, const char *room, int64_t seq, const char *emoji, bool on)
{
    char path[96], body[120];
    snprintf(path, sizeof(path), "/rooms/%s/messages/%lld/reactions", room, (long long)seq);
    snprintf(body, sizeof(body), "{\"emoji\":\"%s\",\"on\":%s}", emoji, on ? "true" : "false");
    return person_ask(g.port, who, "POST", path, body);
}

Test(custom, an_emoji_of_the_server_is_a_reaction_as_long_as_it_is_there)
{
    char *file = gallery_upload(&g.alice, "picture.png"), *room = room_create(g.port, &g.alice, "den", "public"),
         path[96];
    room_join(g.port, &g.bob, room);
    int64_t seq = room_post(g.port, &g.alice, room, "look :cat:");
    snprintf(path, sizeof(path), "/rooms/%s/messages/%lld", room, (long long)seq);
    gallery_expect(react(&g.bob, room, seq, ":cat:", true), "422 emoji_invalid");
    gallery_expect(gallery_add(&g.alice, "/admin/emoji", "cat", file), "201");
    gallery_expect(react(&g.bob, room, seq, ":cat:", true), "204");
    cr_expect(gallery_says(&g.alice, path, "\":cat:\""));
    gallery_expect(react(&g.bob, room, seq, ":dog:", true), "422 emoji_invalid");
    gallery_expect(react(&g.bob, room, seq, "\xf0\x9f\x91\x8d", true), "204");
    gallery_expect(person_ask(g.port, &g.alice, "DELETE", "/admin/emoji/cat", NULL), "204");
    gallery_expect(person_ask(g.port, &g.alice, "DELETE", "/admin/emoji/cat", NULL), "204");
    /* What is there stays, as its name; nobody puts it anew; and it can be taken away. */
    gallery_expect(react(&g.alice, room, seq, ":cat:", true), "422 emoji_invalid");
    gallery_expect(react(&g.bob, room, seq, ":cat:", true), "204");
    cr_expect(gallery_says(&g.alice, path, "\":cat:\""));
    gallery_expect(react(&g.bob, room, seq, ":cat:", false), "204");
    cr_expect_eq(gallery_seen(&g.bob, file, ""), 404);
    gallery_wait_freed(file);
    free(room);
    free(file);
}

/* ---- stickers ---- */

static char *make_pack(const char *name)
{
    struct http_answer a = api(g.port, g.alice.token, "POST", "/admin/stickers", "{\"name\":\"%s\"}", name);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    char *pack = answer_text(&a, "id");
    http_answer_fini(&a);
    return pack;
}

static const char *send_sticker(const struct person *who, const char *room, const char *pack, const char *name,
                                const char *file)
{
    char path[64], body[300], *cmid = new_cmid();
    snprintf(path, sizeof(path), "/rooms/%s/messages", room);
    snprintf(body, sizeof(body), "{\"cmid\":\"%s\",\"sticker\":{\"pack\":\"%s\",\"name\":\"%s\",\"file\":\"%s\"}}",
             cmid, pack, name, gallery_id(file));
    free(cmid);
    return person_ask(g.port, who, "POST", path, body);
}

Test(custom, a_sticker_of_a_pack_is_sent_as_long_as_it_is_there)
{
    char *file = gallery_upload(&g.alice, "picture.png"), *other = gallery_upload(&g.alice, "picture.jpg");
    char *room = room_create(g.port, &g.alice, "den", "public"), *pack = make_pack("Cats"), path[64];
    room_join(g.port, &g.bob, room);
    snprintf(path, sizeof(path), "/admin/stickers/%s", pack);
    gallery_expect(send_sticker(&g.bob, room, pack, "wave", file), "422 sticker_unknown");
    gallery_expect(gallery_add(&g.alice, path, "wave", file), "201");
    gallery_expect(send_sticker(&g.bob, room, pack, "wave", file), "201");
    gallery_expect(send_sticker(&g.bob, room, pack, "wave", other), "422 sticker_unknown");
    gallery_expect(send_sticker(&g.bob, room, "999", "wave", file), "422 sticker_unknown");
    gallery_expect(send_sticker(&g.bob, room, pack, "bow", file), "422 sticker_unknown");
    cr_expect(gallery_says(&g.carol, "/stickers", "\"wave\"") && gallery_says(&g.carol, "/stickers", "\"Cats\""));
    cr_expect_eq(gallery_seen(&g.carol, file, "/small"), 200);
    snprintf(path, sizeof(path), "/rooms/%s/messages", room);
    cr_expect(gallery_says(&g.alice, path, gallery_id(file)));
    snprintf(path, sizeof(path), "/admin/stickers/%s", pack);
    gallery_expect(person_ask(g.port, &g.alice, "DELETE", path, NULL), "204");
    cr_expect(!gallery_says(&g.carol, "/stickers", "Cats"));
    gallery_expect(send_sticker(&g.bob, room, pack, "wave", file), "422 sticker_unknown");
    gallery_expect(gallery_add(&g.alice, path, "wave", file), "404 not_found");
    cr_expect_eq(gallery_seen(&g.carol, file, "/small"), 404);
    gallery_wait_freed(file);
    free(pack);
    free(room);
    free(other);
    free(file);
}

Test(custom, packs_and_their_stickers_have_names_and_bounds)
{
    char *file = gallery_upload(&g.alice, "picture.png"), *heavy = gallery_upload(&g.alice, "picture.jpg");
    char *pack = make_pack("Cats"), path[64], one[80];
    snprintf(path, sizeof(path), "/admin/stickers/%s", pack);
    snprintf(one, sizeof(one), "%s/wave", path);
    free(file_sql(g.stack, "UPDATE media.file SET size = 524289, received = 524289 WHERE id = '\\x%s'", heavy));
    gallery_expect(person_ask(g.port, &g.alice, "POST", "/admin/stickers", "{\"name\":\"cats\"}"),
                   "409 shortcode_taken");
    gallery_expect(person_ask(g.port, &g.alice, "POST", "/admin/stickers", "{\"name\":\"  \"}"), "422 name_invalid");
    gallery_expect(gallery_add(&g.alice, path, "-wave", file), "422 shortcode_invalid");
    gallery_expect(gallery_add(&g.alice, path, "wave", heavy), "422 picture_invalid");
    gallery_expect(gallery_add(&g.alice, path, "wave", file), "201");
    gallery_expect(gallery_add(&g.alice, path, "wave", file), "409 shortcode_taken");
    gallery_expect(person_ask(g.port, &g.alice, "DELETE", one, NULL), "204");
    cr_expect(!gallery_says(&g.bob, "/stickers", "wave") && gallery_says(&g.bob, "/stickers", "Cats"));
    fill(
        "INSERT INTO chat.stickers (pack, name, file, moves) SELECT (SELECT min(id) FROM chat.sticker_packs), 's' || i, "
        "decode(repeat('00', 16), 'hex'), false FROM generate_series(1, 60) i");
    gallery_expect(gallery_add(&g.alice, path, "wave", file), "409 too_many_pictures");
    fill("INSERT INTO chat.sticker_packs (name, made_by) SELECT 'p' || i, 1 FROM generate_series(1, 49) i");
    gallery_expect(person_ask(g.port, &g.alice, "POST", "/admin/stickers", "{\"name\":\"Dogs\"}"),
                   "409 too_many_pictures");
    free(pack);
    free(heavy);
    free(file);
}
