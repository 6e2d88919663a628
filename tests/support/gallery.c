/* What tests of pictures share. */
#include "gallery.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_rows.h"
#include "media_files.h"
#include "uploader.h"

struct gallery g;

void gallery_start(void)
{
    static const char *const env[] = {"PARLEY_MEDIA_SWEEP_S=1", NULL};
    g.stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = 1, .env = env});
    g.media = stack_media_port(g.stack, 0);
    g.port = stack_port(g.stack, 0);
    g.alice = person_register(g.port, "alice");
    g.bob = person_register(g.port, "bob");
    g.carol = person_register(g.port, "carol");
}

void gallery_stop(void)
{
    person_fini(&g.alice);
    person_fini(&g.bob);
    person_fini(&g.carol);
    stack_stop(&g.stack);
}

char *gallery_upload(const struct person *owner, const char *name)
{
    struct buf bytes = {0};
    media_read(name, &bytes);
    char *path = upload_file(g.media, owner->token, name, bytes.p, bytes.n);
    buf_fini(&bytes);
    return path;
}

const char *gallery_id(const char *path)
{
    return path + strlen("/media/files/");
}

int gallery_seen(const struct person *who, const char *path, const char *part)
{
    char full[96];
    snprintf(full, sizeof(full), "%s%s", path, part);
    struct http_answer a = http_ask(g.media, "GET", full, NULL, &(struct http_extra){.token = who ? who->token : NULL});
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

char *gallery_header(const struct person *who, const char *path, const char *name)
{
    struct http_answer a = http_ask(g.media, "GET", path, NULL, &(struct http_extra){.token = who->token});
    char *value = answer_header(&a, name);
    http_answer_fini(&a);
    return value;
}

void gallery_expect_at(const char *came, const char *want, int line)
{
    cr_expect(strcmp(came, want) == 0, "line %d: %s instead of %s", line, came, want);
}

const char *gallery_ask(const struct person *who, const char *method, const char *path, const char *body,
                        const char *file)
{
    static char text[400];
    snprintf(text, sizeof(text), "{%s\"%s\"}", body, file ? gallery_id(file) : "");
    return person_ask(g.port, who, method, path, text);
}

/* As if a day had passed since anybody looked at the file. */
static void let_a_day_pass(const char *file)
{
    free(file_sql(g.stack, "UPDATE media.file SET touched_at = now() - interval '25 hours' WHERE id = '\\x%s'", file));
}

void gallery_wait_freed(const char *file)
{
    let_a_day_pass(file);
    file_sql_until(g.stack, "SELECT count(doomed_at) FROM media.file WHERE id = '\\x%s'", file, "1");
    free(file_sql(g.stack, "UPDATE media.file SET doomed_at = now() - interval '2 hours' WHERE id = '\\x%s'", file));
    file_sql_until(g.stack, "SELECT count(*) FROM media.file WHERE id = '\\x%s'", file, "0");
}

void gallery_wait_kept(const char *file)
{
    let_a_day_pass(file);
    file_sql_until(g.stack,
                   "SELECT touched_at > now() - interval '1 hour' AND doomed_at IS NULL FROM media.file "
                   "WHERE id = '\\x%s'",
                   file, "t");
}

const char *gallery_add(const struct person *who, const char *path, const char *name, const char *file)
{
    char body[200];
    snprintf(body, sizeof(body), "{\"name\":\"%s\",\"file\":\"%s\"}", name, gallery_id(file));
    return person_ask(g.port, who, "POST", path, body);
}

bool gallery_says(const struct person *who, const char *path, const char *text)
{
    struct http_answer a = api(g.port, who->token, "GET", path, NULL);
    bool found = a.status == 200 && strstr(buf_c(&a.body), text);
    http_answer_fini(&a);
    return found;
}
