/* Accounts from the server's shell: one command, one transaction, and every gateway told before it ends. */
#include "operator.h"

#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "account_sql.h"
#include "alloc.h"
#include "auth.h"
#include "clock.h"
#include "err.h"
#include "password.h"
#include "revocation.h"
#include "session_store.h"
#include "username.h"

enum { CONNECT_MS = 10000, BUS_MS = 3000, TELL_MS = 5000, STEP_MS = 20, HASH_MS = 10000 };

struct command {
    const char *word;
    void (*begin)(struct errand *e);
    bool password; /* is read from standard input */
    bool session;  /* a second word */
    bool creates;  /* the name is nobody's so far */
    const char *done;
};

/* What happens in turn; each step is looked at by the timer, or called back. */
enum stage {
    CONNECTING, /* until the database is there, and the bus unless that takes too long */
    WORKING,    /* until the command's last answer */
    TELLING,    /* until gateways and presence-svc were told */
};

struct errand {
    struct auth auth;
    const struct command *command;
    struct username name;
    struct buf password;
    char session[SESSION_ID + 1];
    int64_t user;
    enum stage stage;
    int64_t since_ms;
    struct timer *timer;
    bool telling; /* presence-svc has not answered */
    int code;
};

static void finish(struct errand *e, int code)
{
    e->code = code;
    e->auth.process.draining = true;
    process_drained(&e->auth.process);
}

static void refuse(struct errand *e, int err)
{
    static const char unavailable[] = "the database does not answer";
    bool away = err == ERR_UNAVAILABLE || err == ERR_TIMEOUT || err == ERR_BUSY;
    fprintf(stderr, "parley-admin: %s: %s\n", buf_c(&e->name.shown), away ? unavailable : err_text(err));
    finish(e, away ? OPERATOR_UNAVAILABLE : OPERATOR_REFUSED);
}

static void set_stage(struct errand *e, enum stage stage)
{
    e->stage = stage;
    e->since_ms = clock_mono_ms();
}

/* ---- telling ---- */

static void on_told(void *arg, int err, struct str body)
{
    struct errand *e = arg;
    (void)err;
    (void)body;
    e->telling = false;
}

static void tell(struct errand *e)
{
    struct caller caller = {.user = e->user, .trace = STR("operator")};
    set_stage(e, TELLING);
    e->telling = rpc_call(e->auth.process.rpc, "presence", "changed", &caller, STR("{}"), TELL_MS, on_told, e) == 0;
}

static void told(struct errand *e)
{
    bool all = revocations_idle(e->auth.revocations);
    if ((!all || e->telling) && clock_mono_ms() - e->since_ms < TELL_MS)
        return;
    printf("%s: %s\n", buf_c(&e->name.shown), e->command->done);
    if (!all)
        fprintf(stderr, "parley-admin: Redis does not answer: open connections end within half a minute\n");
    finish(e, OPERATOR_OK);
}

/* ---- changes ---- */

/* Rows as account_sql.h has them. */
static void on_changed(void *arg, int err, const struct db_result *r)
{
    struct errand *e = arg;
    if (err == ERR_SQL)
        err = strcmp(db_sqlstate(r), "23505") == 0 ? ERR_USERNAME_TAKEN : ERR_INTERNAL;
    if (!err)
        err = db_rows(r) > 0 ? err_from_code(db_str(r, 0, 0)) : ERR_INTERNAL;
    if (err) {
        refuse(e, err);
        return;
    }
    for (size_t i = 0; i < db_rows(r); i++)
        if (!db_is_null(r, i, 1))
            revocation_publish(e->auth.revocations, db_str(r, i, 1));
    tell(e);
}

/* Under the locks that admins' changes take, each a statement of its own: the one behind them sees what their last
 * holder committed. */
static void change(struct errand *e, const char *sql, struct db_params *params)
{
    static const char lock_settings[] = "SELECT FROM auth.settings FOR NO KEY UPDATE";
    static const char lock_subject[] = "SELECT FROM auth.users WHERE id = $1::bigint FOR NO KEY UPDATE";
    struct db_params p = {0};
    db_p_int(&p, e->user);
    int err = db_exec(e->auth.tx, lock_settings, NULL, NULL, NULL);
    if (err)
        buf_fini(&p.text);
    else
        err = db_exec(e->auth.tx, lock_subject, &p, NULL, NULL);
    if (err)
        buf_fini(&params->text);
    else
        err = db_exec(e->auth.tx, sql, params, on_changed, e);
    db_sync(e->auth.tx);
    if (err)
        refuse(e, err);
}

