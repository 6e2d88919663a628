/* Serves the built web client, mapped or from memory. */
#include "static_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "buf.h"
#include "log.h"
#include "map.h"

enum { MAX_FILES = 2000, MAX_DEPTH = 8, MAX_FILE = 16 << 20, MAX_TOTAL = 64 << 20 };

enum variant { AS_IS, BROTLI, GZIP, VARIANTS };

static const struct {
    const char *suffix, *encoding;
} variants[VARIANTS] = {{"", ""}, {".br", "br"}, {".gz", "gzip"}};

struct body {
    char *bytes; /* NULL: there is no such variant */
    size_t n;
    bool mapped;
    char etag[24];
    /* Of a mapped one: where it is below the directory, and what was there at start. */
    char *name;
    dev_t dev;
    ino_t ino;
    struct timespec changed;
};

struct file {
    struct body variants[VARIANTS];
    const char *type;
    bool immutable;
};

struct static_files {
    int dir;
    struct strmap *by_path; /* "/index.html" → struct file */
    size_t count, total;
};

static const struct {
    const char *extension, *type;
} types[] = {
    {"css", "text/css; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/x-icon"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"txt", "text/plain; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"woff2", "font/woff2"},
};

static const char *type_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(dot + 1, types[i].extension) == 0)
            return types[i].type;
    return "application/octet-stream";
}

enum { PIECE = 64 << 10 };

/* FNV-1a: tells versions apart; nothing depends on nobody finding two alike. */
static uint64_t digest(uint64_t h, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * 1099511628211U;
    return h;
}

/* Reads all of it, into `whole` where there is room for it: a mapped file is read too, rather than looked at, since it
 * may be cut meanwhile. False with errno. */
static bool read_through(int fd, size_t size, char *whole, uint64_t *digest_r)
{
    static char piece[PIECE];
    uint64_t h = 14695981039346656037U;
    for (size_t n = 0; n < size;) {
        char *into = whole ? whole + n : piece;
        ssize_t got = read(fd, into, whole || size - n < PIECE ? size - n : PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO;
        if (got <= 0)
            return false;
        h = digest(h, into, (size_t)got);
        n += (size_t)got;
    }
    *digest_r = h;
    return true;
}

static void body_fini(struct body *body)
{
    if (body->mapped)
        munmap(body->bytes, body->n);
    else
        free(body->bytes);
    free(body->name);
    *body = (struct body){0};
}

/* Other bytes in the same file show through the mapping. (Another file in its place does not.) */
static bool body_stands(const struct static_files *files, const struct body *body)
{
    struct stat st;
    if (!body->mapped || fstatat(files->dir, body->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return true;
    if (st.st_dev != body->dev || st.st_ino != body->ino)
        return true;
    return (size_t)st.st_size == body->n && st.st_mtim.tv_sec == body->changed.tv_sec &&
           st.st_mtim.tv_nsec == body->changed.tv_nsec;
}

/* False with errno. */
static bool body_load(struct body *body, int dir, const char *name, size_t size, bool mapped)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    uint64_t h;
    *body = (struct body){.n = size, .mapped = mapped && size > 0};
    if (body->mapped)
        body->bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    else
        body->bytes = xcalloc(1, size + 1);
    bool ok = body->bytes != MAP_FAILED;
    if (ok && !read_through(fd, size, body->mapped ? NULL : body->bytes, &h)) {
        int why = errno;
        body_fini(body);
        errno = why;
        ok = false;
    }
    close(fd);
    if (ok)
        snprintf(body->etag, sizeof(body->etag), "\"%016" PRIx64, h);
    return ok;
}

static enum variant variant_of(char *path)
{
    size_t n = strlen(path);
    for (int v = BROTLI; v < VARIANTS; v++) {
        if (n > 3 && strcmp(path + n - 3, variants[v].suffix) == 0) {
            path[n - 3] = 0;
            return (enum variant)v;
        }
    }
    return AS_IS;
}

static bool immutable(const char *path)
{
    return strncmp(path, "/assets/", 8) == 0;
}

/* Takes over the body. */
static void add(struct static_files *files, const char *path, const struct body *body)
{
    char *name = xstrdup(path);
    enum variant v = variant_of(name);
    struct file *f = strmap_get(files->by_path, str_of(name));
    if (!f) {
        f = xcalloc(1, sizeof(*f));
        f->type = type_of(name);
        f->immutable = immutable(name);
        strmap_put(files->by_path, str_of(name), f);
    }
    struct body *mine = &f->variants[v];
    *mine = *body;
    size_t n = strlen(mine->etag);
    snprintf(mine->etag + n, sizeof(mine->etag) - n, "%c\"", "-bg"[v]);
    free(name);
}

static void take(struct static_files *files, int dir, const char *name, const char *path, const struct stat *st)
{
    struct body body;
    size_t size = (size_t)st->st_size;
    if (files->count >= MAX_FILES || size > MAX_FILE || files->total + size > MAX_TOTAL) {
        log_warn(NULL, "file left out of the web client, too large", "path=%s bytes=%zu", path, size);
        return;
    }
    if (!body_load(&body, dir, name, size, immutable(path))) {
        log_warn(NULL, "file of the web client not readable", "path=%s error=%s", path, strerror(errno));
        return;
    }
    body.name = xstrdup(path + 1);
    body.dev = st->st_dev;
    body.ino = st->st_ino;
    body.changed = st->st_mtim;
    files->count++;
    files->total += size;
    add(files, path, &body);
}

/* Takes over the descriptor. */
static void walk(struct static_files *files, int fd, const char *prefix, unsigned depth)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    for (const struct dirent *e; (e = readdir(dir));) { // NOLINT(concurrency-mt-unsafe)
        struct buf path = {0};
        struct stat st;
        buf_printf(&path, "%s/%s", prefix, e->d_name);
        if (e->d_name[0] != '.' && fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
            int sub = -1;
            if (S_ISREG(st.st_mode))
                take(files, dirfd(dir), e->d_name, buf_c(&path), &st);
            else if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
                sub = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
            if (sub >= 0)
                walk(files, sub, buf_c(&path), depth + 1);
        }
        buf_fini(&path);
    }
    closedir(dir);
}

void static_files_create(struct static_files **files_r, const char *dir)
{
    struct static_files *files = xcalloc(1, sizeof(*files));
    files->dir = -1;
    strmap_create(&files->by_path);
    *files_r = files;
    if (!*dir)
        return;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        log_warn(NULL, "no web client", "dir=%s error=%s", dir, strerror(errno));
        return;
    }
    files->dir = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    walk(files, fd, "", 0);
    log_info(NULL, "web client loaded", "dir=%s files=%zu bytes=%zu", dir, files->count, files->total);
}

