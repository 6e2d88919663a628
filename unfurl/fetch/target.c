/* Takes URLs apart with libcurl's own parser, the one that will go there: no two readings of one text. */
#include "target.h"

#include <string.h>

/* Whether a part of it is one of two texts. */
static bool part_is(CURLU *url, CURLUPart part, unsigned flags, const char *one, const char *other)
{
    char *text = NULL;
    bool is = curl_url_get(url, part, &text, flags) == CURLUE_OK &&
              (strcmp(text, one) == 0 || (other != NULL && strcmp(text, other) == 0));
    curl_free(text);
    return is;
}

static bool has(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool there = curl_url_get(url, part, &text, 0) == CURLUE_OK && text != NULL;
    curl_free(text);
    return there;
}

CURLU *target_parse(const char *base, const char *url, bool any_port)
{
    CURLU *parsed = strlen(url) <= TARGET_MAX ? curl_url() : NULL;
    CURLUcode rc = CURLUE_OK;
    if (parsed == NULL)
        return NULL;
    if (base != NULL)
        rc = curl_url_set(parsed, CURLUPART_URL, base, 0);
    if (rc == CURLUE_OK)
        rc = curl_url_set(parsed, CURLUPART_URL, url, 0);
    if (rc == CURLUE_OK && part_is(parsed, CURLUPART_SCHEME, 0, "http", "https") && has(parsed, CURLUPART_HOST) &&
        !has(parsed, CURLUPART_USER) && !has(parsed, CURLUPART_PASSWORD) && !has(parsed, CURLUPART_ZONEID) &&
        (any_port || part_is(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT, "80", "443"))) {
        /* What stands behind the hash sign is for whoever reads the page. */
        curl_url_set(parsed, CURLUPART_FRAGMENT, NULL, 0);
        return parsed;
    }
    curl_url_cleanup(parsed);
    return NULL;
}
