/* A registry of counters, gauges and histograms, and its Prometheus text. */
#include "metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "list.h"

enum metric_type { COUNTER, GAUGE, HISTOGRAM };
static const char *const type_names[] = {"counter", "gauge", "histogram"};

static const struct {
    int64_t us;
    const char *seconds;
} buckets[] = {
    {100, "0.0001"}, {250, "0.00025"}, {500, "0.0005"}, {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},
    {10000, "0.01"}, {25000, "0.025"}, {50000, "0.05"}, {100000, "0.1"},  {250000, "0.25"}, {500000, "0.5"},
    {1000000, "1"},  {2500000, "2.5"}, {5000000, "5"},  {10000000, "10"},
};
enum { BUCKETS = sizeof(buckets) / sizeof(buckets[0]) };

struct metric {
    struct list in_family;
    enum metric_type type;
    char *labels;   /* "" when none */
    int64_t value;  /* of a histogram: observations */
    int64_t sum_us; /* of a histogram */
    int64_t *in_bucket;
};

/* All label sets of one name: the format wants them together, below one HELP and one TYPE. */
struct family {
    struct list in_registry;
    struct list metrics;
    enum metric_type type;
    char *name, *help;
};

struct metrics {
    struct list families;
};

void metrics_create(struct metrics **metrics_r)
{
    *metrics_r = xcalloc(1, sizeof(**metrics_r));
    list_init(&(*metrics_r)->families);
}

static void family_free(struct family *family)
{
    LIST_EACH (&family->metrics, it) {
        struct metric *m = LIST_ITEM(it, struct metric, in_family);

        free(m->in_bucket);
        free(m->labels);
        free(m);
    }
    free(family->name);
    free(family->help);
    free(family);
}

void metrics_destroy(struct metrics **metrics)
{
    if (*metrics == NULL)
        return;
    LIST_EACH (&(*metrics)->families, it) {
        family_free(LIST_ITEM(it, struct family, in_registry));
    }
    free(*metrics);
    *metrics = NULL;
}

static struct family *family_of(struct metrics *registry, enum metric_type type, const char *name, const char *help)
{
    struct family *family;

    LIST_EACH (&registry->families, it) {
        family = LIST_ITEM(it, struct family, in_registry);
        if (str_is(str_of(family->name), name)) {
            assert(family->type == type);
            return family;
        }
    }
    family = xcalloc(1, sizeof(*family));
    list_init(&family->in_registry);
    list_init(&family->metrics);
    family->type = type;
    family->name = xstrdup(name);
    family->help = xstrdup(help);
    list_push(&registry->families, &family->in_registry);
    return family;
}

static struct metric *metric_make(struct metrics *registry, enum metric_type type, const char *name, const char *labels,
                                  const char *help)
{
    struct family *family = family_of(registry, type, name, help);
    struct metric *m;

    LIST_EACH (&family->metrics, it) {
        m = LIST_ITEM(it, struct metric, in_family);
        if (str_is(str_of(m->labels), labels))
            return m;
    }
    m = xcalloc(1, sizeof(*m));
    list_init(&m->in_family);
    m->type = type;
    m->labels = xstrdup(labels);
    if (type == HISTOGRAM)
        m->in_bucket = xcalloc(BUCKETS, sizeof(*m->in_bucket));
    list_push(&family->metrics, &m->in_family);
    return m;
}

struct metric *metrics_counter(struct metrics *m, const char *name, const char *labels, const char *help)
{
    return metric_make(m, COUNTER, name, labels, help);
}

struct metric *metrics_gauge(struct metrics *m, const char *name, const char *labels, const char *help)
{
    return metric_make(m, GAUGE, name, labels, help);
}

struct metric *metrics_histogram(struct metrics *m, const char *name, const char *labels, const char *help)
{
    return metric_make(m, HISTOGRAM, name, labels, help);
}

void metrics_announce_histogram(struct metrics *m, const char *name, const char *help)
{
    family_of(m, HISTOGRAM, name, help);
}

void metrics_announce_counter(struct metrics *m, const char *name, const char *help)
{
    family_of(m, COUNTER, name, help);
}

void metric_add(struct metric *c, int64_t n)
{
    assert(c->type == GAUGE || (c->type == COUNTER && n >= 0));
    c->value += n;
}

void metric_set(struct metric *g, int64_t value)
{
    assert(g->type == GAUGE);
    g->value = value;
}

void metric_observe_us(struct metric *h, int64_t us)
{
    assert(h->type == HISTOGRAM);
    h->value++;
    h->sum_us += us;
    for (size_t i = 0; i < BUCKETS; i++) {
        if (us <= buckets[i].us) {
            h->in_bucket[i]++;
            return;
        }
    }
}

int64_t metric_value(const struct metric *m)
{
    return m->value;
}

/* name<suffix>{labels,le="…"}, as far as there are any. */
static void write_name(struct buf *out, const char *name, const char *suffix, const struct metric *m, const char *le)
{
    bool labels = m->labels[0] != '\0';

    buf_cstr(out, name);
    buf_cstr(out, suffix);
    if (labels || le != NULL)
        buf_char(out, '{');
    buf_cstr(out, m->labels);
    if (le != NULL)
        buf_printf(out, "%sle=\"%s\"", labels ? "," : "", le);
    if (labels || le != NULL)
        buf_char(out, '}');
    buf_char(out, ' ');
}

static void write_histogram(struct buf *out, const char *name, const struct metric *m)
{
    int64_t so_far = 0;

    for (size_t i = 0; i < BUCKETS; i++) {
        so_far += m->in_bucket[i];
        write_name(out, name, "_bucket", m, buckets[i].seconds);
        buf_printf(out, "%" PRId64 "\n", so_far);
    }
    write_name(out, name, "_bucket", m, "+Inf");
    buf_printf(out, "%" PRId64 "\n", m->value);
    write_name(out, name, "_sum", m, NULL);
    buf_printf(out, "%" PRId64 ".%06" PRId64 "\n", m->sum_us / 1000000, m->sum_us % 1000000);
    write_name(out, name, "_count", m, NULL);
    buf_printf(out, "%" PRId64 "\n", m->value);
}

void metrics_write(const struct metrics *registry, struct buf *out)
{
    LIST_EACH (&registry->families, f) {
        const struct family *family = LIST_ITEM(f, struct family, in_registry);

        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name,
                   type_names[family->type]);
        LIST_EACH (&family->metrics, it) {
            const struct metric *m = LIST_ITEM(it, struct metric, in_family);

            if (m->type == HISTOGRAM) {
                write_histogram(out, family->name, m);
                continue;
            }
            write_name(out, family->name, "", m, NULL);
            buf_printf(out, "%" PRId64 "\n", m->value);
        }
    }
}
