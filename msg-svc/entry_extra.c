/* Reads polls and stickers as clients ask for them, believing nothing. */
#include "entry_extra.h"

#include <stdlib.h>

#include "alloc.h"
#include "entry.h"
#include "err.h"
#include "file_id.h"
#include "jsonw.h"
#include "pictures.h"
#include "room_name.h"

enum { QUESTION_CHARS = 300, OPTION_CHARS = 100 };

/* One line that can be seen, of at most so many characters. */
static bool line_ok(struct str s, size_t chars)
{
    size_t count = 0;
    if (!str_utf8(s) || entry_is_blank(s))
        return false;
    for (size_t at = 0; at < s.n; count++) {
        uint32_t c = str_next_char(s, &at);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
            return false;
    }
    return count <= chars;
}

/* ---- polls ---- */

static bool take_options(const struct jval *list, struct str options[POLL_OPTIONS_MAX], size_t *count_r)
{
    size_t count = jval_count(list);
    if (!jval_is_array(list) || count < POLL_OPTIONS_MIN || count > POLL_OPTIONS_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!jval_str(jval_at(list, i), &options[i]))
            return false;
        options[i] = room_name_trim(options[i]);
        if (!line_ok(options[i], OPTION_CHARS))
            return false;
        for (size_t k = 0; k < i; k++)
            if (str_eq(options[i], options[k]))
                return false;
    }
    *count_r = count;
    return true;
}

static void write_poll(struct entry_extra *x, struct str question, const struct str *options, size_t count)
{
    struct jsonw w = jsonw_on(&x->data);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "question", question);
    jsonw_arr(&w, "options");
    for (size_t i = 0; i < count; i++)
        jsonw_str(&w, NULL, options[i]);
    jsonw_arr_end(&w);
    if (x->multiple)
        jsonw_bool(&w, "multiple", true);
    if (x->anonymous)
        jsonw_bool(&w, "anonymous", true);
    if (x->closes_ms != 0)
        jsonw_int(&w, "closes_at", x->closes_ms);
    jsonw_obj_end(&w);

    buf_cstr(&x->body, "📊 ");
    buf_str(&x->body, question);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&x->body, "\n%zu. ", i + 1);
        buf_str(&x->body, options[i]);
    }
}

static int read_poll(struct entry_extra *x, const struct jval *poll)
{
    struct str question, options[POLL_OPTIONS_MAX];
    size_t count = 0;
    if (!jval_get_str(poll, "question", &question))
        return ERR_POLL_INVALID;
    question = room_name_trim(question);
    if (!line_ok(question, QUESTION_CHARS) || !take_options(jval_get(poll, "options"), options, &count))
        return ERR_POLL_INVALID;
    if (jval_get(poll, "closes_at") != NULL && (!jval_get_int(poll, "closes_at", &x->closes_ms) || x->closes_ms <= 0))
        return ERR_POLL_INVALID;
    jval_get_bool(poll, "multiple", &x->multiple);
    jval_get_bool(poll, "anonymous", &x->anonymous);
    x->key = "poll";
    x->options = (int64_t)count;
    write_poll(x, question, options, count);
    return 0;
}

bool vote_bits(const struct jval *options, int64_t *bits_r)
{
    if (!jval_is_array(options) || jval_count(options) > POLL_OPTIONS_MAX)
        return false;
    *bits_r = 0;
    for (size_t i = 0; i < jval_count(options); i++) {
        int64_t at;
        if (!jval_int(jval_at(options, i), &at) || at < 0 || at >= POLL_OPTIONS_MAX)
            return false;
        *bits_r |= (int64_t)1 << at;
    }
    return true;
}

size_t vote_count(int64_t bits)
{
    size_t count = 0;
    for (int i = 0; i < POLL_OPTIONS_MAX; i++)
        count += (bits >> i) & 1;
    return count;
}

/* ---- stickers ---- */

/* Of a pack that clients have, names are theirs to know; here they only must be harmless wherever they are put. One of
 * this server has a file. */
static int read_sticker(struct entry_extra *x, const struct jval *sticker)
{
    struct str pack, name, file;
    unsigned char id[FILE_ID_BYTES];
    bool moves = false;
    if (!jval_get_str(sticker, "pack", &pack) || !jval_get_str(sticker, "name", &name) || !sticker_name_ok(pack) ||
        !sticker_name_ok(name))
        return ERR_BAD_REQUEST;
    x->sticker_file = jval_get_str(sticker, "file", &file);
    if (x->sticker_file && !file_id_parse(file, id))
        return ERR_STICKER_UNKNOWN;
    x->key = "sticker";
    struct jsonw w = jsonw_on(&x->data);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "pack", pack);
    jsonw_str(&w, "name", name);
    if (x->sticker_file)
        jsonw_str(&w, "file", file);
    if (x->sticker_file && jval_get_bool(sticker, "moves", &moves) && moves)
        jsonw_bool(&w, "moves", true);
    jsonw_obj_end(&w);
    buf_char(&x->body, ':');
    buf_str(&x->body, name);
    buf_char(&x->body, ':');
    return 0;
}

/* ---- either ---- */

int entry_extra_read(const struct jval *args, struct entry_extra **extra_r)
{
    const struct jval *poll = jval_get(args, "poll"), *sticker = jval_get(args, "sticker");
    *extra_r = NULL;
    if (poll == NULL && sticker == NULL)
        return 0;
    if (poll != NULL && sticker != NULL)
        return ERR_BAD_REQUEST;
    struct entry_extra *x = xcalloc(1, sizeof *x);
    int err = poll != NULL ? read_poll(x, poll) : read_sticker(x, sticker);
    if (err != 0)
        entry_extra_free(&x);
    *extra_r = x;
    return err;
}

void entry_extra_free(struct entry_extra **extra)
{
    if (*extra == NULL)
        return;
    buf_fini(&(*extra)->body);
    buf_fini(&(*extra)->data);
    free(*extra);
    *extra = NULL;
}
