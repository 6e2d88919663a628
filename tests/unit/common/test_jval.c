/* What jval.h promises. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "jval.h"

static bool parses(struct str text)
{
    struct jval *v = jval_parse(text);
    bool good = v != NULL;

    jval_free(v);
    return good;
}

Test(jval, well_formed_text_parses_whatever_its_top)
{
    static const char *const good[] = {"{}",
                                       "[]",
                                       "\"\"",
                                       "0",
                                       "-0",
                                       "-1",
                                       "1.5e3",
                                       "true",
                                       "null",
                                       " [] ",
                                       "[\n1\t]",
                                       "\"\\u0041\"",
                                       "\"\\ud83d\\ude00\"",
                                       "{\"a\":{\"a\":1}}"};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        cr_assert(parses(str_of(good[i])), "%s", good[i]);
}

Test(jval, what_is_no_strict_json_is_refused)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "{",
                                      "}",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "01",
                                      "+1",
                                      ".5",
                                      "1.",
                                      "NaN",
                                      "Infinity",
                                      "nul",
                                      "[] []",
                                      "{}x",
                                      "// c\n{}",
                                      "\"\n\"",
                                      "\"\\x41\"",
                                      "\"\\ud800\"",
                                      "\"\\udc00\"",
                                      "\"\xff\"",
                                      "\"\xc0\x80\"",
                                      "\"\xed\xa0\x80\"",
                                      "\xef\xbb\xbf{}",
                                      "{\"a\":1,\"a\":2}",
                                      "{\"a\":1,\"\\u0061\":2}",
                                      "\"\\u0000\"",
                                      "{\"\\u0000\":1}",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "1e999",
                                      "[\"abc",
                                      "\"\\"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_assert_not(parses(str_of(bad[i])), "%s", bad[i]);
    cr_assert_not(parses((struct str){NULL, 0}));
    cr_assert_not(parses(STR("{}\0")));
    cr_assert_not(parses(STR("\"a\0b\"")));
}

static void nest(struct buf *b, size_t depth, const char *open, const char *close, const char *inner)
{
    buf_reset(b);
    for (size_t i = 0; i < depth; i++)
        buf_cstr(b, open);
    buf_cstr(b, inner);
    for (size_t i = 0; i < depth; i++)
        buf_cstr(b, close);
}

Test(jval, sixteen_levels_parse_and_seventeen_do_not)
{
    struct buf b = {0};

    nest(&b, JVAL_MAX_DEPTH, "[", "]", "");
    cr_assert(parses(buf_view(&b)));
    nest(&b, JVAL_MAX_DEPTH + 1, "[", "]", "");
    cr_assert_not(parses(buf_view(&b)));
    nest(&b, JVAL_MAX_DEPTH, "{\"k\":", "}", "1");
    cr_assert(parses(buf_view(&b)));
    nest(&b, JVAL_MAX_DEPTH + 1, "{\"k\":", "}", "1");
    cr_assert_not(parses(buf_view(&b)));
    nest(&b, 1000000, "[", "]", "");
    cr_assert_not(parses(buf_view(&b)));
    buf_fini(&b);
}

Test(jval, brackets_inside_strings_are_no_depth)
{
    cr_assert(parses(STR("[\"[[[[[[[[[[[[[[[[[[[[\\\"[[[[{{{{\"]")));
    cr_assert(parses(STR("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]")));
}

Test(jval, members_are_given_by_type_and_not_otherwise)
{
    struct jval *v =
        jval_parse(STR("{\"s\":\"x\\ny\",\"i\":-5,\"b\":true,\"r\":5.0,\"n\":null,\"o\":{\"k\":1},\"a\":[1]}"));
    struct str s = STR("before");
    int64_t i = 77;
    bool b = false;

    cr_assert_not_null(v);
    cr_assert(jval_get_str(v, "s", &s) && str_is(s, "x\ny"));
    cr_assert(jval_get_int(v, "i", &i) && i == -5);
    cr_assert(jval_get_bool(v, "b", &b) && b);
    cr_assert(jval_is_object(jval_get(v, "o")) && jval_is_array(jval_get(v, "a")));
    cr_assert(jval_is_string(jval_get(v, "s")) && jval_is_int(jval_get(v, "i")) && jval_is_bool(jval_get(v, "b")));

    cr_assert_not(jval_get_int(v, "r", &i), "a real is no integer");
    cr_assert_not(jval_is_int(jval_get(v, "r")));
    cr_assert_not(jval_get_int(v, "s", &i));
    cr_assert_not(jval_get_int(v, "b", &i));
    cr_assert_not(jval_get_bool(v, "i", &b));
    cr_assert_not(jval_get_str(v, "i", &s));
    cr_assert_not(jval_get_str(v, "missing", &s));
    cr_assert_null(jval_get(v, "n"), "null is absent");
    cr_assert_eq(i, -5);
    cr_assert(str_is(s, "x\ny"));
    jval_free(v);
}

Test(jval, asking_nothing_or_the_wrong_thing_is_harmless)
{
    struct jval *v = jval_parse(STR("[1,2]"));
    struct str s;
    int64_t i;
    bool b;

    cr_assert_null(jval_get(v, "k"));
    cr_assert_null(jval_get(NULL, "k"));
    cr_assert_null(jval_at(v, 2));
    cr_assert_null(jval_at(NULL, 0));
    cr_assert_eq(jval_count(v), 2);
    cr_assert_eq(jval_count(NULL), 0);
    cr_assert_not(jval_is_object(NULL) || jval_is_array(NULL) || jval_is_string(NULL) || jval_is_int(NULL) ||
                  jval_is_bool(NULL));
    cr_assert_not(jval_str(NULL, &s) || jval_int(NULL, &i) || jval_bool(NULL, &b));
    cr_assert(jval_int(jval_at(v, 1), &i) && i == 2);
    jval_free(v);
    jval_free(NULL);
}

Test(jval, whole_64_bit_integers_are_exact)
{
    struct jval *v = jval_parse(STR("[9223372036854775807,-9223372036854775808,9007199254740993]"));
    int64_t i;

    cr_assert(jval_int(jval_at(v, 0), &i) && i == INT64_MAX);
    cr_assert(jval_int(jval_at(v, 1), &i) && i == INT64_MIN);
    cr_assert(jval_int(jval_at(v, 2), &i) && i == INT64_C(9007199254740993));
    jval_free(v);
}

Test(jval, an_id_is_a_string_of_digits_from_1)
{
    static const char *const bad[] = {"{\"id\":1}",
                                      "{\"id\":\"0\"}",
                                      "{\"id\":\"-1\"}",
                                      "{\"id\":\"01\"}",
                                      "{\"id\":\"\"}",
                                      "{\"id\":\"1a\"}",
                                      "{\"id\":null}",
                                      "{}",
                                      "{\"id\":\"9223372036854775808\"}"};
    struct jval *v = jval_parse(STR("{\"id\":\"9223372036854775807\"}"));
    int64_t id = 5;

    cr_assert(jval_get_id(v, "id", &id) && id == INT64_MAX);
    jval_free(v);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        v = jval_parse(str_of(bad[i]));
        id = 5;
        cr_assert_not(jval_get_id(v, "id", &id), "%s", bad[i]);
        cr_assert_eq(id, 5);
        jval_free(v);
    }
}

static bool add_key(void *arg, struct str key, const struct jval *value)
{
    struct buf *b = arg;
    int64_t i = -1;

    cr_assert(jval_int(value, &i));
    buf_printf(b, "%.*s=%d ", (int)key.n, key.p, (int)i);
    return i < 3;
}

Test(jval, members_are_walked_in_the_order_of_the_text_until_told_to_stop)
{
    struct jval *v = jval_parse(STR("{\"z\":1,\"a\":2,\"m\":3,\"b\":4}"));
    struct buf b = {0};

    jval_each(v, add_key, &b);
    cr_assert_str_eq(buf_c(&b), "z=1 a=2 m=3 ");
    jval_each(NULL, add_key, &b);
    jval_free(v);
    v = jval_parse(STR("[1]"));
    jval_each(v, add_key, &b);
    cr_assert_str_eq(buf_c(&b), "z=1 a=2 m=3 ");
    jval_free(v);
    buf_fini(&b);
}

/* More than one block of memory holds; and each text by itself. */
Test(jval, large_texts_stand_beside_each_other)
{
    enum { MEMBERS = 2000 };
    struct jval *v[2];
    for (int k = 0; k < 2; k++) {
        struct buf text = {0};
        buf_char(&text, '{');
        for (int i = 0; i < MEMBERS; i++)
            buf_printf(&text, "%s\"key-%d\":\"value-%d-%d\"", i ? "," : "", i, k, i);
        buf_char(&text, '}');
        v[k] = jval_parse(buf_view(&text));
        buf_fini(&text);
        cr_assert(v[k] != NULL);
    }
    jval_free(v[0]);
    for (int i = 0; i < MEMBERS; i++) {
        char key[24], value[24];
        struct str got;
        snprintf(key, sizeof key, "key-%d", i);
        snprintf(value, sizeof value, "value-1-%d", i);
        cr_assert(jval_get_str(v[1], key, &got));
        cr_assert(str_is(got, value));
    }
    jval_free(v[1]);
}

Test(jval, a_value_without_memory_is_freed_like_any_other)
{
    static const char *const texts[] = {"true", "false", "null", "7", "\"x\"", "1.5"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct jval *v = jval_parse(str_of(texts[i]));
        cr_assert(v != NULL, "%s", texts[i]);
        jval_free(v);
    }
    jval_free(NULL);
}
