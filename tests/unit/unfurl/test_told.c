/* What the reader may say. */
#include <string.h>

#include <criterion/criterion.h>

#include "told.h"

Test(told, lines_of_words_and_texts_and_nothing_else)
{
    struct told told;
    cr_assert(told_parse(STR("title A title\ndescription d e\nsite s\nimage /a.png\n"), &told));
    cr_expect(str_is(told.title, "A title"));
    cr_expect(str_is(told.description, "d e"));
    cr_expect(str_is(told.site, "s"));
    cr_expect(str_is(told.image, "/a.png"));
    cr_assert(told_parse(STR(""), &told));
    cr_expect_eq(told.title.n, 0);
    static const char *const wrong[] = {"title \n",     "title",        "other x\n", "title a\ntitle b\n",
                                        "title a\tb\n", "title \xff\n", "\n",        " title a\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(told_parse(str_of(wrong[i]), &told), "%s", wrong[i]);
}

Test(told, too_long_is_wrong)
{
    static char text[TOLD_TITLE_MAX + 10] = "title ";
    struct told told;
    memset(text + 6, 'a', TOLD_TITLE_MAX);
    cr_expect(told_parse(str_of(text), &told));
    text[6 + TOLD_TITLE_MAX] = 'a';
    cr_expect_not(told_parse(str_of(text), &told));
}
