/* One client connection: handshake, identity, deadlines, what it may still send. Owned by the gateway's table; freed
 * when its WebSocket is gone. Asynchronous steps hold the connection's number and look it up again, never the pointer.
 */
#ifndef PARLEY_GATEWAY_SESSION_H
#define PARLEY_GATEWAY_SESSION_H

#include "err.h"
#include "gateway.h"
#include "log.h"
#include "personal_token.h"
#include "rate_limit.h"
#include "room_index.h"
#include "rpc.h"
#include "token.h"

enum session_state {
    SESSION_NEW,            /* waits for hello, LIMIT_HELLO_MS */
    SESSION_AUTHENTICATING, /* its token is being judged; may wait for keys */
    SESSION_SUBSCRIBING,    /* its channels are being looked up and subscribed */
    SESSION_READY,          /* welcomed: frames flow both ways until the token expires */
    SESSION_CLOSING,        /* out of every table; waits for the WebSocket to be gone */
    SESSION_STATES
};

enum { SESSION_TRACE_MAX = 48 };

/* Bytes queued on one connection; beyond, it is too slow a client. */
#define SESSION_MAX_QUEUED ((size_t)1 << 20)

/* May a session in `from` become `to`? */
bool session_may_become(enum session_state from, enum session_state to);
const char *session_state_name(enum session_state state);

/* Steps of SESSION_SUBSCRIBING, in order. */
enum hello_step { HELLO_USER_CHANNEL, HELLO_OPENING, HELLO_ROOM_CHANNELS };

/* A send that waits for its answer. */
struct session_send {
    uint64_t cmid; /* what tells it from the others of this connection */
    int64_t at_us;
};

struct session {
    /* What each event looks at comes first, so that it is one line of the processor's cache. */
    struct gateway *gw;
    struct ws *ws;
    int64_t user; /* 0 before authentication */
    enum session_state state;
    bool fenced;  /* events are left out until it is known again which rooms the user is in */
    bool lagging; /* events are left out until the client has caught up */

    enum op op;       /* whose frame is being handled or answered; OP_COUNT: of none */
    bool op_waits;    /* its answer comes later */
    uint64_t request; /* its number on this connection: part of the request's id */

    uint64_t conn;
    struct log log;
    char log_pairs[64];
    struct list of_gateway;
    char address_key[RATE_KEY_MAX]; /* counts connections of one address */
    char rate_key[RATE_KEY_MAX];    /* of the address, then of the user */

    struct wheel_entry due;
    int64_t state_due_ms; /* the state must have ended by then; 0: no hurry */
    int64_t expires_ms;   /* of the token, on clock_mono_ms() */
    int64_t again_ms;     /* its personal access token is judged again then; 0: it has none */
    int64_t leave_ms;     /* the gateway is draining: closed then; 0: it is not */
    int64_t opened_us;

    uint32_t scopes;
    bool personal;                      /* it came with a personal access token */
    char digest[PERSONAL_TOKEN_DIGEST]; /* of that */
    char sid[40], device[65], epoch[64];

    struct subscriber listens;
    enum hello_step step;
    struct hello_place hello;
    unsigned tries;
    /* What is being looked up may be out of date: rooms came or went, a change of membership was missed, or the
     * database was restored. Look again. */
    bool reopen;

    struct session_send *sends; /* without an answer, in no order; room for send_room, NULL while there is none */
    unsigned send_count, send_room;
    int64_t told_useq;              /* what pong or head told last of the user's own log */
    int64_t malformed_us, abuse_us; /* when all odd frames, all refusals will be forgiven */
    bool own_behind;                /* something of the user's own log was lost on the way, and that is not told yet */

    bool away; /* the client said so */
    struct list presence_due;
    struct buf presence;   /* changes to write at the end of this turn */
    int64_t presence_user; /* the change that was put last, so that it is put once */
    uint64_t presence_mark;
};

/* The callbacks of the "/ws" endpoint; their argument is the gateway. */
extern const struct ws_handler session_ws_handler;
/* The table of connections; embedded in struct gateway. */
void sessions_init(struct gateway *gw);
void sessions_fini(struct gateway *gw);

/* NULL: gone, or closing. */
struct session *session_find(const struct gateway *gw, uint64_t conn);
struct session *session_of(struct subscriber *listens);
/* Close every connection whose login session has ended. */
void sessions_close_ended(struct gateway *gw);

/* What connections have sent and have no answer to may be lost in Redis: ask for it again. */
void sessions_ask_again(struct gateway *gw);

/* Change state and arm its deadline; asserts that the table allows it. */
void session_set_state(struct session *s, enum session_state state);
/* Take over who it is. */
void session_identify(struct session *s, const struct token_claims *claims);
/* The gateway stops: close with 1001 at this time, unless the client goes before. */
void session_leave(struct session *s, int64_t at_ms);
/* Begin closing: at once out of every table, so that nothing further is written but what is queued. Idempotent. The
 * session is freed later, never inside this call. */
void session_close(struct session *s, int code, const char *reason);

/* Queue a frame, behind what waits for this connection in its rooms; harmless on a closing session. Too slow a client
 * is closed with 4008. Events and what may be lost wait some milliseconds in a burst, and are overtaken by nothing on
 * their connection (fan_out.h, ws_send_soon). */
void session_send(struct session *s, struct frame *f);
void session_send_text(struct session *s, struct str text);
/* Queue events of the seat's room, unless the session is fenced or far behind: then only the room's head will be
 * told, by session_catch_up(). */
void session_send_event(struct session *s, struct seat *seat, struct frame *f);
/* Nothing holds events back any more: tell where the rooms stand whose events were left out. */
void session_catch_up(struct session *s);
/* Half of the bound is not queued yet: what may be lost is not left out. */
bool session_has_room(const struct session *s);
/* Queue what may be lost. */
void session_send_ephemeral(struct session *s, struct frame *f);
/* {"t":"error"}; `ref` may be empty. */
void session_error(struct session *s, int err, struct str ref);
/* {"t":"nack"}; retry_ms 0: none. */
void session_nack(struct session *s, struct str cmid, int err, int64_t retry_ms);
/* Something was refused for being too much. False: it was the last time, the session is closing with 4009. */
bool session_refused(struct session *s);

/* A send is in flight; the same cmid again is the same send. False: too many are. */
bool session_send_begins(struct session *s, struct str cmid);
/* It is answered; harmless when it is not in flight (any more). Returns how long it took, in microseconds; -1: none of
 * that cmid was under way. */
int64_t session_send_ends(struct session *s, struct str cmid);

/* Whom to name as the asker; views live as long as the session, `trace` is the caller's buffer. */
struct caller session_caller(const struct session *s, char trace[SESSION_TRACE_MAX]);

#endif
