/* Previews of links: who gets one, who sees it, when it goes, and that nobody inside is ever asked for anything. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failpoints.h"
#include "page_server.h"
#include "person.h"
#include "stack.h"

enum { WAIT_MS = 30000 };

static struct stack *stack;
static struct page_server *world, *inside;
static struct person alice, bob, carol;
static char *room, site[64], allowed[96];
static const char *env[3] = {allowed, NULL, NULL};
static int port;

static void start_with(const char *more)
{
    /* The world is one address of this machine that the worker is allowed, and no other. */
    world = page_server_start("127.0.0.2", 0);
    inside = page_server_start("127.0.0.1", 0);
    snprintf(site, sizeof site, "http://127.0.0.2:%d", page_server_port(world));
    snprintf(allowed, sizeof allowed, "PARLEY_UNFURL_ALLOW=%s", site + strlen("http://"));
    env[1] = more;
    stack =
        stack_start(&(struct stack_options){.gateways = 1, .msg_svcs = 2, .media_svcs = 1, .unfurls = 1, .env = env});
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    carol = person_register(port, "carol");
    room = room_create(port, &alice, "links", "private");
    char path[128], body[64];
    snprintf(path, sizeof path, "/rooms/%s/members", room);
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", bob.id);
    cr_assert_str_eq(person_ask(port, &alice, "POST", path, body), "204");
}

static void start(void)
{
    start_with(NULL);
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
    page_server_stop(&world);
    page_server_stop(&inside);
}

TestSuite(previews, .init = start, .fini = stop, .timeout = 300);

/* ---- what is there ---- */

static int64_t post(const struct person *who, const char *words, const char *path)
{
    char text[512];
    snprintf(text, sizeof text, "%s%s%s", words, path[0] != '\0' ? site : "", path);
    return room_post(port, who, room, text);
}

/* What SQL finds of a message, which it ends with, in a buffer that lives until the next but three. */
static const char *of_message(const char *sql, int64_t seq)
{
    static char values[4][512];
    static unsigned next;
    char *value = values[next++ % 4], text[1024];
    snprintf(text, sizeof text, "%s (%s, %lld)", sql, room, (long long)seq);
    char *found = stack_sql(stack, text);
    snprintf(value, sizeof values[0], "%s", found);
    free(found);
    return value;
}

struct wish {
    const char *sql, *value;
    int64_t seq;
};

static bool is_so(void *arg)
{
    const struct wish *w = arg;
    return strcmp(of_message(w->sql, w->seq), w->value) == 0;
}

static void wait_until(const char *sql, int64_t seq, const char *value)
{
    struct wish w = {.sql = sql, .value = value, .seq = seq};
    cr_assert(stack_until(is_so, &w, WAIT_MS), "%lld: \"%s\" is not \"%s\" (%s)", (long long)seq, of_message(sql, seq),
              value, sql);
}

#define STATE "SELECT state FROM chat.links WHERE (room_id, seq) ="
#define TITLE "SELECT preview ->> 'title' FROM chat.changes WHERE (room_id, seq) ="
#define IN_LOG "SELECT count(*) FROM chat.events WHERE data ? 'preview' AND (room_id, about) ="
#define IMAGE "SELECT preview #>> '{image,id}' FROM chat.changes WHERE (room_id, seq) ="

/* The preview of a message as a member reads it; "" when there is none. */
static const char *shown_to(const struct person *who, int64_t seq, const char *member)
{
    static char value[512];
    char path[128];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld", room, (long long)seq);
    struct http_answer a = api(port, who->token, "GET", path, NULL);
    struct str text = {"", 0};
    jval_get_str(jval_get(jval_get(a.json, "state"), "preview"), member, &text);
    snprintf(value, sizeof value, "%.*s", (int)text.n, text.p);
    http_answer_fini(&a);
    return value;
}

