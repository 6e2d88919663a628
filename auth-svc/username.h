/* Names of people: normalised, of one script, and no two that look alike (UTS #39). Names ICU. */
#ifndef PARLEY_USERNAME_H
#define PARLEY_USERNAME_H

#include "buf.h"

/* Load what ICU needs; 0 or ERR_INTERNAL. Once a process. */
int username_init(void);
void username_fini(void);

struct username {
    struct buf shown;    /* NFKC */
    struct buf key;      /* by name_key.h: the same key is the same name */
    struct buf skeleton; /* case-folded: the same skeleton looks the same */
};
/* Fill *name_r from what was typed. ERR_USERNAME_INVALID: not 2 to 32 characters, other than letters, digits and . _ -,
 * punctuation at an end, more than one script. The caller calls username_free() in any case. */
int username_parse(struct str typed, struct username *name_r);
/* The same for a name that is to be somebody's from now on. ERR_USERNAME_TAKEN: it calls everybody of a room
 * (name_key.h), or looks like a word that does. Whoever has such a name keeps it. */
int username_parse_new(struct str typed, struct username *name_r);
void username_free(struct username *name);

/* Append what people see of a display name: NFC, trimmed. ERR_NAME_INVALID: not 1 to 80 characters, control or
 * direction characters, nothing visible. */
int display_name_parse(struct str typed, struct buf *out);

/* May this character stand in what others see? Not control, direction, private and unassigned ones. */
bool username_may_show(uint32_t point);

#endif
