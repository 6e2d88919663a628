/* Takes a link from the question to what is kept of it: remembered? asked; its image decoded, stored, ready; kept. */
#include "unfurler.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"
#include "blob.h"
#include "decoder.h"
#include "err.h"
#include "http_ask.h"
#include "jsonw.h"
#include "link_row.h"
#include "list.h"
#include "log.h"
#include "media.h"

enum {
    LOOKS_MAX = 8,    /* links in hand */
    WAITING_MAX = 20, /* questions about one of them */
    URL_MAX_BYTES = 2048,
    ANSWER_MAX = (5 << 20) + (16 << 10),
    ASK_MS = 17000, /* a little more than the worker takes at most */
    PART_BYTES = 256 << 10,
    SMALL_SIDE = 480, /* of what the decoder makes */
    TITLE_MAX = 300,
    DESCRIPTION_MAX = 600,
    SITE_MAX = 120
};

/* A link in hand: what of it is under way is one of them. */
struct look {
    struct list link;
    struct unfurler *unfurler;
    struct buf url;
    struct rpc_request *waiting[WAITING_MAX];
    size_t waiting_count;
    struct http_ask *ask;
    struct buf image; /* as it came; then as it was made anew */
    struct file file;
    size_t stored;
    struct link_row row;
    bool decoding, to_decode;
};

struct unfurler {
    struct media *media;
    struct decoder *decoder;
    struct list looks;
    size_t count;
    bool stopped;
};

/* ---- answers ---- */

static void reply(struct rpc_request *req, const struct link_row *row)
{
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    if (row->title.n > 0) {
        jsonw_obj(&w, "preview");
        jsonw_str(&w, "title", buf_view(&row->title));
        jsonw_str(&w, "description", buf_view(&row->description));
        jsonw_str(&w, "site", buf_view(&row->site));
        if (row->has_image) {
            char id[FILE_ID_TEXT];
            file_id_print(&row->image, id);
            jsonw_cstr(&w, "image", id);
        }
        jsonw_obj_end(&w);
    }
    jsonw_obj_end(&w);
    rpc_reply(req, buf_view(&text));
    buf_fini(&text);
}

/* Answered to all who asked, with the row or an error. */
static void look_end(struct look *k, int err)
{
    list_remove(&k->link);
    k->unfurler->count--;
    for (size_t i = 0; i < k->waiting_count; i++) {
        if (err)
            rpc_fail(k->waiting[i], err, NULL);
        else
            reply(k->waiting[i], &k->row);
    }
    http_ask_cancel(&k->ask);
    buf_fini(&k->url);
    buf_fini(&k->image);
    file_fini(&k->file);
    link_row_fini(&k->row);
    free(k);
}

/* ---- kept ---- */

/* What cannot be remembered is true all the same. */
static void on_kept(void *arg, int err)
{
    (void)err;
    look_end(arg, 0);
}

static void keep(struct look *k)
{
    if (link_keep(k->unfurler->media->db, buf_view(&k->url), &k->row, on_kept, k) != 0)
        look_end(k, 0);
}

/* ---- the image is stored, as nobody's file ---- */

static void store_part(struct look *k);

/* Without it there is a card, too. What is stored of it a sweeper finds. */
static void without_image(struct look *k, const char *step, int err)
{
    log_info(NULL, "preview without its image", "step=%s error=%s", step, err_name(err));
    k->row.has_image = false;
    keep(k);
}

static void on_ready(void *arg, int err)
{
    struct look *k = arg;
    if (err) {
        without_image(k, "ready", err);
        return;
    }
    k->row.image = k->file.id;
    k->row.has_image = true;
    keep(k);
}

static void on_part(void *arg, int err)
{
    struct look *k = arg;
    if (err)
        without_image(k, "store", err);
    else
        store_part(k);
}

static void store_part(struct look *k)
{
    struct media *media = k->unfurler->media;
    struct str rest = {k->image.p + k->stored, k->image.n - k->stored};
    int64_t at = (int64_t)k->stored;
    int err;
    if (rest.n == 0) {
        err = file_ready(media->db, &k->file, on_ready, k);
    } else {
        rest.n = rest.n < PART_BYTES ? rest.n : PART_BYTES;
        k->stored += rest.n;
        err = blob_append(media->blob, &k->file.id, at, rest, true, on_part, k);
    }
    if (err)
        without_image(k, "store", err);
}

