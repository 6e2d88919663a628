/* A view of bytes that somebody else owns; passed by value, never freed. The bytes need no
 * terminating NUL. A view is valid only as long as its owner says so. */
#ifndef PARLEY_STR_H
#define PARLEY_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

/* View of a C string; NULL gives an empty view. */
struct str str_of(const char *c);

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *c);
bool str_starts(struct str s, struct str prefix);

/* Decimal digits only, no sign, no leading zero but "0", at most INT64_MAX. False: not such a number,
 * *value untouched. */
bool str_i64(struct str s, int64_t *value);
/* The text of a number, somewhere in `text`; nothing ends it. */
enum { STR_NUMBER = 24 };
struct str str_decimal(int64_t value, char text[STR_NUMBER]);
struct str str_hex(uint64_t value, char text[STR_NUMBER]);
/* Copy s to `to`, with a NUL behind it; what does not fit into `size` bytes is cut off. */
void str_copy(char *to, size_t size, struct str s);

/* Cut s at the first c: the part before it into *head, the rest (without c) back. When there is no c,
 * *head is all of s and the rest is empty. */
struct str str_cut(struct str s, char c, struct str *head);

/* Value of a hexadecimal digit of either case; -1: none. */
int str_hex_digit(char c);

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool str_utf8(struct str s);
/* The code point at s.p[*at], which is moved behind it. s is valid UTF-8 and *at < s.n begins a code point. */
uint32_t str_next_char(struct str s, size_t *at);

#endif