static bool free_file(void *arg, struct str key, void *value)
{
    struct file *f = value;
    (void)arg, (void)key;
    for (int v = 0; v < VARIANTS; v++)
        body_fini(&f->variants[v]);
    free(f);
    return true;
}

void static_files_destroy(struct static_files **files)
{
    if (!*files)
        return;
    strmap_each((*files)->by_path, free_file, NULL);
    strmap_destroy(&(*files)->by_path);
    if ((*files)->dir >= 0)
        close((*files)->dir);
    free(*files);
    *files = NULL;
}

/* Is the coding in an Accept-Encoding header, and not with q=0? */
static bool accepts(struct str header, const char *coding)
{
    while (header.n > 0) {
        struct str item, name;
        header = str_cut(header, ',', &item);
        while (item.n > 0 && item.p[0] == ' ')
            item.p++, item.n--;
        struct str parameters = str_cut(item, ';', &name);
        while (name.n > 0 && name.p[name.n - 1] == ' ')
            name.n--;
        if (!str_is(name, coding))
            continue;
        while (parameters.n > 0 && parameters.p[0] == ' ')
            parameters.p++, parameters.n--;
        if (!str_starts(parameters, STR("q=0")))
            return true;
        /* q=0 and q=0.000 refuse, q=0.5 does not. */
        for (size_t i = 3; i < parameters.n; i++)
            if (parameters.p[i] >= '1' && parameters.p[i] <= '9')
                return true;
        return false;
    }
    return false;
}

static const struct file *file_of(const struct static_files *files, struct str path)
{
    const struct file *f = strmap_get(files->by_path, path);
    if (f)
        return f;
    size_t last = path.n;
    while (last > 0 && path.p[last - 1] != '/')
        last--;
    if (memchr(path.p + last, '.', path.n - last) || str_starts(path, STR("/assets/")))
        return NULL;
    return strmap_get(files->by_path, STR("/index.html"));
}

bool static_files_find(const struct static_files *files, struct str path, struct str accept_encoding,
                       struct static_choice *choice_r)
{
    const struct file *f = file_of(files, path);
    if (!f)
        return false;
    int v = AS_IS;
    for (int i = BROTLI; v == AS_IS && i < VARIANTS; i++)
        if (f->variants[i].bytes && accepts(accept_encoding, variants[i].encoding))
            v = i;
    const struct body *body = &f->variants[v];
    if (!body->bytes || !body_stands(files, body))
        return false;
    *choice_r = (struct static_choice){
        .body = {body->bytes, body->n},
        .type = str_of(f->type),
        .encoding = str_of(variants[v].encoding),
        .etag = str_of(body->etag),
        .immutable = f->immutable,
        .varies = f->variants[BROTLI].bytes || f->variants[GZIP].bytes,
    };
    return true;
}
