/* Which types meet a decoder at all. */
#include <criterion/criterion.h>

#include "decodable.h"
#include "decoder.h"

Test(decodable, what_is_shown_is_decoded_by_one_reader_each)
{
    cr_assert_str_eq(decodable_find("image/png")->reader, "VipsForeignLoadPng");
    cr_assert_str_eq(decodable_find("video/webm")->reader, "matroska");
    cr_assert_eq(decodable_find("application/pdf")->way, DECODE_PAGE);
    cr_assert(decoder_knows("image/avif"));
}

Test(decodable, what_is_active_or_rare_never_meets_a_decoder)
{
    static const char *const never[] = {"image/svg+xml",
                                        "text/html",
                                        "image/tiff",
                                        "image/x-xcf",
                                        "application/zip",
                                        "application/postscript",
                                        "image/x-portable-pixmap",
                                        "video/x-msvideo",
                                        "application/x-hls",
                                        "image/png; charset=binary",
                                        "",
                                        "IMAGE/PNG"};

    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        cr_assert_not(decoder_knows(never[i]), "%s", never[i]);
}
