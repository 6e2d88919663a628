/* Who may listen where. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "err.h"
#include "httpd.h"

static void nothing(void *arg, struct http_request *req)
{
    (void)arg;
    http_respond_error(req, ERR_NOT_FOUND, NULL);
}

/* 0 or why a second server cannot listen where the first one does. */
static int second(bool first_shares, bool second_shares)
{
    struct loop *loop;
    struct httpd *a, *b = NULL;
    char address[32];
    cr_assert_eq(loop_create(&loop), 0);
    struct httpd_config config = {.listen = "127.0.0.1:0", .share_port = first_shares};
    cr_assert_eq(httpd_create(&a, loop, &config, nothing, NULL, NULL, NULL), 0);
    snprintf(address, sizeof address, "127.0.0.1:%d", httpd_port(a));
    config = (struct httpd_config){.listen = address, .share_port = second_shares};
    int err = httpd_create(&b, loop, &config, nothing, NULL, NULL, NULL);
    if (err == 0)
        httpd_destroy(&b);
    httpd_destroy(&a);
    loop_destroy(&loop);
    return err;
}

Test(httpd_port, a_port_that_is_taken_is_an_error_unless_both_share_it)
{
    cr_expect_eq(second(false, false), ERR_ADDRESS);
    cr_expect_eq(second(true, false), ERR_ADDRESS);
    cr_expect_eq(second(false, true), ERR_ADDRESS);
    cr_expect_eq(second(true, true), 0);
}
