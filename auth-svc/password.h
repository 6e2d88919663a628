/* Passwords: which are allowed, hashing (argon2id) and verifying on worker threads. Work waiting is bounded; what
 * waited beyond its deadline is not done. Loop thread only. */
#ifndef PARLEY_PASSWORD_H
#define PARLEY_PASSWORD_H

#include "loop.h"
#include "str.h"

enum { PASSWORD_MIN = 8, PASSWORD_MAX = 256 };

struct passwords;
void passwords_create(struct passwords **p_r, struct loop *loop);
/* After the loop has ended: no work is open. */
void passwords_destroy(struct passwords **p);

/* Whether it may be chosen: 0, ERR_PASSWORD_INVALID (length), ERR_PASSWORD_COMMON (well known, or the user name). */
int password_check(struct str password, struct str username);

/* Hash for storing. `deadline_ms` is on clock_mono_ms(). fn is called once, later: err 0 and the hash, valid during
 * the call; ERR_TIMEOUT; ERR_INTERNAL. Returns ERR_BUSY without calling fn. */
typedef void password_hashed_fn(void *arg, int err, const char *hash);
int password_hash(struct passwords *p, struct str password, int64_t deadline_ms, password_hashed_fn *fn, void *arg);

/* Compare with a stored hash: argon2id, or bcrypt ($2b$). NULL: nobody's, the same work is done and the answer is
 * no. fn is called once, later: err 0 and `same`; or ERR_TIMEOUT. `better` is a hash to replace the stored one by, NULL
 * when that is as it should be. Returns ERR_BUSY without calling fn. */
typedef void password_verified_fn(void *arg, int err, bool same, const char *better);
int password_verify(struct passwords *p, struct str password, const char *stored, int64_t deadline_ms,
                    password_verified_fn *fn, void *arg);

#endif
