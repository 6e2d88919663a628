/* Examples of requests and SQL, with names where a test has values. */
#ifndef PARLEY_TEST_FILLED_H
#define PARLEY_TEST_FILLED_H

/* The text with each name replaced by its value, the caller's to free. `names` are pairs, and end with a NULL. */
char *filled(const char *text, const char *const names[][2]);

#endif