#define OPERATOR_ME "me AS (SELECT $1::bigint AS id)"

static void change_account(struct errand *e, const char *admin, const char *disabled)
{
    static const char sql[] = ACCOUNT_CHANGE_SQL(OPERATOR_ME);
    struct db_params p = {0};
    db_p_int(&p, 0);
    db_p_int(&p, e->user);
    db_p_cstr(&p, admin);
    db_p_cstr(&p, disabled);
    change(e, sql, &p);
}

static void make_admin(struct errand *e)
{
    change_account(e, "t", NULL);
}

static void end_admin(struct errand *e)
{
    change_account(e, "f", NULL);
}

static void disable(struct errand *e)
{
    change_account(e, NULL, "t");
}

static void enable(struct errand *e)
{
    change_account(e, NULL, "f");
}

static void logout(struct errand *e)
{
    static const char sql[] = ACCOUNT_LOGOUT_SQL(OPERATOR_ME);
    struct db_params p = {0};
    db_p_int(&p, 0);
    db_p_int(&p, e->user);
    change(e, sql, &p);
}

static void end_session(struct errand *e)
{
    static const char sql[] =
        "WITH ended AS (UPDATE auth.sessions SET revoked_at = now() WHERE id = $2::uuid AND user_id = $1::bigint "
        "AND revoked_at IS NULL RETURNING id), "
        "said AS (INSERT INTO auth.audit (kind, actor, subject, data) SELECT 'account_logged_out', 0, $1::bigint, "
        "jsonb_build_object('sessions', 1) FROM ended) "
        "SELECT CASE WHEN e.id IS NULL THEN 'not_found' ELSE 'ok' END, e.id FROM (SELECT) one LEFT JOIN ended e ON true";
    struct db_params p = {0};
    db_p_int(&p, e->user);
    db_p_cstr(&p, e->session);
    change(e, sql, &p);
}

/* ---- passwords ---- */

static void on_hashed(void *arg, int err, const char *hash)
{
    /* Logins that go on with the old password find another hash, or are seen and ended here: the row is locked. */
    static const char reset[] =
        "WITH fresh AS (UPDATE auth.users SET password_hash = $2 WHERE id = $1::bigint AND owner_id IS NULL RETURNING id), "
        "ended AS (UPDATE auth.sessions s SET revoked_at = now() FROM fresh f WHERE s.user_id = f.id "
        "AND s.revoked_at IS NULL RETURNING s.id), "
        "said AS (INSERT INTO auth.audit (kind, actor, subject, data) SELECT 'password_set', 0, f.id, "
        "jsonb_build_object('sessions', (SELECT count(*) FROM ended)) FROM fresh f) "
        "SELECT CASE WHEN f.id IS NULL THEN 'forbidden' ELSE 'ok' END, e.id "
        "FROM (SELECT) one LEFT JOIN fresh f ON true LEFT JOIN ended e ON true";
    static const char create[] =
        "WITH founded AS (UPDATE auth.settings SET founded = true WHERE NOT founded), "
        "made AS (INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash, admin) "
        "VALUES ($1, $2, $3, $1, $4, true) RETURNING id), "
        "said AS (INSERT INTO auth.audit (kind, actor, subject) SELECT k.kind, 0, m.id FROM made m "
        "CROSS JOIN (VALUES (1, 'registered'), (2, 'admin_made')) AS k(nth, kind) ORDER BY nth) "
        "SELECT 'ok', NULL::uuid FROM made";
    struct errand *e = arg;
    struct db_params p = {0};
    if (err) {
        refuse(e, err);
        return;
    }
    if (e->user) {
        db_p_int(&p, e->user);
    } else {
        db_p_str(&p, buf_view(&e->name.shown));
        db_p_str(&p, buf_view(&e->name.key));
        db_p_str(&p, buf_view(&e->name.skeleton));
    }
    db_p_cstr(&p, hash);
    change(e, e->user ? reset : create, &p);
}

static void set_password(struct errand *e)
{
    struct str password = buf_view(&e->password);
    int err = password_check(password, buf_view(&e->name.shown));
    if (!err)
        err = password_hash(e->auth.passwords, password, clock_mono_ms() + HASH_MS, on_hashed, e);
    if (err)
        refuse(e, err);
}

