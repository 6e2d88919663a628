/* Channels and subscribers, both ways. */
#include <criterion/criterion.h>

#include "room_index.h"

struct watch {
    int first, last;
    int64_t last_id;
};

static void on_first(void *arg, struct channel *channel)
{
    struct watch *w = arg;
    (void)channel;
    w->first++;
}

static void on_last(void *arg, struct channel *channel)
{
    struct watch *w = arg;
    w->last++;
    w->last_id = channel->id;
}

struct fixture {
    struct watch watch;
    struct room_index *index;
    struct subscriber a, b;
};

static void setup(struct fixture *f)
{
    *f = (struct fixture){0};
    room_index_create(&f->index, on_first, on_last, &f->watch);
    subscriber_init(&f->a);
    subscriber_init(&f->b);
}

static void teardown(struct fixture *f)
{
    room_index_drop(f->index, &f->a);
    room_index_drop(f->index, &f->b);
    room_index_destroy(&f->index);
    cr_assert_eq(f->watch.first, f->watch.last);
}

Test(room_index, subscribes_with_the_first_member_and_unsubscribes_after_the_last)
{
    struct fixture f;
    setup(&f);
    struct seat *a = room_index_join(f.index, CHANNEL_ROOM, 5, &f.a);
    struct seat *b = room_index_join(f.index, CHANNEL_ROOM, 5, &f.b);
    cr_assert_eq(f.watch.first, 1);
    cr_assert_eq(a->channel, b->channel);
    cr_assert_eq(a->channel->count, 2);
    room_index_leave(f.index, a);
    room_index_reap(f.index);
    cr_assert_eq(f.watch.last, 0);
    room_index_leave(f.index, b);
    cr_assert_null(room_index_find(f.index, CHANNEL_ROOM, 5));
    cr_assert_eq(f.watch.last, 0, "the channel outlives the turn in which it emptied");
    room_index_reap(f.index);
    cr_assert_eq(f.watch.last, 1);
    cr_assert_eq(f.watch.last_id, 5);
    teardown(&f);
}

Test(room_index, keeps_a_channel_that_is_joined_again_before_it_is_reaped)
{
    struct fixture f;
    setup(&f);
    room_index_leave(f.index, room_index_join(f.index, CHANNEL_ROOM, 5, &f.a));
    room_index_join(f.index, CHANNEL_ROOM, 5, &f.b);
    room_index_reap(f.index);
    cr_assert_eq(f.watch.first, 1);
    cr_assert_eq(f.watch.last, 0);
    cr_assert_not_null(room_index_find(f.index, CHANNEL_ROOM, 5));
    teardown(&f);
}

Test(room_index, joining_twice_is_joining_once)
{
    struct fixture f;
    setup(&f);
    struct seat *seat = room_index_join(f.index, CHANNEL_ROOM, 5, &f.a);
    cr_assert_eq(room_index_join(f.index, CHANNEL_ROOM, 5, &f.a), seat);
    cr_assert_eq(seat->channel->count, 1);
    cr_assert_eq(f.a.count, 1);
    cr_assert_eq(room_index_seat(seat->channel, &f.a), seat);
    cr_assert_null(room_index_seat(seat->channel, &f.b));
    teardown(&f);
}

Test(room_index, rooms_and_users_with_one_id_are_different_channels)
{
    struct fixture f;
    setup(&f);
    room_index_join(f.index, CHANNEL_ROOM, 5, &f.a);
    cr_assert_null(room_index_find(f.index, CHANNEL_USER, 5));
    room_index_join(f.index, CHANNEL_USER, 5, &f.a);
    cr_assert_eq(f.watch.first, 2);
    cr_assert_eq(room_index_count(f.index, CHANNEL_USER), 1);
    teardown(&f);
}

static void note_confirmed(void *arg, struct seat *seat)
{
    int *n = arg;
    (void)seat;
    ++*n;
}

Test(room_index, tells_each_waiting_seat_once_that_its_channel_is_confirmed)
{
    struct fixture f;
    int n = 0;
    setup(&f);
    struct seat *seat = room_index_join(f.index, CHANNEL_ROOM, 5, &f.a);
    room_index_join(f.index, CHANNEL_ROOM, 6, &f.a);
    cr_assert_eq(f.a.waiting, 2);
    room_index_confirm(seat->channel, note_confirmed, &n);
    cr_assert_eq(n, 1);
    cr_assert_eq(f.a.waiting, 1);
    cr_assert_not(room_index_join(f.index, CHANNEL_ROOM, 5, &f.b)->waiting);
    room_index_confirm(seat->channel, note_confirmed, &n);
    cr_assert_eq(n, 1);
    teardown(&f);
}

Test(room_index, a_seat_that_leaves_while_it_waits_is_waited_for_no_more)
{
    struct fixture f;
    setup(&f);
    struct seat *seat = room_index_join(f.index, CHANNEL_ROOM, 5, &f.a);
    seat->then = frame_text(STR("x"));
    room_index_leave(f.index, seat);
    cr_assert_eq(f.a.waiting, 0);
    teardown(&f);
}

static bool count_channel(void *arg, struct channel *channel)
{
    int64_t *sum = arg;
    *sum += channel->id;
    return true;
}

Test(room_index, walks_the_channels_of_a_kind)
{
    struct fixture f;
    int64_t sum = 0;
    setup(&f);
    room_index_join(f.index, CHANNEL_ROOM, 5, &f.a);
    room_index_join(f.index, CHANNEL_ROOM, 6, &f.b);
    room_index_join(f.index, CHANNEL_USER, 100, &f.b);
    room_index_each(f.index, CHANNEL_ROOM, count_channel, &sum);
    cr_assert_eq(sum, 11);
    teardown(&f);
}

Test(room_index, forgets_where_a_room_stands_with_its_last_seat)
{
    struct fixture f;
    setup(&f);
    struct seat *seat = room_index_join(f.index, CHANNEL_ROOM, 5, &f.a);
    struct channel *c = seat->channel;
    cr_assert(!c->known && c->mver == -1);
    c->known = true;
    c->last_seq = 9;
    c->mver = 3;
    cr_assert(room_marks_take(&c->marks, 7, 9));
    room_index_leave(f.index, seat);
    room_index_join(f.index, CHANNEL_ROOM, 5, &f.b);
    cr_assert(!c->known && c->last_seq == 0 && c->mver == -1);
    cr_assert(room_marks_take(&c->marks, 7, 9));
    teardown(&f);
}

Test(room_index, marks_go_on_only_when_they_go_further_than_anybody_elses)
{
    struct room_marks m = {0};
    cr_assert(room_marks_take(&m, 1, 10), "the first");
    cr_assert_not(room_marks_take(&m, 1, 10), "the same again");
    cr_assert(room_marks_take(&m, 2, 10), "user 1 hears of somebody else");
    cr_assert_not(room_marks_take(&m, 3, 10), "everybody has heard of somebody");
    cr_assert_not(room_marks_take(&m, 2, 9));
    cr_assert(room_marks_take(&m, 3, 11));
    cr_assert_not(room_marks_take(&m, 2, 10));
    cr_assert(room_marks_take(&m, 2, 11), "user 3 hears of somebody else");
    cr_assert(room_marks_take(&m, 2, 12), "the second passes the first");
    cr_assert_not(room_marks_take(&m, 1, 11));
    cr_assert(room_marks_take(&m, 3, 12));
    cr_assert_not(room_marks_take(&m, 0, 0));
}
