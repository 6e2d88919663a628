/* What metrics.h promises. */
#include <criterion/criterion.h>
#include <string.h>

#include "metrics.h"

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

Test(metrics, counters_and_gauges_are_written_with_their_labels)
{
    struct metrics *m;
    struct metric *sent, *open;
    struct buf out = {0};

    metrics_create(&m);
    sent = metrics_counter(m, "parley_ops_total", "op=\"send\"", "Operations.");
    open = metrics_gauge(m, "parley_open", NULL, "Open things.");
    metric_add(sent, 1);
    metric_add(sent, 41);
    metric_set(open, 7);
    metric_add(open, -9);
    cr_assert_eq(metric_value(sent), 42);
    cr_assert_eq(metric_value(open), -2);
    metrics_write(m, &out);
    cr_assert_str_eq(buf_c(&out), "# HELP parley_ops_total Operations.\n"
                                  "# TYPE parley_ops_total counter\n"
                                  "parley_ops_total{op=\"send\"} 42\n"
                                  "# HELP parley_open Open things.\n"
                                  "# TYPE parley_open gauge\n"
                                  "parley_open -2\n");
    buf_fini(&out);
    metrics_destroy(&m);
    cr_assert_null(m);
    metrics_destroy(&m);
}

Test(metrics, label_sets_of_one_name_stand_together_below_one_help)
{
    struct metrics *m;
    struct buf out = {0};

    metrics_create(&m);
    metrics_counter(m, "parley_a_total", "op=\"x\"", "A.");
    metrics_counter(m, "parley_b_total", NULL, "B.");
    metrics_counter(m, "parley_a_total", "op=\"y\"", "A.");
    metrics_write(m, &out);
    cr_assert_str_eq(buf_c(&out), "# HELP parley_a_total A.\n"
                                  "# TYPE parley_a_total counter\n"
                                  "parley_a_total{op=\"x\"} 0\n"
                                  "parley_a_total{op=\"y\"} 0\n"
                                  "# HELP parley_b_total B.\n"
                                  "# TYPE parley_b_total counter\n"
                                  "parley_b_total 0\n");
    buf_fini(&out);
    metrics_destroy(&m);
}

Test(metrics, asking_for_the_same_name_and_labels_gives_the_same_metric)
{
    struct metrics *m;

    metrics_create(&m);
    cr_assert_eq(metrics_gauge(m, "parley_g", "", "G."), metrics_gauge(m, "parley_g", NULL, "G."));
    cr_assert_neq(metrics_gauge(m, "parley_g", "a=\"1\"", "G."), metrics_gauge(m, "parley_g", "a=\"2\"", "G."));
    metrics_destroy(&m);
}

Test(metrics, buckets_of_a_histogram_accumulate_up_to_the_count)
{
    struct metrics *m;
    struct metric *h;
    struct buf out = {0};
    const char *text;

    metrics_create(&m);
    h = metrics_histogram(m, "parley_wait_seconds", "op=\"send\"", "Waiting.");
    metric_observe_us(h, 0);
    metric_observe_us(h, 100);
    metric_observe_us(h, 101);
    metric_observe_us(h, 10000000);
    metric_observe_us(h, 10000001);
    cr_assert_eq(metric_value(h), 5);
    metrics_write(m, &out);
    text = buf_c(&out);
    cr_assert_not_null(strstr(text, "# TYPE parley_wait_seconds histogram\n"));
    cr_assert_not_null(strstr(text, "parley_wait_seconds_bucket{op=\"send\",le=\"0.0001\"} 2\n"));
    cr_assert_not_null(strstr(text, "parley_wait_seconds_bucket{op=\"send\",le=\"0.00025\"} 3\n"));
    cr_assert_not_null(strstr(text, "parley_wait_seconds_bucket{op=\"send\",le=\"5\"} 3\n"));
    cr_assert_not_null(strstr(text, "parley_wait_seconds_bucket{op=\"send\",le=\"10\"} 4\n"));
    cr_assert_not_null(strstr(text, "parley_wait_seconds_bucket{op=\"send\",le=\"+Inf\"} 5\n"));
    cr_assert_not_null(strstr(text, "parley_wait_seconds_sum{op=\"send\"} 20.000202\n"));
    cr_assert_not_null(strstr(text, "parley_wait_seconds_count{op=\"send\"} 5\n"));
    cr_assert_eq(count_of(text, "_bucket{"), 17);
    buf_fini(&out);
    metrics_destroy(&m);
}

Test(metrics, a_histogram_without_labels_has_only_the_bound_in_braces)
{
    struct metrics *m;
    struct buf out = {0};

    metrics_create(&m);
    metrics_histogram(m, "parley_h_seconds", NULL, "H.");
    metrics_write(m, &out);
    cr_assert_not_null(strstr(buf_c(&out), "\nparley_h_seconds_bucket{le=\"0.0001\"} 0\n"));
    cr_assert_not_null(strstr(buf_c(&out), "\nparley_h_seconds_count 0\n"));
    buf_fini(&out);
    metrics_destroy(&m);
}
