/* What a stranger's HTTP bytes become. Property: whatever is taken obeys the rules that the rest of the server relies
 * on, and does not depend on how the bytes were cut into packets. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "http_address.h"
#include "http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

static bool inside(struct str part, struct str whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

/* The same bytes in two packets have the same end. */
static void check_cut(struct str s, size_t cut, int err, size_t length)
{
    size_t scanned = 0, first = 0, second = 0;
    int first_err = http_head_length((struct str){s.p, cut}, &scanned, &first);
    if (first_err) {
        CHECK(err == first_err);
        return;
    }
    if (first > 0) {
        CHECK(err == 0 && first == length);
        return;
    }
    CHECK(http_head_length(s, &scanned, &second) == err);
    CHECK(err || second == length);
}

static void check_target(struct str target)
{
    struct buf path = {0}, again = {0};
    struct str query, value;
    if (http_target_split(target, &path, &query) == 0) {
        struct str p = buf_view(&path);
        CHECK(p.n > 0 && p.p[0] == '/' && str_utf8(p));
        CHECK(memchr(p.p, '\0', p.n) == NULL);
        CHECK(memmem(p.p, p.n, "//", 2) == NULL && memmem(p.p, p.n, "/../", 4) == NULL);
        CHECK(p.n < 3 || memcmp(p.p + p.n - 3, "/..", 3) != 0);
        /* Encoded again, every byte, it is the same path. */
        for (size_t i = 0; i < p.n; i++)
            buf_printf(&again, i == 0 ? "%c" : "%%%02x", (unsigned char)p.p[i]);
        struct buf twice = {0};
        CHECK(http_target_split(buf_view(&again), &twice, &value) == 0);
        CHECK(str_eq(buf_view(&twice), p));
        buf_fini(&twice);

        struct http_params params = {0};
        if (http_params_parse(query, &params) == 0) {
            CHECK(params.count <= HTTP_QUERY_MAX_PARAMS);
            CHECK(params.text.n <= query.n);
            CHECK(params.text.n == 0 || str_utf8(buf_view(&params.text)));
        }
        http_params_fini(&params);
    }
    buf_fini(&path);
    buf_fini(&again);
}

static void check_head(struct str bytes)
{
    struct http_head head;
    size_t length = SIZE_MAX;
    if (http_head_parse(bytes, &head) != 0)
        return;
    CHECK(head.count <= HTTP_HEAD_MAX_HEADERS && head.target.n <= HTTP_TARGET_MAX_BYTES);
    CHECK(inside(head.method, bytes) && inside(head.target, bytes));
    for (size_t i = 0; i < head.count; i++) {
        struct http_field f = head.fields[i];
        CHECK(f.name.n > 0 && inside(f.name, bytes) && inside(f.value, bytes));
        CHECK(f.name.p + f.name.n < f.value.p || f.value.n == 0);
        for (size_t k = 0; k < f.value.n; k++)
            CHECK(f.value.p[k] != '\r' && f.value.p[k] != '\n' && f.value.p[k] != '\0');
    }
    CHECK(head.http10 || http_head_has(&head, "host"));
    int err = http_body_length(&head, 1000, &length);
    CHECK(err ? length == 0 : length <= 1000);
    /* A body's length is never read from two places, nor guessed from an encoding. */
    CHECK(!http_head_has(&head, "transfer-encoding") || err);
    http_keep_alive(&head);
    check_target(head.target);

    struct http_networks trusted;
    struct str bad;
    struct http_address peer, client;
    char text[HTTP_ADDRESS_MAX];
    CHECK(http_networks_parse("10.0.0.0/8", &trusted, &bad) && http_address_parse(STR("10.0.0.1"), &peer));
    client = http_client_address(&trusted, &peer, http_head_last(&head, "x-forwarded-for"));
    http_address_print(&client, text);
    http_networks_fini(&trusted);
    struct str origin = http_head_get(&head, "origin"), host = http_head_get(&head, "host");
    bool secure = http_origin_allowed(origin, host, true, "https://a.example");
    /* What passes over TLS passes without it too. */
    CHECK(!secure || http_origin_allowed(origin, host, false, "https://a.example"));
}

static void check_address(struct str text)
{
    struct http_address address, again;
    struct http_network network;
    char printed[HTTP_ADDRESS_MAX];
    if (http_address_parse(text, &address)) {
        http_address_print(&address, printed);
        CHECK(http_address_parse(str_of(printed), &again));
        CHECK(memcmp(&address, &again, sizeof(address)) == 0);
    }
    if (http_network_parse(text, &network))
        CHECK(network.bits <= 128 && http_network_has(&network, &network.address));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of exactly this size, so that reading one byte too far is seen. */
    char *copy = malloc(size + 1);
    CHECK(copy != NULL);
    memcpy(copy, data, size);
    struct str s = {copy, size};
    size_t scanned = 0, length = 0;
    int err = http_head_length(s, &scanned, &length);
    CHECK(length <= size && length <= HTTP_HEAD_MAX_BYTES + (err ? size : 0));
    if (size > 0)
        check_cut(s, data[size - 1] * size / 256, err, length);
    if (!err && length > 0)
        check_head((struct str){s.p, length});
    check_head(s);
    check_target(s);
    check_address(s);
    free(copy);
    return 0;
}
