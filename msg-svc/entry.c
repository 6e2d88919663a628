/* Reads ingest entries as gateways write them (docs/bus.md), believing nothing. */
#include "entry.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"
#include "link.h"
#include "preview.h"

static const char *const kinds[] = {
    [ENTRY_SEND] = "send",
    [ENTRY_JOIN] = "join",
    [ENTRY_LEAVE] = "leave",
    [ENTRY_ADD] = "add",
    [ENTRY_REMOVE] = "remove",
    [ENTRY_EDIT] = "edit",
    [ENTRY_DELETE] = "delete",
    [ENTRY_REACT] = "react",
    [ENTRY_PIN] = "pin",
    [ENTRY_VOTE] = "vote",
    [ENTRY_CLOSE_POLL] = "close_poll",
    [ENTRY_SETTINGS] = "settings",
    [ENTRY_PERMISSION] = "permission",
    [ENTRY_ROLE] = "role",
    [ENTRY_BAN] = "ban",
    [ENTRY_UNBAN] = "unban",
    [ENTRY_MUTE] = "mute",
    [ENTRY_ARCHIVE] = "archive",
    [ENTRY_SETTLE] = "settle",
    [ENTRY_PREVIEW] = "preview",
    [ENTRY_UNPREVIEW] = "unpreview",
};

bool entry_is_uuid(struct str s)
{
    if (s.n != CMID_TEXT)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

static bool parse_kind(struct str name, enum entry_kind *kind_r)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_is(name, kinds[i])) {
            *kind_r = (enum entry_kind)i;
            return true;
        }
    return false;
}

/* The white space and invisible characters that are listed, in order of code points. */
bool entry_is_blank(struct str s)
{
    static const struct {
        uint32_t first, last;
    } unseen[] = {{0x09, 0x0d},     {0x20, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},
                  {0xad, 0xad},     {0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200f},
                  {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};
    for (size_t at = 0; at < s.n;) {
        uint32_t c = str_next_char(s, &at);
        bool seen = true;
        for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++)
            seen = seen && (c < unseen[i].first || c > unseen[i].last);
        if (seen)
            return false;
    }
    return true;
}

/* Characters that no text needs and no screen shows: C0 but tab and line ends, and DEL. */
static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            return true;
    }
    return false;
}

int entry_check_text(struct str text)
{
    if (text.n > BODY_MAX)
        return ERR_TOO_LARGE;
    return has_control(text) || !str_utf8(text) || entry_is_blank(text) ? ERR_BAD_REQUEST : 0;
}

/* What is forwarded tells messages apart, too, and so do files. */
static void digest_whole_send(struct entry *e)
{
    struct buf text = {0};
    buf_str(&text, e->body);
    buf_char(&text, '\0');
    event_id(&text, e->from_room, e->from_seq);
    if (e->files_n > 0) {
        buf_char(&text, '\0');
        buf_str(&text, e->files);
    }
    digest_of(buf_view(&text), e->about, e->quote, e->digest);
    buf_fini(&text);
}

/* A text that people write; what is forwarded may go without, and so may files, which an edit is asked for later. */
static int check_text(struct entry *e)
{
    bool carries = e->from_seq != 0 || e->files_n > 0;
    int err = (carries || e->kind == ENTRY_EDIT) && e->body.n == 0 ? 0 : entry_check_text(e->body);
    if (err != 0)
        return err;
    if (carries)
        digest_whole_send(e);
    else
        digest_of(e->body, e->kind == ENTRY_SEND ? e->about : 0, e->quote, e->digest);
    mentions_find(e->body, &e->mentions);
    link_find(e->body, &e->url);
    return 0;
}

/* What is more than a text has its text from here, and its digest covers both. No text holds a NUL. */
static int check_extra(struct entry *e)
{
    struct buf whole = {0};
    e->body = buf_view(&e->extra->body);
    int err = check_text(e);
    buf_str(&whole, e->body);
    buf_char(&whole, '\0');
    buf_str(&whole, buf_view(&e->extra->data));
    digest_of(buf_view(&whole), e->about, e->quote, e->digest);
    buf_fini(&whole);
    return err;
}

