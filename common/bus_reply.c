/* Builds and reads answers of Redis. */
#include "bus_reply.h"

#include <string.h>

#include "arena.h"

struct bus_reply {
    enum bus_type type;
    int64_t number; /* of a BUS_INTEGER; or how many bytes or elements there are */
    union {
        const char *text;        /* of a BUS_STRING or BUS_ERROR */
        struct bus_reply *items; /* of a BUS_ARRAY */
    };
};

/* The answer itself, and the memory of all its elements, in which this lies, too. */
struct root {
    struct bus_reply reply; /* first: a pointer to one is a pointer to the other */
    struct arena arena;
};

enum { SMALL = 900 }; /* most answers with elements fit: a message of a channel, a short list */

static struct root *root_make(size_t room)
{
    struct arena arena = {0};
    arena_open(&arena, sizeof(struct root) + room);
    struct root *root = arena_take(&arena, sizeof *root);
    root->arena = arena;
    return root;
}

/* ---- what the parser finds ---- */

/* The element's place in its array; or the answer, with so much room behind it. */
static struct bus_reply *place(const redisReadTask *task, enum bus_type type, size_t room)
{
    struct bus_reply *r;
    if (task->parent) {
        struct bus_reply *array = task->parent->obj;
        r = &array->items[task->idx];
    } else {
        r = &root_make(room)->reply;
    }
    *r = (struct bus_reply){.type = type};
    return r;
}

/* Of the answer that `made` is, or is an element of. */
static struct arena *arena_of(const redisReadTask *task, struct bus_reply *made)
{
    void *root = made;
    for (; task->parent; task = task->parent)
        root = task->parent->obj;
    return &((struct root *)root)->arena;
}

static void *on_string(const redisReadTask *task, char *text, size_t n)
{
    struct bus_reply *r = place(task, task->type == REDIS_REPLY_ERROR ? BUS_ERROR : BUS_STRING, n + 1);
    char *copy = arena_take(arena_of(task, r), n + 1);
    memcpy(copy, text, n);
    copy[n] = '\0';
    r->number = (int64_t)n;
    r->text = copy;
    return r;
}

/* Up to 0.14 counts are int. */
#if HIREDIS_MAJOR < 1
typedef int items_count;
#else
typedef size_t items_count;
#endif

static void *on_array(const redisReadTask *task, items_count count)
{
    size_t n = (size_t)count;
    if (n > BUS_REPLY_ITEMS_MAX)
        return NULL;
    struct bus_reply *r = place(task, BUS_ARRAY, SMALL);
    r->number = (int64_t)n;
    r->items = arena_take(arena_of(task, r), n * sizeof *r->items);
    return r;
}

static void *on_integer(const redisReadTask *task, long long value)
{
    struct bus_reply *r = place(task, BUS_INTEGER, 0);
    r->number = value;
    return r;
}

static void *on_nil(const redisReadTask *task)
{
    return place(task, BUS_NIL, 0);
}

/* Of RESP3, which nobody asks for. */
#if HIREDIS_MAJOR >= 1
static void *on_double(const redisReadTask *task, double value, char *text, size_t n)
{
    (void)value;
    (void)text;
    (void)n;
    return on_nil(task);
}

static void *on_bool(const redisReadTask *task, int value)
{
    (void)value;
    return on_nil(task);
}
#endif

static void on_free(void *reply)
{
    bus_reply_free(reply);
}

redisReader *bus_reply_reader(void)
{
    static redisReplyObjectFunctions functions = {
        .createString = on_string,
        .createArray = on_array,
        .createInteger = on_integer,
        .createNil = on_nil,
#if HIREDIS_MAJOR >= 1
        .createDouble = on_double,
        .createBool = on_bool,
#endif
        .freeObject = on_free
    };
    return redisReaderCreateWithFunctions(&functions);
}

void bus_reply_free(struct bus_reply *reply)
{
    if (!reply)
        return;
    struct arena arena = ((struct root *)(void *)reply)->arena;
    arena_free(&arena);
}

/* ---- reading ---- */

enum bus_type bus_type(const struct bus_reply *r)
{
    return r ? r->type : BUS_NIL;
}

struct str bus_str(const struct bus_reply *r)
{
    enum bus_type type = bus_type(r);
    return type == BUS_STRING || type == BUS_ERROR ? (struct str){r->text, (size_t)r->number} : STR("");
}

int64_t bus_int(const struct bus_reply *r)
{
    int64_t value = 0;
    if (bus_type(r) == BUS_INTEGER)
        return r->number;
    str_i64(bus_str(r), &value);
    return value;
}

size_t bus_count(const struct bus_reply *r)
{
    return bus_type(r) == BUS_ARRAY ? (size_t)r->number : 0;
}

const struct bus_reply *bus_at(const struct bus_reply *r, size_t i)
{
    return i < bus_count(r) ? &r->items[i] : NULL;
}
