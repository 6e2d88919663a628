/* System calls that who fetches has no use for, and who takes it over would: new programs and processes, looking into
 * others, writing files, and all that steers the machine. */
#ifndef PARLEY_FETCH_FILTER_H
#define PARLEY_FETCH_FILTER_H

/* For the whole process, for good; before its first thread. What is refused fails with EPERM. -1: it could not be set.
 */
int fetch_filter_install(void);

#endif
