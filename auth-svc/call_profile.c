/* profile: change what one says of oneself. What is not named stays. */
#include "calls.h"
#include "err.h"
#include "me.h"
#include "prose.h"
#include "username.h"

enum { MAX_ABOUT = 500, MAX_COLOUR = 9, MAX_KEYWORDS = 50, MAX_KEYWORD = 40 };
enum { PICTURE_ID = 16, PICTURE_SIDE = 1024, PICTURE_BYTES = 2 << 20 };

typedef int parse_fn(struct str typed, struct buf *out);

static int parse_about(struct str typed, struct buf *out)
{
    return prose_parse(typed, MAX_ABOUT, true, out);
}

static int parse_zone(struct str typed, struct buf *out)
{
    if (typed.n > 0 && !prose_is_time_zone(typed))
        return ERR_TIME_ZONE_INVALID;
    buf_str(out, typed);
    return 0;
}

/* A text that is named becomes a parameter as it is parsed, else NULL. */
static int put_text(struct db_params *p, const struct jval *args, const char *key, parse_fn *parse)
{
    struct buf text = {0};
    struct str typed;
    int err = 0;
    if (!jval_get(args, key))
        db_p_null(p);
    else if (!jval_get_str(args, key, &typed))
        err = ERR_BAD_REQUEST;
    else if ((err = parse(typed, &text)) == 0)
        db_p_str(p, buf_view(&text));
    buf_fini(&text);
    return err;
}

static int parse_level(struct str typed, struct buf *out)
{
    if (!str_is(typed, "all") && !str_is(typed, "mentions") && !str_is(typed, "none"))
        return ERR_BAD_REQUEST;
    buf_str(out, typed);
    return 0;
}

static int put_keyword(struct db_params *p, const struct jval *typed)
{
    struct buf word = {0};
    struct str text;
    int err = jval_str(typed, &text) ? prose_parse(text, MAX_KEYWORD, false, &word) : ERR_BAD_REQUEST;
    if (!err && word.n == 0)
        err = ERR_TEXT_INVALID;
    if (!err)
        db_p_array_str(p, buf_view(&word));
    buf_fini(&word);
    return err;
}

static int put_keywords(struct db_params *p, const struct jval *words)
{
    if (!words) {
        db_p_null(p);
        return 0;
    }
    if (!jval_is_array(words))
        return ERR_BAD_REQUEST;
    if (jval_count(words) > MAX_KEYWORDS)
        return ERR_TOO_MANY_KEYWORDS;
    db_p_array(p);
    for (size_t i = 0; i < jval_count(words); i++) {
        int err = put_keyword(p, jval_at(words, i));
        if (err)
            return err;
    }
    db_p_array_end(p);
    return 0;
}

static int put_colour(struct db_params *p, const struct jval *args)
{
    int64_t colour;
    if (!jval_get(args, "colour"))
        db_p_null(p);
    else if (!jval_get_int(args, "colour", &colour) || colour < -1 || colour > MAX_COLOUR)
        return ERR_BAD_REQUEST;
    else
        db_p_int(p, colour);
    return 0;
}

static int put_hides(struct db_params *p, const struct jval *args, const char *what)
{
    bool hides;
    if (!jval_get(args, what))
        db_p_null(p);
    else if (!jval_get_bool(args, what, &hides))
        return ERR_BAD_REQUEST;
    else
        db_p_cstr(p, hides ? "t" : "f");
    return 0;
}

static bool parse_id(struct str text, unsigned char id_r[PICTURE_ID])
{
    bool good = text.n == 2 * (size_t)PICTURE_ID;
    for (size_t i = 0; good && i < PICTURE_ID; i++) {
        int high = str_hex_digit(text.p[2 * i]), low = str_hex_digit(text.p[2 * i + 1]);
        good = high >= 0 && low >= 0;
        id_r[i] = good ? (unsigned char)(high << 4 | low) : 0;
    }
    return good;
}

/* An id is 32 digits; empty: no picture from now on. */
static int put_picture(struct db_params *p, const struct jval *args)
{
    unsigned char id[PICTURE_ID];
    struct str typed;
    if (!jval_get(args, "picture"))
        db_p_null(p);
    else if (!jval_get_str(args, "picture", &typed))
        return ERR_BAD_REQUEST;
    else if (typed.n > 0 && !parse_id(typed, id))
        return ERR_PICTURE_INVALID;
    else
        db_p_bytes(p, (struct str){(const char *)id, typed.n / 2});
    db_p_int(p, PICTURE_SIDE);
    db_p_int(p, PICTURE_BYTES);
    return 0;
}

void call_profile(void *service, struct rpc_request *req)
{
    /* Looking at a time in the new zone is what asks whether PostgreSQL knows it. What others do not see makes no
     * version of what they do. */
    static const char sql[] =
        "UPDATE auth.users AS u SET display_name = coalesce($2, display_name), about = coalesce($3, about), "
        "time_zone = CASE WHEN $4 IS NULL THEN time_zone ELSE nullif($4, '') END, "
        "colour = CASE WHEN $5::smallint IS NULL THEN colour WHEN $5::smallint >= 0 THEN $5::smallint END, "
        "hide_last_seen = coalesce($6::boolean, hide_last_seen), hide_read = coalesce($7::boolean, hide_read), "
        "notify_rooms = coalesce($8, notify_rooms), keywords = coalesce($9::text[], keywords), "
        "picture = CASE WHEN $10::bytea IS NULL THEN picture WHEN $10::bytea <> '' "
        "THEN auth.own_picture($10::bytea, u.id, $11::int, $12::bigint) END, "
        "profile_version = profile_version "
        "+ ($2 IS NOT NULL OR $3 IS NOT NULL OR $4 IS NOT NULL OR $5::smallint IS NOT NULL OR $10::bytea IS NOT NULL)::int "
        "WHERE id = $1::bigint AND disabled_at IS NULL "
        "AND (coalesce($4, '') = '' OR now() AT TIME ZONE $4 IS NOT NULL) RETURNING " ME_COLUMNS;
    const struct jval *args = rpc_args(req);
    struct db_params p = {0};
    db_p_int(&p, rpc_caller(req)->user);
    int err = put_text(&p, args, "display_name", display_name_parse);
    err = err ? err : put_text(&p, args, "about", parse_about);
    err = err ? err : put_text(&p, args, "time_zone", parse_zone);
    err = err ? err : put_colour(&p, args);
    err = err ? err : put_hides(&p, args, "hide_last_seen");
    err = err ? err : put_hides(&p, args, "hide_read");
    err = err ? err : put_text(&p, args, "notify_rooms", parse_level);
    err = err ? err : put_keywords(&p, jval_get(args, "keywords"));
    err = err ? err : put_picture(&p, args);
    if (!err) {
        me_run(service, req, sql, &p, true);
        return;
    }
    buf_fini(&p.text);
    rpc_fail(req, err, NULL);
}