static int check_send(struct entry *e, struct str json)
{
    if (!entry_is_uuid(e->cmid)) {
        e->cmid = STR(""); /* It goes into the nack, so it must be text. */
        return ERR_BAD_REQUEST;
    }
    e->args = json.n > 0 ? jval_parse(json) : NULL;
    int err = entry_extra_read(e->args, &e->extra);
    if (err != 0)
        return err;
    e->files_n = file_list_count(e->files);
    if (e->files.n > 0 && (e->files_n == 0 || e->extra != NULL))
        return ERR_BAD_REQUEST;
    return e->extra != NULL ? check_extra(e) : check_text(e);
}

/* "<number>.<number>", both above 0; empty is fine, and leaves them. */
static bool parse_pair(struct str text, int64_t *first_r, int64_t *second_r)
{
    struct str first, second = str_cut(text, '.', &first);
    return text.n == 0 || (str_i64(first, first_r) && str_i64(second, second_r) && *first_r > 0 && *second_r > 0);
}

/* Of a send: the thread it goes to, what it quotes, what it forwards, and as which scheduled message it comes. */
static int check_places(struct entry *e, const struct entry_fields *from)
{
    if ((from->h.n > 0 && (!str_i64(from->h, &e->about) || e->about <= 0)) ||
        (from->y.n > 0 && (!str_i64(from->y, &e->quote) || e->quote <= 0)) ||
        !parse_pair(from->v, &e->from_room, &e->from_seq) || !parse_pair(from->s, &e->scheduled, &e->version))
        return ERR_BAD_REQUEST;
    return 0;
}

/* What is to be done to which message, from the arguments of the request. */
static int check_act(struct entry *e, struct str json)
{
    e->args = json.n > 0 ? jval_parse(json) : NULL;
    if (!jval_get_int(e->args, "seq", &e->about) || e->about <= 0)
        return ERR_BAD_REQUEST;
    if (e->kind == ENTRY_EDIT)
        return jval_get_str(e->args, "body", &e->body) ? check_text(e) : ERR_BAD_REQUEST;
    if (e->kind == ENTRY_PREVIEW)
        return preview_check(e->args, &e->url, &e->files, &e->files_n);
    if (e->kind == ENTRY_VOTE)
        return vote_bits(jval_get(e->args, "options"), &e->choices) ? 0 : ERR_BAD_REQUEST;
    if ((e->kind == ENTRY_REACT || e->kind == ENTRY_PIN) && !jval_get_bool(e->args, "on", &e->on))
        return ERR_BAD_REQUEST;
    if (e->kind == ENTRY_REACT && (!jval_get_str(e->args, "emoji", &e->emoji) || e->emoji.n == 0 ||
                                   e->emoji.n > EMOJI_MAX || has_control(e->emoji) || entry_is_blank(e->emoji)))
        return ERR_BAD_REQUEST;
    return 0;
}

/* A send without a cseq has no place, whatever else it says. */
static int check_place(struct entry *e, const struct entry_fields *from)
{
    int64_t cseq = 0, cgen = 0;
    if (from->q.n == 0)
        return 0;
    if (!str_i64(from->q, &cseq) || cseq < 0 || (from->g.n > 0 && (!str_i64(from->g, &cgen) || cgen < 0)) ||
        e->device.n > DEVICE_MAX || memchr(e->device.p, '\0', e->device.n) != NULL || !str_utf8(e->device))
        return ERR_BAD_REQUEST;
    e->cseq = cseq;
    e->cgen = cgen;
    return 0;
}

