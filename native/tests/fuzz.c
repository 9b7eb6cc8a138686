/* Random calls with right and wrong engines, sizes, numbers and texts, from two threads: no crash, and engines still work after. */
#include "check.h"

#include <pthread.h>
#include <string.h>

enum { ENGINES = 6, PIXELS = 1 << 16 };

static livepool_engine engines[ENGINES];
static uint8_t pixels[PIXELS];

static const char *const texts[] = {
    "edge24", "sobel", "cnn", "identity", "{\"stages\":[{\"op\":\"max_pool2d\",\"kernel_size\":2}]}",
    "{\"stages\":[{\"op\":\"conv2d\",\"weight\":[[1,0],[0,-1]]},{\"op\":\"relu\"},{\"op\":\"avg_pool2d\",\"kernel_size\":3,\"stride\":1}]}",
    "{\"stages\":[{\"op\":\"adaptive_avg_pool2d\",\"output_size\":3}]}", "{\"stages\":[{\"op\":\"sigmoid\"}]}",
};

static const char *const names[] = { "stride", "kernel_size", "padding", "dilation", "weight", "groups", "bias", "out_channels", "op", "", "\xff" };

typedef struct {
    uint64_t calls;
    uint64_t state;
    uint64_t seen[9]; /* by status, 0 to -8 */
} walker;

static uint32_t next(walker *w, uint32_t below)
{
    w->state ^= w->state << 13;
    w->state ^= w->state >> 7;
    w->state ^= w->state << 17;
    return (uint32_t)(w->state >> 33) % below;
}

static int32_t any_number(walker *w)
{
    static const int32_t corners[] = { 0, 1, -1, 2, 3, 7, 255, 65536, INT32_MAX, INT32_MIN };
    return next(w, 3) ? (int32_t)next(w, 12) : corners[next(w, sizeof corners / sizeof *corners)];
}

static livepool_engine any_engine(walker *w)
{
    livepool_engine known = __atomic_load_n(&engines[next(w, ENGINES)], __ATOMIC_RELAXED);
    return next(w, 20) ? known : known ^ (1ull << next(w, 64));
}

static livepool_status submit(walker *w)
{
    livepool_frame frame = { .struct_size = sizeof frame, .format = (int32_t)next(w, 5), .pixels = pixels,
        .width = 1 + (int32_t)next(w, 50), .height = 1 + (int32_t)next(w, 50) };
    if (frame.format == LIVEPOOL_FORMAT_FLOAT32)
        frame.channels = 1;
    switch (next(w, 12)) {
    case 0: frame.struct_size = (uint32_t)any_number(w); break;
    case 1: frame.format = any_number(w); break;
    case 2: frame.pixels = NULL; break;
    case 3: frame.width = -any_number(w) | INT32_MIN; break;
    case 4: frame.height = any_number(w) | 1 << 20; break;
    case 5: frame.stride = 1000; break;
    case 6: frame.stride = -1000, frame.pixels = pixels + 1000 * (frame.height - 1); break;
    case 7: frame.stride = next(w, 4) ? INT64_MIN : 3, frame.width = 40; break;
    case 8: frame.channels = any_number(w); break;
    case 9: frame.reserved = any_number(w); break;
    }
    /* The numbers may be wrong, what they describe lies within the pixels. */
    if (frame.channels > 1 || (frame.height > 50 && frame.height < 65537) || (frame.width > 50 && frame.width < 65537))
        return LIVEPOOL_OK;
    return livepool_submit(next(w, 30) ? any_engine(w) : 0, next(w, 50) ? &frame : NULL);
}

static livepool_status submit_texture(walker *w)
{
    livepool_texture texture = { .struct_size = sizeof texture, .name = next(w, 9) ? next(w, 6) : (uint32_t)any_number(w) };
    switch (next(w, 8)) {
    case 0: texture.struct_size = (uint32_t)any_number(w); break;
    case 1: texture.bottom_first = any_number(w); break;
    case 2: texture.reserved = any_number(w); break;
    }
    const livepool_texture *given = next(w, 20) ? &texture : NULL;
    return next(w, 3) ? livepool_submit_texture(any_engine(w), given) : livepool_set_output_texture(any_engine(w), given);
}

static livepool_status set_pipeline(walker *w)
{
    char text[256];
    size_t length = (size_t)snprintf(text, sizeof text, "%s", texts[next(w, sizeof texts / sizeof *texts)]);
    for (uint32_t i = next(w, 3) ? 0 : 1 + next(w, 3); i > 0; i--)
        text[next(w, (uint32_t)length)] = (char)next(w, 256);
    return livepool_set_pipeline(any_engine(w), next(w, 50) ? text : NULL, next(w, 10) ? -1 : (int64_t)next(w, (uint32_t)length + 1));
}

