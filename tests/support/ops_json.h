/* The contract, protocol/ops.json, for tests that go through all of it. */
#ifndef PARLEY_TEST_OPS_JSON_H
#define PARLEY_TEST_OPS_JSON_H

#include "jval.h"

/* The caller's to free. Asserts that it can be read. */
struct jval *ops_json_read(void);

#endif
