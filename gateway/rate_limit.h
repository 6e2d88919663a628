/* Token buckets of users and addresses, in memory, bounded: the key not used for longest is forgotten first. What is
 * counted is this gateway's share; the limits that must hold over all gateways are in the services. */
#ifndef PARLEY_GATEWAY_RATE_LIMIT_H
#define PARLEY_GATEWAY_RATE_LIMIT_H

#include "contract.h"
#include "str.h"

/* A key has one bucket for each frame a client may send, one for each class of REST paths, and one for requests that
 * turned out to be nobody's. */
enum { RATE_BUCKETS = OP_COUNT + RATE_COUNT + 1, RATE_KEY_MAX = 56 };

struct rate_limit;

/* Behind one address there may be many people (an office, a school): it gets this many times a user's rate. */
enum { RATE_ADDRESS_FACTOR = 10 };

/* At most `max_keys` are remembered; limits are `percent` of the contract's. */
void rate_limit_create(struct rate_limit **limit_r, size_t max_keys, int64_t percent);
void rate_limit_destroy(struct rate_limit **limit);
size_t rate_limit_keys(const struct rate_limit *limit);
/* Forget keys whose buckets are all full again, those not used for longest first: nothing is known of them that is not
 * true of anybody. Costs a look when there are none; called now and then. */
void rate_limit_forget_full(struct rate_limit *limit);

/* Take one token. False: none left; *retry_ms_r is when there will be. */
bool rate_limit_take(struct rate_limit *limit, const char *key, size_t bucket, enum rate rate, int64_t *retry_ms_r);

/* Is there one to take? Takes nothing. */
bool rate_limit_has(struct rate_limit *limit, const char *key, size_t bucket, enum rate rate, int64_t *retry_ms_r);

/* Bucket numbers and keys. */
size_t rate_bucket_op(enum op op);
size_t rate_bucket_rest(enum rate rate);
size_t rate_bucket_nobody(void);
void rate_key_user(int64_t user, char key[RATE_KEY_MAX]);
/* IPv6: the /64 that one customer usually has, not the single address out of 2^64. */
void rate_key_address(struct str address, char key[RATE_KEY_MAX]);

#endif
