/* Where a connection string points to, looked up before libpq would: it asks the resolver inside its calls, and a name
 * server that does not answer would hold the loop. Used by db_conn.c only. */
#ifndef PARLEY_DB_ADDRESS_H
#define PARLEY_DB_ADDRESS_H

#include "buf.h"

/* libpq's parameters of these names, lists with commas; each host stands once for each of its addresses. */
struct db_address {
    struct buf host, hostaddr, port;
};

/* Does connecting to `url` ask the resolver? A number, a directory or a given hostaddr does not. */
bool db_address_has_names(const char *url);
/* Blocks: for worker threads. NULL, or why there is no address; static text. */
const char *db_address_resolve(struct db_address *address, const char *url);
void db_address_fini(struct db_address *address);

#endif
