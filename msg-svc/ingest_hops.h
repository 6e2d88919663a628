/* Notes of each message of a committed batch when it was where, for `parley trace`, and says of each entry, for who
 * reads the log at level debug, what became of it. Never the text. */
#ifndef PARLEY_MSG_INGEST_HOPS_H
#define PARLEY_MSG_INGEST_HOPS_H

#include "hops.h"
#include "plan.h"

/* After the batch was published. Times of clock_mono_us(). */
void ingest_hops_note(struct hops *hops, const struct plan *p, int64_t begun_us, int64_t committed_us);

#endif
