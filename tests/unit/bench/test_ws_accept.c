/* The answer to the handshake. */
#include <criterion/criterion.h>

#include "ws_accept.h"

Test(ws_accept, the_example_of_the_rfc)
{
    char accept[WS_ACCEPT + 1];
    ws_accept("dGhlIHNhbXBsZSBub25jZQ==", accept);
    cr_assert_str_eq(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}