/* ---- looking ---- */

/* What a stranger's browser called itself must not steer a terminal. */
static void print_plain(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        putchar(text.p[i] >= ' ' && text.p[i] <= '~' ? text.p[i] : '?');
}

static void on_sessions(void *arg, int err, const struct db_result *r)
{
    struct errand *e = arg;
    if (err) {
        refuse(e, err == ERR_SQL ? ERR_INTERNAL : err);
        return;
    }
    for (size_t i = 0; i < db_rows(r); i++) {
        for (int col = 0; col < 5; col++) {
            print_plain(db_str(r, i, col));
            putchar(col < 4 ? '\t' : '\n');
        }
    }
    finish(e, OPERATOR_OK);
}

static void sessions(struct errand *e)
{
    static const char sql[] =
        "SELECT id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), "
        "to_char(last_used_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), address, user_agent "
        "FROM auth.sessions WHERE user_id = $1::bigint AND revoked_at IS NULL AND expires_at > now() "
        "ORDER BY last_used_at DESC, id";
    struct db_params p = {0};
    db_p_int(&p, e->user);
    int err = auth_query(&e->auth, sql, &p, on_sessions, e);
    if (err)
        refuse(e, err);
}

static const struct command commands[] = {
    {"create-admin", set_password, .password = true, .creates = true, .done = "made, and is an admin"},
    {"disable", disable, .done = "disabled; all logins and access tokens have ended"},
    {"enable", enable, .done = "enabled"},
    {"end-admin", end_admin, .done = "is no admin any more"},
    {"end-session", end_session, .session = true, .done = "that login has ended"},
    {"logout", logout, .done = "all logins have ended"},
    {"make-admin", make_admin, .done = "is an admin"},
    {"reset-password", set_password, .password = true, .done = "has the new password; all logins have ended"},
    {"sessions", sessions, .done = ""},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void on_found(void *arg, int err, const struct db_result *r)
{
    struct errand *e = arg;
    bool creating = e->command->creates;
    if (!err && db_rows(r) == 0 && !creating)
        err = ERR_USER_NOT_FOUND;
    if (!err && db_rows(r) > 0 && creating)
        err = ERR_USERNAME_TAKEN;
    if (err) {
        refuse(e, err == ERR_SQL ? ERR_INTERNAL : err);
        return;
    }
    e->user = creating ? 0 : db_int(r, 0, 0);
    e->command->begin(e);
}

static void look(struct errand *e)
{
    static const char sql[] = "SELECT id FROM auth.users WHERE username_key = $1";
    struct db_params p = {0};
    set_stage(e, WORKING);
    db_p_str(&p, buf_view(&e->name.key));
    int err = auth_query(&e->auth, sql, &p, on_found, e);
    if (err)
        refuse(e, err);
}

static void on_step(void *arg)
{
    struct errand *e = arg;
    int64_t waited_ms = clock_mono_ms() - e->since_ms;
    if (e->stage == CONNECTING) {
        bool there = db_ready(e->auth.db) && db_conn_up(e->auth.tx);
        if (there && (bus_ready(e->auth.process.bus) || waited_ms > BUS_MS))
            look(e);
        else if (waited_ms > CONNECT_MS)
            refuse(e, ERR_UNAVAILABLE);
    } else if (e->stage == TELLING) {
        told(e);
    }
}

static void on_tx_state(void *arg, bool up)
{
    (void)arg;
    (void)up;
}

int operator_run(struct errand *e, char *name)
{
    struct auth *a = &e->auth;
    struct process *p = &a->process;
    char *argv[] = {name, NULL};
    /* Nobody asks it anything, and the service of these settings has that port. */
    setenv("PARLEY_ADMIN_LISTEN", "", 1);
    setenv("PARLEY_LOG_LEVEL", "error", 1);
    process_start(p, "admin", operator_config_rows, OPERATOR_CONFIG_ROWS, &a->config, 1, argv);
    struct db_config db = {.url = a->config.database_url, .name = "parley-admin", .size = 1};
    passwords_create(&a->passwords, p->loop);
    db_create(&a->db, p->loop, &db, p->metrics);
    db_conn_create(&a->tx, p->loop, &db, on_tx_state, e);
    revocations_create(&a->revocations, p->loop, p->bus);
    timer_make(&e->timer, p->loop, on_step, e);
    set_stage(e, CONNECTING);
    timer_start(e->timer, 0, STEP_MS);
    e->code = OPERATOR_UNAVAILABLE; /* a signal ends it before it is done */
    process_run(p, NULL, NULL, NULL);
    a->closing = true;
    timer_destroy(&e->timer);
    db_destroy(&a->db);
    db_conn_destroy(&a->tx);
    revocations_destroy(&a->revocations);
    passwords_destroy(&a->passwords);
    process_end(p);
    int code = e->code;
    username_free(&e->name);
    username_fini();
    if (e->password.n > 0)
        sodium_memzero(e->password.p, e->password.n);
    buf_fini(&e->password);
    free(e);
    return code;
}

/* ---- what was typed ---- */

void operator_usage(FILE *out)
{
    fputs("usage: parley-admin COMMAND USERNAME\n\n"
          "  create-admin     make an account that is admin; the password comes from standard input\n"
          "  make-admin       make somebody an admin            end-admin  the opposite\n"
          "  reset-password   give a new password, from standard input, and end all logins\n"
          "  disable          end all logins and access tokens, and let nobody in       enable  the opposite\n"
          "  sessions         the logins: id, begun, last used, address, browser\n"
          "  logout           end all logins                    end-session USERNAME ID  end one\n\n"
          "It needs the environment of auth-svc, but for the key; ./parley admin gives it.\n",
          out);
}

/* A line without its end; false: none. */
static bool read_line(struct buf *line)
{
    int c;
    buf_reset(line);
    while ((c = getchar()) != EOF && c != '\n')
        buf_char(line, (char)c);
    return c != EOF || line->n > 0;
}

static struct termios shown;

/* Whoever breaks off gets a terminal that shows again what is typed. */
static void show_and_die(int signum)
{
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    raise(signum);
}

static bool ask_hidden(const char *prompt, struct buf *line)
{
    const struct sigaction dies = {.sa_handler = show_and_die, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;
    fputs(prompt, stderr);
    tcgetattr(STDIN_FILENO, &shown);
    struct termios hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    sigaction(SIGINT, &dies, &before);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    bool read = read_line(line);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    sigaction(SIGINT, &before, NULL);
    fputc('\n', stderr);
    return read;
}

static const char *read_password(struct buf *password)
{
    struct buf again = {0};
    if (!isatty(STDIN_FILENO))
        return read_line(password) ? NULL : "no password came on standard input";
    bool same = ask_hidden("New password: ", password) && ask_hidden("Once more: ", &again) &&
                str_eq(buf_view(password), buf_view(&again));
    if (again.n > 0)
        sodium_memzero(again.p, again.n);
    buf_fini(&again);
    return same ? NULL : "those were two different passwords";
}

static const struct command *find(const char *word)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].word, word) == 0)
            return &commands[i];
    return NULL;
}

