/* The states of a session, and which may follow which. */
#include <criterion/criterion.h>

#include "session.h"

Test(session_state, goes_forward_one_step_at_a_time)
{
    for (int from = 0; from < SESSION_CLOSING; from++)
        for (int to = 0; to < SESSION_STATES; to++)
            cr_assert_eq(session_may_become((enum session_state)from, (enum session_state)to),
                         to == from + 1 || to == SESSION_CLOSING, "%s to %s",
                         session_state_name((enum session_state)from), session_state_name((enum session_state)to));
}

Test(session_state, closing_is_the_end)
{
    for (int to = 0; to < SESSION_STATES; to++)
        cr_assert_not(session_may_become(SESSION_CLOSING, (enum session_state)to));
}
