/* Puts the answer to a resume together. */
#include "resume.h"

#include <stdlib.h>

#include "alloc.h"

/* What is written of a room in the first frame, at most. */
enum { ROOM_BYTES = 120 };

void resume_create(struct resume **r_r, size_t max_rooms)
{
    struct resume *r = xcalloc(1, sizeof *r);
    r->rooms = xcalloc(max_rooms + 1, sizeof *r->rooms);
    *r_r = r;
}

void resume_destroy(struct resume **r)
{
    if (*r == NULL)
        return;
    buf_fini(&(*r)->acks);
    buf_fini(&(*r)->batches);
    buf_fini(&(*r)->users);
    for (size_t i = 0; i < (*r)->n_views; i++)
        buf_fini(&(*r)->views[i].json);
    free((*r)->rooms);
    free(*r);
    *r = NULL;
}

/* ---- what is missing ---- */

void resume_user_is(struct resume *r, int64_t useq, int64_t head, int64_t pruned, bool same)
{
    bool beyond = same && useq > head, usable = same && useq >= 0 && !beyond;
    r->beyond += beyond;
    r->user_head = head;
    r->user_from = usable ? useq : 0;
    r->user_limited = usable ? useq < pruned : head > 0;
}

/* Without a common past nothing is missing between two points: the client begins anew, with what it chooses to fetch.
 */
void resume_room_is(struct resume *r, const struct resume_room *room, int64_t cursor, bool same)
{
    struct resume_room *k = &r->rooms[r->count++];
    bool beyond = same && cursor > room->head, usable = same && !beyond;
    r->beyond += beyond;
    *k = (struct resume_room){.id = room->id, .head = room->head, .n = room->n};
    k->from = usable ? cursor : 0;
    k->limited = usable ? k->head - k->from > RESUME_ROOM_EVENTS : k->head > 0;
}

static int by_missing(const void *a, const void *b)
{
    const struct resume_room *x = a, *y = b;
    int64_t p = x->head - x->from, q = y->head - y->from;
    if (p != q)
        return p < q ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

void resume_choose(struct resume *r)
{
    int64_t bytes = (int64_t)(r->count * ROOM_BYTES);
    qsort(r->rooms, r->count, sizeof r->rooms[0], by_missing);
    for (size_t i = 0; i < r->count; i++) {
        struct resume_room *k = &r->rooms[i];
        if (k->limited || k->head == k->from)
            continue;
        bytes += (k->head - k->from) * LOG_EVENT_OVERHEAD;
        k->fetching = bytes <= LOG_ANSWER_BYTES;
        k->limited = !k->fetching;
    }
}

/* ---- what is brought ---- */

void resume_ack(struct resume *r, struct str cmid, int64_t room, int64_t seq, int64_t n, int64_t ts)
{
    struct buf id = {0};
    if (r->acks.n > 0)
        buf_char(&r->acks, ',');
    struct jsonw w = jsonw_on(&r->acks);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "cmid", cmid);
    if (seq == 0) {
        jsonw_bool(&w, "unknown", true);
    } else {
        event_id(&id, room, seq);
        jsonw_id(&w, "room", room);
        jsonw_int(&w, "seq", seq);
        jsonw_int(&w, "n", n);
        jsonw_str(&w, "id", buf_view(&id));
        jsonw_int(&w, "ts", ts);
    }
    jsonw_obj_end(&w);
    buf_fini(&id);
}

static size_t so_far(const struct resume *r)
{
    return r->count * ROOM_BYTES + r->acks.n + r->batches.n + r->users.n;
}

void resume_events(struct resume *r, struct resume_room *room, const struct log_rows *rows, int64_t user)
{
    size_t before = r->batches.n;
    bool all = (int64_t)rows->count == room->head - room->from && log_rows_whole(rows);
    if (all) {
        struct jsonw w = jsonw_on(&r->batches);
        jsonw_obj(&w, NULL);
        jsonw_cstr(&w, "t", "batch");
        log_batch_write(&w, &(struct log_batch){.rows = *rows, .user = user, .head = room->head, .n = room->n});
        jsonw_obj_end(&w);
        buf_char(&r->batches, '\n');
    }
    if (!all || so_far(r) > LOG_ANSWER_BYTES) {
        r->batches.n = before;
        room->limited = true;
    }
}

struct buf *resume_view_add(struct resume *r, int64_t room)
{
    if (r->n_views == RESUME_USER_EVENTS)
        return NULL;
    r->views[r->n_views].room = room;
    return &r->views[r->n_views++].json;
}

struct str resume_view_of(const struct resume *r, int64_t room)
{
    for (size_t i = 0; i < r->n_views; i++)
        if (r->views[i].room == room)
            return buf_view(&r->views[i].json);
    return STR("");
}

void resume_user_frame(struct resume *r, struct str frame)
{
    buf_str(&r->users, frame);
    buf_char(&r->users, '\n');
    if (so_far(r) > LOG_ANSWER_BYTES) {
        r->users.n = 0;
        r->user_limited = true;
    }
}

/* ---- the answer ---- */

static void write_rooms(struct jsonw *w, const struct resume *r)
{
    jsonw_obj(w, "rooms");
    for (size_t i = 0; i < r->count; i++) {
        const struct resume_room *k = &r->rooms[i];
        struct buf id = {0};
        buf_i64(&id, k->id);
        jsonw_key(w, buf_view(&id));
        buf_fini(&id);
        jsonw_obj(w, NULL);
        jsonw_int(w, "head", k->head);
        jsonw_int(w, "n", k->n);
        jsonw_int(w, "from", k->from);
        jsonw_bool(w, "limited", k->limited);
        jsonw_obj_end(w);
    }
    jsonw_obj_end(w);
}

void resume_write(struct buf *out, struct resume *r)
{
    struct jsonw w = jsonw_on(out);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "resumed");
    jsonw_cstr(&w, "epoch", r->epoch);
    write_rooms(&w, r);
    jsonw_arr(&w, "acks");
    if (r->acks.n > 0)
        jsonw_raw(&w, NULL, buf_view(&r->acks));
    jsonw_arr_end(&w);
    jsonw_obj(&w, "user");
    jsonw_int(&w, "head", r->user_head);
    jsonw_bool(&w, "limited", r->user_limited);
    jsonw_obj_end(&w);
    jsonw_obj_end(&w);
    buf_char(out, '\n');
    buf_str(out, buf_view(&r->batches));
    if (!r->user_limited)
        buf_str(out, buf_view(&r->users));
}
