/* Judges WebSocket handshakes (RFC 6455 §4.2.1) before the library sees anything of them. */
#include "err.h"
#include "httpd_internal.h"

/* 16 random bytes in base64: 22 characters of it and two signs of padding. */
static bool key_ok(struct str key)
{
    if (key.n != 24 || key.p[22] != '=' || key.p[23] != '=')
        return false;
    for (size_t i = 0; i < 22; i++) {
        char c = key.p[i];
        bool alnum = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!alnum && c != '+' && c != '/')
            return false;
    }
    return true;
}

int ws_handshake(const struct http_request *req)
{
    const struct httpd *httpd = req->httpd;
    const struct http_head *head = &req->head;
    if (req->method != HTTP_GET)
        return ERR_METHOD_NOT_ALLOWED;
    /* Exactly this one protocol: a list of several is nothing a browser sends. */
    struct str upgrade = http_head_get(head, "upgrade");
    if (head->http10 || !http_head_lists(head, "upgrade", "websocket") || upgrade.n != sizeof("websocket") - 1 ||
        !http_head_lists(head, "connection", "upgrade"))
        return ERR_UPGRADE_REQUIRED;
    if (!str_is(http_head_get(head, "sec-websocket-version"), "13"))
        return ERR_UPGRADE_REQUIRED;
    if (!http_origin_ok(req))
        return ERR_BAD_ORIGIN;
    if (!key_ok(http_head_get(head, "sec-websocket-key")))
        return ERR_BAD_REQUEST;
    if (!http_head_lists(head, "sec-websocket-protocol", httpd->ws->subprotocol))
        return ERR_BAD_REQUEST;
    return httpd->ws->accept(httpd->arg, http_address(req), http_header(req, "user-agent"));
}
