/* Sends marked messages and takes their answers. */
#include "sender.h"

#include "dialect.h"
#include "mark.h"

static const struct dialect *dialect_of(const struct sender *sender)
{
    return sender->client->crowd->plan->dialect;
}

void sender_init(struct sender *sender, struct client *client, size_t size)
{
    *sender = (struct sender){.client = client, .size = size};
}

uint32_t sender_open(const struct sender *sender)
{
    return sender->sent - sender->answered - sender->refused;
}

void sender_send(struct sender *sender, int64_t due_us)
{
    sender_send_to(sender, client_room(sender->client), sender->sent, due_us);
}

void sender_send_to(struct sender *sender, const char *room, uint32_t in_room, int64_t due_us)
{
    char body[MARK_BODY_MAX];
    const struct mark mark = {.run = sender->client->crowd->plan->run, .number = sender->sent, .due_us = due_us};
    const struct message message = {
        .number = sender->sent, .room = room, .in_room = in_room, .body = {body, sender->size}};
    int64_t *place = &sender->due_us[sender->sent % SENDER_RING];
    mark_put(body, sender->size, &mark);
    sender->refused += *place != 0;
    sender->sent++;
    if (dialect_of(sender)->next_answer)
        *place = due_us;
    else
        sender->answered++;
    dialect_of(sender)->publish(sender->client, &message);
}

static void add_part(struct histogram *part, int64_t us)
{
    if (us >= 0)
        histogram_add(part, us);
}

static void add_times(struct answer_times *times, int64_t us, const struct answer *answer)
{
    histogram_add(&times->ack, us);
    add_part(&times->queue, answer->queue_us);
    add_part(&times->commit, answer->commit_us);
    add_part(&times->server, answer->server_us);
}

void sender_take(struct sender *sender, struct str frame, int64_t now_us, struct answer_times *times)
{
    struct answer answer;
    while (dialect_of(sender)->next_answer && dialect_of(sender)->next_answer(&frame, &answer)) {
        int64_t *place = &sender->due_us[answer.number % SENDER_RING];
        if (*place == 0 || sender->sent - answer.number > SENDER_RING)
            continue;
        if (!answer.stored) {
            sender->refused++;
        } else {
            sender->answered++;
            if (times)
                add_times(times, now_us - *place, &answer);
        }
        *place = 0;
    }
}
