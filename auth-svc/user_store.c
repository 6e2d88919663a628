/* Accounts in PostgreSQL. */
#include "user_store.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"
#include "secret.h"

struct ask {
    user_fn *fn;
    void *arg;
    bool invited; /* of user_create(): came with an invitation */
};

/* "{from,until}" as PostgreSQL writes an array; empty for NULL. */
static void read_span(struct str text, struct user *user)
{
    struct str from, until;
    if (text.n < 2)
        return;
    text = (struct str){text.p + 1, text.n - 2};
    until = str_cut(text, ',', &from);
    str_i64(from, &user->dnd_from_ms);
    str_i64(until, &user->dnd_until_ms);
}

void user_of_row(const struct db_result *r, size_t row, struct user *user_r)
{
    *user_r = (struct user){.id = db_int(r, row, 0),
                            .username = db_str(r, row, 1),
                            .display_name = db_str(r, row, 2),
                            .created_ms = db_int(r, row, 3),
                            .version = db_int(r, row, 4),
                            .colour = db_int(r, row, 5),
                            .status_emoji = db_str(r, row, 6),
                            .status_text = db_str(r, row, 7),
                            .status_until_ms = db_int(r, row, 8)};
    read_span(db_str(r, row, 9), user_r);
    user_r->bot = db_bool(r, row, 10);
    user_r->picture = db_str(r, row, 11);
}

static struct ask *ask_new(user_fn *fn, void *arg)
{
    struct ask *ask = xcalloc(1, sizeof(*ask));
    ask->fn = fn;
    ask->arg = arg;
    return ask;
}

static int ask_send(struct auth *a, const char *sql, struct db_params *p, db_done_fn *done, struct ask *ask)
{
    int err = auth_query(a, sql, p, done, ask);
    if (err)
        free(ask);
    return err;
}

static void ask_end(struct ask *ask, int err, const struct user *user)
{
    user_fn *fn = ask->fn;
    void *arg = ask->arg;
    free(ask);
    fn(arg, err, user);
}

/* Nobody was made: the columns of the person are NULL, and behind them it says who may register. */
static int not_made(const struct db_result *r, bool invited)
{
    struct str mode = db_str(r, 0, USER_COLUMN_COUNT);
    if (!str_is(mode, "invite"))
        return ERR_REGISTRATION_CLOSED;
    return invited ? ERR_INVITE_NOT_FOUND : ERR_INVITATION_NEEDED;
}

static void on_created(void *arg, int err, const struct db_result *r)
{
    struct ask *ask = arg;
    struct user user = {0};
    if (err == ERR_SQL && strcmp(db_sqlstate(r), "23505") == 0)
        err = ERR_USERNAME_TAKEN;
    if (!err && db_is_null(r, 0, 0))
        err = not_made(r, ask->invited);
    if (!err)
        user_of_row(r, 0, &user);
    ask_end(ask, err == ERR_SQL ? ERR_INTERNAL : err, err ? NULL : &user);
}

int user_create(struct auth *a, const struct username *name, struct str display_name, const char *password_hash,
                struct str invite, user_fn *fn, void *arg)
{
    /* Of several that come first at once the row of settings lets one through as the founder, the others wait for it
     * and find it founded; of two that come by the last use of an invitation one does. What they took is given back
     * when the name is taken. */
    static const char sql[] =
        "WITH founder AS (UPDATE auth.settings SET founded = true WHERE NOT founded "
        "AND registration = 'open' RETURNING true), "
        "ticket AS (UPDATE auth.invites SET uses_left = uses_left - 1 WHERE hash = $6::bytea "
        "AND (expires_at IS NULL OR expires_at > now()) AND (uses_left IS NULL OR uses_left > 0) "
        "AND (SELECT registration FROM auth.settings) = 'invite' RETURNING id, made_by), "
        "made AS (INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash, admin) "
        "SELECT $1, $2, $3, $4, $5, EXISTS (SELECT FROM founder) FROM auth.settings s WHERE s.registration = 'open' "
        "OR EXISTS (SELECT FROM ticket) RETURNING *), "
        "said AS (INSERT INTO auth.audit (kind, actor, subject, data) SELECT 'registered', m.id, m.id, "
        "jsonb_strip_nulls(jsonb_build_object('founder', nullif(m.admin, false), 'invite', t.id::text, "
        "'invited_by', t.made_by::text)) FROM made m LEFT JOIN ticket t ON true) "
        "SELECT " USER_COLUMNS ", s.registration FROM auth.settings s LEFT JOIN made u ON true";
    struct ask *ask = ask_new(fn, arg);
    struct db_params p = {0};
    char digest[SECRET_DIGEST];
    ask->invited = invite.n > 0;
    secret_digest(invite, digest);
    db_p_str(&p, buf_view(&name->shown));
    db_p_str(&p, buf_view(&name->key));
    db_p_str(&p, buf_view(&name->skeleton));
    db_p_str(&p, display_name);
    db_p_cstr(&p, password_hash);
    db_p_bytes(&p, (struct str){digest, sizeof(digest)});
    return ask_send(a, sql, &p, on_created, ask);
}

static void on_found(void *arg, int err, const struct db_result *r)
{
    struct user user = {0};
    if (!err && db_rows(r) == 0)
        err = ERR_USER_NOT_FOUND;
    if (!err) {
        user_of_row(r, 0, &user);
        user.key = db_str(r, 0, USER_COLUMN_COUNT);
        user.password_hash = db_str(r, 0, USER_COLUMN_COUNT + 1);
    }
    ask_end(arg, err == ERR_SQL ? ERR_INTERNAL : err, err ? NULL : &user);
}

int user_by_key(struct auth *a, struct str key, user_fn *fn, void *arg)
{
    static const char sql[] = "SELECT " USER_COLUMNS ", u.username_key, u.password_hash FROM auth.users u "
                              "WHERE u.username_key = $1 AND u.disabled_at IS NULL AND u.owner_id IS NULL";
    struct db_params p = {0};
    db_p_str(&p, key);
    return ask_send(a, sql, &p, on_found, ask_new(fn, arg));
}

int user_by_id(struct auth *a, int64_t id, user_fn *fn, void *arg)
{
    static const char sql[] = "SELECT " USER_COLUMNS ", u.username_key, u.password_hash FROM auth.users u "
                              "WHERE u.id = $1::bigint AND u.disabled_at IS NULL";
    struct db_params p = {0};
    db_p_int(&p, id);
    return ask_send(a, sql, &p, on_found, ask_new(fn, arg));
}

int user_rehash(struct auth *a, int64_t id, struct str old_hash, const char *new_hash, db_done_fn *fn, void *arg)
{
    static const char sql[] =
        "UPDATE auth.users SET password_hash = $3 WHERE id = $1::bigint AND password_hash = $2 AND disabled_at IS NULL";
    struct db_params p = {0};
    db_p_int(&p, id);
    db_p_str(&p, old_hash);
    db_p_cstr(&p, new_hash);
    return auth_query(a, sql, &p, fn, arg);
}
