/* Answers to messages, as gateways write them. */
#include <criterion/criterion.h>

#include "dialect.h"

Test(dialect_parley, the_answers_of_a_frame_are_read_line_by_line)
{
    struct str frame =
        STR("{\"t\":\"ack\",\"cmid\":\"0badcafe-0000-4000-8000-000500000010\",\"room\":\"1\",\"seq\":7,"
            "\"queue_us\":12,\"commit_us\":345,\"gateway_us\":6789}\n"
            "{\"t\":\"event\",\"room\":\"1\",\"cmid\":\"0badcafe-0000-4000-8000-0005000000ff\",\"seq\":8}\n"
            "{\"t\":\"nack\",\"cmid\":\"0badcafe-0000-4000-8000-000500abcdef\",\"code\":\"busy\"}");
    struct answer answer;
    cr_assert(dialect_parley.next_answer(&frame, &answer));
    cr_assert(answer.stored);
    cr_assert_eq(answer.number, 0x10);
    cr_assert_eq(answer.queue_us, 12);
    cr_assert_eq(answer.commit_us, 345);
    cr_assert_eq(answer.server_us, 6789);
    cr_assert(dialect_parley.next_answer(&frame, &answer));
    cr_assert_not(answer.stored);
    cr_assert_eq(answer.number, 0xabcdef);
    cr_assert_eq(answer.server_us, -1);
    cr_assert_not(dialect_parley.next_answer(&frame, &answer));
}

Test(dialect_parley, what_has_no_whole_cmid_is_no_answer)
{
    struct str frame = STR("{\"t\":\"ack\",\"cmid\":\"0badcafe-0000-4000-8000-0005");
    struct answer answer;
    cr_assert_not(dialect_parley.next_answer(&frame, &answer));
}

Test(dialect_parley, what_a_server_says_of_its_own_loss_is_noted_and_kept)
{
    struct client c = {.return_ms = -1};
    dialect_parley.note(&c, STR("{\"t\":\"event\",\"room\":\"1\",\"seq\":8}"));
    cr_assert_eq(c.return_ms, -1);
    dialect_parley.note(&c, STR("{\"t\":\"pong\",\"n\":1,\"return_ms\":8000,\"heads\":{\"1\":4}}"));
    dialect_parley.note(&c, STR("{\"t\":\"pong\",\"n\":2}"));
    cr_assert_eq(c.return_ms, 8000);
}

Test(dialect_parley, every_dialect_has_a_name_to_be_found_by)
{
    static const char *const names[] = {"limit", "parley", "nats", "mqtt", "socketio"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        cr_assert_str_eq(dialect_find(names[i])->name, names[i]);
    cr_assert_null(dialect_find("smtp"));
}
