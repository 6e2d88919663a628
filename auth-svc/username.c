/* User names and display names, by the rules of Unicode's security mechanisms. */
#include "username.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uset.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#include "err.h"
#include "name_key.h"

enum { MIN_POINTS = 2, MAX_POINTS = 32, MAX_DISPLAY = 80, MAX_MARKS = 4, UNITS = 1024, MAX_TYPED = 1024 };

/* A text in UTF-16, as ICU works. */
struct text {
    UChar p[UNITS];
    int32_t n;
};

static const UNormalizer2 *nfc, *nfkc;
static USpoofChecker *spoof;

int username_init(void)
{
    UErrorCode e = U_ZERO_ERROR;
    nfc = unorm2_getNFCInstance(&e);
    nfkc = unorm2_getNFKCInstance(&e);
    spoof = uspoof_open(&e);
    if (U_FAILURE(e))
        return ERR_INTERNAL;
    /* Only characters recommended for identifiers, and our punctuation; of one script (Japanese with Han counts as
     * one), digits of one system, no invisible sequences. */
    USet *allowed = uset_cloneAsThawed(uspoof_getRecommendedSet(&e));
    uset_add(allowed, '.');
    uset_add(allowed, '_');
    uset_add(allowed, '-');
    uspoof_setAllowedChars(spoof, allowed, &e);
    uset_close(allowed);
    uspoof_setRestrictionLevel(spoof, USPOOF_SINGLE_SCRIPT_RESTRICTIVE);
    uspoof_setChecks(spoof, USPOOF_RESTRICTION_LEVEL | USPOOF_INVISIBLE | USPOOF_MIXED_NUMBERS | USPOOF_CHAR_LIMIT, &e);
    return U_FAILURE(e) ? ERR_INTERNAL : 0;
}

void username_fini(void)
{
    uspoof_close(spoof);
    spoof = NULL;
}

static bool from_utf8(struct str s, struct text *out)
{
    UErrorCode e = U_ZERO_ERROR;
    if (s.n > MAX_TYPED)
        return false;
    u_strFromUTF8(out->p, UNITS, &out->n, s.p ? s.p : "", (int32_t)s.n, &e);
    return U_SUCCESS(e) && out->n < UNITS;
}

static bool to_utf8(const struct text *t, struct buf *out)
{
    UErrorCode e = U_ZERO_ERROR;
    int32_t n = 0;
    char bytes[UNITS * 3 + 1];
    u_strToUTF8(bytes, sizeof(bytes), &n, t->p, t->n, &e);
    if (U_FAILURE(e))
        return false;
    buf_put(out, bytes, (size_t)n);
    return true;
}

static bool normalise(const UNormalizer2 *how, const struct text *in, struct text *out)
{
    UErrorCode e = U_ZERO_ERROR;
    out->n = unorm2_normalize(how, in->p, in->n, out->p, UNITS, &e);
    return U_SUCCESS(e) && out->n < UNITS;
}

static bool is_punctuation(UChar32 c)
{
    return c == '.' || c == '_' || c == '-';
}

/* Marks belong to the letter before them: many scripts cannot be written without. */
static bool well_formed(const struct text *t)
{
    int points = 0, marks = 0;
    UChar32 c = 0, before = '.';
    for (int32_t i = 0; i < t->n; points++, before = c) {
        U16_NEXT(t->p, i, t->n, c);
        if (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_MC_MASK)) {
            if (is_punctuation(before) || ++marks > MAX_MARKS)
                return false;
            continue;
        }
        marks = 0;
        bool letter = (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_ND_MASK)) != 0;
        if (!letter && !(is_punctuation(c) && points > 0))
            return false;
    }
    return points >= MIN_POINTS && points <= MAX_POINTS && !is_punctuation(before);
}

static bool passes_spoof_checks(const struct text *t)
{
    UErrorCode e = U_ZERO_ERROR;
    int32_t found = uspoof_check2(spoof, t->p, t->n, NULL, &e);
    return U_SUCCESS(e) && found == 0;
}

