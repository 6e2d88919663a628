/* Checks what came of a link, and writes it down. */
#include "preview.h"

#include "err.h"
#include "file_id.h"
#include "jsonw.h"
#include "link.h"

/* One line, which may be missing where least is 0. */
static bool check_text(const struct jval *v, const char *key, size_t least, size_t most)
{
    struct str text = {"", 0};
    if (jval_get(v, key) != NULL && !jval_get_str(v, key, &text))
        return false;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
            return false;
    return text.n >= least && text.n <= most;
}

int preview_check(const struct jval *args, struct str *link_r, struct str *files_r, size_t *files_n_r)
{
    const struct jval *shown = jval_get(args, "preview");
    if (!jval_get_str(args, "url", link_r) || link_r->n == 0 || link_r->n > LINK_BYTES_MAX)
        return ERR_BAD_REQUEST;
    if (shown == NULL)
        return 0;
    if (!jval_is_object(shown) || !check_text(shown, "title", 1, PREVIEW_TITLE_MAX) ||
        !check_text(shown, "description", 0, PREVIEW_DESCRIPTION_MAX) ||
        !check_text(shown, "site", 0, PREVIEW_SITE_MAX))
        return ERR_BAD_REQUEST;
    if (!jval_get_str(shown, "image", files_r))
        return 0;
    *files_n_r = file_list_count(*files_r);
    return *files_n_r == 1 ? 0 : ERR_BAD_REQUEST;
}

bool preview_is(const struct jval *args)
{
    return jval_get(args, "preview") != NULL;
}

static void put(struct jsonw *w, const struct jval *shown, const char *key)
{
    struct str text;
    if (jval_get_str(shown, key, &text) && text.n > 0)
        jsonw_str(w, key, text);
}

void preview_write(struct buf *out, const struct jval *args, struct str image)
{
    const struct jval *shown = jval_get(args, "preview");
    struct jsonw w = jsonw_on(out);
    struct str url = {"", 0};
    jval_get_str(args, "url", &url);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "url", url);
    put(&w, shown, "title");
    put(&w, shown, "description");
    put(&w, shown, "site");
    if (image.n > 2)
        jsonw_raw(&w, "image", (struct str){image.p + 1, image.n - 2});
    jsonw_obj_end(&w);
}
