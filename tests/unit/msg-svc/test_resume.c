/* What a client that comes back is told: what it misses, what of that it gets, and what it is told to ask for. */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "resume.h"

enum { ROOMS = 4000 };

static struct resume *r;

static void set_up(void)
{
    resume_create(&r, ROOMS);
}

static void tear_down(void)
{
    resume_destroy(&r);
}

TestSuite(resume, .init = set_up, .fini = tear_down);

static void room(int64_t id, int64_t head, int64_t cursor, bool same)
{
    resume_room_is(r, &(struct resume_room){.id = id, .head = head, .n = head / 2}, cursor, same);
}

static const struct resume_room *find(int64_t id)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->rooms[i].id == id)
            return &r->rooms[i];
    return NULL;
}

Test(resume, what_is_missing_is_fetched_unless_it_is_more_than_two_hundred)
{
    room(1, 300, 100, true);
    room(2, 301, 100, true);
    room(3, 50, 50, true);
    room(4, 0, 0, true);
    resume_choose(r);
    cr_assert(find(1)->fetching && !find(1)->limited);
    cr_assert_eq(find(1)->from, 100);
    cr_assert(!find(2)->fetching && find(2)->limited);
    cr_assert_eq(find(2)->from, 100);
    cr_assert(!find(3)->fetching && !find(3)->limited);
    cr_assert(!find(4)->fetching && !find(4)->limited);
    cr_assert_eq(r->beyond, 0);
}

Test(resume, cursors_of_another_epoch_or_of_none_are_worth_nothing)
{
    room(1, 300, 299, false);
    room(2, 0, 5, false);
    resume_user_is(r, 9, 3, 0, false);
    resume_choose(r);
    cr_assert(find(1)->limited && find(1)->from == 0);
    cr_assert_not(find(2)->limited, "there is nothing in it");
    cr_assert(r->user_limited);
    cr_assert_eq(r->beyond, 0, "nobody went back: it is another log");
}

Test(resume, a_cursor_beyond_the_head_is_as_one_of_another_epoch_and_is_counted)
{
    room(1, 10, 11, true);
    resume_user_is(r, 4, 3, 0, true);
    resume_choose(r);
    cr_assert_eq(find(1)->from, 0);
    cr_assert(find(1)->limited);
    cr_assert(r->user_limited);
    cr_assert_eq(r->beyond, 2);
}

Test(resume, one_s_own_log_is_limited_when_rows_of_it_are_gone)
{
    resume_user_is(r, 5, 9, 5, true);
    cr_assert_not(r->user_limited);
    cr_assert_eq(r->user_from, 5);
    resume_user_is(r, 4, 9, 5, true);
    cr_assert(r->user_limited);
    resume_user_is(r, -1, 9, 0, true);
    cr_assert(r->user_limited, "it did not say where it stands");
}

Test(resume, rooms_that_miss_least_come_first_until_the_answer_is_full)
{
    for (int64_t i = 1; i <= 20; i++)
        room(i, 1000, 1000 - i * 10, true);
    resume_choose(r);
    int64_t events = 0;
    bool ended = false;
    for (size_t i = 0; i < r->count; i++) {
        const struct resume_room *k = &r->rooms[i];
        cr_assert_eq(k->id, (int64_t)i + 1);
        cr_assert_neq(k->fetching, k->limited);
        cr_assert(!(k->fetching && ended));
        ended = ended || !k->fetching;
        events += k->fetching ? k->head - k->from : 0;
    }
    cr_assert(ended);
    cr_assert_gt(events, 900);
    cr_assert_leq(events * LOG_EVENT_OVERHEAD, LOG_ANSWER_BYTES);
}

Test(resume, of_thousands_of_rooms_none_is_left_out_silently)
{
    for (int64_t i = 1; i <= ROOMS; i++)
        room(i, 10, 9, true);
    resume_choose(r);
    for (size_t i = 0; i < r->count; i++)
        cr_assert(r->rooms[i].limited);
}

Test(resume, a_room_whose_events_did_not_all_come_is_limited)
{
    room(1, 10, 9, true);
    resume_choose(r);
    resume_events(r, &r->rooms[0], &(struct log_rows){.room = 1, .rising = true}, 7);
    cr_assert(r->rooms[0].limited);
    cr_assert_eq(r->batches.n, 0);
}

Test(resume, frames_of_one_s_own_that_do_not_fit_make_it_limited)
{
    static char big[LOG_ANSWER_BYTES / 2];
    struct buf out = {0};
    memset(big, 'x', sizeof big);
    resume_user_is(r, 0, 9, 0, true);
    resume_user_frame(r, (struct str){big, sizeof big});
    cr_assert_not(r->user_limited);
    resume_user_frame(r, (struct str){big, sizeof big});
    cr_assert(r->user_limited);
    resume_write(&out, r);
    cr_assert_lt(out.n, 200);
    buf_fini(&out);
}

Test(resume, the_first_frame_tells_of_rooms_acks_and_one_s_own_log)
{
    struct buf out = {0};
    strcpy(r->epoch, "e");
    room(5, 10, 10, true);
    resume_user_is(r, 3, 4, 0, true);
    resume_ack(r, STR("a"), 5, 9, 4, 99);
    resume_ack(r, STR("b"), 0, 0, 0, 0);
    resume_user_frame(r, STR("{\"t\":\"user\"}"));
    resume_write(&out, r);
    cr_assert_str_eq(buf_c(&out),
                     "{\"t\":\"resumed\",\"epoch\":\"e\","
                     "\"rooms\":{\"5\":{\"head\":10,\"n\":5,\"from\":10,\"limited\":false}},"
                     "\"acks\":[{\"cmid\":\"a\",\"room\":\"5\",\"seq\":9,\"n\":4,\"id\":\"5.9\",\"ts\":99},"
                     "{\"cmid\":\"b\",\"unknown\":true}],\"user\":{\"head\":4,\"limited\":false}}\n"
                     "{\"t\":\"user\"}\n");
    buf_fini(&out);
}
