/* What pages said of themselves, kept for a while: rows of media.link. */
#ifndef PARLEY_MEDIA_LINK_ROW_H
#define PARLEY_MEDIA_LINK_ROW_H

#include "buf.h"
#include "db.h"
#include "file_id.h"

struct link_row {
    struct buf title, description, site; /* no title: there is nothing to show */
    struct file_id image;
    bool has_image;
};
void link_row_fini(struct link_row *row);

/* 0: it is known, and *row is what; ERR_NOT_FOUND: it is not, or no longer good: what was found for a day, what was not
 * for an hour, and none whose image is gone. Returns as db_query() does. */
typedef void link_loaded_fn(void *arg, int err, struct link_row *row);
int link_load(struct db *db, struct str url, link_loaded_fn *fn, void *arg);

/* Remember it; and forget some of what is old. */
typedef void link_kept_fn(void *arg, int err);
int link_keep(struct db *db, struct str url, const struct link_row *row, link_kept_fn *fn, void *arg);

#endif
