/* Puts one WebSocket message together from the pieces in which it is read: fragments of the client's, cut again
 * wherever a read ended. Pure; embedded in struct ws. */
#ifndef PARLEY_WS_MESSAGE_H
#define PARLEY_WS_MESSAGE_H

#include "buf.h"

enum { WS_CLOSE_BINARY = 1003, WS_CLOSE_NOT_UTF8 = 1007, WS_CLOSE_TOO_LARGE = 1009, WS_CLOSE_NO_MEMORY = 1011 };

struct ws_message {
    struct buf text;  /* what came so far; empty between messages */
    struct buf whole; /* the message last handed out, when it had to be put together */
};

struct ws_piece {
    struct str bytes;
    uint64_t left; /* bytes of the frame that are still to come, as its head claims */
    bool final;    /* of the message's last frame */
    bool binary;
};

/* Take one piece. 0, and *text_r is the whole message (*done_r true; valid until ws_message_release() or the next
 * call), or there is none yet; or the code to close with: binary data, more than `max` bytes (as soon as a head claims
 * so), not UTF-8, or no memory for it. After a code nothing more may be added. */
int ws_message_add(struct ws_message *message, const struct ws_piece *piece, size_t max, bool *done_r,
                   struct str *text_r);
/* The message handed out is no longer needed: idle connections hold no memory for it. */
void ws_message_release(struct ws_message *message);
void ws_message_fini(struct ws_message *message);

#endif
