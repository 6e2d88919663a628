/* Paths to rows of the contract. */
#include <criterion/criterion.h>
#include <string.h>

#include "err.h"
#include "httpd.h"
#include "route.h"

static struct route_match m;
static char allow[ROUTE_ALLOW_MAX];

static int find(int method, const char *path)
{
    return route_find(method, str_of(path), &m, allow);
}

Test(route, is_found_with_its_parameters)
{
    cr_assert_eq(find(HTTP_POST, "/rooms/12/join"), 0);
    cr_assert_str_eq(m.route->ingest, "join");
    cr_assert(str_is(m.params[0], "12"));
}

Test(route, with_a_fixed_word_beats_one_with_a_parameter)
{
    cr_assert_eq(find(HTTP_GET, "/rooms/directory"), 0);
    cr_assert_str_eq(m.route->call, "directory");
    cr_assert_eq(find(HTTP_GET, "/rooms/9"), 0);
    cr_assert_str_eq(m.route->call, "room");
    cr_assert_eq(find(HTTP_GET, "/rooms"), 0);
    cr_assert_str_eq(m.route->call, "rooms");
}

Test(route, of_head_is_that_of_get)
{
    cr_assert_eq(find(HTTP_HEAD, "/me"), 0);
    cr_assert_str_eq(m.route->call, "me");
}

Test(route, that_does_not_exist_is_not_found)
{
    static const char *const bad[] = {
        "", "/", "/nothing", "/me/", "/rooms/", "/rooms//join", "/rooms/1/join/2", "me", "/rooms/1/join/"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_assert_eq(find(HTTP_GET, bad[i]), ERR_NOT_FOUND, "found: %s", bad[i]);
}

Test(route, with_another_method_says_which_it_takes)
{
    cr_assert_eq(find(HTTP_DELETE, "/rooms"), ERR_METHOD_NOT_ALLOWED);
    cr_assert_str_eq(allow, "GET, HEAD, POST");
    cr_assert_eq(find(HTTP_GET, "/rooms/1/join"), ERR_METHOD_NOT_ALLOWED);
    cr_assert_str_eq(allow, "POST");
    cr_assert_eq(find(HTTP_OTHER, "/me"), ERR_METHOD_NOT_ALLOWED);
}
