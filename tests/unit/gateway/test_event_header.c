/* The line before each event of the bus. */
#include <criterion/criterion.h>

#include "event_header.h"

#define CMID "6f1d2c3b-0000-4000-8000-00000000000a"

Test(event_header, of_a_message_is_read)
{
    struct event_header h;
    cr_assert(event_header_parse(STR("E 5 12 9 3 7 " CMID " 0 message\n{\"t\":\"event\"}"), &h));
    cr_assert_eq(h.kind, 'E');
    cr_assert_eq(h.room, 5);
    cr_assert_eq(h.seq, 12);
    cr_assert_eq(h.n, 9);
    cr_assert_eq(h.mver, 3);
    cr_assert_eq(h.sender, 7);
    cr_assert_eq(h.member, 0);
    cr_assert(str_is(h.cmid, CMID));
    cr_assert(str_is(h.type, "message"));
    cr_assert(str_is(h.json, "{\"t\":\"event\"}"));
}

Test(event_header, of_a_membership_event_names_the_member_and_has_no_cmid)
{
    struct event_header h;
    cr_assert(event_header_parse(STR("E 5 12 9 3 7 - 8 joined\n{\"t\":\"event\"}"), &h));
    cr_assert_eq(h.member, 8);
    cr_assert_eq(h.cmid.n, 0);
}

Test(event_header, of_typing_and_of_a_user_event_is_read)
{
    struct event_header h;
    cr_assert(event_header_parse(STR("T 5 7 1\n{\"t\":\"typing\"}"), &h));
    cr_assert(h.kind == 'T' && h.room == 5 && h.user == 7 && h.on);
    cr_assert(event_header_parse(STR("U 3 room_added 5\n{\"t\":\"user\"}"), &h));
    cr_assert(h.kind == 'U' && h.useq == 3 && h.room == 5 && str_is(h.type, "room_added"));
}

Test(event_header, of_a_receipt_tells_whose_and_how_far)
{
    struct event_header h;
    cr_assert(event_header_parse(STR("K 5 7 12 9\n{\"t\":\"receipt\"}"), &h));
    cr_assert(h.kind == 'K' && h.room == 5 && h.user == 7 && h.delivered == 12 && h.read == 9);
    cr_assert(event_header_parse(STR("K 5 7 12 0\n{\"t\":\"receipt\"}"), &h));
}

Test(event_header, of_a_range_come_in_pairs_of_lines_up_to_the_end_or_the_first_that_is_half)
{
    struct str lines = STR("E 5 1 1 3 7 - 0 message\n{\"a\":1}\nE 5 2 2 3 7 - 0 message\n{\"a\":2}\n"), payload;
    struct event_header h;
    cr_assert(event_pair_next(&lines, &payload) && event_header_parse(payload, &h));
    cr_assert(h.seq == 1 && str_is(h.json, "{\"a\":1}"));
    cr_assert(event_pair_next(&lines, &payload) && event_header_parse(payload, &h));
    cr_assert(h.seq == 2 && str_is(h.json, "{\"a\":2}"));
    cr_assert_not(event_pair_next(&lines, &payload));
    lines = STR("");
    cr_assert_not(event_pair_next(&lines, &payload));
    lines = STR("E 5 1 1 3 7 - 0 message");
    cr_assert_not(event_pair_next(&lines, &payload));
    lines = STR("E 5 1 1 3 7 - 0 message\n\n{}");
    cr_assert_not(event_pair_next(&lines, &payload));
}

Test(event_header, that_is_not_as_it_should_be_is_refused)
{
    static const char *const bad[] = {
        "",
        "\n{\"t\":1}",
        "E 5 12 9 3 7 - 0 message",
        "E 5 12 9 3 7 - 0 message\n",
        "E 5 12 9 3 7 - 0 message\nnot json",
        "E 5 12 9 3 7 - 0 message\n{}\n{}",
        "E 0 12 9 3 7 - 0 message\n{}",
        "E 5 0 9 3 7 - 0 message\n{}",
        "E 5 12 9 3 7 - 0\n{}",
        "E 5 12 9 3 7 - 0 message more\n{}",
        "E 5 12 9 3 7  0 message\n{}",
        "E 5 12 9 3 7 - 0 mess\"age\n{}",
        "E 5 12 9 3 7 6f1d2c3b\"0000-4000-8000-00000000000a 0 message\n{}",
        "E 5 -12 9 3 7 - 0 message\n{}",
        "T 5 7 2\n{}",
        "T 5 7\n{}",
        "U 3 room_added\n{}",
        "K 5 7 12\n{}",
        "K 5 7 12 9 1\n{}",
        "K 5 0 12 9\n{}",
        "K 5 7 -1 9\n{}",
        "X 1 2 3\n{}",
        "EE 5 12 9 3 7 - 0 message\n{}",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct event_header h;
        cr_assert_not(event_header_parse(str_of(bad[i]), &h), "accepted: %s", bad[i]);
    }
}

Test(event_header, of_presence_comes_in_pairs_of_lines)
{
    struct str payload = STR("P 7 online 0 1,2\n{\"user\":\"7\"}\nP 8 offline 1790000000000 2\n{\"user\":\"8\"}");
    struct presence_change c;
    int64_t room;
    cr_assert(presence_parse(&payload, &c));
    cr_assert_eq(c.user, 7);
    cr_assert(str_is(c.json, "{\"user\":\"7\"}"));
    cr_assert(presence_room(&c, &room) && room == 1);
    cr_assert(presence_room(&c, &room) && room == 2);
    cr_assert_not(presence_room(&c, &room));
    cr_assert(presence_parse(&payload, &c));
    cr_assert_eq(c.user, 8);
    cr_assert_not(presence_parse(&payload, &c));
}

Test(event_header, of_presence_may_name_no_room)
{
    struct str payload = STR("P 7 away 0 \n{\"user\":\"7\"}");
    struct presence_change c;
    int64_t room;
    cr_assert(presence_parse(&payload, &c));
    cr_assert_not(presence_room(&c, &room));
}

Test(event_header, of_presence_with_an_unknown_state_is_refused)
{
    struct str payload = STR("P 7 asleep 0 1\n{\"user\":\"7\"}");
    struct presence_change c;
    cr_assert_not(presence_parse(&payload, &c));
}

Test(event_header, channel_names_carry_an_id)
{
    int64_t id;
    cr_assert(channel_name_id(STR("room:{42}"), &id));
    cr_assert_eq(id, 42);
    cr_assert_not(channel_name_id(STR("room:42"), &id));
    cr_assert_not(channel_name_id(STR("presence:{all}"), &id));
    cr_assert_not(channel_name_id(STR("room:{42}x"), &id));
}

Test(event_header, gives_its_author_the_frame_with_the_cmid)
{
    struct event_header h;
    struct buf out = {0};
    cr_assert(event_header_parse(STR("E 5 12 9 3 7 " CMID " 0 message\n{\"t\":\"event\",\"seq\":12}"), &h));
    cr_assert(event_author_json(&h, &out));
    cr_assert_str_eq(buf_c(&out), "{\"t\":\"event\",\"cmid\":\"" CMID "\",\"seq\":12}");
    buf_fini(&out);
    cr_assert(event_header_parse(STR("E 5 12 9 3 7 - 0 message\n{\"t\":\"event\",\"seq\":12}"), &h));
    cr_assert_not(event_author_json(&h, &out));
    cr_assert_eq(out.n, 0);
}
