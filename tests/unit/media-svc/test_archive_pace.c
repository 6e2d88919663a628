/* Who takes an archive too slowly: by the time for which it was waited for, and by nothing else. */
#include <criterion/criterion.h>

#include "archive_pace.h"

enum { PIECE = 128 << 10 };

/* So many pieces, each taken after so long, with as long between them as we need. */
static int64_t take(struct archive_pace *pace, int64_t now_ms, int pieces, int64_t takes_ms, int64_t ours_ms)
{
    for (int i = 0; i < pieces; i++) {
        archive_pace_give(pace, PIECE, now_ms);
        now_ms += takes_ms;
        archive_pace_taken(pace, now_ms);
        now_ms += ours_ms;
    }
    return now_ms;
}

Test(archive_pace, who_takes_it_at_once_is_never_slow_however_long_it_lasts)
{
    struct archive_pace pace = {0};
    int64_t now_ms = take(&pace, 1000, 500, 100, 60000);
    cr_expect_eq(archive_pace_slow(&pace, now_ms), ARCHIVE_SLOW_BYTES_S);
    cr_expect_not(archive_pace_stands(&pace, now_ms));
}

Test(archive_pace, who_drips_is_slow_after_a_while)
{
    struct archive_pace pace = {0};
    int64_t now_ms = take(&pace, 1000, 2, 14000, 0);
    cr_expect_eq(archive_pace_slow(&pace, now_ms), ARCHIVE_SLOW_BYTES_S, "not yet");
    now_ms = take(&pace, now_ms, 2, 14000, 0);
    cr_expect_eq(archive_pace_slow(&pace, now_ms), PIECE / 14);
    cr_expect_not(archive_pace_stands(&pace, now_ms), "but it moves");
}

Test(archive_pace, what_is_on_its_way_counts_too)
{
    struct archive_pace pace = {0};
    archive_pace_give(&pace, PIECE, 1000);
    cr_expect_eq(archive_pace_slow(&pace, 1000 + ARCHIVE_SLOW_MS - 1), ARCHIVE_SLOW_BYTES_S);
    cr_expect_eq(archive_pace_slow(&pace, 1000 + ARCHIVE_SLOW_MS), 0);
    cr_expect_not(archive_pace_stands(&pace, 1000 + ARCHIVE_PIECE_MS));
    cr_expect(archive_pace_stands(&pace, 1001 + ARCHIVE_PIECE_MS));
}
