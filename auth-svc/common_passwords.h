/* Passwords that everybody tries first. */
#ifndef PARLEY_COMMON_PASSWORDS_H
#define PARLEY_COMMON_PASSWORDS_H

#include "str.h"

/* In the list, in whatever case (of ASCII), or one character repeated. */
bool common_password(struct str password);

#endif
