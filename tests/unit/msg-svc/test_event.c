/* The texts that go out: events, user events, acks. */
#include <string.h>

#include <criterion/criterion.h>

#include "event.h"
#include "publish.h"

#define CMID "0a1b2c3d-4e5f-4a6b-8c7d-9e8f7a6b5c4d"

static const struct event message = {.room = 1,
                                     .seq = 9,
                                     .n = 7,
                                     .mver = 4,
                                     .type = EVENT_MESSAGE,
                                     .sender = 12,
                                     .ts = 1790000000123,
                                     .cmid = {CMID, 36},
                                     .body = {"say \"hi\"\n", 9}};

static void assert_text(struct buf *b, const char *expected)
{
    cr_assert_str_eq(buf_c(b), expected);
    buf_fini(b);
}

Test(event, the_payload_is_a_line_for_gateways_and_a_frame_without_cmid)
{
    struct buf b = {0};
    event_payload(&b, &message);
    assert_text(
        &b, "E 1 9 7 4 12 " CMID " 0 message\n"
            "{\"t\":\"event\",\"room\":\"1\",\"seq\":9,\"n\":7,\"id\":\"1.9\",\"type\":\"message\",\"sender\":\"12\","
            "\"ts\":1790000000123,\"body\":\"say \\\"hi\\\"\\n\"}");
}

Test(event, a_membership_event_names_whom_it_is_about)
{
    struct event added = {
        .room = 2, .seq = 3, .n = 1, .mver = 5, .type = EVENT_ADDED, .sender = 7, .member = 8, .ts = 5};
    struct buf b = {0};
    event_payload(&b, &added);
    assert_text(&b,
                "E 2 3 1 5 7 - 8 added\n"
                "{\"t\":\"event\",\"room\":\"2\",\"seq\":3,\"n\":1,\"id\":\"2.3\",\"type\":\"added\",\"sender\":\"7\","
                "\"ts\":5,\"body\":\"\",\"data\":{\"user\":\"8\"}}");
}

Test(event, history_shows_the_cmid_to_its_author_only)
{
    struct buf b = {0};
    struct jsonw w = jsonw_on(&b);
    event_write(&w, NULL, &message, true);
    cr_assert_not_null(strstr(buf_c(&b), "\"cmid\":\"" CMID "\""));
    buf_reset(&b);
    w = jsonw_on(&b);
    event_write(&w, NULL, &message, false);
    cr_assert_null(strstr(buf_c(&b), "cmid"));
    cr_assert_null(strstr(buf_c(&b), "\"t\""));
    buf_fini(&b);
}

Test(event, every_type_has_a_name_that_reads_back)
{
    for (int i = EVENT_MESSAGE; i <= EVENT_ADDED; i++) {
        enum event_type type;
        cr_assert(event_type_parse(str_of(event_type_name((enum event_type)i)), &type));
        cr_assert_eq((int)type, i);
    }
    enum event_type none;
    cr_assert_not(event_type_parse(STR("messages"), &none));
}

Test(event, an_ack_says_dup_only_when_it_is_one)
{
    struct stored s = {.cmid = STR(CMID), .room = 1, .seq = 9, .n = 7, .ts = 5, .queue_us = 30, .commit_us = 800};
    struct buf b = {0};
    stored_write(&b, &s, true);
    assert_text(&b, "{\"t\":\"ack\",\"cmid\":\"" CMID "\",\"room\":\"1\",\"seq\":9,\"n\":7,\"id\":\"1.9\",\"ts\":5,"
                    "\"queue_us\":30,\"commit_us\":800}");
    s.dup = true;
    stored_write(&b, &s, false);
    assert_text(&b, "{\"cmid\":\"" CMID "\",\"room\":\"1\",\"seq\":9,\"n\":7,\"id\":\"1.9\",\"ts\":5,\"dup\":true}");
}

Test(event, user_events_carry_what_their_type_needs)
{
    struct buf b = {0};
    struct user_event read = {.user = 7, .useq = 3, .room = 1, .type = USER_READ, .seq = 9, .n = 7};
    user_event_payload(&b, &read);
    assert_text(&b, "U 3 read 1\n{\"t\":\"user\",\"useq\":3,\"type\":\"read\",\"room\":\"1\",\"seq\":9,\"n\":7}");
    struct user_event added = {.useq = 4, .room = 1, .type = USER_ROOM_ADDED, .room_info = STR("{\"id\":\"1\"}")};
    user_event_payload(&b, &added);
    assert_text(&b, "U 4 room_added 1\n"
                    "{\"t\":\"user\",\"useq\":4,\"type\":\"room_added\",\"room\":\"1\",\"room_info\":{\"id\":\"1\"}}");
    struct user_event removed = {.useq = 5, .room = 1, .type = USER_ROOM_REMOVED};
    user_event_payload(&b, &removed);
    assert_text(&b, "U 5 room_removed 1\n{\"t\":\"user\",\"useq\":5,\"type\":\"room_removed\",\"room\":\"1\"}");
}
