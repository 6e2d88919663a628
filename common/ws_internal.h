/* What ws.c (one WebSocket) and ws_server.c (libwebsockets' context, and how sockets get into it) share. */
#ifndef PARLEY_WS_INTERNAL_H
#define PARLEY_WS_INTERNAL_H

#include <libwebsockets.h>

#include "httpd_internal.h"
#include "ws_message.h"
#include "ws_outbox.h"

enum { WS_TX_BYTES = 65536 }; /* of one write */

enum ws_state {
    WS_OPENING,    /* the library answers the handshake */
    WS_OPEN,       /* messages go both ways */
    WS_CLOSING,    /* the close frame waits behind what is queued */
    WS_CLOSE_SENT, /* waits for the client's close, or the deadline */
    WS_ENDING      /* the library closes the socket */
};

struct ws_server {
    struct lws_context *context; /* the library sets it to NULL when it has freed it */
    struct lws_vhost *vhost;
    struct httpd *httpd;
    struct loop_hook *hook;
    struct list dirty; /* struct ws.dirty: something to write */
    struct list soon;  /* struct ws.dirty, too: something that many get, which may wait for more of the kind */
    int64_t soon_us;   /* until when those wait, monotonic */
    size_t frames;     /* written in this round */
    struct timer *soon_timer;
    bool soon_armed;
    bool round_wanted; /* by the user */
    struct buf scratch;
    struct ws *adopting; /* the one whose handshake the library is being given */
    uv_idle_t ending;    /* after destroy: counts loop turns */
    int turns;
};

struct ws {
    struct list link, dirty;
    struct httpd *httpd;
    struct lws *wsi;
    void *data;
    enum ws_state state;
    struct wheel_entry tick;

    struct ws_outbox outbox;
    size_t in_lws; /* bytes of the last write, while the library still holds a part of it */
    bool soon;     /* in that list */
    bool above;    /* the queue passed three quarters of its bound */
    bool stalled;  /* something is queued since the last flush */
    bool opened;   /* the user knows it */
    bool ping_due;
    bool reading;

    struct ws_message message;
    int code; /* given or received; 0: none yet */
    struct str reason;
    int64_t heard_ms, pinged_ms, moved_ms, close_by_ms;
    uint64_t acked;            /* bytes the client's kernel had acknowledged at moved_ms */
    struct str address, agent; /* in text[] */
    char text[];
};

/* Counts the connection from here to ws_gone(). */
struct ws *ws_create(struct httpd *httpd, struct str address, struct str agent);
/* The library is done with it: `closed` is called when it was ever open, and it is freed. */
void ws_gone(struct ws *ws);
/* What the library calls. */
int ws_on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
/* Write what waits on every connection; hooked into each loop turn. `arg` is the ws_server. */
void ws_flush_all(void *arg);
/* Of soon_timer: those that waited may be written to in this turn. */
void ws_soon_over(void *arg);

#endif