static livepool_status set_parameter(walker *w)
{
    double values[64];
    for (int i = 0; i < 64; i++)
        values[i] = next(w, 4) ? (double)next(w, 9) : any_number(w) * 0.37;
    int32_t count = next(w, 8) ? 1 + (int32_t)next(w, 50) : -any_number(w);
    if (next(w, 2))
        count = 1;
    return livepool_set_parameter(any_engine(w), any_number(w), next(w, 50) ? names[next(w, sizeof names / sizeof *names)] : NULL,
        next(w, 50) ? values : NULL, count > 64 ? 64 : count);
}

static livepool_status call(walker *w)
{
    int32_t number[4];
    double time;
    const float *data;
    int64_t count;
    livepool_timings timings = { .struct_size = sizeof timings };
    switch (next(w, 13)) {
    case 0: {
        livepool_options options = { .struct_size = sizeof options, .threads = 1 + (int32_t)next(w, 2), .keep_stages = (int32_t)next(w, 2) };
        if (!next(w, 3))
            options.backend = LIVEPOOL_BACKEND_GL;
        if (!next(w, 4))
            options.backend = any_number(w);
        livepool_engine made = 0;
        livepool_status status = next(w, 40) ? LIVEPOOL_OK : livepool_create(next(w, 9) ? &options : NULL, &made);
        if (made) {
            livepool_engine old = __atomic_exchange_n(&engines[next(w, ENGINES)], made, __ATOMIC_RELAXED);
            while (livepool_destroy(old) == LIVEPOOL_BUSY) { }
        }
        return status;
    }
    case 1: case 2: case 3: return submit(w);
    case 4: case 5: return livepool_run(any_engine(w));
    case 6: return set_pipeline(w);
    case 7: return set_parameter(w);
    case 8: return livepool_stage_count(any_engine(w), next(w, 50) ? number : NULL);
    case 9: return livepool_stage_shape(any_engine(w), any_number(w), next(w, 50) ? number : NULL);
    case 11: return submit_texture(w);
    case 10: return livepool_stage_time(any_engine(w), any_number(w), next(w, 50) ? &time : NULL);
    default: return next(w, 2) ? livepool_output(any_engine(w), any_number(w), next(w, 50) ? &data : NULL, &count)
                               : livepool_timings_of(any_engine(w), next(w, 50) ? &timings : NULL);
    }
}

static void *walk(void *argument)
{
    walker *w = argument;
    for (uint64_t left = w->calls; left > 0; left--) {
        livepool_status status = call(w);
        CHECK(status <= LIVEPOOL_NOTHING_NEW && status != LIVEPOOL_FAILED && status >= LIVEPOOL_WRONG_THREAD);
        if (status <= 0)
            w->seen[-status]++;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    int has_context = argc > 2;
    uint64_t calls = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
    for (int i = 0; i < PIXELS; i++)
        pixels[i] = (uint8_t)(i * 37);
    for (int i = 0; i < ENGINES; i++) {
        livepool_options options = { .struct_size = sizeof options, .threads = 1, .keep_stages = i % 2 };
        CHECK(livepool_create(&options, &engines[i]) == LIVEPOOL_OK);
        CHECK(livepool_set_pipeline(engines[i], texts[i], -1) == LIVEPOOL_OK);
    }
    walker walkers[2] = { { .calls = calls / 2, .state = 88172645463325252ull }, { .calls = calls / 2, .state = 2463534242ull } };
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, walk, &walkers[1]) == 0);
    walk(&walkers[0]);
    CHECK(pthread_join(thread, NULL) == 0);

    uint64_t total[9];
    for (int i = 0; i < 9; i++)
        total[i] = walkers[0].seen[i] + walkers[1].seen[i];
    printf("%llu calls: %llu good, %llu wrong arguments, %llu wrong engines, %llu wrong pipelines, %llu not ready, %llu busy\n",
        (unsigned long long)calls, (unsigned long long)total[0], (unsigned long long)total[1], (unsigned long long)total[2],
        (unsigned long long)total[3], (unsigned long long)total[4], (unsigned long long)total[5]);
    /* All kinds of answers were had. */
    CHECK(total[0] > calls / 10 && total[1] > 0 && total[2] > 0 && total[3] > 0 && total[4] > 0);

    livepool_frame frame = { .struct_size = sizeof frame, .pixels = pixels, .width = 40, .height = 40 };
    for (int i = 0; i < ENGINES; i++) {
        CHECK(livepool_set_pipeline(engines[i], "edge24", -1) == LIVEPOOL_OK);
        CHECK(livepool_set_output_texture(engines[i], NULL) == LIVEPOOL_OK);
        CHECK(livepool_submit(engines[i], &frame) == LIVEPOOL_OK);
        /* One that is made for GL needs a context. */
        livepool_status status = livepool_run(engines[i]);
        CHECK(status == LIVEPOOL_OK || (!has_context && status == LIVEPOOL_UNAVAILABLE));
        CHECK(livepool_destroy(engines[i]) == LIVEPOOL_OK);
    }
    return 0;
}
