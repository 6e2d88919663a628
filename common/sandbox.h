/* What a program that reads bytes of strangers gives up before the first of them: the network, the file system, new
 * programs and processes, new privileges, and all but a fixed amount of memory, processor time and descriptors. One
 * way: there is no leaving it. Linked by such programs alone; docs/decisions/0009-decoder.md says why it is built so.
 */
#ifndef PARLEY_SANDBOX_H
#define PARLEY_SANDBOX_H

enum {
    SANDBOX_MEMORY_MB = 1024, /* of address space, the libraries included */
    SANDBOX_CPU_S = 15,
    SANDBOX_FILES = 64 /* descriptors, those of fonts included */
};

enum sandbox_files {
    SANDBOX_NO_FILES, /* nothing can be opened */
    SANDBOX_FONTS     /* fonts can be read, where the kernel lets only those be opened (Landlock); else nothing */
};

/* Closes every descriptor but 0, 1 and 2, sets the limits, and sees that the process dies with its parent. Before
 * anything else. -1: it could not be done, and the caller has to end. */
int sandbox_limit(void);
/* Shuts the door, when the libraries are loaded and still no other thread runs. -1: as above. */
int sandbox_enter(enum sandbox_files files);
/* The file system alone, for a program that needs the network: nothing is written, and nothing is read but what is
 * below one of these paths (NULL-ended; what is not there is passed over). Where the kernel has no Landlock nothing
 * happens. -1: as above. */
int sandbox_read_only(const char *const *paths);

#endif
