/* Who else is alive, which shards one wants, and what is stuck in a lane. */
#include <criterion/criterion.h>

#include "lane.h"
#include "new_room.h"
#include "peers.h"
#include "shard.h"

static void look(struct peers *p, int64_t now, int64_t beat_a, int64_t beat_b)
{
    peers_begin(p);
    if (beat_a != 0)
        peers_saw(p, STR("aaaa"), beat_a, now);
    if (beat_b != 0)
        peers_saw(p, STR("bbbb"), beat_b, now);
    peers_end(p);
}

Test(peers, one_that_never_moves_is_dead_however_fresh_its_beat_looks)
{
    struct peers p = {0};
    for (int64_t now = 1000; now < 4000; now += 500)
        look(&p, now, 99999999, 0);
    cr_assert_eq(peers_alive(&p, 4000), 0);
}

Test(peers, one_that_moves_counts_until_it_stands_still_too_long)
{
    struct peers p = {0};
    look(&p, 1000, 5, 7);
    look(&p, 2000, 6, 7);
    cr_assert_eq(peers_alive(&p, 2000), 1);
    look(&p, 3000, 6, 8);
    cr_assert_eq(peers_alive(&p, 3000), 2);
    cr_assert_eq(peers_alive(&p, 2000 + PEER_MS), 2);
    cr_assert_eq(peers_alive(&p, 2001 + PEER_MS), 1);
    cr_assert_eq(peers_alive(&p, 3001 + PEER_MS), 0);
}

Test(peers, one_that_leaves_the_set_is_gone_at_once)
{
    struct peers p = {0};
    look(&p, 1000, 5, 7);
    look(&p, 2000, 6, 8);
    look(&p, 2100, 0, 8);
    cr_assert_eq(peers_alive(&p, 2100), 1);
    look(&p, 2200, 7, 8);
    cr_assert_eq(peers_alive(&p, 2200), 1, "back, but not seen to move yet");
}

Test(peers, a_flood_of_ids_is_bounded)
{
    struct peers p = {0};
    peers_begin(&p);
    for (int i = 0; i < PEERS_MAX + 10; i++) {
        char id[8] = {'p', (char)('0' + i / 10), (char)('0' + i % 10)};
        peers_saw(&p, str_of(id), 1, 1);
    }
    peers_saw(&p, STR("an id that is far too long for a process of ours"), 1, 1);
    peers_end(&p);
    cr_assert_eq(p.n, PEERS_MAX);
}

Test(shards, shares_of_any_number_of_replicas_cover_all_shards)
{
    cr_assert_eq(shards_share(1), 16);
    cr_assert_eq(shards_share(2), 8);
    cr_assert_eq(shards_share(3), 6);
    for (size_t n = 1; n <= 40; n++)
        cr_assert_geq(shards_share(n) * n, SHARDS);
}

Test(lane, an_entry_is_stuck_when_it_is_the_oldest_twice_and_in_nobodys_hand)
{
    struct lane lane;
    lane_init(&lane, 3);
    cr_assert_str_eq(lane.stream, "ingest:{3}");
    cr_assert_not(lane_stuck(&lane, STR(""), false));
    cr_assert_not(lane_stuck(&lane, STR("1-1"), false));
    cr_assert(lane_stuck(&lane, STR("1-1"), false));
    cr_assert_not(lane_stuck(&lane, STR("1-2"), false), "another one: the first was done meanwhile");
    cr_assert_not(lane_stuck(&lane, STR("1-2"), true), "it is being worked on");
    cr_assert_not(lane_stuck(&lane, STR("1-2"), false), "and was until now");
    cr_assert(lane_stuck(&lane, STR("1-2"), false));
    cr_assert_not(lane_stuck(&lane, STR(""), false));
    cr_assert_not(lane_stuck(&lane, STR(""), false), "nothing pending is never stuck");
}

Test(new_room, the_members_of_a_new_room_are_each_named_once_without_the_caller)
{
    static struct new_room room = {.n_others = 6, .others = {5, 2, 5, 9, 2, 7}};
    new_room_tidy(&room, 7);
    cr_assert_eq(room.n_others, 3);
    cr_assert_eq(room.others[0], 2);
    cr_assert_eq(room.others[1], 5);
    cr_assert_eq(room.others[2], 9);
    room.n_others = 0;
    new_room_tidy(&room, 7);
    cr_assert_eq(room.n_others, 0);
}
