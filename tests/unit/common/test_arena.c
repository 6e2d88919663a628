/* What arena.h promises. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "arena.h"

Test(arena, pieces_are_aligned_and_do_not_touch)
{
    enum { PIECES = 3000 };
    static unsigned char *pieces[PIECES];
    struct arena a = {0};
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_take(&a, i % 700);
        cr_assert_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        memset(pieces[i], (int)(i % 251), i % 700);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < i % 700; k++)
            cr_assert_eq(pieces[i][k], i % 251);
    arena_free(&a);
    cr_assert_null(a.newest);
}

Test(arena, a_piece_may_be_larger_than_any_block)
{
    struct arena a = {0};
    arena_open(&a, 10);
    unsigned char *small = arena_take(&a, 10), *large = arena_take(&a, 1 << 20), *next = arena_take(&a, 1);
    memset(small, 1, 10);
    memset(large, 2, 1 << 20);
    *next = 3;
    cr_assert_eq(small[9], 1);
    cr_assert_eq(large[(1 << 20) - 1], 2);
    arena_free(&a);
}

Test(arena, it_may_lie_in_its_own_memory)
{
    struct arena a = {0};
    arena_open(&a, 100);
    struct arena *own = arena_take(&a, sizeof *own);
    *own = a;
    memset(arena_take(own, 5000), 1, 5000);
    a = *own;
    arena_free(&a);
}
