/* Password hashes: argon2id in OWASP's measure, and bcrypt of imported accounts. */
#include "password.h"

#include <crypt.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alloc.h"
#include "clock.h"
#include "common_passwords.h"
#include "err.h"

/* OWASP: m = 19 MiB, t = 2, p = 1; some 25 ms of one core. */
enum { OPS = 2, MEM = 19 * 1024 * 1024, MAX_WORK = 256, MAX_BCRYPT_COST = 15 };

struct passwords {
    struct loop *loop;
    char nobody[crypto_pwhash_STRBYTES]; /* the hash of a password that nobody has */
};

struct job {
    char password[PASSWORD_MAX + 1];
    size_t n;
    int64_t deadline_ms;
    bool hash_only, same;
    int err;
    char *stored;
    char hash[crypto_pwhash_STRBYTES]; /* made; empty: none */
    password_hashed_fn *hashed;
    password_verified_fn *verified;
    void *arg;
};

static int make_hash(const char *password, size_t n, char hash_r[crypto_pwhash_STRBYTES])
{
    return crypto_pwhash_str_alg(hash_r, password, n, OPS, MEM, crypto_pwhash_ALG_ARGON2ID13) ? ERR_INTERNAL : 0;
}

void passwords_create(struct passwords **p_r, struct loop *loop)
{
    struct passwords *p = xcalloc(1, sizeof(*p));
    unsigned char random[16];
    p->loop = loop;
    randombytes_buf(random, sizeof(random));
    if (make_hash((const char *)random, sizeof(random), p->nobody))
        abort(); /* no 19 MiB of memory: as in alloc.h */
    loop_work_limit(loop, MAX_WORK);
    *p_r = p;
}

void passwords_destroy(struct passwords **p)
{
    free(*p);
    *p = NULL;
}

int password_check(struct str password, struct str username)
{
    if (password.n < PASSWORD_MIN || password.n > PASSWORD_MAX)
        return ERR_PASSWORD_INVALID;
    if (common_password(password) || (password.n == username.n && strncasecmp(password.p, username.p, username.n) == 0))
        return ERR_PASSWORD_COMMON;
    return 0;
}

/* A cost beyond MAX_BCRYPT_COST would hold a worker for seconds: such a hash matches nothing. */
static bool bcrypt_same(const char *password, const char *stored)
{
    if (strlen(stored) != 60 || strtol(stored + 4, NULL, 10) > MAX_BCRYPT_COST)
        return false;
    struct crypt_data *data = xcalloc(1, sizeof(*data)); /* 32 KiB: not for a worker's stack */
    const char *hash = crypt_r(password, stored, data);
    bool same = hash && strlen(hash) == 60 && sodium_memcmp(hash, stored, 60) == 0;
    sodium_memzero(data, sizeof(*data));
    free(data);
    return same;
}

/* On a worker thread. */
static void work_verify(struct job *job)
{
    bool bcrypt = strncmp(job->stored, "$2b$", 4) == 0;
    if (bcrypt)
        job->same = bcrypt_same(job->password, job->stored);
    else
        job->same = crypto_pwhash_str_verify(job->stored, job->password, job->n) == 0;
    if (job->same && (bcrypt || crypto_pwhash_str_needs_rehash(job->stored, OPS, MEM) == 1) &&
        make_hash(job->password, job->n, job->hash))
        job->hash[0] = '\0'; /* the old one stays, until the next login */
}

static void work(void *arg)
{
    struct job *job = arg;
    if (clock_mono_ms() > job->deadline_ms)
        job->err = ERR_TIMEOUT;
    else if (job->hash_only)
        job->err = make_hash(job->password, job->n, job->hash);
    else
        work_verify(job);
}

static void job_free(struct job *job)
{
    sodium_memzero(job->password, sizeof(job->password));
    free(job->stored);
    free(job);
}

static void done(void *arg)
{
    struct job *job = arg;
    if (job->hash_only)
        job->hashed(job->arg, job->err, job->err ? NULL : job->hash);
    else
        job->verified(job->arg, job->err, job->same, job->hash[0] ? job->hash : NULL);
    job_free(job);
}

static struct job *job_new(struct str password, int64_t deadline_ms, void *arg)
{
    struct job *job = xcalloc(1, sizeof(*job));
    /* A longer one is nobody's. The cut one is not either: no stored password is longer than PASSWORD_MAX, but one
     * may be its beginning; so the length stays part of it. */
    job->n = password.n > PASSWORD_MAX ? PASSWORD_MAX + 1 : password.n;
    memcpy(job->password, password.p, job->n > PASSWORD_MAX ? PASSWORD_MAX : job->n);
    job->deadline_ms = deadline_ms;
    job->arg = arg;
    return job;
}

static int start(struct passwords *p, struct job *job)
{
    int err = loop_work(p->loop, work, done, job);
    if (err)
        job_free(job);
    return err;
}

int password_hash(struct passwords *p, struct str password, int64_t deadline_ms, password_hashed_fn *fn, void *arg)
{
    struct job *job = job_new(password, deadline_ms, arg);
    job->hash_only = true;
    job->hashed = fn;
    return start(p, job);
}

int password_verify(struct passwords *p, struct str password, const char *stored, int64_t deadline_ms,
                    password_verified_fn *fn, void *arg)
{
    struct job *job = job_new(password, deadline_ms, arg);
    job->stored = xstrdup(stored ? stored : p->nobody);
    job->verified = fn;
    return start(p, job);
}
