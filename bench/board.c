/* Memory that parent and children share. */
#include "board.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

struct board *board_create(void)
{
    struct board *board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED) {
        perror("board");
        exit(1);
    }
    return board;
}
