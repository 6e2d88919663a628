/* How answers of Redis are kept: one answer in one block of memory, or a few, however many elements it has. An entry of
 * a stream has forty, and each was two blocks of the heap. Used by links; others read answers by bus.h. */
#ifndef PARLEY_BUS_REPLY_H
#define PARLEY_BUS_REPLY_H

#include <hiredis/hiredis.h>

#include "bus.h"

/* An array of more elements is no answer of ours: the reader fails on it before room for them is taken. */
enum { BUS_REPLY_ITEMS_MAX = 1 << 20 };

/* A parser (RESP2) whose answers are struct bus_reply; NULL: no memory. The caller frees it with redisReaderFree(), and
 * each answer that redisReaderGetReply() gives with bus_reply_free(): it lives on without the reader. */
redisReader *bus_reply_reader(void);
/* Of a whole answer, not of an element. NULL is fine. */
void bus_reply_free(struct bus_reply *reply);

#endif
