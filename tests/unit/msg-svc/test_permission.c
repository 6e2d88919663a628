/* Who may do what: the table, where a room differs from it, and what outranks what. */
#include <criterion/criterion.h>

#include "permission.h"

static const struct room_rules plain;

Test(permission, the_table_has_its_own_column_for_each_kind_of_room)
{
    const struct room_rules announcement = {.announcement = true};
    cr_assert(may(ROOM_PUBLIC, &plain, ROLE_GUEST, PERMISSION_SEND));
    cr_assert_not(may(ROOM_PUBLIC, &announcement, ROLE_MEMBER, PERMISSION_SEND));
    cr_assert(may(ROOM_PUBLIC, &announcement, ROLE_MODERATOR, PERMISSION_SEND));
    cr_assert(may(ROOM_PRIVATE, &announcement, ROLE_GUEST, PERMISSION_REPLY), "threads stay open");
    cr_assert(may(ROOM_GROUP, &plain, ROLE_MEMBER, PERMISSION_SETTINGS), "anybody names a group");
    cr_assert_not(may(ROOM_PRIVATE, &plain, ROLE_MEMBER, PERMISSION_SETTINGS));
    cr_assert_not(may(ROOM_DM, &plain, ROLE_OWNER, PERMISSION_KICK), "nobody may in a direct message");
    cr_assert(may(ROOM_DM, &plain, ROLE_MEMBER, PERMISSION_PIN));
}

Test(permission, a_higher_role_may_all_that_a_lower_one_may)
{
    for (int kind = ROOM_PUBLIC; kind <= ROOM_DM; kind++)
        for (int what = 0; what < PERMISSION_COUNT; what++)
            for (int role = ROLE_GUEST; role < ROLE_OWNER; role++)
                cr_assert(!may((enum room_kind)kind, &plain, (enum role)role, (enum permission)what) ||
                          may((enum room_kind)kind, &plain, (enum role)(role + 1), (enum permission)what));
}

Test(permission, a_room_differs_where_it_says_so_and_may)
{
    struct room_rules rules = {0};
    room_rules_parse(&rules,
                     STR("{\"pin\":\"owner\",\"kick\":\"member\",\"set_role\":\"guest\",\"fly\":\"guest\",\"ban\":7}"));
    cr_assert_not(may(ROOM_PUBLIC, &rules, ROLE_MODERATOR, PERMISSION_PIN));
    cr_assert(may(ROOM_PUBLIC, &rules, ROLE_OWNER, PERMISSION_PIN));
    cr_assert(may(ROOM_PUBLIC, &rules, ROLE_MEMBER, PERMISSION_KICK));
    cr_assert_not(may(ROOM_PUBLIC, &rules, ROLE_MODERATOR, PERMISSION_SET_ROLE), "it is fixed");
    cr_assert_not(may(ROOM_DM, &rules, ROLE_OWNER, PERMISSION_KICK), "what nobody may stays so");
    cr_assert_not(may(ROOM_PUBLIC, &rules, ROLE_MEMBER, PERMISSION_BAN));
}

Test(permission, rules_are_written_as_they_are_read)
{
    struct room_rules rules = {0}, again = {0};
    struct buf text = {0};
    room_rules_parse(&rules, STR("{\"send\":\"moderator\",\"pin\":\"guest\"}"));
    room_rules_write(&text, &rules);
    room_rules_parse(&again, buf_view(&text));
    cr_assert_arr_eq(rules.lowest, again.lowest, sizeof rules.lowest);
    cr_assert(str_is(buf_view(&text), "{\"send\":\"moderator\",\"pin\":\"guest\"}"));
    buf_fini(&text);
}

Test(permission, owners_outrank_all_and_others_only_those_below)
{
    cr_assert(outranks(ROLE_OWNER, ROLE_OWNER));
    cr_assert(outranks(ROLE_MODERATOR, ROLE_MEMBER));
    cr_assert_not(outranks(ROLE_MODERATOR, ROLE_MODERATOR));
    cr_assert_not(outranks(ROLE_MODERATOR, ROLE_OWNER));
}

Test(permission, names_are_read_and_nobody_is_no_role)
{
    enum role role;
    enum permission what;
    enum room_kind kind;
    cr_assert(role_parse(STR("moderator"), &role) && role == ROLE_MODERATOR);
    cr_assert_not(role_parse(STR("nobody"), &role));
    cr_assert(permission_parse(STR("archive"), &what) && what == PERMISSION_ARCHIVE);
    cr_assert_not(permission_parse(STR(""), &what));
    cr_assert(room_kind_parse(STR("dm"), &kind) && kind == ROOM_DM);
}
