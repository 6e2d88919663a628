/* presence: the client says whether its device is in use. */
#include "ops.h"
#include "presence.h"

void op_presence(struct session *s, const struct jval *frame)
{
    struct str state = {0};
    jval_get_str(frame, "state", &state);
    bool away = str_is(state, "away");
    if (away == s->away)
        return;
    s->away = away;
    presence_touch(s->gw->presence, s->conn, s->user);
}
