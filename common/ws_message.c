/* Reassembles WebSocket messages under a bound. */
#include "ws_message.h"

int ws_message_add(struct ws_message *message, const struct ws_piece *piece, size_t max, bool *done_r,
                   struct str *text_r)
{
    *done_r = false;
    ws_message_release(message);
    if (piece->binary)
        return WS_CLOSE_BINARY;
    /* In this order nothing overflows: a frame may claim 2^63 bytes. */
    if (piece->left > max || message->text.n + piece->bytes.n > max - piece->left)
        return WS_CLOSE_TOO_LARGE;
    bool last = piece->final && piece->left == 0;
    if (last && message->text.n == 0) {
        *text_r = piece->bytes;
    } else {
        if (!buf_try_reserve(&message->text, piece->bytes.n))
            return WS_CLOSE_NO_MEMORY;
        buf_str(&message->text, piece->bytes);
        if (!last)
            return 0;
        message->whole = message->text;
        message->text = (struct buf){0};
        *text_r = buf_view(&message->whole);
    }
    if (!str_utf8(*text_r))
        return WS_CLOSE_NOT_UTF8;
    *done_r = true;
    return 0;
}

void ws_message_release(struct ws_message *message)
{
    buf_fini(&message->whole);
}

void ws_message_fini(struct ws_message *message)
{
    buf_fini(&message->text);
    buf_fini(&message->whole);
}
