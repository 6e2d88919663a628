/* All that the server has of whoever asks, as one ZIP archive that is made while it goes out (docs/export.md). One at a
 * time for each person, wherever; a few at once in each process, of which the slowest client gives way to another one.
 * Only for a login that typed its password of late. */
#ifndef PARLEY_MEDIA_ARCHIVE_H
#define PARLEY_MEDIA_ARCHIVE_H

#include "call.h"

/* GET /media/mine, of who was authenticated. */
void archive_give(struct call *call);
/* GET /media/mine/size: what of it is files. */
void archive_size(struct call *call);

#endif
