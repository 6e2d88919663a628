/* Adds up what the processes of a run saw and prints it. */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "dialect.h"
#include "jsonw.h"

static void add(struct slot *sum, const struct slot *slot)
{
    sum->counted += slot->counted;
    sum->missing += slot->missing;
    sum->again += slot->again;
    sum->refused += slot->refused;
    sum->unfinished += slot->unfinished;
    sum->tries += slot->tries;
    sum->cpu_s += slot->cpu_s;
    sum->reads += slot->reads;
    atomic_fetch_add(&sum->seen, atomic_load(&slot->seen));
    if (slot->last_us > sum->last_us)
        sum->last_us = slot->last_us;
    if (*slot->trouble && !*sum->trouble)
        memcpy(sum->trouble, slot->trouble, sizeof(sum->trouble));
    histogram_merge(&sum->delivery, &slot->delivery);
    histogram_merge(&sum->answers.ack, &slot->answers.ack);
    histogram_merge(&sum->answers.queue, &slot->answers.queue);
    histogram_merge(&sum->answers.commit, &slot->answers.commit);
    histogram_merge(&sum->answers.server, &slot->answers.server);
    histogram_merge(&sum->ready_after, &slot->ready_after);
    histogram_merge(&sum->history, &slot->history);
    histogram_merge(&sum->search, &slot->search);
    for (size_t i = 0; i < ACTS; i++)
        sum->acts[i] += slot->acts[i];
}

static void put_number(struct jsonw *w, const char *key, double value)
{
    char text[32];
    snprintf(text, sizeof(text), "%.3f", value);
    jsonw_raw(w, key, str_of(text));
}

static void put_times(struct jsonw *w, const char *key, const struct histogram *h)
{
    if (h->count == 0)
        return;
    jsonw_obj(w, key);
    jsonw_int(w, "count", (int64_t)h->count);
    jsonw_int(w, "p50_us", histogram_quantile(h, 0.5));
    jsonw_int(w, "p90_us", histogram_quantile(h, 0.9));
    jsonw_int(w, "p99_us", histogram_quantile(h, 0.99));
    jsonw_int(w, "p999_us", histogram_quantile(h, 0.999));
    jsonw_int(w, "max_us", h->max_us);
    jsonw_obj_end(w);
}

static double time_of(const struct process_stat *stat)
{
    return stat->user_s + stat->system_s;
}

static void put_watched(struct jsonw *w, const struct report *r)
{
    jsonw_arr(w, "watched");
    for (size_t i = 0; i < r->options->watched_count; i++) {
        jsonw_obj(w, NULL);
        jsonw_cstr(w, "name", r->options->watched_names[i]);
        jsonw_int(w, "pid", r->options->watched[i]);
        put_number(w, "connect_cpu_s", time_of(&r->settled[i]) - time_of(&r->before[i]));
        put_number(w, "cpu_s", time_of(&r->until[i]) - time_of(&r->from[i]));
        put_number(w, "user_s", r->until[i].user_s - r->from[i].user_s);
        put_number(w, "system_s", r->until[i].system_s - r->from[i].system_s);
        jsonw_int(w, "rss_before", r->before[i].rss);
        jsonw_int(w, "rss_settled", r->settled[i].rss);
        jsonw_int(w, "rss_until", r->until[i].rss);
        jsonw_obj_end(w);
    }
    jsonw_arr_end(w);
}

static void put_kernel(struct jsonw *w, const struct report *r)
{
    jsonw_obj(w, "kernel");
    jsonw_int(w, "slab_before", r->kernel_before.slab);
    jsonw_int(w, "slab_settled", r->kernel_settled.slab);
    jsonw_int(w, "buffers_before", r->kernel_before.buffers);
    jsonw_int(w, "buffers_settled", r->kernel_settled.buffers);
    jsonw_obj_end(w);
}

static bool is_good(const struct report *r, const struct slot *sum)
{
    return r->ready && r->done && sum->missing + sum->again + sum->refused + sum->unfinished == 0;
}

