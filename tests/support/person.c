/* A registered, logged-in person for tests. */
#include "person.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "alloc.h"

static struct person from_login(const struct http_answer *a, const char *name)
{
    struct person p = {.name = xstrdup(name), .token = answer_text(a, "access_token")};
    struct str id = {"", 0};
    jval_get_str(jval_get(a->json, "user"), "id", &id);
    p.id = xstrndup(id);
    p.session = answer_text(a, "session");
    p.refresh = answer_cookie(a, "parley_refresh");
    return p;
}

static struct person enter(int port, const char *name, const char *path, int status)
{
    struct http_answer a = api(port, NULL, "POST", path, "{\"username\":\"%s\",\"password\":\"" PASSWORD "\"}", name);
    cr_assert_eq(a.status, status, "%s %s: %d %s", path, name, a.status, buf_c(&a.body));
    struct person p = from_login(&a, name);
    http_answer_fini(&a);
    return p;
}

struct person person_register(int port, const char *name)
{
    return enter(port, name, "/auth/register", 201);
}

struct person person_login(int port, const char *name)
{
    return enter(port, name, "/auth/login", 200);
}

void person_fini(struct person *p)
{
    free(p->name);
    free(p->id);
    free(p->token);
    free(p->session);
    free(p->refresh);
    *p = (struct person){0};
}

static char *id_of(struct http_answer *a, int status)
{
    cr_assert_eq(a->status, status, "%d %s", a->status, buf_c(&a->body));
    char *id = answer_text(a, "id");
    http_answer_fini(a);
    return id;
}

char *room_create(int port, const struct person *p, const char *name, const char *kind)
{
    struct http_answer a = api(port, p->token, "POST", "/rooms", "{\"name\":\"%s\",\"kind\":\"%s\"}", name, kind);
    return id_of(&a, 201);
}

char *room_dm(int port, const struct person *p, const struct person *other)
{
    struct http_answer a = api(port, p->token, "POST", "/dms", "{\"user\":\"%s\"}", other->id);
    return id_of(&a, 200);
}

void room_join(int port, const struct person *p, const char *room)
{
    struct buf path = {0};
    buf_printf(&path, "/rooms/%s/join", room);
    struct http_answer a = api(port, p->token, "POST", buf_c(&path), "{}");
    free(id_of(&a, 200));
    buf_fini(&path);
}

int64_t room_post(int port, const struct person *p, const char *room, const char *text)
{
    struct buf path = {0};
    buf_printf(&path, "/rooms/%s/messages", room);
    char *cmid = new_cmid();
    struct http_answer a = api(port, p->token, "POST", buf_c(&path), "{\"cmid\":\"%s\",\"body\":\"%s\"}", cmid, text);
    cr_assert_eq(a.status, 201, "%d %s", a.status, buf_c(&a.body));
    int64_t seq = answer_int(&a, "seq");
    http_answer_fini(&a);
    free(cmid);
    buf_fini(&path);
    return seq;
}

const char *person_ask(int port, const struct person *p, const char *method, const char *path, const char *body)
{
    static char texts[2][96];
    static unsigned turn;
    char *text = texts[turn++ % 2];
    const char *token = p ? p->token : NULL;
    struct http_answer a = body ? api(port, token, method, path, "%s", body) : api(port, token, method, path, NULL);
    char *code = answer_text(&a, "code");
    snprintf(text, sizeof texts[0], "%d%s%s", a.status, a.status >= 400 ? " " : "", a.status >= 400 ? code : "");
    free(code);
    http_answer_fini(&a);
    return text;
}

char *new_cmid(void)
{
    unsigned char r[16];
    cr_assert_eq(getrandom(r, sizeof r, 0), (ssize_t)sizeof r);
    struct buf b = {0};
    for (size_t i = 0; i < sizeof r; i++)
        buf_printf(&b, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", (unsigned)r[i]);
    char *text = xstrdup(buf_c(&b));
    buf_fini(&b);
    return text;
}
