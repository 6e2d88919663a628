/* What the gateways are told, as text. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "publisher.h"

Test(publisher_text, a_user_is_a_line_for_gateways_and_a_line_for_people)
{
    struct buf out = {0};
    struct presence_user online = {.state = PRESENCE_ONLINE, .seen = 5};
    publisher_line(&out, 7, &online, &(struct publisher_known){.rooms = STR("1,2"), .profile = 3});
    cr_expect_str_eq(buf_c(&out), "P 7 online 0 1,2\n{\"user\":\"7\",\"state\":\"online\",\"profile\":3}");
    buf_fini(&out);
}

Test(publisher_text, who_is_offline_has_a_time_when_he_was_last_seen)
{
    struct buf out = {0};
    struct presence_user offline = {.state = PRESENCE_OFFLINE, .seen = 1790000000000};
    publisher_line(&out, 7, &offline, &(struct publisher_known){.rooms = STR("1"), .may_tell_seen = true});
    cr_expect_str_eq(buf_c(&out), "P 7 offline 1790000000000 1\n"
                                  "{\"user\":\"7\",\"state\":\"offline\",\"last_seen\":1790000000000}");
    buf_fini(&out);
}

Test(publisher_text, who_hides_when_he_was_last_seen_is_offline_without_a_time)
{
    struct buf out = {0};
    struct presence_user offline = {.state = PRESENCE_OFFLINE, .seen = 1790000000000};
    publisher_line(&out, 7, &offline, &(struct publisher_known){.rooms = STR("1"), .profile = 9});
    cr_expect_str_eq(buf_c(&out), "P 7 offline 0 1\n{\"user\":\"7\",\"state\":\"offline\",\"profile\":9}");
    buf_fini(&out);
}

Test(publisher_text, several_users_are_separated_by_one_line_end)
{
    struct buf out = {0};
    struct presence_user away = {.state = PRESENCE_AWAY};
    publisher_line(&out, 7, &away, &(struct publisher_known){.rooms = STR("1")});
    publisher_line(&out, 8, &away, &(struct publisher_known){.rooms = STR("2")});
    cr_expect_str_eq(buf_c(&out), "P 7 away 0 1\n{\"user\":\"7\",\"state\":\"away\"}\n"
                                  "P 8 away 0 2\n{\"user\":\"8\",\"state\":\"away\"}");
    buf_fini(&out);
}

static void expect_rooms(const char *answer, const char *rooms, bool hides)
{
    struct buf out = {0};
    bool hidden;
    cr_expect(publisher_rooms(str_of(answer), &out, &hidden), "%s", answer);
    cr_expect_str_eq(buf_c(&out), rooms, "%s", answer);
    cr_expect_eq(hidden, hides, "%s", answer);
    buf_fini(&out);
}

Test(publisher_text, rooms_are_taken_from_the_answer)
{
    expect_rooms("{\"rooms\":[\"1\",\"22\"],\"profile\":5,\"hides\":false}", "5 1,22", false);
    expect_rooms("{\"rooms\":[],\"profile\":1,\"hides\":true}", "1 ", true);
}

Test(publisher_text, what_is_not_said_is_hidden)
{
    expect_rooms("{\"rooms\":[\"1\"]}", "0 1", true);
}

Test(publisher_text, what_is_no_list_of_rooms_is_refused)
{
    static const char *const bad[] = {
        "", "{}", "[]", "{\"rooms\":1}", "{\"rooms\":[1]}", "{\"rooms\":[\"a b\"]}", "{\"rooms\":[\"1\\n2\"]}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct buf out = {0};
        bool hides;
        cr_expect(not(publisher_rooms(str_of(bad[i]), &out, &hides)), "%s", bad[i]);
        buf_fini(&out);
    }
}
