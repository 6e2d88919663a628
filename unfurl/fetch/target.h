/* One address of a page, judged before anybody is asked for it: http or https, ports of pages, no name and password.
 * What a host is, and where it leads, is not told from its spelling: the address that is connected to is judged
 * (address.h). */
#ifndef PARLEY_FETCH_TARGET_H
#define PARLEY_FETCH_TARGET_H

#include <curl/curl.h>
#include <stdbool.h>

enum { TARGET_MAX = 2048 };

/* The URL, seen from `base` when that is not NULL; to be freed with curl_url_cleanup(). NULL: it may not be asked for.
 * `any_port`: for tests. */
CURLU *target_parse(const char *base, const char *url, bool any_port);

#endif
