/* What other servers speak over WebSocket, each so far as one topic with many subscribers needs it: NATS, MQTT 3.1.1 at
 * QoS 0, Socket.IO. None of them stores what it passes on. */
#include <string.h>

#include "dialect.h"

#define TOPIC "room"

static bool begins(struct str frame, const char *with)
{
    return str_starts(frame, str_of(with));
}

/* ---- NATS: lines, in binary frames ---- */

static void nats_opened(struct client *c)
{
    (void)c; /* the server speaks first */
}

static void nats_login(struct client *c, struct str frame)
{
    if (begins(frame, "INFO "))
        client_send(c, WS_BINARY, STR("CONNECT {\"verbose\":false}\r\nSUB " TOPIC " 1\r\nPING\r\n"));
    else if (begins(frame, "PONG"))
        client_ready(c);
}

static bool nats_keeps_alive(struct client *c, struct str frame)
{
    if (!begins(frame, "PING"))
        return false;
    client_send(c, WS_BINARY, STR("PONG\r\n"));
    return true;
}

static void nats_publish(struct client *c, const struct message *message)
{
    struct buf *text = &c->crowd->scratch;
    buf_reset(text);
    buf_printf(text, "PUB " TOPIC " %zu\r\n", message->body.n);
    buf_str(text, message->body);
    buf_cstr(text, "\r\n");
    client_send(c, WS_BINARY, buf_view(text));
}

const struct dialect dialect_nats = {
    .name = "nats",
    .path = "/",
    .cuts_messages = true,
    .opened = nats_opened,
    .login = nats_login,
    .keeps_alive = nats_keeps_alive,
    .publish = nats_publish,
};

/* ---- MQTT: packets, in binary frames ---- */

enum { MQTT_CONNECT = 0x10, MQTT_CONNACK = 0x20, MQTT_PUBLISH = 0x30, MQTT_SUBSCRIBE = 0x82, MQTT_SUBACK = 0x90 };

static void put_text(struct buf *b, const char *text)
{
    size_t n = strlen(text);
    buf_char(b, (char)(n >> 8));
    buf_char(b, (char)n);
    buf_put(b, text, n);
}

static void put_packet(struct client *c, unsigned type, struct str head, struct str payload)
{
    struct buf *packet = &c->crowd->scratch;
    size_t left = head.n + payload.n;
    buf_reset(packet);
    buf_char(packet, (char)type);
    do {
        buf_char(packet, (char)((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
        left >>= 7;
    } while (left > 0);
    buf_str(packet, head);
    buf_str(packet, payload);
    client_send(c, WS_BINARY, buf_view(packet));
}

static void mqtt_opened(struct client *c)
{
    struct buf head = {0}, name = {0};
    put_text(&head, "MQTT");
    buf_put(&head, "\4\2\0\0", 4); /* version 3.1.1, a clean session, no keep-alive */
    buf_printf(&name, "c%08x-%u", c->crowd->plan->run, c->number);
    put_text(&head, buf_c(&name));
    put_packet(c, MQTT_CONNECT, buf_view(&head), STR(""));
    buf_fini(&head);
    buf_fini(&name);
}

static void mqtt_login(struct client *c, struct str frame)
{
    unsigned type = frame.n ? (unsigned char)frame.p[0] & 0xf0 : 0;
    struct buf head = {0};
    if (type == MQTT_SUBACK) {
        client_ready(c);
    } else if (type == MQTT_CONNACK) {
        buf_put(&head, "\0\1", 2);
        put_text(&head, TOPIC);
        put_packet(c, MQTT_SUBSCRIBE, buf_view(&head), (struct str){"\0", 1});
    }
    buf_fini(&head);
}

static void mqtt_publish(struct client *c, const struct message *message)
{
    static const char topic[] = {0, sizeof(TOPIC) - 1, 'r', 'o', 'o', 'm'};
    put_packet(c, MQTT_PUBLISH, (struct str){topic, sizeof(topic)}, message->body);
}

const struct dialect dialect_mqtt = {
    .name = "mqtt",
    .path = "/mqtt",
    .subprotocol = "mqtt",
    .opened = mqtt_opened,
    .login = mqtt_login,
    .publish = mqtt_publish,
};

/* ---- Socket.IO: Engine.IO 4 packets, in text frames ---- */

static void socketio_opened(struct client *c)
{
    (void)c;
}

static void socketio_login(struct client *c, struct str frame)
{
    if (begins(frame, "0"))
        client_send(c, WS_TEXT, STR("40"));
    else if (begins(frame, "40"))
        client_ready(c);
}

static bool socketio_keeps_alive(struct client *c, struct str frame)
{
    if (!str_is(frame, "2"))
        return false;
    client_send(c, WS_TEXT, STR("3"));
    return true;
}

static void socketio_publish(struct client *c, const struct message *message)
{
    struct buf *text = &c->crowd->scratch;
    buf_reset(text);
    buf_cstr(text, "42[\"message\",\"");
    buf_str(text, message->body);
    buf_cstr(text, "\"]");
    client_send(c, WS_TEXT, buf_view(text));
}

const struct dialect dialect_socketio = {
    .name = "socketio",
    .path = "/socket.io/?EIO=4&transport=websocket",
    .opened = socketio_opened,
    .login = socketio_login,
    .keeps_alive = socketio_keeps_alive,
    .publish = socketio_publish,
};
