/* Keeps OpenSSL's state of a SHA-256. */
#include "sum.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"

struct sum {
    EVP_MD_CTX *state;
};

/* What OpenSSL refuses for want of memory alone. */
static void must(bool done)
{
    if (!done)
        abort();
}

void sum_begin(struct sum **sum_r)
{
    *sum_r = xcalloc(1, sizeof(**sum_r));
    (*sum_r)->state = EVP_MD_CTX_new();
    must((*sum_r)->state && EVP_DigestInit_ex((*sum_r)->state, EVP_sha256(), NULL) == 1);
}

void sum_add(struct sum *sum, struct str bytes)
{
    must(EVP_DigestUpdate(sum->state, bytes.p, bytes.n) == 1);
}

void sum_end(struct sum **sum, char text_r[SUM_TEXT])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    must(EVP_DigestFinal_ex((*sum)->state, digest, &n) == 1);
    for (unsigned i = 0; i < n; i++)
        snprintf(text_r + (size_t)2 * i, 3, "%02x", digest[i]);
    sum_drop(sum);
}

void sum_drop(struct sum **sum)
{
    if (!*sum)
        return;
    EVP_MD_CTX_free((*sum)->state);
    free(*sum);
    *sum = NULL;
}
