/* What the calls for emoji and for stickers share: how one is written, and what becomes of a change. */
#ifndef PARLEY_MSG_CALL_PICTURES_H
#define PARLEY_MSG_CALL_PICTURES_H

#include "calls.h"

/* {"name","file","moves"?} */
void picture_write(struct jsonw *w, struct str name, struct str file, bool moves);

/* The first columns of a change that makes something, and the one behind them. */
enum { MADE_ADMIN, MADE_FOUND, MADE_FITS, MADE_FULL, MADE_VERSION, MADE };
/* Tells everybody. False: it was refused, and that is answered. */
bool picture_made(struct call *c, int err, const struct db_result *r);
/* What was made, as it was asked for: "name" and "file", and that it moves in column MADE. */
void on_picture_made(void *arg, int err, const struct db_result *r);

/* Behind a change that ends something: whether it was an admin who asked, and the new version, if there is one. */
void on_picture_ended(void *arg, int err, const struct db_result *r);

#endif
