/* What clients get to know of a file, in SQL. */
#ifndef PARLEY_MSG_FILE_JSON_H
#define PARLEY_MSG_FILE_JSON_H

/* The names of media.file.kind, in their order. */
#define FILE_KINDS "ARRAY['file', 'image', 'video', 'audio', 'pdf']"

/* An Attachment of a row of media.ready. */
#define FILE_JSON(r)                                                                                             \
    "jsonb_strip_nulls(jsonb_build_object('id', encode(" r ".id, 'hex'), 'name', " r ".name, 'size', " r         \
    ".size, 'type', coalesce(" r ".type, 'application/octet-stream'), 'kind', (" FILE_KINDS ")[" r               \
    ".kind + 1], 'width', " r ".width, 'height', " r ".height, 'duration_ms', " r ".duration_ms, 'blurhash', " r \
    ".blurhash, 'waveform', translate(encode(" r ".waveform, 'base64'), E'\\n', ''), "                           \
    "'previews', to_jsonb(array_remove(ARRAY[CASE WHEN " r ".previews & 1 <> 0 THEN 'small' END, "               \
    "CASE WHEN " r ".previews & 2 <> 0 THEN 'large' END], NULL)))) "

#endif
