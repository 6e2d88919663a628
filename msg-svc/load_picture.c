/* Asks whether the pictures that a batch names are there: emoji of reactions, stickers, new pictures of rooms. */
#include "load.h"
#include "params.h"
#include "pictures.h"

/* As docs/media.md has it for faces. */
#define ROOM_PICTURE "1024, 2097152"

static bool has_emoji(const struct plan_step *s)
{
    struct str name;
    return s->err == 0 && s->entry->kind == ENTRY_REACT && s->entry->on && emoji_code_parse(s->entry->emoji, &name);
}

static bool has_sticker(const struct plan_step *s)
{
    return s->err == 0 && s->entry->extra != NULL && s->entry->extra->sticker_file;
}

static bool has_picture(const struct plan_step *s)
{
    return s->err == 0 && s->profile != NULL && s->entry->settings.picture.n > 0;
}

static void take(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_pictured(p, (size_t)db_int(r, i, 0));
}

static void load_emoji(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, has_emoji(it), it - p->steps);
    ARRAY(&v, p->steps, p->n_steps, has_emoji(it), db_p_array_str(&v, it->entry->emoji));
    exec(arg,
         "SELECT t.nth FROM unnest($1::bigint[], $2::text[]) AS t(nth, code) "
         "JOIN chat.emoji e ON e.name = btrim(t.code, ':')",
         &v, take);
}

static void load_stickers(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, has_sticker(it), it - p->steps);
    ARRAY(&v, p->steps, p->n_steps, has_sticker(it), db_p_array_str(&v, buf_view(&it->entry->extra->data)));
    exec(arg,
         "SELECT t.nth FROM unnest($1::bigint[], $2::text[]) AS t(nth, data) "
         "CROSS JOIN LATERAL jsonb_to_record(t.data::jsonb) AS d(pack text, name text, file text, moves boolean) "
         "JOIN chat.stickers s ON s.file = decode(d.file, 'hex') AND s.pack::text = d.pack AND s.name = d.name "
         "AND s.moves = coalesce(d.moves, false)",
         &v, take);
}

static void load_pictures_of_rooms(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, has_picture(it), it - p->steps);
    INTS(&v, p->steps, p->n_steps, has_picture(it), it->entry->user);
    ARRAY(&v, p->steps, p->n_steps, has_picture(it), db_p_array_str(&v, it->entry->settings.picture));
    exec(arg,
         "SELECT t.nth FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS t(nth, person, file) "
         "WHERE media.is_picture(decode(t.file, 'hex'), t.person, " ROOM_PICTURE ")",
         &v, take);
}

void load_pictures(const struct plan *p, load_exec_fn *exec, void *arg)
{
    bool emoji = false, stickers = false, rooms = false;
    for (size_t i = 0; i < p->n_steps; i++) {
        emoji |= has_emoji(&p->steps[i]);
        stickers |= has_sticker(&p->steps[i]);
        rooms |= has_picture(&p->steps[i]);
    }
    if (emoji)
        load_emoji(p, exec, arg);
    if (stickers)
        load_stickers(p, exec, arg);
    if (rooms)
        load_pictures_of_rooms(p, exec, arg);
}
