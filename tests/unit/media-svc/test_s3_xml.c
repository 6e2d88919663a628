/* What is found in the answers of object stores, and what is not. */
#include <criterion/criterion.h>
#include <string.h>

#include "alloc.h"
#include "s3_xml.h"

#define HEAD "<?xml version='1.0' encoding='UTF-8'?>\n"

static void expect(const char *xml, const char *name, const char *text)
{
    struct buf out = {0};
    buf_cstr(&out, "before ");
    bool found = s3_xml_text(str_of(xml), name, &out);
    cr_expect_eq(found, text != NULL, "%s in %s", name, xml);
    cr_expect_str_eq(buf_c(&out) + strlen("before "), text ? text : "", "%s in %s", name, xml);
    buf_fini(&out);
}

Test(s3_xml, what_stores_answer)
{
    static const char error[] =
        HEAD "<Error><Code>NoSuchKey</Code><Message>It isn&apos;t &lt;there&gt;.</Message><Key/></Error>";
    expect(error, "Code", "NoSuchKey");
    expect(error, "Message", "It isn't <there>.");
    expect(error, "Key", NULL);
    expect(error, "Cod", NULL);
    expect(HEAD "<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>b</Bucket>"
                "<UploadId>VXBs-b2Fk.</UploadId></InitiateMultipartUploadResult>",
           "UploadId", "VXBs-b2Fk.");
    expect("<R><ETag >&quot;9b2cf535f27731c974343645a3985328-2&#34;</ETag></R>", "ETag",
           "\"9b2cf535f27731c974343645a3985328-2\"");
    expect("<Code></Code>", "Code", "");
    expect("<Code a='b'>x</Code\n>", "Code", "x");
    expect("<m>&#x20AC;&#8364;&#x1F600;</m>", "m", "\xe2\x82\xac\xe2\x82\xac\xf0\x9f\x98\x80");
}

Test(s3_xml, what_no_store_answers)
{
    static const char *const rows[] = {"",
                                       "<",
                                       "<Code",
                                       "<Code>",
                                       "<Code>x",
                                       "<Code>x<",
                                       "<Code>x</Code",
                                       "<Code>x</Codes>",
                                       "<Code>x</Other>",
                                       "<Code>x<b>y</b></Code>",
                                       "<Code/>",
                                       "<Code>&unknown;</Code>",
                                       "<Code>&amp</Code>",
                                       "<Code>&#0;</Code>",
                                       "<Code>&#x110000;</Code>",
                                       "<Code>&#xD800;</Code>",
                                       "<Code>&#99999999999;</Code>",
                                       "<Code>&#;</Code>",
                                       "<Code>&#x;</Code>",
                                       "<Code>\xff</Code>",
                                       "<html><body>502 Bad Gateway</body></html>"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(rows[i], "Code", NULL);
    struct buf xml = {0};
    buf_cstr(&xml, "<Code>");
    for (int i = 0; i <= S3_XML_TEXT_MAX; i++)
        buf_char(&xml, 'x');
    buf_cstr(&xml, "</Code>");
    expect(buf_c(&xml), "Code", NULL);
    buf_fini(&xml);
}

Test(s3_xml, what_is_written_is_read)
{
    struct buf xml = {0};
    buf_cstr(&xml, "<ETag>");
    s3_xml_escape(STR("\"a&b<c>\""), &xml);
    buf_cstr(&xml, "</ETag>");
    expect(buf_c(&xml), "ETag", "\"a&b<c>\"");
    buf_fini(&xml);
}
