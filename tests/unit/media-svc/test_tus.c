/* The headers of tus. */
#include <criterion/criterion.h>

#include "err.h"
#include "tus.h"

static void expect_name(const char *header, int err, const char *want)
{
    struct buf name = {0};
    cr_expect_eq(tus_metadata(str_of(header), &name), err, "%s", header);
    if (!err)
        cr_expect_str_eq(buf_c(&name), want, "%s", header);
    buf_fini(&name);
}

Test(tus, metadata_gives_the_name)
{
    expect_name("", 0, "");
    expect_name("filename d29ybGQucGRm", 0, "world.pdf");
    expect_name("filetype aW1hZ2UvcG5n,filename d29ybGQucGRm,is_confidential", 0, "world.pdf");
    expect_name("is_confidential", 0, "");
    expect_name("filename R3LDvMOfZS50eHQ=", 0, "Grüße.txt");
    /* "a~~?b" has both signs that the two alphabets write differently. */
    expect_name("filename YX5+P2I=", 0, "a~~?b");
}

Test(tus, metadata_that_is_none_is_refused)
{
    expect_name("filename d29ybGQucGRm,filename d29ybGQucGRm", ERR_BAD_REQUEST, "");
    expect_name("filename d29ybGQucG", ERR_BAD_REQUEST, "");
    expect_name("filename !!!!", ERR_BAD_REQUEST, "");
    expect_name("filename YX5-P2I=", ERR_BAD_REQUEST, "");
    expect_name("filename /w==", ERR_BAD_REQUEST, "");
    expect_name(",", ERR_BAD_REQUEST, "");
}

Test(tus, checksums_are_of_two_kinds)
{
    struct tus_checksum sum;
    cr_expect_eq(tus_checksum(STR(""), &sum), 0);
    cr_expect_eq(sum.algorithm, TUS_NO_CHECKSUM);
    cr_expect_eq(tus_checksum(STR("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="), &sum), 0);
    cr_expect(tus_checksum_is(&sum, STR("hello world")));
    cr_expect_not(tus_checksum_is(&sum, STR("hello worlD")));
    cr_expect_eq(tus_checksum(STR("sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="), &sum), 0);
    cr_expect(tus_checksum_is(&sum, STR("hello world")));
    cr_expect_eq(tus_checksum(STR("md5 XrY7u+Ae7tCTyyK7j1rNww=="), &sum), ERR_BAD_REQUEST);
    cr_expect_eq(tus_checksum(STR("sha1 XrY7u+Ae7tCTyyK7j1rNww=="), &sum), ERR_BAD_REQUEST);
    cr_expect_eq(tus_checksum(STR("sha1"), &sum), ERR_BAD_REQUEST);
}

Test(tus, dates_are_those_of_http)
{
    char text[40];
    tus_date(784111777, text);
    cr_expect_str_eq(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    tus_date(0, text);
    cr_expect_str_eq(text, "Thu, 01 Jan 1970 00:00:00 GMT");
}
