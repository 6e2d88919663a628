/* The SHA-256 of bytes that come piece by piece. */
#ifndef PARLEY_MEDIA_SUM_H
#define PARLEY_MEDIA_SUM_H

#include "buf.h"

struct sum;
enum { SUM_TEXT = 65 };

void sum_begin(struct sum **sum_r);
void sum_add(struct sum *sum, struct str bytes);
/* 64 hexadecimal digits; the sum is gone. */
void sum_end(struct sum **sum, char text_r[SUM_TEXT]);
/* It is not wanted after all; harmless for NULL. */
void sum_drop(struct sum **sum);

#endif
