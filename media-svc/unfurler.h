/* What is to be shown of a link: answered from what is remembered of it, or by asking the worker that stands outside
 * (unfurl/), whose image is decoded and made anew before it is kept. Asked by msg-svc; docs/previews.md. Loop thread
 * only. */
#ifndef PARLEY_MEDIA_UNFURLER_H
#define PARLEY_MEDIA_UNFURLER_H

#include "rpc.h"

struct media;
struct unfurler;

void unfurler_create(struct unfurler **unfurler_r, struct media *media);
/* What waits for the worker or the decoder is answered: not now; and so is what is asked from then on. Twice is once.
 */
void unfurler_stop(struct unfurler *unfurler);
/* Stopped, and after the database. */
void unfurler_destroy(struct unfurler **unfurler);

/* The call `media.unfurl`: {"url"} → {"preview": {"title", "description", "site", "image"}}, of which only the title is
 * always there; {} when there is nothing to show. busy, unavailable: ask again later. */
void unfurler_call(void *media, struct rpc_request *req);

#endif