/* A room of another shard is refused: its row is another writer's. */
static int check(struct entry *e, const struct entry_fields *from)
{
    if (!parse_kind(from->k, &e->kind) || !str_i64(from->u, &e->user) || !str_i64(from->m, &e->room) || e->user == 0 ||
        e->room == 0 || e->room % SHARDS != e->shard)
        return ERR_BAD_REQUEST;
    int err;
    switch (e->kind) {
    case ENTRY_SEND:
        err = check_place(e, from);
        if (err == 0)
            err = check_places(e, from);
        return err != 0 ? err : check_send(e, from->j);
    case ENTRY_EDIT:
    case ENTRY_DELETE:
    case ENTRY_REACT:
    case ENTRY_PIN:
    case ENTRY_VOTE:
    case ENTRY_CLOSE_POLL:
    case ENTRY_PREVIEW:
    case ENTRY_UNPREVIEW:
        return check_act(e, from->j);
    case ENTRY_ADD:
    case ENTRY_REMOVE:
        return str_i64(e->body, &e->target) && e->target != 0 ? 0 : ERR_BAD_REQUEST;
    case ENTRY_SETTINGS:
    case ENTRY_PERMISSION:
    case ENTRY_ROLE:
    case ENTRY_BAN:
    case ENTRY_UNBAN:
    case ENTRY_MUTE:
    case ENTRY_ARCHIVE:
    case ENTRY_SETTLE:
        e->args = from->j.n > 0 ? jval_parse(from->j) : NULL;
        return entry_check_room_act(e);
    case ENTRY_JOIN:
        return entry_check_join(e);
    case ENTRY_LEAVE:
        return 0;
    }
    return ERR_BAD_REQUEST;
}

/* Copy `s` to *at, move *at behind it, and return the copy. */
static struct str keep(char **at, struct str s)
{
    struct str copy = {*at, s.n};
    if (s.n > 0)
        memcpy(*at, s.p, s.n);
    *at += s.n;
    return copy;
}

struct entry *entry_decode(const struct entry_fields *from, unsigned shard, bool redelivered)
{
    /* One block holds the struct and its texts: hundreds of entries come and go at once. */
    size_t texts = from->id.n + from->f.n + from->r.n + from->d.n + from->n.n + from->b.n + from->l.n + from->t.n;
    struct entry *e = xcalloc(1, sizeof *e + texts + 1);
    char *at = (char *)(e + 1);
    list_init(&e->link);
    e->shard = shard;
    e->redelivered = redelivered;
    e->id = keep(&at, from->id);
    e->to.inbox = keep(&at, from->f);
    e->to.ref = keep(&at, from->r);
    e->device = keep(&at, from->d);
    e->cmid = keep(&at, from->n);
    e->body = keep(&at, from->b);
    e->files = keep(&at, from->l);
    e->trace = keep(&at, from->t);
    str_i64(from->w, &e->taken_ms);
    e->err = check(e, from);
    return e;
}

void entry_free(struct entry *e)
{
    if (e == NULL)
        return;
    jval_free(e->args);
    entry_extra_free(&e->extra);
    free(e);
}

bool entry_in(const struct list *list, unsigned shard, struct str id)
{
    LIST_EACH (list, it) {
        const struct entry *e = LIST_ITEM(it, struct entry, link);
        if (e->shard == shard && str_eq(e->id, id))
            return true;
    }
    return false;
}

void entries_put_first(struct list *list, struct entry *const *entries, size_t count)
{
    for (size_t i = count; i-- > 0;)
        list_push(list->next, &entries[i]->link);
}

int64_t entries_since_ms(const struct list *list)
{
    int64_t oldest = INT64_MAX;
    LIST_EACH (list, it) {
        const struct entry *e = LIST_ITEM(it, struct entry, link);
        if (e->since_us / 1000 < oldest)
            oldest = e->since_us / 1000;
    }
    return oldest;
}

void entry_json(struct buf *out, const struct entry *e)
{
    struct jsonw w = jsonw_on(out);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "k", kinds[e->kind]);
    jsonw_id(&w, "u", e->user);
    jsonw_id(&w, "m", e->room);
    jsonw_str(&w, "d", e->device);
    jsonw_str(&w, "n", e->cmid);
    jsonw_int(&w, "q", e->cseq);
    jsonw_int(&w, "g", e->cgen);
    jsonw_str(&w, "b", e->body);
    jsonw_str(&w, "l", e->files);
    jsonw_int(&w, "about", e->about);
    jsonw_int(&w, "quote", e->quote);
    jsonw_int(&w, "scheduled", e->scheduled);
    jsonw_str(&w, "emoji", e->emoji);
    jsonw_bool(&w, "on", e->on);
    jsonw_str(&w, "f", e->to.inbox);
    jsonw_str(&w, "r", e->to.ref);
    jsonw_str(&w, "t", e->trace);
    jsonw_obj_end(&w);
}
