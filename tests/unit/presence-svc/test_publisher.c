/* Telling the gateways, through a real Redis; msg-svc is played here. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "publisher.h"
#include "world.h"

static struct publisher *publisher;
static struct rpc_server *msg;
static int asked; /* how often msg-svc was */
static bool msg_fails, hides;
static int messages;
static char said[4096];

static void call_rooms_of(void *service, struct rpc_request *req)
{
    (void)service;
    asked++;
    if (msg_fails)
        rpc_fail(req, ERR_UNAVAILABLE, NULL);
    else if (rpc_caller(req)->user == 9)
        rpc_reply(req, STR("{\"rooms\":[],\"profile\":1,\"hides\":false}"));
    else if (hides)
        rpc_reply(req, STR("{\"rooms\":[\"1\",\"4\"],\"profile\":8,\"hides\":true}"));
    else
        rpc_reply(req, STR("{\"rooms\":[\"1\",\"4\"],\"profile\":7,\"hides\":false}"));
}

static const struct rpc_row rows[] = {{"rooms_of", call_rooms_of}};

static void on_message(void *arg, struct str channel, struct str payload)
{
    (void)arg;
    (void)channel;
    messages++;
    snprintf(said, sizeof said, "%.*s", (int)payload.n, payload.p);
}

static bool subscribed(void)
{
    return bus_subscribed(w.bus, STR("presence:{all}"));
}

static void on_change(void *arg, int64_t user)
{
    publisher_touch(arg, user);
}

static void begin(void)
{
    world_begin();
    asked = messages = 0;
    msg_fails = hides = false;
    publisher_create(&publisher, w.loop, w.bus, w.rpc, w.presence, w.metrics);
    presence_on_change(w.presence, on_change, publisher);
    rpc_server_create(&msg, w.loop, w.bus, "msg", "00000000000000cc", rows, 1, 100, NULL, NULL);
    bus_subscribe(w.bus, STR("presence:{all}"), on_message, NULL, NULL, NULL);
    world_until(subscribed);
}

static void end(void)
{
    rpc_server_destroy(&msg);
    publisher_stop(publisher);
    world_close_bus();
    publisher_destroy(&publisher);
    world_end();
}

static bool nothing_pending(void)
{
    return publisher_pending(publisher) == 0;
}

static bool one_message(void)
{
    return messages == 1;
}

TestSuite(publisher, .init = begin, .fini = end, .timeout = 60);

Test(publisher, a_change_is_published_with_the_rooms_it_may_be_shown_in)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(one_message);
    cr_expect_str_eq(said, "P 7 online 0 1,4\n{\"user\":\"7\",\"state\":\"online\",\"profile\":7}");
}

Test(publisher, of_several_changes_the_last_is_published)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1-0");
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1-1");
    world_set(7, "a", "2", PRESENCE_AWAY, "1-2");
    world_until(nothing_pending);
    world_until(one_message);
    cr_expect_str_eq(said, "P 7 away 0 1,4\n{\"user\":\"7\",\"state\":\"away\",\"profile\":7}");
}

static bool two_messages(void)
{
    return messages == 2;
}

static bool three_messages(void)
{
    return messages == 3;
}

Test(publisher, changes_of_one_moment_go_in_one_payload)
{
    /* Their rooms are known from before. */
    world_set(11, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(one_message);
    world_set(12, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(two_messages);
    publisher_touch(publisher, 11);
    publisher_touch(publisher, 12);
    world_until(three_messages);
    cr_expect_str_eq(said, "P 11 online 0 1,4\n{\"user\":\"11\",\"state\":\"online\",\"profile\":7}\n"
                           "P 12 online 0 1,4\n{\"user\":\"12\",\"state\":\"online\",\"profile\":7}");
}

Test(publisher, rooms_are_asked_for_once)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(nothing_pending);
    world_set(7, "a", "1", PRESENCE_AWAY, "1-1");
    world_until(nothing_pending);
    cr_expect(eq(int, asked, 1));
}

Test(publisher, whether_it_may_be_told_when_somebody_left_is_asked_each_time)
{
    char expected[128];
    world_set(7, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(nothing_pending);
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1-1");
    world_until(nothing_pending);
    world_until(two_messages);
    cr_expect(eq(int, asked, 2));
    long long seen = (long long)world_read(7).seen;
    snprintf(expected, sizeof expected,
             "P 7 offline %lld 1,4\n{\"user\":\"7\",\"state\":\"offline\",\"last_seen\":%lld,\"profile\":7}", seen,
             seen);
    cr_expect_str_eq(said, expected);
    hides = true;
    publisher_touch(publisher, 7);
    world_until(three_messages);
    cr_expect_str_eq(said, "P 7 offline 0 1,4\n{\"user\":\"7\",\"state\":\"offline\",\"profile\":8}");
}

Test(publisher, a_changed_profile_is_told_with_its_version_though_the_rooms_are_remembered)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(one_message);
    hides = true;
    publisher_changed(publisher, 7);
    world_until(two_messages);
    cr_expect_str_eq(said, "P 7 online 0 1,4\n{\"user\":\"7\",\"state\":\"online\",\"profile\":8}");
}

Test(publisher, who_is_in_no_room_is_shown_to_nobody)
{
    world_set(9, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(nothing_pending);
    world_set(7, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(one_message);
    cr_expect(zero(ptr, strstr(said, "P 9")), "%s", said);
}

static bool asked_twice(void)
{
    if (asked == 1)
        msg_fails = false;
    return asked == 2 && messages == 1;
}

Test(publisher, a_change_waits_for_msg_svc)
{
    msg_fails = true;
    world_set(7, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(asked_twice);
    cr_expect_str_eq(said, "P 7 online 0 1,4\n{\"user\":\"7\",\"state\":\"online\",\"profile\":7}");
}
