/* What map.h promises. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "map.h"

static int values[5000];

Test(map, a_string_key_is_copied_and_compared_by_all_its_bytes)
{
    struct strmap *map;
    char key[] = "ab\0c";

    strmap_create(&map);
    cr_assert_null(strmap_put(map, (struct str){key, 4}, &values[1]));
    key[0] = 'x';
    cr_assert_eq(strmap_get(map, STR("ab\0c")), &values[1]);
    cr_assert_null(strmap_get(map, STR("ab")));
    cr_assert_null(strmap_get(map, (struct str){key, 4}));
    strmap_destroy(&map);
    cr_assert_null(map);
    strmap_destroy(&map);
}

Test(map, the_empty_string_is_a_key)
{
    struct strmap *map;

    strmap_create(&map);
    cr_assert_null(strmap_get(map, (struct str){NULL, 0}));
    cr_assert_null(strmap_put(map, (struct str){NULL, 0}, &values[1]));
    cr_assert_eq(strmap_get(map, STR("")), &values[1]);
    cr_assert_eq(strmap_del(map, STR("")), &values[1]);
    cr_assert_eq(strmap_count(map), 0);
    strmap_destroy(&map);
}

Test(map, putting_again_replaces_and_tells_the_old_value)
{
    struct strmap *map;

    strmap_create(&map);
    strmap_put(map, STR("k"), &values[1]);
    cr_assert_eq(strmap_put(map, STR("k"), &values[2]), &values[1]);
    cr_assert_eq(strmap_get(map, STR("k")), &values[2]);
    cr_assert_eq(strmap_count(map), 1);
    cr_assert_eq(strmap_del(map, STR("k")), &values[2]);
    cr_assert_null(strmap_del(map, STR("k")));
    strmap_destroy(&map);
}

Test(map, thousands_of_string_keys_are_all_found_and_counted)
{
    struct strmap *map;
    char key[32];

    strmap_create(&map);
    for (int i = 0; i < 5000; i++) {
        int n = snprintf(key, sizeof(key), "key-%d", i);

        cr_assert_null(strmap_put(map, (struct str){key, (size_t)n}, &values[i]));
    }
    cr_assert_eq(strmap_count(map), 5000);
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof(key), "key-%d", i);
        cr_assert_eq(strmap_get(map, str_of(key)), &values[i]);
    }
    strmap_destroy(&map);
}

struct walk {
    struct strmap *strings;
    struct idmap *ids;
    size_t calls, limit;
};

static bool delete_this(void *arg, struct str key, void *value)
{
    struct walk *w = arg;

    w->calls++;
    cr_assert_eq(strmap_del(w->strings, key), value);
    return w->calls < w->limit;
}

Test(map, walking_strings_may_delete_the_entry_it_stands_on_and_may_stop)
{
    struct walk w = {.limit = 30};
    char key[32];

    strmap_create(&w.strings);
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof(key), "%d", i);
        strmap_put(w.strings, str_of(key), &values[i]);
    }
    strmap_each(w.strings, delete_this, &w);
    cr_assert_eq(w.calls, 30);
    cr_assert_eq(strmap_count(w.strings), 70);
    w.limit = 1000;
    strmap_each(w.strings, delete_this, &w);
    cr_assert_eq(w.calls, 100);
    cr_assert_eq(strmap_count(w.strings), 0);
    strmap_each(w.strings, delete_this, &w);
    cr_assert_eq(w.calls, 100);
    strmap_destroy(&w.strings);
}

static bool delete_this_id(void *arg, uint64_t key, void *value)
{
    struct walk *w = arg;

    w->calls++;
    cr_assert_eq(idmap_del(w->ids, key), value);
    return true;
}

Test(map, number_keys_of_all_sizes_are_told_apart)
{
    static const uint64_t keys[] = {0, 1, UINT64_C(1) << 32, UINT64_C(1) << 63, UINT64_MAX};
    struct walk w = {0};

    idmap_create(&w.ids);
    for (size_t i = 0; i < 5; i++)
        cr_assert_null(idmap_put(w.ids, keys[i], &values[i]));
    for (size_t i = 0; i < 5; i++)
        cr_assert_eq(idmap_get(w.ids, keys[i]), &values[i]);
    cr_assert_null(idmap_get(w.ids, 2));
    cr_assert_eq(idmap_put(w.ids, 0, &values[9]), &values[0]);
    cr_assert_eq(idmap_count(w.ids), 5);
    cr_assert_null(idmap_del(w.ids, 7));
    idmap_each(w.ids, delete_this_id, &w);
    cr_assert_eq(w.calls, 5);
    cr_assert_eq(idmap_count(w.ids), 0);
    idmap_destroy(&w.ids);
    cr_assert_null(w.ids);
}

Test(map, destroying_a_full_map_frees_it_and_not_its_values)
{
    struct idmap *map;

    idmap_create(&map);
    for (uint64_t i = 0; i < 1000; i++)
        idmap_put(map, i * 1000003, &values[i]);
    values[7] = 42;
    idmap_destroy(&map);
    cr_assert_eq(values[7], 42);
}
