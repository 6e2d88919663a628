/* Files given out: all of one or a part, its previews, and what is known of it. Each function takes the call and
 * answers it, now or later. */
#ifndef PARLEY_MEDIA_DOWNLOAD_H
#define PARLEY_MEDIA_DOWNLOAD_H

#include "call.h"
#include "file.h"

/* GET and HEAD /media/files/ID, …/small, …/large. */
void download_file(struct call *call, enum file_variant variant);
/* GET /media/files/ID/info. */
void download_info(struct call *call);

#endif
