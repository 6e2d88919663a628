/* The world outside, for tests of link previews: a web server in a process of its own, with pages of every kind. It
 * says which paths it was asked for.
 *
 *   /page?N        a page with title "Page N", a description, a site and an image
 *   /words?N       the same without an image
 *   /lies          its image is HTML
 *   /none          a page that says nothing
 *   /text          text/plain
 *   /to?URL        leads elsewhere
 *   /loop          leads to itself
 *   /huge          10 MiB, its title first
 *   /endless       a body without an end, a title nowhere
 *   /slow          a byte now and then
 *   /bomb          a few kilobytes that are 40 MiB when unpacked
 *   /mute          takes the request and says nothing
 *   /hostile       a page as bad as they come */
#ifndef PARLEY_TEST_PAGE_SERVER_H
#define PARLEY_TEST_PAGE_SERVER_H

struct page_server;

/* Listens at address:port; port 0: any. */
struct page_server *page_server_start(const char *address, int port);
void page_server_stop(struct page_server **server);
int page_server_port(const struct page_server *server);
/* How often a path was asked for; NULL: any. */
int page_server_asked(const struct page_server *server, const char *path);

#endif
