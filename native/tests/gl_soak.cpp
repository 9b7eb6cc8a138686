// Many frames in a GL context, from memory and from a texture, their results in a texture and read back: memory stays flat.
#include "render_thread.hpp"

extern "C" {
#include "check.h"
}

#include <unistd.h>

static long resident_kilobytes()
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file && fscanf(file, "%ld %ld", &pages, &resident) == 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char **argv)
{
    enum { WIDTH = 48, HEIGHT = 36 };
    uint64_t frames = argc > 1 ? strtoull(argv[1], nullptr, 10) : 100000;
    static uint8_t pixels[HEIGHT][WIDTH];
    long before = 0;
    gl_context context;
    livepool_options options = {};
    options.struct_size = sizeof options;
    options.backend = LIVEPOOL_BACKEND_GL;
    livepool_engine engine;
    CHECK(livepool_create(&options, &engine) == LIVEPOOL_OK && livepool_set_pipeline(engine, "edge24", -1) == LIVEPOOL_OK);
    livepool_frame frame = {};
    frame.struct_size = sizeof frame;
    frame.pixels = pixels;
    frame.width = WIDTH;
    frame.height = HEIGHT;
    livepool_texture source = { sizeof source, context.make_texture(WIDTH, HEIGHT, GL_RGBA8), 1, 0 };
    livepool_texture target = { sizeof target, context.make_texture((WIDTH - 4) / 2, (HEIGHT - 4) / 2, GL_RGBA8), 1, 0 };
    CHECK(livepool_set_output_texture(engine, &target) == LIVEPOOL_OK);
    for (uint64_t i = 0; i < frames; i++) {
        const float *data;
        int64_t count;
        pixels[i % HEIGHT][i % WIDTH]++;
        CHECK((i % 2 ? livepool_submit_texture(engine, &source) : livepool_submit(engine, &frame)) == LIVEPOOL_OK);
        CHECK(livepool_run(engine) == LIVEPOOL_OK);
        if (i % 16 == 0)
            CHECK(livepool_output(engine, 1, &data, &count) == LIVEPOOL_OK);
        /* A window whose user turns the kernel's knob now and then. */
        if (i % 500 == 0) {
            double one = 1;
            CHECK(livepool_set_parameter(engine, 0, "dilation", &one, 1) == LIVEPOOL_OK);
        }
        if (i == frames / 10)
            before = resident_kilobytes();
    }
    long grown = resident_kilobytes() - before;
    livepool_timings timings = {};
    timings.struct_size = sizeof timings;
    CHECK(livepool_timings_of(engine, &timings) == LIVEPOOL_OK && timings.run == frames);
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK);
    printf("%llu frames on %s; %ld KB more after the first tenth\n", static_cast<unsigned long long>(frames), context.text(GL_RENDERER).c_str(), grown);
    CHECK(grown < 2048);
    return 0;
}
