/* Reads and writes the headers of tus. */
#include "tus.h"

#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "base64url.h"
#include "err.h"

/* base64 with padding (RFC 4648 §4), as what it stands for in base64url. */
static bool decode(struct str text, struct buf *out)
{
    struct buf url = {0};
    size_t padding = 0;
    while (padding < 2 && padding < text.n && text.p[text.n - 1 - padding] == '=')
        padding++;
    bool good = text.n % 4 == 0;
    for (size_t i = 0; good && i < text.n - padding; i++) {
        char c = text.p[i];
        good = c != '-' && c != '_';
        buf_char(&url, c == '+' ? '-' : c == '/' ? '_' : c);
    }
    good = good && base64url_get(out, (struct str){url.p ? url.p : "", url.n});
    buf_fini(&url);
    return good;
}

static struct str trim(struct str s)
{
    while (s.n > 0 && s.p[0] == ' ')
        s.p++, s.n--;
    while (s.n > 0 && s.p[s.n - 1] == ' ')
        s.n--;
    return s;
}

/* Is there a pair with this key in front? */
static bool came_before(struct str header, const char *end, struct str key)
{
    struct str rest = {header.p, (size_t)(end - header.p)}, pair, other;
    while (rest.n > 0) {
        rest = str_cut(rest, ',', &pair);
        str_cut(trim(pair), ' ', &other);
        if (str_eq(other, key))
            return true;
    }
    return false;
}

/* As tus has it; what is no text the database would not take, either. */
static bool is_key(struct str key)
{
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] <= 0x20 || key.p[i] >= 0x7f)
            return false;
    return key.n > 0;
}

int tus_metadata(struct str header, struct buf *name)
{
    struct str rest = header, pair, key;
    if (header.n > TUS_METADATA_MAX)
        return ERR_BAD_REQUEST;
    while (rest.n > 0) {
        const char *start = rest.p;
        rest = str_cut(rest, ',', &pair);
        struct str value = trim(str_cut(trim(pair), ' ', &key));
        struct buf decoded = {0};
        bool good = is_key(key) && !came_before(header, start, key) && decode(value, &decoded);
        struct str text = {decoded.p ? decoded.p : "", decoded.n};
        if (good && str_is(key, "filename")) {
            good = str_utf8(text) && memchr(text.p, '\0', text.n) == NULL;
            if (good)
                buf_str(name, text);
        }
        buf_fini(&decoded);
        if (!good)
            return ERR_BAD_REQUEST;
    }
    return 0;
}

static size_t digest_bytes(enum tus_algorithm algorithm)
{
    return algorithm == TUS_SHA1 ? 20 : 32;
}

int tus_checksum(struct str header, struct tus_checksum *sum_r)
{
    struct str algorithm;
    struct str value = trim(str_cut(header, ' ', &algorithm));
    struct buf digest = {0};
    *sum_r = (struct tus_checksum){.algorithm = TUS_NO_CHECKSUM};
    if (header.n == 0)
        return 0;
    if (str_is(algorithm, "sha1"))
        sum_r->algorithm = TUS_SHA1;
    else if (str_is(algorithm, "sha256"))
        sum_r->algorithm = TUS_SHA256;
    else
        return ERR_BAD_REQUEST;
    bool good = decode(value, &digest) && digest.n == digest_bytes(sum_r->algorithm);
    if (good)
        memcpy(sum_r->digest, digest.p, digest.n);
    buf_fini(&digest);
    return good ? 0 : ERR_BAD_REQUEST;
}

bool tus_checksum_is(const struct tus_checksum *sum, struct str bytes)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    const EVP_MD *md = sum->algorithm == TUS_SHA1 ? EVP_sha1() : EVP_sha256();
    return EVP_Digest(bytes.p, bytes.n, digest, &n, md, NULL) == 1 && n == digest_bytes(sum->algorithm) &&
           memcmp(digest, sum->digest, n) == 0;
}

void tus_date(int64_t unix_s, char text_r[40])
{
    /* Of its own, since strftime() takes the names from the locale. */
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm tm;
    time_t at = (time_t)unix_s;
    gmtime_r(&at, &tm);
    char format[40];
    memcpy(format, days + 3 * (size_t)tm.tm_wday, 3);
    size_t n = 3 + strftime(format + 3, sizeof(format) - 3, ", %d ", &tm);
    memcpy(format + n, months + 3 * (size_t)tm.tm_mon, 3);
    n += 3 + strftime(format + n + 3, sizeof(format) - n - 3, " %Y %H:%M:%S GMT", &tm);
    memcpy(text_r, format, n + 1);
}
