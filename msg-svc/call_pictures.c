/* Answers of the calls for emoji and for stickers. */
#include "call_pictures.h"

#include "err.h"
#include "pictures.h"

void picture_write(struct jsonw *w, struct str name, struct str file, bool moves)
{
    jsonw_obj(w, NULL);
    jsonw_str(w, "name", name);
    jsonw_str(w, "file", file);
    if (moves)
        jsonw_bool(w, "moves", true);
    jsonw_obj_end(w);
}

bool picture_made(struct call *c, int err, const struct db_result *r)
{
    if (!call_answered(c, err, r))
        return false;
    if (!db_is_null(r, 0, MADE_VERSION)) {
        pictures_publish(c->calls->bus, db_int(r, 0, MADE_VERSION));
        return true;
    }
    call_fail(c,
              !db_bool(r, 0, MADE_ADMIN)   ? ERR_FORBIDDEN
              : !db_bool(r, 0, MADE_FOUND) ? ERR_NOT_FOUND
              : !db_bool(r, 0, MADE_FITS)  ? ERR_PICTURE_INVALID
              : db_bool(r, 0, MADE_FULL)   ? ERR_TOO_MANY_PICTURES
                                           : ERR_SHORTCODE_TAKEN,
              NULL);
    return false;
}

void on_picture_made(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    struct str name = {0}, file = {0};
    if (!picture_made(c, err, r))
        return;
    jval_get_str(c->args, "name", &name);
    jval_get_str(c->args, "file", &file);
    struct jsonw w = jsonw_on(&c->text);
    picture_write(&w, name, file, db_bool(r, 0, MADE));
    call_reply(c, buf_view(&c->text));
}

void on_picture_ended(void *arg, int err, const struct db_result *r)
{
    enum { ADMIN, VERSION };
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (!db_bool(r, 0, ADMIN)) {
        call_fail(c, ERR_FORBIDDEN, NULL);
        return;
    }
    pictures_publish(c->calls->bus, db_is_null(r, 0, VERSION) ? 0 : db_int(r, 0, VERSION));
    call_reply(c, STR("{}"));
}