static void put_run(struct jsonw *w, const struct report *r, const struct slot *sum)
{
    const struct options *o = r->options;
    double counted_s = (double)(sum->last_us - r->board->from_us) / 1e6;
    jsonw_cstr(w, "dialect", o->plan.dialect->name);
    jsonw_int(w, "clients", o->clients);
    jsonw_int(w, "processes", o->processes);
    if (o->rate > 0)
        put_number(w, "rate", o->rate);
    jsonw_int(w, "window", o->window);
    jsonw_int(w, "size", o->size);
    put_number(w, "connect_s", r->connect_s);
    put_number(w, "run_s", r->run_s);
    put_number(w, "counted_s", counted_s > 0 ? counted_s : 0);
    jsonw_int(w, "counted", (int64_t)sum->counted);
    jsonw_int(w, "seen", (int64_t)atomic_load(&sum->seen));
    jsonw_int(w, "reads", (int64_t)sum->reads);
    jsonw_int(w, "missing", (int64_t)sum->missing);
    jsonw_int(w, "again", (int64_t)sum->again);
    jsonw_int(w, "refused", (int64_t)sum->refused);
    jsonw_int(w, "unfinished", (int64_t)sum->unfinished);
    jsonw_int(w, "tries", (int64_t)sum->tries);
    /* Of the clients: where it is near the length of the run, they are what was measured. */
    put_number(w, "own_cpu_s", sum->cpu_s);
}

static void put_acts(struct jsonw *w, const struct slot *sum)
{
    static const char *const names[ACTS] = {"typing", "messages", "switches",  "searches",
                                            "idle",   "leaves",   "delivered", "read"};
    jsonw_obj(w, "acts");
    for (size_t i = 0; i < ACTS; i++)
        jsonw_int(w, names[i], (int64_t)sum->acts[i]);
    jsonw_obj_end(w);
}

/* Every answered message has its number in its room, and nothing else has. */
static uint64_t unstored(const struct report *r, const struct slot *sum)
{
    uint64_t stored = 0, answered = atomic_load(&sum->seen);
    for (size_t i = 0; i < BOARD_ROOMS; i++)
        if (atomic_load(&r->board->heads[i]) > 0)
            stored += atomic_load(&r->board->heads[i]) - (uint64_t)r->options->past;
    return stored > answered ? stored - answered : answered - stored;
}

bool report_print(const struct report *r)
{
    struct slot *sum = xcalloc(1, sizeof(*sum));
    for (size_t i = 0; i < (size_t)r->options->processes; i++)
        add(sum, &r->board->slots[i]);
    if (r->options->mode == MODE_DAY)
        sum->missing += unstored(r, sum);
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    bool good = is_good(r, sum);
    jsonw_obj(&w, NULL);
    jsonw_bool(&w, "good", good);
    jsonw_bool(&w, "ready", r->ready);
    jsonw_bool(&w, "done", r->done);
    put_run(&w, r, sum);
    put_times(&w, "delivery", &sum->delivery);
    put_times(&w, "ack", &sum->answers.ack);
    put_times(&w, "ack_queue", &sum->answers.queue);
    put_times(&w, "ack_commit", &sum->answers.commit);
    put_times(&w, "ack_server", &sum->answers.server);
    put_times(&w, "ready_after", &sum->ready_after);
    put_times(&w, "history", &sum->history);
    put_times(&w, "search", &sum->search);
    if (r->options->mode == MODE_DAY)
        put_acts(&w, sum);
    put_kernel(&w, r);
    put_watched(&w, r);
    /* What a server says may be no UTF-8: only what is ASCII is told. */
    for (char *c = sum->trouble; *c; c++)
        *c = *c > 0 ? *c : '?';
    if (*sum->trouble)
        jsonw_cstr(&w, "trouble", sum->trouble);
    jsonw_obj_end(&w);
    puts(buf_c(&text));
    buf_fini(&text);
    free(sum);
    return good;
}
