/* The decoder's answer: what is taken, and that everything else is none. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "decoder_answer.h"

#define SMALL "RIFF\1\0\0\0WEBPsmall"
#define LARGE "RIFF\2\0\0\0WEBPlarger"
#define WAVE "_____________________________________________________________________________________w"

static struct decoder_answer answer;

/* The line, and both previews behind it. */
static bool parse_with_parts(const char *line)
{
    static char text[4096];
    size_t n = (size_t)snprintf(text, sizeof text, "%s\n", line);

    memcpy(text + n, SMALL, sizeof SMALL - 1);
    memcpy(text + n + sizeof SMALL - 1, LARGE, sizeof LARGE - 1);
    return decoder_answer_parse((struct str){text, n + sizeof SMALL + sizeof LARGE - 2}, &answer);
}
static bool parse(const char *text)
{
    return decoder_answer_parse(str_of(text), &answer);
}

Test(decoder_answer, an_image_has_its_sizes_and_both_previews)
{
    cr_assert(parse_with_parts("{\"kind\":\"image\",\"width\":800,\"height\":600,\"blurhash\":\"00TSUA\",\"parts\":["
                               "{\"variant\":\"small\",\"type\":\"image/webp\",\"size\":17},"
                               "{\"variant\":\"large\",\"type\":\"image/webp\",\"size\":18}]}"));
    cr_assert_eq(answer.kind, DECODER_IMAGE);
    cr_assert(answer.width == 800 && answer.height == 600 && answer.duration_ms == 0 && !answer.has_waveform);
    cr_assert_str_eq(answer.blurhash, "00TSUA");
    cr_assert(answer.small.n == 17 && memcmp(answer.small.p, SMALL, 17) == 0);
    cr_assert(answer.large.n == 18 && memcmp(answer.large.p, LARGE, 18) == 0);
}

Test(decoder_answer, a_sound_has_its_length_and_shape)
{
    cr_assert(parse("{\"kind\":\"audio\",\"duration_ms\":2500,\"waveform\":\"" WAVE "\",\"parts\":[]}\n"));
    cr_assert_eq(answer.kind, DECODER_AUDIO);
    cr_assert(answer.duration_ms == 2500 && answer.has_waveform && answer.waveform[63] == 255 && answer.width == 0);
    cr_assert(answer.small.n == 0 && answer.large.n == 0);
    cr_assert(parse("{\"kind\":\"video\",\"parts\":[]}\n"));
    cr_assert_eq(answer.kind, DECODER_VIDEO);
    cr_assert_not(answer.has_waveform);
    cr_assert(parse("{\"kind\":\"pdf\",\"parts\":[]}\n"));
    cr_assert_eq(answer.kind, DECODER_PDF);
}

Test(decoder_answer, what_is_out_of_range_or_of_another_kind_is_no_answer)
{
    static const char *const bad[] = {
        "",
        "\n",
        "{\"kind\":\"image\",\"parts\":[]}", /* no end of the line */
        "{\"kind\":\"file\",\"parts\":[]}\n",
        "{\"kind\":7,\"parts\":[]}\n",
        "{\"parts\":[]}\n",
        "{\"kind\":\"image\"}\n",
        "{\"kind\":\"image\",\"parts\":{}}\n",
        "{\"kind\":\"image\",\"parts\":[]}\nmore",
        "{\"kind\":\"image\",\"width\":10,\"parts\":[]}\n",
        "{\"kind\":\"image\",\"width\":0,\"height\":10,\"parts\":[]}\n",
        "{\"kind\":\"image\",\"width\":-1,\"height\":10,\"parts\":[]}\n",
        "{\"kind\":\"image\",\"width\":1048577,\"height\":10,\"parts\":[]}\n",
        "{\"kind\":\"image\",\"width\":\"9\",\"height\":10,\"parts\":[]}\n",
        "{\"kind\":\"video\",\"duration_ms\":99999999999999,\"parts\":[]}\n",
        "{\"kind\":\"image\",\"blurhash\":\"00<b>A\",\"parts\":[]}\n",
        "{\"kind\":\"image\",\"blurhash\":\"00TSU\",\"parts\":[]}\n",
        "{\"kind\":\"audio\",\"waveform\":\"AAAA\",\"parts\":[]}\n",
        "{\"kind\":\"audio\",\"waveform\":\"AA+A\",\"parts\":[]}\n",
        "{\"kind\":\"image\",\"parts\":[1]}\n",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(parse(bad[i]), "%s", bad[i]);
}

Test(decoder_answer, previews_are_whole_once_and_webp)
{
    static const char *const bad[] = {
        "{\"kind\":\"image\",\"parts\":[{\"variant\":\"small\",\"type\":\"image/webp\",\"size\":17}]}",
        "{\"kind\":\"image\",\"parts\":[{\"variant\":\"small\",\"type\":\"image/webp\",\"size\":36}]}",
        "{\"kind\":\"image\",\"parts\":[{\"variant\":\"small\",\"type\":\"image/webp\",\"size\":-17}]}",
        "{\"kind\":\"image\",\"parts\":[{\"variant\":\"other\",\"type\":\"image/webp\",\"size\":35}]}",
        "{\"kind\":\"image\",\"parts\":[{\"variant\":\"small\",\"type\":\"text/html\",\"size\":35}]}",
        "{\"kind\":\"image\",\"parts\":[{\"variant\":\"small\",\"type\":\"image/webp\",\"size\":17},"
        "{\"variant\":\"small\",\"type\":\"image/webp\",\"size\":18}]}",
        /* cut at another place: the second begins with something else */
        "{\"kind\":\"image\",\"parts\":[{\"variant\":\"small\",\"type\":\"image/webp\",\"size\":16},"
        "{\"variant\":\"large\",\"type\":\"image/webp\",\"size\":19}]}",
        "{\"kind\":\"image\",\"parts\":[{\"variant\":\"small\",\"type\":\"image/webp\",\"size\":5},"
        "{\"variant\":\"large\",\"type\":\"image/webp\",\"size\":30}]}",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(parse_with_parts(bad[i]), "%s", bad[i]);
}

Test(decoder_answer, an_endless_line_is_no_answer)
{
    static char text[1 << 16];

    memset(text, ' ', sizeof text);
    text[sizeof text - 1] = '\n';
    cr_assert_not(decoder_answer_parse((struct str){text, sizeof text}, &answer));
}
