/* The statements that write what a plan decided. */
#ifndef PARLEY_MSG_APPEND_H
#define PARLEY_MSG_APPEND_H

#include "db.h"
#include "plan.h"

/* Queues one statement; the batch counts it and waits for it. */
typedef void append_exec_fn(void *arg, const char *sql, struct db_params *params);

void append_events(const struct plan *p, append_exec_fn *exec, void *arg);
/* What became of messages, who reacted, who is named, who follows which thread. Behind append_members(). */
void append_messages(const struct plan *p, append_exec_fn *exec, void *arg);
/* Links of messages, and what is shown of them; of append_messages(), before what is deleted goes. */
void append_links(const struct plan *p, append_exec_fn *exec, void *arg);
/* Polls and votes. Behind append_messages(). */
void append_polls(const struct plan *p, append_exec_fn *exec, void *arg);
void append_sent(const struct plan *p, append_exec_fn *exec, void *arg);
void append_rooms(const struct plan *p, append_exec_fn *exec, void *arg);
/* What became of rooms, roles, bans and invitations. */
void append_room_acts(const struct plan *p, append_exec_fn *exec, void *arg);
/* How far each device's sends are decided. */
void append_orders(const struct plan *p, append_exec_fn *exec, void *arg);
/* What is given up. */
void append_dead(const struct plan *p, append_exec_fn *exec, void *arg);
/* Members who left, came, or became owner. */
void append_members(const struct plan *p, append_exec_fn *exec, void *arg);
/* Users' own logs. */
void append_users(const struct plan *p, append_exec_fn *exec, void *arg);

#endif
