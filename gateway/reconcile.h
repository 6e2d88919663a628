/* After Redis may have lost messages: each user connected here is looked up again, a few at a time. Their connections
 * get the rooms they are in, lose those they are not in, and are told the heads, so that they fetch what they missed.
 */
#ifndef PARLEY_GATEWAY_RECONCILE_H
#define PARLEY_GATEWAY_RECONCILE_H

#include "gateway.h"

struct reconcile;

void reconcile_create(struct reconcile **reconcile_r, struct gateway *gw);
void reconcile_destroy(struct reconcile **reconcile);
/* Everyone; who is waiting for it already is not asked twice. */
void reconcile_all(struct reconcile *reconcile);
void reconcile_user(struct reconcile *reconcile, int64_t user);

#endif
