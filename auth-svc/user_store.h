/* The rows of auth.users. */
#ifndef PARLEY_USER_STORE_H
#define PARLEY_USER_STORE_H

#include "auth.h"
#include "username.h"

/* Views into the result: valid during the callback. */
struct user {
    int64_t id, created_ms;
    struct str username, key, display_name, password_hash;
    int64_t version;                      /* of what others see */
    int64_t colour;                       /* -1: the one that follows from the id */
    struct str status_emoji, status_text; /* both empty: none */
    int64_t status_until_ms;              /* 0: until it is taken back */
    int64_t dnd_from_ms, dnd_until_ms;    /* do-not-disturb, now or next; 0 and 0: none */
    bool bot;
    struct str picture; /* a file's id, in digits; empty: none */
};

/* Each calls fn once, later, unless it returns an error: ERR_BUSY, ERR_UNAVAILABLE. err 0 and the user; the named error
 * and NULL; or what db_query gives. Disabled accounts are not there. */
typedef void user_fn(void *arg, int err, const struct user *user);

/* The first one of the server becomes admin. ERR_USERNAME_TAKEN: the key or the skeleton is somebody's. As the server's
 * settings have it: ERR_REGISTRATION_CLOSED; ERR_INVITATION_NEEDED when `invite` is empty, ERR_INVITE_NOT_FOUND when it
 * does not hold. */
int user_create(struct auth *a, const struct username *name, struct str display_name, const char *password_hash,
                struct str invite, user_fn *fn, void *arg);
/* By the case-folded key, a person only: bots do not log in; or by id. ERR_USER_NOT_FOUND. */
int user_by_key(struct auth *a, struct str key, user_fn *fn, void *arg);
int user_by_id(struct auth *a, int64_t id, user_fn *fn, void *arg);
/* Replace an outdated hash by one of the same password; nothing when the password was changed meanwhile. */
int user_rehash(struct auth *a, int64_t id, struct str old_hash, const char *new_hash, db_done_fn *fn, void *arg);

/* Read row `row` of a result whose columns begin with USER_COLUMNS. */
void user_of_row(const struct db_result *r, size_t row, struct user *user_r);
enum { USER_COLUMN_COUNT = 12 };
#define USER_COLUMNS                                                                                           \
    "u.id, u.username, u.display_name, (extract(epoch FROM u.created_at) * 1000)::bigint, u.profile_version, " \
    "coalesce(u.colour, -1), CASE WHEN u.status_expires_at <= now() THEN '' ELSE u.status_emoji END, "         \
    "CASE WHEN u.status_expires_at <= now() THEN '' ELSE u.status_text END, "                                  \
    "(extract(epoch FROM u.status_expires_at) * 1000)::bigint, "                                               \
    "auth.quiet_span(u.dnd_until, u.quiet_from, u.quiet_to, u.time_zone), u.owner_id IS NOT NULL, "            \
    "encode(u.picture, 'hex')"

#endif