/* Of the name as it is shown: a capital I looks like a small l only before it is folded. */
static bool put_skeleton(const struct text *shown, struct buf *out)
{
    struct text looks;
    struct buf bytes = {0};
    UErrorCode e = U_ZERO_ERROR;
    looks.n = uspoof_getSkeleton(spoof, 0, shown->p, shown->n, looks.p, UNITS, &e);
    bool put = U_SUCCESS(e) && looks.n < UNITS && to_utf8(&looks, &bytes) && name_key(buf_view(&bytes), out);
    buf_fini(&bytes);
    return put;
}

int username_parse(struct str typed, struct username *name_r)
{
    struct text raw, shown;
    *name_r = (struct username){0};
    if (!from_utf8(typed, &raw) || !normalise(nfkc, &raw, &shown) || !well_formed(&shown) ||
        !passes_spoof_checks(&shown) || !to_utf8(&shown, &name_r->shown) ||
        !name_key(buf_view(&name_r->shown), &name_r->key) || name_r->key.n == 0 ||
        !put_skeleton(&shown, &name_r->skeleton))
        return ERR_USERNAME_INVALID;
    return 0;
}

static bool is_or_looks_like(const struct username *name, const char *word)
{
    struct username other;
    bool is =
        username_parse(str_of(word), &other) == 0 && (str_eq(buf_view(&name->key), buf_view(&other.key)) ||
                                                      str_eq(buf_view(&name->skeleton), buf_view(&other.skeleton)));
    username_free(&other);
    return is;
}

int username_parse_new(struct str typed, struct username *name_r)
{
    int err = username_parse(typed, name_r);
    for (size_t i = 0; !err && name_that_calls_many(i); i++)
        if (is_or_looks_like(name_r, name_that_calls_many(i)))
            err = ERR_USERNAME_TAKEN;
    return err;
}

void username_free(struct username *name)
{
    buf_fini(&name->shown);
    buf_fini(&name->key);
    buf_fini(&name->skeleton);
}

/* Letters, marks, digits, punctuation, symbols and inner spaces; and the joiners that make one picture of several. */
bool username_may_show(uint32_t point)
{
    UChar32 c = (UChar32)point;
    uint32_t bad = U_GC_CC_MASK | U_GC_CS_MASK | U_GC_CO_MASK | U_GC_CN_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK;
    if (U_GET_GC_MASK(c) & bad)
        return false;
    return !u_hasBinaryProperty(c, UCHAR_BIDI_CONTROL);
}

static bool is_visible(UChar32 c)
{
    return !u_isUWhiteSpace(c) && !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

static void trim(struct text *t, int32_t *start_r)
{
    UChar32 c;
    int32_t start = 0, i = 0;
    while (i < t->n) {
        U16_NEXT(t->p, i, t->n, c);
        if (!u_isUWhiteSpace(c))
            break;
        start = i;
    }
    for (i = t->n; i > start; t->n = i) {
        U16_PREV(t->p, start, i, c);
        if (!u_isUWhiteSpace(c))
            break;
    }
    *start_r = start;
}

int display_name_parse(struct str typed, struct buf *out)
{
    struct text raw, shown;
    int32_t start;
    int points = 0;
    bool visible = false;
    if (!from_utf8(typed, &raw) || !normalise(nfc, &raw, &shown))
        return ERR_NAME_INVALID;
    trim(&shown, &start);
    for (int32_t i = start; i < shown.n; points++) {
        UChar32 c;
        U16_NEXT(shown.p, i, shown.n, c);
        if (!username_may_show((uint32_t)c))
            return ERR_NAME_INVALID;
        visible = visible || is_visible(c);
    }
    if (!visible || points > MAX_DISPLAY)
        return ERR_NAME_INVALID;
    u_memmove(shown.p, shown.p + start, shown.n - start);
    shown.n -= start;
    return to_utf8(&shown, out) ? 0 : ERR_NAME_INVALID;
}
