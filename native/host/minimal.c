/* Runs a checkerboard through edge24 and prints what comes out: the whole way in few lines, for any engine. */
#include "livepool.h"

#include <stdio.h>
#include <stdlib.h>

static void check(livepool_status status)
{
    char text[512];
    if (status >= 0)
        return;
    livepool_last_error(text, sizeof text);
    fprintf(stderr, "livepool: %s\n", text);
    exit(1);
}

int main(void)
{
    enum { WIDTH = 640, HEIGHT = 480 };
    static uint8_t pixels[HEIGHT][WIDTH];
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            pixels[y][x] = (x / 32 + y / 32) % 2 ? 255 : 0;

    if (livepool_abi_version() != LIVEPOOL_ABI_VERSION) {
        fprintf(stderr, "livepool: the library and the header differ\n");
        return 1;
    }
    livepool_engine engine;
    check(livepool_create(NULL, &engine));
    check(livepool_set_pipeline(engine, "edge24", -1));
    livepool_frame frame = {
        .struct_size = sizeof frame, .format = LIVEPOOL_FORMAT_GRAY8, .pixels = pixels, .width = WIDTH, .height = HEIGHT,
    };
    for (int i = 0; i < 100; i++) {
        check(livepool_submit(engine, &frame));
        check(livepool_run(engine));
    }

    int32_t stages, shape[4];
    const float *data;
    int64_t count;
    check(livepool_stage_count(engine, &stages));
    check(livepool_stage_shape(engine, stages - 1, shape));
    check(livepool_output(engine, stages - 1, &data, &count));
    float most = data[0];
    for (int64_t i = 1; i < count; i++)
        most = data[i] > most ? data[i] : most;
    livepool_timings timings = { .struct_size = sizeof timings };
    check(livepool_timings_of(engine, &timings));
    printf("LivePool %s: [%d, %d, %d, %d], at most %g, %.3f ms to submit, %.3f ms to run\n",
        livepool_version(), shape[0], shape[1], shape[2], shape[3], most, timings.submit_ms, timings.run_ms);
    check(livepool_destroy(engine));
    return 0;
}
