/* Judges addresses by tables of networks. */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct network {
    unsigned bits;
    unsigned char bytes[6]; /* as many as the longest of them needs */
};

static const struct network refused4[] = {
    {8, {0}},                 /* this network */
    {8, {10}},                /* private */
    {10, {100, 64}},          /* between a provider and its customers */
    {8, {127}},               /* this machine */
    {32, {168, 63, 129, 16}}, /* public by number, and the inside of a cloud */
    {16, {169, 254}},         /* this link, and the metadata of clouds */
    {12, {172, 16}},          /* private */
    {24, {192, 0, 0}},        /* of protocols */
    {24, {192, 0, 2}},        /* of examples */
    {24, {192, 31, 196}},     /* answers for private networks */
    {24, {192, 52, 193}},     /* tunnels */
    {24, {192, 88, 99}},      /* 6to4 relays */
    {16, {192, 168}},         /* private */
    {24, {192, 175, 48}},     /* answers for private networks */
    {15, {198, 18}},          /* of measurements */
    {24, {198, 51, 100}},     /* of examples */
    {24, {203, 0, 113}},      /* of examples */
    {4, {224}},               /* many at once */
    {4, {240}},               /* kept for later, and everybody */
};

static const struct network given6 = {3, {0x20}};
static const struct network refused6[] = {
    {23, {0x20, 0x01, 0x00, 0x00}},             /* of protocols: Teredo, measurements, ORCHID */
    {32, {0x20, 0x01, 0x0d, 0xb8}},             /* of examples */
    {16, {0x20, 0x02}},                         /* 6to4: an IPv4 address within */
    {48, {0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}}, /* answers for private networks */
    {20, {0x3f, 0xff}},                         /* of examples */
};

static bool within(const struct network *n, const unsigned char *address)
{
    size_t whole = n->bits / 8;
    unsigned rest = n->bits % 8;
    unsigned mask = rest > 0 ? 0xffU << (8 - rest) & 0xffU : 0;
    return memcmp(n->bytes, address, whole) == 0 && (rest == 0 || ((n->bytes[whole] ^ address[whole]) & mask) == 0);
}

static bool within_any(const struct network *list, size_t count, const unsigned char *address)
{
    for (size_t i = 0; i < count; i++)
        if (within(&list[i], address))
            return true;
    return false;
}

bool address_is_public(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return !within_any(refused4, sizeof refused4 / sizeof *refused4, (const unsigned char *)&v4.sin_addr);
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(&v6, address, sizeof v6);
    return v6.sin6_scope_id == 0 && within(&given6, v6.sin6_addr.s6_addr) &&
           !within_any(refused6, sizeof refused6 / sizeof *refused6, v6.sin6_addr.s6_addr);
}

static void print(const struct sockaddr *address, char *text_r, size_t max)
{
    char host[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    *text_r = '\0';
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
        snprintf(text_r, max, "%s:%u", host, ntohs(v4.sin_port));
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
        snprintf(text_r, max, "[%s]:%u", host, ntohs(v6.sin6_port));
    }
}

bool address_is_listed(const struct sockaddr *address, const char *list)
{
    char text[INET6_ADDRSTRLEN + 10];
    print(address, text, sizeof text);
    size_t n = strlen(text);
    while (n > 0 && *list != '\0') {
        size_t item = strcspn(list, ",");
        if (item == n && memcmp(list, text, n) == 0)
            return true;
        list += item + (list[item] == ',');
    }
    return false;
}
