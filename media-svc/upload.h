/* Uploads by tus: begun by POST, asked about by HEAD, filled by PATCH (patch.c), given up by DELETE. Each function
 * takes the call and answers it, now or later. */
#ifndef PARLEY_MEDIA_UPLOAD_H
#define PARLEY_MEDIA_UPLOAD_H

#include "call.h"
#include "file.h"

/* OPTIONS: what is spoken here; anybody may ask. */
void upload_options(struct call *call);
/* POST /media/files. */
void upload_make(struct call *call);
/* Of /media/files/ID. */
void upload_offset(struct call *call);
void upload_patch(struct call *call);
void upload_end(struct call *call);

/* When an upload of which the last byte came then is given up, as Upload-Expires has it. */
void upload_expires(int64_t touched_s, char text_r[40]);

#endif
