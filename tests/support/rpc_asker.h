/* Asks a service as other processes do, over Redis: for calls that no path leads to. */
#ifndef PARLEY_TEST_RPC_ASKER_H
#define PARLEY_TEST_RPC_ASKER_H

/* Ask, logged in as nobody, and wait; asserts that an answer comes. The answer's JSON, or "error " and the number; the
 * caller frees it. */
char *rpc_ask(const char *redis_url, const char *service, const char *call, const char *args);

#endif
