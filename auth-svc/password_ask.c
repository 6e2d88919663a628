/* Asks whoever is logged in for the password once more: finds the account, looks at its limits, compares, counts. */
#include "password_ask.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"
#include "limits.h"
#include "password.h"
#include "session_store.h"
#include "user_store.h"

struct ctx {
    struct auth *a;
    struct buf address, key, username; /* the key is the account's, for its limit */
    char *hash;
    struct str typed;
    int64_t deadline_ms;
    password_ask_fn *fn;
    void *arg;
};

static void end(struct ctx *c, int err)
{
    struct password_asked asked = {buf_view(&c->username), c->hash};
    c->fn(c->arg, err, err ? NULL : &asked);
    buf_fini(&c->address);
    buf_fini(&c->key);
    buf_fini(&c->username);
    free(c->hash);
    free(c);
}

static void set_limits(const struct ctx *c, struct limit limits[LIMITS_MAX])
{
    limits_of_password(limits, buf_view(&c->key), buf_view(&c->address));
}

static void ask_allowed(void *arg, int err)
{
    end(arg, err);
}

static void ask_refuse(void *arg, int err)
{
    end(arg, err ? err : ERR_BAD_CREDENTIALS);
}

/* A better hash is made at the next login, which is early enough. */
static void ask_verified(void *arg, int err, bool same, const char *better)
{
    struct ctx *c = arg;
    struct limit limits[LIMITS_MAX];
    set_limits(c, limits);
    (void)better;
    if (err) {
        end(c, err);
    } else if (!same) {
        if (limits_count(c->a, limits, LIMITS_OF_ACCOUNT, ask_refuse, c))
            ask_refuse(c, 0);
    } else if (limits_check(c->a, limits, LIMITS_OF_ACCOUNT, ask_allowed, c)) {
        ask_allowed(c, 0);
    }
}

static void ask_compare(void *arg, int err)
{
    struct ctx *c = arg;
    if (!err)
        err = password_verify(c->a->passwords, c->typed, c->hash, c->deadline_ms, ask_verified, c);
    if (err)
        end(c, err);
}

static void ask_found(void *arg, int err, const struct user *user)
{
    struct ctx *c = arg;
    if (err) {
        end(c, err == ERR_USER_NOT_FOUND ? ERR_UNAUTHORIZED : err);
        return;
    }
    c->hash = xstrndup(user->password_hash);
    buf_str(&c->key, user->key);
    buf_str(&c->username, user->username);
    struct limit limits[LIMITS_MAX];
    set_limits(c, limits);
    if (limits_check(c->a, limits, LIMITS_OF_ACCOUNT, ask_compare, c))
        ask_compare(c, 0);
}

int password_ask(struct auth *a, const struct caller *caller, int64_t deadline_ms, struct str typed,
                 password_ask_fn *fn, void *arg)
{
    if (!session_id_ok(caller->session))
        return ERR_UNAUTHORIZED;
    struct ctx *c = xcalloc(1, sizeof(*c));
    *c = (struct ctx){.a = a, .typed = typed, .deadline_ms = deadline_ms, .fn = fn, .arg = arg};
    buf_str(&c->address, caller->address);
    int err = user_by_id(a, caller->user, ask_found, c);
    if (err) {
        buf_fini(&c->address);
        free(c);
    }
    return err;
}
