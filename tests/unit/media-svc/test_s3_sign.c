/* Signatures, against the examples that AWS publishes. */
#include <criterion/criterion.h>

#include "s3_sign.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DATE "20130524T000000Z"
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* "Signature Calculations for the Authorization Header", Amazon S3 API reference. */
static const struct s3_signer s3 = {.access_key = STR("AKIAIOSFODNN7EXAMPLE"),
                                    .secret_key = STR("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                                    .region = STR("us-east-1"),
                                    .service = STR("s3")};

static void expect(const struct s3_signer *signer, const struct s3_signed *request, const char *authorization)
{
    struct buf out = {0};
    s3_sign(signer, request, &out);
    cr_expect_str_eq(buf_c(&out), authorization);
    buf_fini(&out);
}

Test(s3_sign, a_get_of_a_range)
{
    static const struct s3_pair headers[] = {{STR("host"), STR("examplebucket.s3.amazonaws.com")},
                                             {STR("range"), STR("bytes=0-9")},
                                             {STR("x-amz-content-sha256"), STR(EMPTY)},
                                             {STR("x-amz-date"), STR(DATE)}};
    const struct s3_signed get = {.method = STR("GET"),
                                  .path = STR("/test.txt"),
                                  .headers = headers,
                                  .header_count = COUNT(headers),
                                  .digest = EMPTY,
                                  .date = DATE};
    expect(&s3, &get,
           "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
           "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
           "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

Test(s3_sign, a_put_of_a_name_that_is_escaped)
{
    char digest[S3_DIGEST_TEXT];
    s3_digest(STR("Welcome to Amazon S3."), digest);
    cr_expect_str_eq(digest, "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
    const struct s3_pair headers[] = {{STR("date"), STR("Fri, 24 May 2013 00:00:00 GMT")},
                                      {STR("host"), STR("examplebucket.s3.amazonaws.com")},
                                      {STR("x-amz-content-sha256"), str_of(digest)},
                                      {STR("x-amz-date"), STR(DATE)},
                                      {STR("x-amz-storage-class"), STR("REDUCED_REDUNDANCY")}};
    const struct s3_signed put = {.method = STR("PUT"),
                                  .path = STR("/test$file.text"),
                                  .headers = headers,
                                  .header_count = COUNT(headers),
                                  .digest = digest,
                                  .date = DATE};
    expect(&s3, &put,
           "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
           "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,"
           "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

Test(s3_sign, queries_with_and_without_a_value)
{
    static const struct s3_pair headers[] = {{STR("host"), STR("examplebucket.s3.amazonaws.com")},
                                             {STR("x-amz-content-sha256"), STR(EMPTY)},
                                             {STR("x-amz-date"), STR(DATE)}};
    static const struct s3_pair lifecycle = {STR("lifecycle"), STR("")},
                                list[] = {{STR("max-keys"), STR("2")}, {STR("prefix"), STR("J")}};
    struct s3_signed get = {.method = STR("GET"),
                            .path = STR("/"),
                            .query = &lifecycle,
                            .headers = headers,
                            .query_count = 1,
                            .header_count = COUNT(headers),
                            .digest = EMPTY,
                            .date = DATE};
#define FIXED                                                                              \
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request," \
    "SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature="
    expect(&s3, &get, FIXED "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    get.query = list;
    get.query_count = COUNT(list);
    expect(&s3, &get, FIXED "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

/* get-vanilla of AWS's test suite of Signature Version 4. */
Test(s3_sign, any_service)
{
    static const struct s3_signer other = {.access_key = STR("AKIDEXAMPLE"),
                                           .secret_key = STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                                           .region = STR("us-east-1"),
                                           .service = STR("service")};
    static const struct s3_pair headers[] = {{STR("host"), STR("example.amazonaws.com")},
                                             {STR("x-amz-date"), STR("20150830T123600Z")}};
    const struct s3_signed get = {.method = STR("GET"),
                                  .path = STR("/"),
                                  .headers = headers,
                                  .header_count = COUNT(headers),
                                  .digest = EMPTY,
                                  .date = "20150830T123600Z"};
    expect(&other, &get,
           "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
           "SignedHeaders=host;x-amz-date,Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

Test(s3_sign, what_is_in_a_url_is_escaped)
{
    struct buf out = {0};
    const struct s3_pair query[] = {{STR("a b"), STR("/+=")}, {STR("uploadId"), STR("x.y-z_~\xc3\xa4")}};
    s3_escape(STR("/a b/\xc3\xa4+%"), true, &out);
    cr_expect_str_eq(buf_c(&out), "/a%20b/%C3%A4%2B%25");
    buf_reset(&out);
    s3_query(query, COUNT(query), &out);
    cr_expect_str_eq(buf_c(&out), "a%20b=%2F%2B%3D&uploadId=x.y-z_~%C3%A4");
    buf_fini(&out);
    char date[S3_DATE_TEXT];
    s3_date(1369353600, date);
    cr_expect_str_eq(date, DATE);
}
