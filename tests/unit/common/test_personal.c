/* What is known of personal access tokens. auth-svc is the test: rpc_call() below. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "err.h"
#include "personal.h"
#include "scope.h"

#define TOKEN STR("parley_pat_00000000000000000000000000000000000000002T3KMa")
#define ID "00000000-0000-4000-8000-000000000001"
#define GOOD "{\"id\":\"" ID "\",\"user\":\"7\",\"scopes\":[\"read\",\"unheard_of\"]}"

enum { WALL_MS = 1700000000, MINUTE_MS = 60000 };

static struct revoked *revoked;
static struct personal *personal;
static unsigned asked;      /* questions sent */
static rpc_done_fn *answer; /* of the one under way */
static void *answer_arg;
static int refuse_to_ask;

int rpc_call(struct rpc *rpc, const char *service, const char *call, const struct caller *caller, struct str args,
             unsigned deadline_ms, rpc_done_fn *fn, void *arg)
{
    (void)rpc;
    (void)caller;
    (void)deadline_ms;
    cr_assert_str_eq(service, "auth");
    cr_assert_str_eq(call, "token");
    cr_assert_eq(args.n, strlen("{\"digest\":\"\"}") + 64, "the digest, not the token");
    if (refuse_to_ask)
        return refuse_to_ask;
    asked++;
    answer = fn;
    answer_arg = arg;
    return 0;
}

static int judged_err;
static unsigned judged_times;
static struct token_claims judged_claims;

static void judged(void *arg, int err, const struct token_claims *claims)
{
    (void)arg;
    judged_err = err;
    judged_claims = *claims;
    judged_times++;
}

static int judge(void)
{
    return personal_judge(personal, TOKEN, &judged_claims, judged, NULL);
}

static void says(int err, const char *body)
{
    answer(answer_arg, err, str_of(body));
}

static void start(void)
{
    asked = judged_times = 0;
    refuse_to_ask = 0;
    clock_fake(WALL_MS, 1000);
    revoked_create(&revoked);
    personal_create(&personal, NULL, revoked);
}

static void stop(void)
{
    personal_destroy(&personal);
    revoked_destroy(&revoked);
}

TestSuite(personal, .init = start, .fini = stop);

Test(personal, is_asked_about_once_however_many_wait_and_then_known)
{
    cr_expect(!personal_knows(personal, TOKEN));
    cr_expect_eq(judge(), AUTHN_LATER);
    cr_expect_eq(judge(), AUTHN_LATER);
    cr_expect_eq(asked, 1);
    says(0, GOOD);
    cr_expect_eq(judged_times, 2);
    cr_expect_eq(judged_err, 0);
    cr_expect(personal_knows(personal, TOKEN));
    cr_expect_eq(judge(), 0);
    cr_expect_eq(asked, 1);
    cr_expect_eq(judged_claims.user, 7);
    cr_expect_str_eq(judged_claims.session, ID);
    cr_expect_eq(judged_claims.scopes, UINT32_C(1) << SCOPE_READ, "what is unheard of allows nothing");
}

Test(personal, one_of_the_wrong_form_is_refused_unasked)
{
    cr_expect_eq(personal_judge(personal, STR("parley_pat_x"), &judged_claims, judged, NULL), ERR_UNAUTHORIZED);
    cr_expect_eq(asked, 0);
}

Test(personal, is_asked_about_again_after_a_minute_of_use_and_nobody_waits_for_it)
{
    judge();
    says(0, GOOD);
    clock_fake(WALL_MS + MINUTE_MS, 1000 + MINUTE_MS);
    cr_expect_eq(judge(), 0);
    cr_expect_eq(judge(), 0);
    cr_expect_eq(asked, 2);
    says(ERR_TIMEOUT, "");
    cr_expect_eq(judge(), 0, "no answer says nothing of it");
    clock_fake(WALL_MS + 3 * MINUTE_MS, 1000 + 3 * MINUTE_MS);
    cr_expect_eq(judge(), 0);
    says(ERR_SESSION_REVOKED, "");
    cr_expect(!personal_knows(personal, TOKEN), "a refusal does");
}

Test(personal, is_believed_for_a_quarter_of_an_hour_without_an_answer_and_no_longer)
{
    judge();
    says(0, GOOD);
    clock_fake(WALL_MS + 14 * MINUTE_MS, 1000 + 14 * MINUTE_MS);
    refuse_to_ask = ERR_UNAVAILABLE;
    cr_expect_eq(judge(), 0);
    clock_fake(WALL_MS + 15 * MINUTE_MS, 1000 + 15 * MINUTE_MS);
    cr_expect_eq(judge(), ERR_UNAVAILABLE);
}

Test(personal, is_believed_until_it_expires)
{
    char body[160];
    snprintf(body, sizeof body, "{\"id\":\"" ID "\",\"user\":\"7\",\"scopes\":[\"read\"],\"expires_at\":%d}",
             WALL_MS + 2000);
    judge();
    says(0, body);
    cr_expect_eq(judge(), 0);
    clock_fake(WALL_MS + 2000, 3000);
    cr_expect_eq(judge(), AUTHN_LATER, "auth-svc says that it has expired");
    says(ERR_TOKEN_EXPIRED, "");
    cr_expect_eq(judged_err, ERR_TOKEN_EXPIRED);
}

Test(personal, what_ended_is_refused_whatever_was_said_of_it_before_or_after)
{
    judge();
    says(0, GOOD);
    revoked_add(revoked, STR(ID));
    cr_expect_eq(judge(), ERR_SESSION_REVOKED);
    personal_destroy(&personal);
    personal_create(&personal, NULL, revoked);
    judge();
    says(0, GOOD);
    cr_expect_eq(judged_err, ERR_SESSION_REVOKED, "the answer was under way when it ended");
}

Test(personal, an_answer_that_is_none_is_no_verdict)
{
    judge();
    says(0, "{\"id\":\"x\"}");
    cr_expect_eq(judged_err, ERR_UNAVAILABLE);
    judge();
    says(ERR_INTERNAL, "");
    cr_expect_eq(judged_err, ERR_UNAVAILABLE);
    cr_expect(!personal_knows(personal, TOKEN));
}

Test(personal, who_waits_when_it_ends_is_told_and_the_answer_may_still_come)
{
    judge();
    personal_destroy(&personal);
    cr_expect_eq(judged_times, 1);
    cr_expect_eq(judged_err, ERR_UNAVAILABLE);
    says(0, GOOD);
    cr_expect_eq(judged_times, 1);
}

Test(personal, no_more_than_can_be_remembered_is)
{
    enum { MANY = 10001 };
    for (unsigned i = 0; i < MANY; i++) {
        unsigned char random[PERSONAL_TOKEN_RANDOM] = {(unsigned char)(i % 62), (unsigned char)(i / 62 % 62),
                                                       (unsigned char)(i / 3844)};
        char text[PERSONAL_TOKEN_TEXT];
        personal_token_compose(random, text);
        cr_assert_eq(personal_judge(personal, str_of(text), &judged_claims, judged, NULL), AUTHN_LATER);
        says(0, GOOD);
        cr_assert(personal_knows(personal, str_of(text)));
    }
    cr_expect(!personal_knows(personal, TOKEN), "the longest unused, all zeros, is forgotten");
}
