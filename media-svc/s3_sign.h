/* AWS Signature Version 4, with which every request to an object store says who asks: the canonical form of a request,
 * and the header made of it. Pure. */
#ifndef PARLEY_MEDIA_S3_SIGN_H
#define PARLEY_MEDIA_S3_SIGN_H

#include "buf.h"

enum { S3_DIGEST_TEXT = 65, S3_DATE_TEXT = 17 };

struct s3_pair {
    struct str name, value;
};

struct s3_signer {
    struct str access_key, secret_key, region, service; /* service: "s3" */
};

/* Names in lower case; both lists in the order of their names, which are all different. */
struct s3_signed {
    struct str method, path; /* the path as it is meant, not escaped */
    const struct s3_pair *query, *headers;
    size_t query_count, header_count;
    const char *digest; /* of the body: s3_digest() */
    const char *date;   /* s3_date(), the value of x-amz-date too */
};

/* SHA-256 as lower-case digits. */
void s3_digest(struct str bytes, char text_r[S3_DIGEST_TEXT]);
/* "20130524T000000Z" */
void s3_date(int64_t unix_s, char text_r[S3_DATE_TEXT]);
/* As it stands in a URL: all but A-Z a-z 0-9 - . _ ~ escaped, and "/" too, unless it is kept. Appended. */
void s3_escape(struct str text, bool keep_slashes, struct buf *out);
/* "name=value&…", escaped. Appended. */
void s3_query(const struct s3_pair *query, size_t count, struct buf *out);
/* The value of Authorization; appended. */
void s3_sign(const struct s3_signer *signer, const struct s3_signed *request, struct buf *out);

#endif