static const char *read_words(struct errand *e, char **argv)
{
    int err =
        e->command->creates ? username_parse_new(str_of(argv[2]), &e->name) : username_parse(str_of(argv[2]), &e->name);
    if (err)
        return err == ERR_USERNAME_TAKEN ? "that name calls everybody of a room: it is taken" : "that is no user name";
    if (e->command->session) {
        if (!session_id_ok(str_of(argv[3])))
            return "that is no id of a login; \"sessions\" lists them";
        memcpy(e->session, argv[3], SESSION_ID + 1);
    }
    return e->command->password ? read_password(&e->password) : NULL;
}

struct errand *operator_read(int argc, char **argv, int *code_r)
{
    const struct command *command = argc > 1 ? find(argv[1]) : NULL;
    *code_r = OPERATOR_USAGE;
    if (!command || argc != (command->session ? 4 : 3)) {
        operator_usage(stderr);
        return NULL;
    }
    if (sodium_init() < 0 || username_init()) {
        *code_r = OPERATOR_UNAVAILABLE;
        return NULL;
    }
    struct errand *e = xcalloc(1, sizeof(*e));
    e->command = command;
    const char *wrong = read_words(e, argv);
    if (!wrong)
        return e;
    fprintf(stderr, "parley-admin: %s\n", wrong);
    *code_r = OPERATOR_REFUSED;
    username_free(&e->name);
    if (e->password.p)
        sodium_memzero(e->password.p, e->password.n);
    buf_fini(&e->password);
    username_fini();
    free(e);
    return NULL;
}
