/* Array parameters from the lists of a plan. */
#ifndef PARLEY_MSG_PARAMS_H
#define PARLEY_MSG_PARAMS_H

#include "db.h"

/* One array parameter: PUT for each of the COUNT elements of LIST that COND holds for; `it` is the element. */
#define ARRAY(params, list, count, cond, put)            \
    do {                                                 \
        db_p_array(params);                              \
        for (size_t i_ = 0; i_ < (count); i_++) {        \
            const __typeof__(*(list)) *it = &(list)[i_]; \
            if (cond)                                    \
                (put);                                   \
        }                                                \
        db_p_array_end(params);                          \
    } while (0)
#define INTS(params, list, count, cond, value) ARRAY(params, list, count, cond, db_p_array_int(params, value))

#endif