/* The owner 0 is nobody: whoever may read the message may see it, and no one more. */
static void store(struct look *k)
{
    const struct file_limits limits = {.user_max = INT64_MAX / 2, .uploads_max = INT64_MAX};
    k->file.id = file_id_make();
    k->file.owner = 0;
    k->file.size = (int64_t)k->image.n;
    buf_cstr(&k->file.name, "preview.webp");
    int err = file_make(k->unfurler->media->db, &k->file, &limits, on_part, k);
    if (err)
        without_image(k, "make", err);
}

/* ---- the image is made anew ---- */

static void decode_next(struct unfurler *u);

/* As large as the decoder makes it, its sides in proportion. */
static void scale(const struct decoder_answer *answer, int *width_r, int *height_r)
{
    int64_t w = answer->width, h = answer->height, longest = w > h ? w : h;
    if (longest > SMALL_SIDE) {
        w = (w * SMALL_SIDE + longest / 2) / longest;
        h = (h * SMALL_SIDE + longest / 2) / longest;
    }
    *width_r = w > 0 ? (int)w : 1;
    *height_r = h > 0 ? (int)h : 1;
}

static void on_decoded(void *arg, int err, const struct decoder_answer *answer)
{
    struct look *k = arg;
    struct unfurler *u = k->unfurler;
    k->decoding = false;
    buf_reset(&k->image);
    if (!err && answer->small.n > 0) {
        buf_str(&k->image, answer->small);
        k->file.kind = FILE_IMAGE;
        buf_cstr(&k->file.type, "image/webp");
        buf_cstr(&k->file.blurhash, answer->blurhash);
        scale(answer, &k->file.width, &k->file.height);
        store(k);
    } else {
        without_image(k, "decode", err ? err : ERR_REFUSED);
    }
    decode_next(u);
}

/* By its first bytes: what it really is, the decoder finds out. NULL: nothing that is shown. */
static const char *type_of(struct str b)
{
    if (b.n < 16)
        return NULL;
    if (memcmp(b.p, "\x89PNG\r\n\x1a\n", 8) == 0)
        return "image/png";
    if (memcmp(b.p, "\xff\xd8\xff", 3) == 0)
        return "image/jpeg";
    if (memcmp(b.p, "GIF8", 4) == 0)
        return "image/gif";
    if (memcmp(b.p, "RIFF", 4) == 0 && memcmp(b.p + 8, "WEBP", 4) == 0)
        return "image/webp";
    return memcmp(b.p + 4, "ftypavif", 8) == 0 ? "image/avif" : NULL;
}

/* ERR_BUSY: its turn comes. */
static int decode(struct look *k)
{
    struct str bytes = buf_view(&k->image);
    const char *type = type_of(bytes);
    int fd = type != NULL ? memfd_create("image", MFD_CLOEXEC) : -1;
    int err = type == NULL ? ERR_UNSUPPORTED_TYPE : ERR_INTERNAL;
    for (ssize_t n = 0; fd >= 0 && bytes.n > 0 && n >= 0; bytes.p += n, bytes.n -= (size_t)n)
        if ((n = write(fd, bytes.p, bytes.n)) < 0)
            break;
    if (fd >= 0 && bytes.n == 0 && lseek(fd, 0, SEEK_SET) == 0)
        err = decoder_start(k->unfurler->decoder, fd, type, DECODER_DEADLINE_MS, on_decoded, k);
    if (fd >= 0)
        close(fd);
    return err;
}

static void try_decode(struct look *k)
{
    int err = decode(k);
    k->to_decode = err == ERR_BUSY;
    k->decoding = err == 0;
    if (err && err != ERR_BUSY)
        without_image(k, "decode", err);
}

static void decode_next(struct unfurler *u)
{
    LIST_EACH (&u->looks, it) {
        struct look *k = LIST_ITEM(it, struct look, link);
        if (k->to_decode && !u->stopped)
            try_decode(k);
    }
}

/* ---- what the worker says ---- */

/* One line of text, or none. */
static void take(const struct jval *root, const char *key, size_t max, struct buf *out)
{
    struct str text;
    if (!jval_get_str(root, key, &text) || text.n > max)
        return;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
            return;
    buf_str(out, text);
}

