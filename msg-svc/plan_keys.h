/* Finds in the collected keys of a batch; NULL: it was not asked for. For plan_keys.c and plan_facts.c. */
#ifndef PARLEY_MSG_PLAN_KEYS_H
#define PARLEY_MSG_PLAN_KEYS_H

#include "plan.h"

struct plan_room *plan_find_room(struct plan *p, int64_t id);
struct plan_member *plan_find_member(struct plan *p, int64_t room, int64_t user);
struct plan_sent *plan_find_sent(struct plan *p, int64_t sender, struct str cmid);
struct plan_order *plan_find_order(struct plan *p, int64_t room, int64_t sender, struct str device);
struct plan_target *plan_find_target(struct plan *p, int64_t room, int64_t seq);
struct plan_reaction *plan_find_reaction(struct plan *p, int64_t room, int64_t seq, int64_t user, struct str emoji);
struct plan_vote *plan_find_vote(struct plan *p, int64_t room, int64_t seq, int64_t user);
struct plan_name *plan_find_name(struct plan *p, struct str name);
struct plan_user *plan_find_user(struct plan *p, int64_t id);
struct plan_profile *plan_find_profile(struct plan *p, int64_t room);
struct plan_invite *plan_find_invite(struct plan *p, int64_t room, struct str hash);

#endif
