/* What concerns everybody who is connected here, as msg-svc says it (everybody:{all}). May be lost. */
#ifndef PARLEY_GATEWAY_EVERYBODY_H
#define PARLEY_GATEWAY_EVERYBODY_H

#include "gateway.h"

void everybody_listen(struct gateway *gw);
void everybody_leave(struct gateway *gw);

#endif
