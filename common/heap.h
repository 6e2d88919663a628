/* The heap's free memory goes back to the machine once a process rests: what a burst needed is not kept for ever. */
#ifndef PARLEY_HEAP_H
#define PARLEY_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When the heap was trimmed last, and how much the process had worked until then. Zero is a good start. */
struct heap_rest {
    int64_t looked_cpu_ms, trimmed_ms, trimmed_cpu_ms;
};

/* Once, at the start, before any thread: one arena, and large blocks are always mapped, so that each goes back when it
 * is freed. */
void heap_init(void);
/* After heap_init(), in a process that makes and frees large blocks all the time: those of up to so many bytes are not
 * mapped, which costs a fault for each of their pages, and so much that is free is kept until the process rests. */
void heap_keep(size_t block, size_t spare);
/* Give back the heap's free memory, and the pages of code and constants until they are touched again: most were needed
 * by the start only, that of libraries nobody calls included. */
void heap_trim(void);
/* Call about once a second: trims when the process worked and now rests. */
void heap_tick(struct heap_rest *rest, int64_t now_ms);
/* Whether to trim now, that the process has used so much of the processor since its start. */
bool heap_rests(struct heap_rest *rest, int64_t now_ms, int64_t cpu_ms);

#endif
