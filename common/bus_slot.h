/* Where a name lies in a Redis Cluster: which of its 16,384 slots. Pure. */
#ifndef PARLEY_BUS_SLOT_H
#define PARLEY_BUS_SLOT_H

#include "str.h"

enum { BUS_SLOTS = 16384 };

/* CRC16 (XMODEM) of the name's hash tag, what stands between the first { and the next } when that is something; or of
 * the whole name. */
unsigned bus_slot(struct str name);

/* Which word of a command is its key or channel, of the commands that the bus is used for; 0: it has none. */
size_t bus_key_at(size_t argc, const struct str *argv);

#endif
