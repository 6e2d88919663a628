/* How often may be tried: counters in Redis that expire, shared by all replicas (limit:{…}). When Redis does not
 * answer, tries go through uncounted and are counted as skipped: requests come over Redis too, so its absence stops
 * them anyway, and a limit must not be one more way to lock people out. */
#ifndef PARLEY_LIMITS_H
#define PARLEY_LIMITS_H

#include "auth.h"

enum limit_kind { LIMIT_ACCOUNT, LIMIT_ACCOUNT_ADDRESS, LIMIT_ADDRESS, LIMIT_REGISTER };

enum { LIMITS_MAX = 3, LIMITS_OF_ACCOUNT = 2 };

/* Whose tries: an account, an address, or an account from an address. Copied. */
struct limit {
    enum limit_kind kind;
    struct str account; /* its key */
    struct str address;
};

/* The three limits of whoever tries a password: of the account from this address; of the account, so much wider that a
 * stranger elsewhere does not keep the owner out; of the address. Who is logged in has the first LIMITS_OF_ACCOUNT. */
void limits_of_password(struct limit limits[LIMITS_MAX], struct str account, struct str address);

/* Ask whether one of `limits` (at most LIMITS_MAX) is used up. fn is called once, later: 0 or ERR_RATE_LIMITED. Returns
 * ERR_UNAVAILABLE without calling fn when Redis cannot be asked: then go on. */
typedef void limits_fn(void *arg, int err);
int limits_check(struct auth *a, const struct limit *limits, size_t count, limits_fn *fn, void *arg);
/* Count one try, and tell whether it was one too many. As above; fn may be NULL. */
int limits_count(struct auth *a, const struct limit *limits, size_t count, limits_fn *fn, void *arg);

/* Append what of an address is counted as one: an IPv4 address, the /64 of an IPv6 one, other text as it is. */
void limits_address(struct str address, struct buf *out);

#endif
