/* The cookies of a login. The refresh cookie: a refresh token never comes near the page's scripts, and goes to the auth
 * paths only. Over TLS it has the __Host- prefix (RFC 6265bis), which needs Path=/. Pure. */
#ifndef PARLEY_GATEWAY_COOKIE_H
#define PARLEY_GATEWAY_COOKIE_H

#include "buf.h"

/* Append the value of a Set-Cookie header. `token` must be of cookie-octets; see cookie_token_ok(). */
void cookie_set(struct buf *out, bool secure, struct str token, int64_t max_age_s);
/* The same that makes the browser forget it. */
void cookie_clear(struct buf *out, bool secure);
/* The same for the cookie parley_media, by which a page's images are asked for (docs/media.md): it has the access
 * token, goes to /media only, and is good for reading there. `token` is of cookie_access_ok(). */
void cookie_set_media(struct buf *out, bool secure, struct str token, int64_t max_age_s);
void cookie_clear_media(struct buf *out, bool secure);
/* An access token as it may stand in a cookie: base64url and dots, at most 2048. */
bool cookie_access_ok(struct str token);
/* Find the refresh token in a Cookie header. False: none, or not a good one. When the name is there twice the first
 * counts. */
bool cookie_find(struct str header, bool secure, struct str *token_r);
/* 1 to 512 of A-Z a-z 0-9 - . _ ~ + / =. */
bool cookie_token_ok(struct str token);

#endif