static void take_answer(struct look *k, struct str body)
{
    struct str line;
    struct str image = str_cut(body, '\n', &line);
    struct jval *root = jval_parse(line);
    take(root, "title", TITLE_MAX, &k->row.title);
    take(root, "description", DESCRIPTION_MAX, &k->row.description);
    take(root, "site", SITE_MAX, &k->row.site);
    jval_free(root);
    if (k->row.title.n > 0)
        buf_str(&k->image, image);
}

static void on_asked(void *arg, int err, int status, struct str body)
{
    struct look *k = arg;
    struct media_metrics *m = &k->unfurler->media->m;
    k->ask = NULL;
    if (err || status == 503) {
        metric_add(m->links_away, 1);
        look_end(k, err == ERR_TIMEOUT ? ERR_TIMEOUT : ERR_UNAVAILABLE);
        return;
    }
    if (status == 200)
        take_answer(k, body);
    metric_add(k->row.title.n > 0 ? m->links_found : m->links_empty, 1);
    if (k->image.n > 0)
        try_decode(k);
    else
        keep(k);
}

static void on_loaded(void *arg, int err, struct link_row *row)
{
    struct look *k = arg;
    struct media *media = k->unfurler->media;
    const struct http_ask_job job = {.address = media->config.unfurl_address,
                                     .path = "/preview",
                                     .body = buf_view(&k->url),
                                     .max_answer = ANSWER_MAX,
                                     .deadline_ms = ASK_MS};
    if (!err) {
        k->row = *row;
        *row = (struct link_row){0};
        metric_add(media->m.links_known, 1);
        look_end(k, 0);
        return;
    }
    if (err == ERR_NOT_FOUND)
        err = k->unfurler->stopped ? ERR_UNAVAILABLE : http_ask_start(&k->ask, media->process.loop, &job, on_asked, k);
    if (err)
        look_end(k, ERR_UNAVAILABLE);
}

/* ---- questions ---- */

static struct look *find(struct unfurler *u, struct str url)
{
    LIST_EACH (&u->looks, it) {
        struct look *k = LIST_ITEM(it, struct look, link);
        if (str_eq(buf_view(&k->url), url))
            return k;
    }
    return NULL;
}

static void begin(struct unfurler *u, struct rpc_request *req, struct str url)
{
    struct look *k = xcalloc(1, sizeof(*k));
    k->unfurler = u;
    buf_str(&k->url, url);
    list_init(&k->link);
    list_push(&u->looks, &k->link);
    u->count++;
    k->waiting[k->waiting_count++] = req;
    int err = link_load(u->media->db, url, on_loaded, k);
    if (err)
        look_end(k, err);
}

void unfurler_call(void *arg, struct rpc_request *req)
{
    struct media *media = arg;
    struct unfurler *u = media->unfurler;
    struct str url;
    if (!jval_get_str(rpc_args(req), "url", &url) || url.n == 0 || url.n > URL_MAX_BYTES) {
        rpc_fail(req, ERR_BAD_REQUEST, "url");
        return;
    }
    if (media->config.unfurl_address[0] == '\0') {
        rpc_reply(req, STR("{}"));
        return;
    }
    struct look *same = find(u, url);
    if (u->stopped)
        rpc_fail(req, ERR_UNAVAILABLE, NULL);
    else if (same != NULL && same->waiting_count < WAITING_MAX)
        same->waiting[same->waiting_count++] = req;
    else if (same != NULL || u->count >= LOOKS_MAX)
        rpc_fail(req, ERR_BUSY, NULL);
    else
        begin(u, req, url);
}

/* ---- life ---- */

void unfurler_create(struct unfurler **unfurler_r, struct media *media)
{
    struct unfurler *u = xcalloc(1, sizeof(*u));
    u->media = media;
    u->decoder = decoder_create(media->process.loop, NULL);
    list_init(&u->looks);
    *unfurler_r = u;
}

void unfurler_stop(struct unfurler *u)
{
    if (u == NULL)
        return;
    u->stopped = true;
    decoder_destroy(&u->decoder);
    LIST_EACH (&u->looks, it) {
        struct look *k = LIST_ITEM(it, struct look, link);
        if (k->ask != NULL || k->decoding || k->to_decode)
            look_end(k, ERR_UNAVAILABLE);
    }
}

void unfurler_destroy(struct unfurler **unfurler)
{
    free(*unfurler);
    *unfurler = NULL;
}
