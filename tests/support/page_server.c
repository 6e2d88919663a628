/* Serves pages from children, one a connection. */
#include "page_server.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "buf.h"
#include "flat_png.h"

struct page_server {
    pid_t pid;
    int port;
    char log[64];
};

static void put(int fd, const void *bytes, size_t n)
{
    for (const char *at = bytes; n > 0;) {
        ssize_t done = write(fd, at, n);
        if (done <= 0)
            _exit(0);
        at += done;
        n -= (size_t)done;
    }
}

static void say(int fd, const char *text)
{
    put(fd, text, strlen(text));
}

static void head(int fd, const char *more)
{
    say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n");
    say(fd, more);
    say(fd, "\r\n\r\n");
}

#define HTML "Content-Type: text/html; charset=utf-8"

static void page(int fd, const char *n, const char *image)
{
    head(fd, HTML);
    dprintf(fd,
            "<!doctype html><html><head><title>not this</title><meta property=\"og:title\" content=\"Page %s\">"
            "<meta property=\"og:description\" content=\"Words of page %s &amp; more\">"
            "<meta property=\"og:site_name\" content=\"The Site\">%s</head><body>text</body></html>",
            n, n, image);
}

static void to(int fd, const char *where)
{
    dprintf(fd, "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n", where);
}

static void endless(int fd, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        say(fd, bytes);
}

/* Deflate by hand: one zero, and then two hundred and fifty-eight more with each thirteen bits. */
struct bits {
    struct buf out;
    unsigned held, count;
};

static void put_bits(struct bits *b, unsigned value, unsigned count)
{
    b->held |= value << b->count;
    b->count += count;
    for (; b->count >= 8; b->count -= 8, b->held >>= 8)
        buf_char(&b->out, (char)(b->held & 0xff));
}

/* Of a code the first bit comes first. */
static void put_code(struct bits *b, unsigned code, unsigned count)
{
    for (unsigned i = count; i-- > 0;)
        put_bits(b, code >> i & 1, 1);
}

static void bomb(int fd)
{
    struct bits b = {0};
    buf_put(&b.out, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    put_bits(&b, 1, 1); /* the last block, of fixed codes */
    put_bits(&b, 1, 2);
    put_code(&b, 0x30 + ' ', 8);
    for (size_t i = 0; i < (40U << 20) / 258; i++) {
        put_code(&b, 0xc5, 8);
        put_code(&b, 0, 5);
    }
    put_code(&b, 0, 7);
    put_bits(&b, 0, 7);
    head(fd, HTML "\r\nContent-Encoding: gzip");
    put(fd, b.out.p, b.out.n);
    buf_fini(&b.out);
}

static void picture(int fd)
{
    struct buf png = {0};
    flat_png(&png, 640, 360, FLAT_COLOUR);
    head(fd, "Content-Type: image/png");
    put(fd, png.p, png.n);
    buf_fini(&png);
}

static void slow(int fd)
{
    head(fd, HTML);
    for (;;) {
        say(fd, "<");
        sleep(1);
    }
}

static void hostile(int fd)
{
    head(fd, HTML);
    say(fd, "<html><head><meta property='og:title' content='A\xe2\x80\xae<script>alert(1)</script>\n\tB \xff\xfe C'>"
            "<meta property=og:image content='javascript:alert(1)'><meta property=og:description content='");
    endless(fd, "0123456789", 2000);
    say(fd, "'>");
    endless(fd, "<div>", 20000);
}

static void serve(int fd, const char *path)
{
    const char *query = strchr(path, '?');
    const char *word = query != NULL ? query + 1 : "";
    if (strncmp(path, "/page", 5) == 0)
        page(fd, word, "<meta property=\"og:image\" content=\"/image.png\">");
    else if (strncmp(path, "/words", 6) == 0)
        page(fd, word, "");
    else if (strcmp(path, "/lies") == 0)
        page(fd, "that lies", "<meta property=\"og:image\" content=\"/lie.png\">");
    else if (strcmp(path, "/image.png") == 0)
        picture(fd);
    else if (strcmp(path, "/lie.png") == 0)
        head(fd, "Content-Type: image/png"), endless(fd, "<html>no picture</html>", 10);
    else if (strcmp(path, "/none") == 0)
        head(fd, HTML), say(fd, "<p>nothing");
    else if (strcmp(path, "/text") == 0)
        head(fd, "Content-Type: text/plain"), say(fd, "<title>text</title>");
    else if (strncmp(path, "/to?", 4) == 0)
        to(fd, word);
    else if (strcmp(path, "/loop") == 0)
        to(fd, "/loop");
    else if (strcmp(path, "/huge") == 0)
        head(fd, HTML), say(fd, "<title>Huge</title>"), endless(fd, "0123456789abcdef", (10U << 20) / 16);
    else if (strcmp(path, "/endless") == 0)
        head(fd, HTML), endless(fd, "0123456789abcdef", SIZE_MAX);
    else if (strcmp(path, "/slow") == 0)
        slow(fd);
    else if (strcmp(path, "/bomb") == 0)
        bomb(fd);
    else if (strcmp(path, "/hostile") == 0)
        hostile(fd);
    else if (strcmp(path, "/mute") == 0)
        pause();
    else
        say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
}

static void answer(int fd, int log)
{
    char text[4096], path[2048];
    ssize_t n = read(fd, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    if (sscanf(text, "GET %2000s ", path) != 1)
        return;
    dprintf(log, "%s\n", path);
    serve(fd, path);
}

static void run(int listener, const char *log_path)
{
    int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            continue;
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            signal(SIGPIPE, SIG_DFL);
            answer(fd, log);
            _exit(0);
        }
        close(fd);
    }
}

struct page_server *page_server_start(const char *address, int port)
{
    struct page_server *s = xcalloc(1, sizeof *s);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t n = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    snprintf(s->log, sizeof s->log, "/tmp/parley-pages-XXXXXX");
    close(mkstemp(s->log));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    inet_pton(AF_INET, address, &at.sin_addr);
    cr_assert_eq(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    cr_assert_eq(listen(listener, 64), 0);
    getsockname(listener, (struct sockaddr *)&at, &n);
    s->port = ntohs(at.sin_port);
    s->pid = fork();
    cr_assert_geq(s->pid, 0);
    if (s->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run(listener, s->log);
    }
    close(listener);
    return s;
}

void page_server_stop(struct page_server **server)
{
    struct page_server *s = *server;
    *server = NULL;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    unlink(s->log);
    free(s);
}

int page_server_port(const struct page_server *server)
{
    return server->port;
}

int page_server_asked(const struct page_server *server, const char *path)
{
    char line[2100];
    int count = 0;
    FILE *f = fopen(server->log, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        count += path == NULL || strcmp(line, path) == 0;
    }
    if (f != NULL)
        fclose(f);
    return count;
}
