/* parley-media-svc: files that people upload and see. */
#include "blob_s3.h"
#include "cache.h"
#include "finisher.h"
#include "heap.h"
#include "media.h"
#include "mover.h"
#include "sweeper.h"
#include "unfurler.h"
#include "visitor.h"

enum {
    BLOCK_MAX = 520 << 10, /* bytes on their way out; the chunks of uploads go back to the machine at once, each */
    SPARE_MAX = 1 << 20
};

int main(int argc, char **argv)
{
    static struct media media;
    process_start(&media.process, "media-svc", media_config_rows, MEDIA_CONFIG_ROWS, &media.config, argc, argv);
    heap_keep(BLOCK_MAX, SPARE_MAX);
    int err = media_init(&media);
    if (!err)
        process_run(&media.process, media_ready, media_drain, &media);
    media_fini(&media);
    int code = process_end(&media.process);
    finisher_destroy(&media.finisher);
    sweeper_destroy(&media.sweeper);
    unfurler_destroy(&media.unfurler);
    mover_destroy(&media.mover);
    cache_destroy(&media.cache);
    blob_destroy(&media.blob);
    blob_s3_destroy(&media.blob_s3);
    visitors_destroy(&media.visitors);
    return err ? 1 : code;
}
