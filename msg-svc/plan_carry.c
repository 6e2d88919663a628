/* What a send brings with it from elsewhere: the message that it is a copy of, and files. Each is its own step's: no
 * two sends of a batch share what was found for them. */
#include "err.h"
#include "plan_acts.h"

/* ---- what is asked, and what the database says ---- */

void plan_carry(struct plan *p, size_t i)
{
    struct plan_step *s = &p->steps[i];
    p->n_scheduled += s->entry->scheduled != 0;
    if (s->entry->from_seq != 0) {
        s->forward = &p->forwards[i];
        s->forward->found = false;
        buf_reset(&s->forward->files);
        p->n_forwards++;
    }
    if (s->entry->files_n > 0) {
        s->files = &p->files[i];
        s->files->found = 0;
        buf_reset(&s->files->json);
        p->n_files++;
    }
}

void plan_forward_is(struct plan *p, size_t i, const struct plan_forward *row, struct str body, struct str files)
{
    struct plan_forward *f = i < p->n_steps ? p->steps[i].forward : NULL;
    if (f == NULL)
        return;
    struct buf text = f->body, list = f->files;
    *f = *row;
    f->found = true;
    f->body = text;
    f->files = list;
    buf_reset(&f->body);
    buf_str(&f->body, body);
    buf_reset(&f->files);
    buf_str(&f->files, files);
}

void plan_files_are(struct plan *p, size_t i, int64_t found, int64_t bytes, struct str json)
{
    struct plan_files *f = i < p->n_steps ? p->steps[i].files : NULL;
    if (f == NULL)
        return;
    f->found = found;
    f->bytes = bytes;
    buf_reset(&f->json);
    buf_str(&f->json, json);
}

void plan_room_bytes_are(struct plan *p, size_t i, int64_t bytes)
{
    if (i < p->n_steps && p->steps[i].room != NULL)
        p->steps[i].room->file_bytes = bytes;
}

void plan_limit_files(struct plan *p, int64_t room_bytes)
{
    p->room_bytes = room_bytes;
}

void plan_due(struct plan *p, size_t i)
{
    if (i < p->n_steps)
        p->steps[i].due = true;
}

/* ---- what becomes of it ---- */

static bool copies_files(const struct plan_step *s)
{
    return s->forward != NULL && s->forward->files.n > 0;
}

static int64_t bytes_of(const struct plan_step *s)
{
    return (s->files != NULL ? s->files->bytes : 0) + (copies_files(s) ? s->forward->bytes : 0);
}

/* Of what somebody else has, is not whole, is about to go, or never was, nobody learns which of them it is. */
int plan_check_files(const struct plan *p, const struct plan_step *s)
{
    if (s->files == NULL && !copies_files(s))
        return 0;
    if (!plan_may(s, PERMISSION_ATTACH_FILES))
        return ERR_FORBIDDEN;
    if (s->files != NULL && (size_t)s->files->found != s->entry->files_n)
        return ERR_FILE_UNKNOWN;
    return p->room_bytes > 0 && s->room->file_bytes + bytes_of(s) > p->room_bytes ? ERR_QUOTA_EXCEEDED : 0;
}

void plan_count_files(struct plan_step *s)
{
    s->room->file_bytes += bytes_of(s);
}

/* Who reads the copy may not be where the message was written: they have its text and files, and whose it is. */
static void write_forward(struct jsonw *w, const struct plan_forward *f)
{
    jsonw_obj(w, "forward");
    jsonw_id(w, "room", f->room);
    jsonw_int(w, "seq", f->seq);
    jsonw_id(w, "sender", f->sender);
    jsonw_int(w, "ts", f->ts);
    jsonw_str(w, "body", buf_view(&f->body));
    if (f->files.n > 0)
        jsonw_raw(w, "files", buf_view(&f->files));
    jsonw_obj_end(w);
}

void plan_write_carried(struct plan *p, struct jsonw *w, const struct plan_step *s, const struct event *event)
{
    if (s->forward != NULL)
        write_forward(w, s->forward);
    if (s->files != NULL)
        jsonw_raw(w, "files", buf_view(&s->files->json));
    if (s->files != NULL || copies_files(s))
        p->carriers[p->n_carriers++] = (struct plan_carrier){.room = event->room, .seq = event->seq};
}
