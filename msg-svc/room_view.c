/* Makes Room JSON of a row of ROOM_VIEW_SELECT. */
#include "room_view.h"

#include "event.h"

enum column {
    USER,
    ID,
    KIND,
    NAME,
    TOPIC,
    CREATED,
    HEAD,
    N,
    READ_SEQ,
    READ_N,
    MEMBERS,
    ROLE,
    PEER,
    PEER_USERNAME,
    PEER_DISPLAY_NAME,
    PEER_CREATED,
    LAST_SEQ,
    LAST_N,
    LAST_TYPE,
    LAST_SENDER,
    LAST_CMID,
    LAST_TS,
    LAST_BODY,
    DELIVERED_TO,
    READ_TO,
    MENTIONS,
    DESCRIPTION,
    ANNOUNCEMENT,
    SLOW_MODE,
    ARCHIVED,
    PERMISSIONS,
    MUTED,
    FAVOURITE,
    SECTION,
    EVERYONE,
    NOTIFY,
    QUIET,
    MENTION_ROOTS,
    READ_GEN,
    LAST_FILES,
    PICTURE,
    RETENTION,
};

int64_t room_view_user(const struct db_result *r, size_t row)
{
    return db_int(r, row, USER);
}

int64_t room_view_id(const struct db_result *r, size_t row)
{
    return db_int(r, row, ID);
}

static void write_peer(struct jsonw *w, const struct db_result *r, size_t row)
{
    jsonw_obj(w, "peer");
    jsonw_id(w, "id", db_int(r, row, PEER));
    jsonw_str(w, "username", db_str(r, row, PEER_USERNAME));
    jsonw_str(w, "display_name", db_str(r, row, PEER_DISPLAY_NAME));
    jsonw_int(w, "created_at", db_int(r, row, PEER_CREATED));
    jsonw_obj_end(w);
}

static void write_last(struct jsonw *w, const struct db_result *r, size_t row)
{
    struct event last = {.room = db_int(r, row, ID),
                         .seq = db_int(r, row, LAST_SEQ),
                         .n = db_int(r, row, LAST_N),
                         .sender = db_int(r, row, LAST_SENDER),
                         .ts = db_int(r, row, LAST_TS),
                         .cmid = db_str(r, row, LAST_CMID),
                         .body = db_str(r, row, LAST_BODY),
                         .data = db_str(r, row, LAST_FILES)};
    if (event_type_parse(db_str(r, row, LAST_TYPE), &last.type))
        event_write(w, "last", &last, last.sender == room_view_user(r, row));
}

/* What the member made of the room for himself. */
static void write_mine(struct jsonw *w, const struct db_result *r, size_t row)
{
    if (!db_is_null(r, row, FAVOURITE) && db_bool(r, row, FAVOURITE))
        jsonw_bool(w, "favourite", true);
    if (db_str(r, row, SECTION).n > 0)
        jsonw_str(w, "section", db_str(r, row, SECTION));
    if (!db_is_null(r, row, NOTIFY))
        jsonw_str(w, "notify", db_str(r, row, NOTIFY));
    if (!db_is_null(r, row, QUIET))
        jsonw_int(w, "quiet_until", db_int(r, row, QUIET));
}

/* What a room seldom has is left out where it has it not. */
static void write_rules(struct jsonw *w, const struct db_result *r, size_t row)
{
    if (db_str(r, row, DESCRIPTION).n > 0)
        jsonw_str(w, "description", db_str(r, row, DESCRIPTION));
    if (db_bool(r, row, ANNOUNCEMENT))
        jsonw_bool(w, "announcement", true);
    if (db_int(r, row, SLOW_MODE) > 0)
        jsonw_int(w, "slow_mode_s", db_int(r, row, SLOW_MODE));
    if (!db_is_null(r, row, RETENTION))
        jsonw_int(w, "retention_days", db_int(r, row, RETENTION));
    if (!db_is_null(r, row, ARCHIVED))
        jsonw_int(w, "archived_at", db_int(r, row, ARCHIVED));
    if (db_str(r, row, PERMISSIONS).n > 2)
        jsonw_raw(w, "permissions", db_str(r, row, PERMISSIONS));
    if (db_bool(r, row, EVERYONE))
        jsonw_bool(w, "everyone", true);
    if (!db_is_null(r, row, PICTURE))
        jsonw_str(w, "picture", db_str(r, row, PICTURE));
    if (!db_is_null(r, row, MUTED))
        jsonw_int(w, "muted_until", db_int(r, row, MUTED));
}

void room_view_write(struct jsonw *w, const char *key, const struct db_result *r, size_t row)
{
    jsonw_obj(w, key);
    jsonw_id(w, "id", db_int(r, row, ID));
    jsonw_str(w, "kind", db_str(r, row, KIND));
    jsonw_str(w, "name", db_str(r, row, NAME));
    jsonw_str(w, "topic", db_str(r, row, TOPIC));
    jsonw_int(w, "created_at", db_int(r, row, CREATED));
    jsonw_int(w, "head", db_int(r, row, HEAD));
    jsonw_int(w, "n", db_int(r, row, N));
    jsonw_int(w, "read_seq", db_int(r, row, READ_SEQ));
    jsonw_int(w, "read_n", db_int(r, row, READ_N));
    jsonw_int(w, "delivered_to", db_int(r, row, DELIVERED_TO));
    jsonw_int(w, "read_to", db_int(r, row, READ_TO));
    jsonw_int(w, "member_count", db_int(r, row, MEMBERS));
    if (!db_is_null(r, row, ROLE))
        jsonw_str(w, "role", db_str(r, row, ROLE));
    if (!db_is_null(r, row, PEER))
        write_peer(w, r, row);
    if (!db_is_null(r, row, LAST_SEQ))
        write_last(w, r, row);
    if (!db_is_null(r, row, MENTIONS))
        jsonw_raw(w, "mentions", db_str(r, row, MENTIONS));
    if (!db_is_null(r, row, MENTION_ROOTS))
        jsonw_raw(w, "mention_roots", db_str(r, row, MENTION_ROOTS));
    if (db_int(r, row, READ_GEN) > 0)
        jsonw_int(w, "read_gen", db_int(r, row, READ_GEN));
    write_rules(w, r, row);
    write_mine(w, r, row);
    jsonw_obj_end(w);
}
