/* The little XML that an object store answers with: the text of one element. What is not as a store writes it is not
 * found; nothing is expanded but the five entities and character references. Pure. */
#ifndef PARLEY_MEDIA_S3_XML_H
#define PARLEY_MEDIA_S3_XML_H

#include "buf.h"

enum { S3_XML_TEXT_MAX = 2048 };

/* The text of the first element with that name, whatever is around it; appended. False, and nothing is appended: there
 * is none, it has more than text in it or more than S3_XML_TEXT_MAX bytes of it, or text that is not UTF-8. */
bool s3_xml_text(struct str xml, const char *name, struct buf *out);

/* Text as it stands in an element; appended. */
void s3_xml_escape(struct str text, struct buf *out);

#endif
