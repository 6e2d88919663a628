/* Answers in JSON. */
#include "answer.h"

#include <sodium.h>
#include <string.h>

#include "clock.h"
#include "err.h"
#include "keys.h"
#include "token.h"

void answer_put_person(struct jsonw *w, const struct user *user)
{
    jsonw_id(w, "id", user->id);
    jsonw_str(w, "username", user->username);
    jsonw_str(w, "display_name", user->display_name);
    jsonw_int(w, "created_at", user->created_ms);
    jsonw_int(w, "version", user->version);
    if (user->bot)
        jsonw_bool(w, "bot", true);
    if (user->colour >= 0)
        jsonw_int(w, "colour", user->colour);
    if (user->picture.n > 0)
        jsonw_str(w, "picture", user->picture);
    if (user->status_emoji.n > 0 || user->status_text.n > 0) {
        jsonw_obj(w, "status");
        jsonw_str(w, "emoji", user->status_emoji);
        jsonw_str(w, "text", user->status_text);
        if (user->status_until_ms > 0)
            jsonw_int(w, "expires_at", user->status_until_ms);
        jsonw_obj_end(w);
    }
    if (user->dnd_until_ms > 0) {
        jsonw_obj(w, "dnd");
        jsonw_int(w, "from", user->dnd_from_ms);
        jsonw_int(w, "until", user->dnd_until_ms);
        jsonw_obj_end(w);
    }
}

void answer_put_more(struct jsonw *w, struct str about, struct str time_zone)
{
    jsonw_str(w, "about", about);
    if (time_zone.n > 0)
        jsonw_str(w, "time_zone", time_zone);
}

void answer_put_user(struct jsonw *w, const char *key, const struct user *user)
{
    jsonw_obj(w, key);
    answer_put_person(w, user);
    jsonw_obj_end(w);
}

void answer_users(void *arg, int err, const struct db_result *r)
{
    struct rpc_request *req = arg;
    struct buf text = {0};
    if (err) {
        rpc_fail(req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "users");
    for (size_t i = 0; i < db_rows(r); i++) {
        struct user user;
        user_of_row(r, i, &user);
        answer_put_user(&w, NULL, &user);
    }
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    rpc_reply(req, buf_view(&text));
    buf_fini(&text);
}

static int issue(struct auth *a, const struct session *session, struct buf *token)
{
    const char *pem, *kid;
    struct token_claims claims = {.user = session->user.id, .issued_s = clock_wall_ms() / 1000};
    if (!keys_signing(a->keys, &pem, &kid))
        return ERR_UNAVAILABLE;
    claims.expires_s = claims.issued_s + ACCESS_S;
    memcpy(claims.session, session->id.p, session->id.n < sizeof(claims.session) ? session->id.n : 0);
    return token_issue(pem, kid, &claims, token);
}

void answer_login(struct auth *a, struct rpc_request *req, const struct session *session)
{
    struct buf token = {0}, text = {0};
    int err = issue(a, session, &token);
    if (err) {
        rpc_fail(req, err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "access_token", buf_view(&token));
    jsonw_int(&w, "expires_in", ACCESS_S);
    jsonw_str(&w, "session", session->id);
    answer_put_user(&w, "user", &session->user);
    jsonw_cstr(&w, "refresh_token", session->refresh_token);
    jsonw_int(&w, "refresh_expires_in", SESSION_S);
    jsonw_obj_end(&w);
    rpc_reply(req, buf_view(&text));
    sodium_memzero(text.p, text.n);
    buf_fini(&token);
    buf_fini(&text);
}

void answer_nothing(struct rpc_request *req)
{
    rpc_reply(req, STR("{}"));
}