static int see(const struct person *who, const char *file)
{
    char path[128];
    snprintf(path, sizeof path, "/media/files/%s", file);
    struct http_answer a =
        http_ask(stack_media_port(stack, 0), "GET", path, NULL, &(struct http_extra){.token = who->token});
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

static const char *act(const struct person *who, const char *method, int64_t seq, const char *what, const char *body)
{
    char path[128];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld%s", room, (long long)seq, what);
    return person_ask(port, who, method, path, body);
}

static void edit(const struct person *who, int64_t seq, const char *words, const char *path)
{
    char text[512], body[600];
    snprintf(text, sizeof text, "%s%s%s", words, path[0] != '\0' ? site : "", path);
    snprintf(body, sizeof body, "{\"body\":\"%s\"}", text);
    cr_assert_str_eq(act(who, "PATCH", seq, "", body), "204");
}

/* What the worker says of a link: its status. */
static int ask_worker(const char *url)
{
    struct http_answer a = http_ask(stack_unfurl_port(stack), "POST", "/preview", url, NULL);
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

/* ---- the card ---- */

Test(previews, a_link_gets_a_card_whose_image_only_those_see_who_read_the_message)
{
    int64_t seq = post(&alice, "see (", "/page?one).");
    wait_until(TITLE, seq, "Page one");
    cr_expect_str_eq(shown_to(&bob, seq, "title"), "Page one");
    cr_expect_str_eq(shown_to(&bob, seq, "description"), "Words of page one & more");
    cr_expect_str_eq(shown_to(&bob, seq, "site"), "The Site");
    const char *image = of_message(IMAGE, seq);
    cr_assert_eq(strlen(image), 32, "%s", image);
    cr_expect_eq(see(&alice, image), 200);
    cr_expect_eq(see(&bob, image), 200);
    cr_expect_eq(see(&carol, image), 404);
    char *type = stack_sql(stack, "SELECT concat_ws(' ', type, width, height, owner) FROM media.file");
    cr_expect_str_eq(type, "image/webp 480 270 0");
    free(type);

    /* The same link again is not asked for again, whoever writes it. */
    seq = post(&bob, "and ", "/page?one");
    wait_until(TITLE, seq, "Page one");
    cr_expect_eq(page_server_asked(world, "/page?one"), 1);
    cr_expect_eq(page_server_asked(world, "/image.png"), 1);

    /* A deleted message leaves nothing of it. */
    cr_expect_str_eq(act(&bob, "DELETE", seq, "", NULL), "204");
    cr_expect_str_eq(of_message(TITLE, seq), "");
    cr_expect_str_eq(of_message(STATE, seq), "");
    cr_expect_str_eq(of_message("SELECT count(*) FROM chat.file_use WHERE (room, seq) =", seq), "0");
    cr_expect_str_eq(of_message(IN_LOG, seq), "0");
}

Test(previews, of_a_picture_that_is_none_and_of_words_alone_there_is_a_card_without_one)
{
    int64_t lies = post(&alice, "", "/lies"), words = post(&alice, "", "/words?two");
    wait_until(TITLE, lies, "Page that lies");
    wait_until(TITLE, words, "Page two");
    cr_expect_str_eq(of_message(IMAGE, lies), "");
    cr_expect_str_eq(of_message(IMAGE, words), "");
    int64_t none = post(&alice, "", "/none"), text = post(&alice, "", "/text");
    wait_until(STATE, none, "2");
    wait_until(STATE, text, "2");
    cr_expect_str_eq(of_message(TITLE, none), "");
    cr_expect_str_eq(of_message(TITLE, text), "");
}

Test(previews, the_card_goes_with_its_link_and_stays_away_when_somebody_took_it_away)
{
    int64_t seq = post(&bob, "see ", "/page?one");
    wait_until(TITLE, seq, "Page one");
    char *image = strdup(of_message(IMAGE, seq));
    edit(&bob, seq, "look at ", "/page?one");
    cr_expect_str_eq(shown_to(&alice, seq, "title"), "Page one", "other words, the same link");
    edit(&bob, seq, "look at ", "/words?two");
    cr_expect_eq(see(&alice, image), 404, "the image of a link that is gone");
    wait_until(TITLE, seq, "Page two");
    edit(&bob, seq, "no link", "");
    cr_expect_str_eq(shown_to(&alice, seq, "title"), "");
    cr_expect_str_eq(of_message(STATE, seq), "");

    edit(&bob, seq, "again ", "/page?one");
    wait_until(TITLE, seq, "Page one");
    cr_expect_str_eq(act(&carol, "DELETE", seq, "/preview", NULL), "404 room_not_found");
    cr_expect_str_eq(act(&carol, "DELETE", 999, "/preview", NULL), "404 room_not_found");
    int64_t hers = post(&alice, "", "/page?one");
    cr_expect_str_eq(act(&bob, "DELETE", hers, "/preview", NULL), "403 forbidden");
    cr_expect_str_eq(act(&bob, "DELETE", 999, "/preview", NULL), "404 message_not_found");
    cr_expect_str_eq(act(&bob, "DELETE", seq, "/preview", NULL), "204");
    cr_expect_str_eq(act(&bob, "DELETE", seq, "/preview", NULL), "204", "twice is once");
    cr_expect_str_eq(shown_to(&alice, seq, "title"), "");
    cr_expect_str_eq(of_message(IN_LOG, seq), "0", "and nothing of it is left in the log");
    edit(&bob, seq, "once more ", "/page?one");
    cr_expect_str_eq(of_message(STATE, seq), "3");
    edit(&bob, seq, "but ", "/words?two");
    wait_until(TITLE, seq, "Page two");
    /* Whoever may delete the message may do this. */
    cr_expect_str_eq(act(&alice, "DELETE", seq, "/preview", NULL), "204");
    cr_expect_str_eq(shown_to(&bob, seq, "title"), "");
    free(image);
}

/* ---- where nobody may go ---- */

Test(previews, nobody_inside_is_asked_whatever_a_link_says)
{
    static const char *const hosts[] = {
        "127.0.0.1", "localhost", "2130706433",         "0x7f000001", "0177.0.0.1",        "127.1",
        "0",         "[::1]",     "[::ffff:127.0.0.1]", "[::]",       "[64:ff9b::7f00:1]", "127.0.0.3"};
    char url[256];
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        snprintf(url, sizeof url, "http://%s:%d/page", hosts[i], page_server_port(inside));
        cr_expect_eq(ask_worker(url), 404, "%s: %d", url, ask_worker(url));
        snprintf(url, sizeof url, "%s/to?http://%s:%d/page", site, hosts[i], page_server_port(inside));
        cr_expect_eq(ask_worker(url), 404, "%s", url);
    }
    static const char *const others[] = {"http://169.254.169.254/latest/meta-data/",
                                         "http://10.0.0.1/",
                                         "ftp://x/",
                                         "file:///etc/passwd",
                                         "gopher://127.0.0.1/",
                                         "http://[fd00:ec2::254]/"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cr_expect_eq(ask_worker(others[i]), 404, "%s", others[i]);
        snprintf(url, sizeof url, "%s/to?%s", site, others[i]);
        cr_expect_eq(ask_worker(url), 404, "%s", url);
    }
    snprintf(url, sizeof url, "http://me:secret@%s/page", site + strlen("http://"));
    cr_expect_eq(ask_worker(url), 404, "a name and a password");
    cr_expect_eq(ask_worker("http://a b/"), 400);
    cr_expect_eq(page_server_asked(inside, NULL), 0);
    snprintf(url, sizeof url, "%s/to?/page?ok", site);
    cr_expect_eq(ask_worker(url), 200, "what may be asked for is");
}

Test(previews, what_is_too_much_is_cut_off)
{
    char url[128];
    static const struct {
        const char *path;
        int status;
    } rows[] = {{"/huge", 200}, {"/hostile", 200}, {"/endless", 404}, {"/bomb", 404},
                {"/slow", 404}, {"/mute", 504},    {"/loop", 404},    {"/gone", 404}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(url, sizeof url, "%s%s", site, rows[i].path);
        int status = ask_worker(url);
        cr_expect_eq(status, rows[i].status, "%s: %d", rows[i].path, status);
    }
    cr_expect_eq(page_server_asked(world, "/loop"), 5);
    cr_expect_eq(stack_metric(stack, "unfurl-0", "parley_unfurl_failed_total"), 0);
}

/* ---- nothing is lost, and nothing is done unasked ---- */

Test(previews, a_link_waits_for_the_worker_and_survives_who_had_it_in_hand)
{
    stack_kill(stack, "unfurl-0", SIGKILL);
    int64_t seq = post(&alice, "", "/page?late");
    wait_until("SELECT tries > 0 FROM chat.links WHERE (room_id, seq) =", seq, "t");
    stack_kill(stack, "msg-svc-0", SIGKILL);
    stack_restart(stack, "msg-svc-0");
    stack_restart(stack, "unfurl-0");
    stack_wait_ready(stack, "unfurl-0");
    stack_wait_ready(stack, "msg-svc-0");
    /* Its turn would come half a minute later. */
    free(stack_sql(stack, "UPDATE chat.links SET due_at = now() WHERE due_at IS NOT NULL"));
    wait_until(TITLE, seq, "Page late");
}

Test(previews, a_person_gets_so_many_a_minute)
{
    for (int i = 0; i < 22; i++)
        post(&alice, "", "/none");
    char *count = stack_sql(stack, "SELECT count(*) FROM chat.links");
    cr_expect_str_eq(count, "20");
    free(count);
}

/* Each of two replicas takes up so many of them; nobody is asked about the rest. */
Test(previews, nor_does_a_person_get_more_by_edits)
{
    enum { MESSAGES = 45, MOST = 2 * 20 };
    int64_t seqs[MESSAGES];
    for (int i = 0; i < MESSAGES; i++)
        seqs[i] = room_post(port, &alice, room, "nothing yet");
    for (int i = 0; i < MESSAGES; i++) {
        char path[32];
        snprintf(path, sizeof path, "/none?%d", i);
        edit(&alice, seqs[i], "", path);
    }
    for (int i = 0; i < MESSAGES; i++)
        wait_until(STATE, seqs[i], "2");
    int asked = (int)page_server_asked(world, NULL);
    cr_expect(asked >= MOST / 2 && asked <= MOST, "%d", asked);
}

static void start_off(void)
{
    start_with("PARLEY_LINK_PREVIEWS=false");
}

Test(previews_off, nothing_is_asked_for, .init = start_off, .fini = stop, .timeout = 300)
{
    int64_t seq = post(&alice, "", "/page?one");
    edit(&alice, seq, "", "/page?two");
    cr_expect_str_eq(of_message(STATE, seq), "");
    cr_expect_eq(stack_metric(stack, "media-svc-0", "parley_media_links_total{result=\"away\"}"), 0);
    cr_expect_eq(page_server_asked(world, NULL), 0);
}
