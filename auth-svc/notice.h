/* Tells that what others see of a person, or what the person's own devices show, is another than it was. */
#ifndef PARLEY_NOTICE_H
#define PARLEY_NOTICE_H

#include "auth.h"

/* After the change is committed. May be lost: whoever connects again asks for versions. */
void notice_changed(struct auth *a, int64_t user);

#endif
