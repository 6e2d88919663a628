/* parley-admin: what whoever runs the server does to accounts from its shell, through the service's own modules: its
 * hashing, its rules, its audit (actor 0), its notices to gateways. Needs auth-svc's settings and nothing that listens.
 */
#ifndef PARLEY_OPERATOR_H
#define PARLEY_OPERATOR_H

#include <stdio.h>

/* Of sysexits.h, and 1: refused. */
enum { OPERATOR_OK = 0, OPERATOR_REFUSED = 1, OPERATOR_USAGE = 64, OPERATOR_UNAVAILABLE = 69 };

struct errand;
/* Reads the words after the program's name, and what the command needs from standard input: passwords, never from the
 * words. NULL: said on stderr why not, and *code_r is what to end with. */
struct errand *operator_read(int argc, char **argv, int *code_r);
/* Does it; what it found or did is on stdout. Returns the code to end with. Frees it. */
int operator_run(struct errand *e, char *name);
void operator_usage(FILE *out);

#endif
