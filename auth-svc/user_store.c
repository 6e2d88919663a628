/* Accounts in PostgreSQL. */
#include "user_store.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"

struct ask {
    user_fn *fn;
    void *arg;
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

static void on_created(void *arg, int err, const struct db_result *r)
{
    struct user user = {0};
    if (err == ERR_SQL && strcmp(db_sqlstate(r), "23505") == 0)
        err = ERR_USERNAME_TAKEN;
    if (!err)
        user_of_row(r, 0, &user);
    ask_end(arg, err == ERR_SQL ? ERR_INTERNAL : err, err ? NULL : &user);
}

int user_create(struct auth *a, const struct username *name, struct str display_name, const char *password_hash,
                user_fn *fn, void *arg)
{
    static const char sql[] =
        "INSERT INTO auth.users AS u (username, username_key, skeleton, display_name, password_hash) "
        "VALUES ($1, $2, $3, $4, $5) RETURNING " USER_COLUMNS;
    struct db_params p = {0};
    db_p_str(&p, buf_view(&name->shown));
    db_p_str(&p, buf_view(&name->key));
    db_p_str(&p, buf_view(&name->skeleton));
    db_p_str(&p, display_name);
    db_p_cstr(&p, password_hash);
    return ask_send(a, sql, &p, on_created, ask_new(fn, arg));
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
                              "WHERE u.username_key = $1 AND u.disabled_at IS NULL";
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
