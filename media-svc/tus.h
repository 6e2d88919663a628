/* The headers of tus 1.0.0, the protocol of resumable uploads (https://tus.io/protocols/resumable-upload), with its
 * extensions creation, termination, checksum and expiration. Pure. */
#ifndef PARLEY_MEDIA_TUS_H
#define PARLEY_MEDIA_TUS_H

#include "buf.h"

#define TUS_VERSION "1.0.0"
#define TUS_EXTENSIONS "creation,termination,checksum,expiration"
#define TUS_ALGORITHMS "sha1,sha256"
#define TUS_TYPE "application/offset+octet-stream"

enum { TUS_METADATA_MAX = 2048, TUS_DIGEST_MAX = 32 };

/* Upload-Metadata: pairs of a key and a value in base64, which may be absent. Appends the value of `filename` to
 * `name` when there is one. ERR_BAD_REQUEST: not such pairs, a key twice, too long, or a name that is not UTF-8. */
int tus_metadata(struct str header, struct buf *name);

enum tus_algorithm { TUS_NO_CHECKSUM, TUS_SHA1, TUS_SHA256 };
struct tus_checksum {
    enum tus_algorithm algorithm;
    unsigned char digest[TUS_DIGEST_MAX];
};
/* Upload-Checksum; an empty header is none. ERR_BAD_REQUEST: another algorithm, or not a digest of it. */
int tus_checksum(struct str header, struct tus_checksum *sum_r);
/* Is that the digest of these bytes? */
bool tus_checksum_is(const struct tus_checksum *sum, struct str bytes);

/* A moment as HTTP writes it (RFC 9110 §5.6.7). */
void tus_date(int64_t unix_s, char text_r[40]);

#endif
