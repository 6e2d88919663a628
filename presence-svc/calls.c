/* What others may ask of presence-svc: the table. */
#include "calls.h"

const struct rpc_row presence_calls[] = {
    {"changed", call_changed},
    {"online", call_online},
    {"query", call_query},
    {"set", call_set},
};
const size_t presence_calls_count = sizeof presence_calls / sizeof *presence_calls;
