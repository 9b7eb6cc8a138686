/* The header's structs are the library's, and what is wrong is refused with a code and a text. */
#define _GNU_SOURCE
#include "check.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __x86_64__
#include <xmmintrin.h>
#endif

static const struct {
    const char *name;
    size_t size;
    size_t offset;
} members[] = {
#define WHOLE(type) { #type, sizeof(type), 0 }
#define FIELD(type, field) { #type "." #field, sizeof(((type *)0)->field), offsetof(type, field) }
    WHOLE(livepool_options), FIELD(livepool_options, struct_size), FIELD(livepool_options, backend),
    FIELD(livepool_options, threads), FIELD(livepool_options, keep_stages),
    WHOLE(livepool_frame), FIELD(livepool_frame, struct_size), FIELD(livepool_frame, format), FIELD(livepool_frame, pixels),
    FIELD(livepool_frame, stride), FIELD(livepool_frame, width), FIELD(livepool_frame, height), FIELD(livepool_frame, channels),
    FIELD(livepool_frame, reserved),
    WHOLE(livepool_texture), FIELD(livepool_texture, struct_size), FIELD(livepool_texture, name),
    FIELD(livepool_texture, bottom_first), FIELD(livepool_texture, reserved),
    WHOLE(livepool_timings), FIELD(livepool_timings, struct_size), FIELD(livepool_timings, stages),
    FIELD(livepool_timings, submitted), FIELD(livepool_timings, run), FIELD(livepool_timings, replaced), FIELD(livepool_timings, failed),
    FIELD(livepool_timings, submit_ms), FIELD(livepool_timings, run_ms),
    WHOLE(livepool_render_event), FIELD(livepool_render_event, struct_size), FIELD(livepool_render_event, status),
    FIELD(livepool_render_event, engine),
    WHOLE(livepool_member), FIELD(livepool_member, struct_size), FIELD(livepool_member, size), FIELD(livepool_member, offset),
    FIELD(livepool_member, reserved), FIELD(livepool_member, name),
};

static void layout_is_the_librarys(void)
{
    int32_t count = (int32_t)(sizeof members / sizeof *members);
    livepool_member found = { .struct_size = sizeof found };
    for (int32_t i = 0; i < count; i++) {
        CHECK(livepool_layout(i, &found) == LIVEPOOL_OK);
        if (strcmp(found.name, members[i].name) || found.size != members[i].size || found.offset != members[i].offset) {
            fprintf(stderr, "%s: the library has %u bytes at %u, the header %zu at %zu\n", members[i].name, found.size, found.offset,
                members[i].size, members[i].offset);
            exit(1);
        }
    }
    CHECK(livepool_layout(count, &found) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_layout(-1, &found) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_layout(0, NULL) == LIVEPOOL_INVALID_ARGUMENT);
    found.struct_size--;
    CHECK(livepool_layout(0, &found) == LIVEPOOL_INVALID_ARGUMENT);
}

static int logged;

static void count_line(void *user, int32_t level, const char *message)
{
    CHECK(user == &logged && level == LIVEPOOL_LOG_ERROR && message[0]);
    logged++;
}

static void wrong_calls_are_refused(void)
{
    uint8_t pixels[64] = { 0 };
    livepool_engine engine = 7, stale;
    livepool_options options = { .struct_size = sizeof options };
    livepool_frame frame = { .struct_size = sizeof frame, .pixels = pixels, .width = 8, .height = 8 };
    double two = 2, values[25] = { 0 };
    int32_t number, shape[4];
    int64_t count;
    const float *data;
    char text[64];

    CHECK(livepool_create(NULL, NULL) == LIVEPOOL_INVALID_ARGUMENT);
    options.struct_size = 4;
    CHECK(livepool_create(&options, &engine) == LIVEPOOL_INVALID_ARGUMENT && engine == 0);
    options = (livepool_options){ .struct_size = sizeof options, .backend = 9 };
    CHECK(livepool_create(&options, &engine) == LIVEPOOL_INVALID_ARGUMENT);
    options = (livepool_options){ .struct_size = sizeof options, .threads = -1 };
    CHECK(livepool_create(&options, &engine) == LIVEPOOL_INVALID_ARGUMENT);
    options = (livepool_options){ .struct_size = sizeof options, .keep_stages = 2 };
    CHECK(livepool_create(&options, &engine) == LIVEPOOL_INVALID_ARGUMENT);

    CHECK(livepool_run(0) == LIVEPOOL_INVALID_ENGINE);
    CHECK(livepool_run(UINT64_MAX) == LIVEPOOL_INVALID_ENGINE);
    CHECK(livepool_last_error(text, sizeof text) > 0 && strstr(text, "0xffffffffffffffff"));
    CHECK(livepool_last_error(text, 5) > 5 && strlen(text) == 4);
    CHECK(livepool_last_error(NULL, 0) > 5);

    CHECK(livepool_create(NULL, &engine) == LIVEPOOL_OK && engine != 0);
    CHECK(livepool_run(engine) == LIVEPOOL_NOT_READY);
    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_NOT_READY);
    CHECK(livepool_stage_count(engine, &number) == LIVEPOOL_NOT_READY);
    CHECK(livepool_set_parameter(engine, 0, "stride", &two, 1) == LIVEPOOL_NOT_READY);
    CHECK(livepool_set_pipeline(engine, NULL, -1) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_set_pipeline(engine, "{", -2) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_set_pipeline(engine, "", -1) == LIVEPOOL_INVALID_PIPELINE);
    CHECK(livepool_set_pipeline(engine, "[]", -1) == LIVEPOOL_INVALID_PIPELINE);
    CHECK(livepool_set_pipeline(engine, "{\"stages\":[{\"op\":\"conv3d\"}]}", -1) == LIVEPOOL_INVALID_PIPELINE);
    CHECK(livepool_set_pipeline(engine, "edge24", 6) == LIVEPOOL_OK);
    CHECK(livepool_run(engine) == LIVEPOOL_NOT_READY);
    CHECK(livepool_output(engine, 0, &data, &count) == LIVEPOOL_NOT_READY);

    CHECK(livepool_submit(engine, NULL) == LIVEPOOL_INVALID_ARGUMENT);
#define REFUSED(...)                                                                                                       \
    do {                                                                                                                   \
        livepool_frame wrong_ = frame;                                                                                     \
        __VA_ARGS__;                                                                                                       \
        CHECK(livepool_submit(engine, &wrong_) == LIVEPOOL_INVALID_ARGUMENT);                                              \
    } while (0)
    REFUSED(wrong_.struct_size = 0);
    REFUSED(wrong_.format = 5);
    REFUSED(wrong_.format = -1);
    REFUSED(wrong_.pixels = NULL);
    REFUSED(wrong_.width = 0);
    REFUSED(wrong_.height = -1);
    REFUSED(wrong_.width = INT32_MAX);
    REFUSED(wrong_.stride = 7);
    REFUSED(wrong_.stride = -7);
    REFUSED(wrong_.stride = INT64_MIN);
    REFUSED(wrong_.channels = 1);
    REFUSED(wrong_.reserved = 1);
    REFUSED(wrong_.format = LIVEPOOL_FORMAT_FLOAT32, wrong_.channels = 2);

    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK);
    CHECK(livepool_run(engine) == LIVEPOOL_OK);
    CHECK(livepool_run(engine) == LIVEPOOL_NOTHING_NEW);
    CHECK(livepool_stage_shape(engine, 1, shape) == LIVEPOOL_OK && shape[0] == 1 && shape[1] == 2 && shape[2] == 2 && shape[3] == 2);
    CHECK(livepool_stage_shape(engine, 2, shape) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_stage_shape(engine, 1, NULL) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_output(engine, -1, &data, &count) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_output(engine, 0, &data, &count) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_output(engine, 1, NULL, &count) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_output(engine, 1, &data, &count) == LIVEPOOL_OK && count == 8 && data[0] == 0);
    CHECK(livepool_stage_time(engine, 1, &two) == LIVEPOOL_OK && two >= 0);
    CHECK(livepool_stage_time(engine, 0, &two) == LIVEPOOL_OK && isnan(two));

    /* A frame that does not fit is said when it runs, and the next one runs again. */
    frame.width = 4;
    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK && livepool_run(engine) == LIVEPOOL_INVALID_PIPELINE);
    CHECK(livepool_output(engine, 1, &data, &count) == LIVEPOOL_NOT_READY);
    frame.width = 8;
    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK && livepool_run(engine) == LIVEPOOL_OK);

    two = 2;
    CHECK(livepool_set_parameter(engine, 2, "stride", &two, 1) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_set_parameter(engine, 0, NULL, &two, 1) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_set_parameter(engine, 0, "stride", NULL, 1) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_set_parameter(engine, 0, "stride", &two, 0) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_set_parameter(engine, 0, "colour", &two, 1) == LIVEPOOL_INVALID_PIPELINE);
    CHECK(livepool_set_parameter(engine, 0, "weight", values, 25) == LIVEPOOL_INVALID_ARGUMENT);
    values[0] = NAN;
    CHECK(livepool_set_parameter(engine, 0, "stride", values, 1) == LIVEPOOL_INVALID_ARGUMENT);
    /* What was refused changed nothing. */
    CHECK(livepool_output(engine, 1, &data, &count) == LIVEPOOL_OK);
    CHECK(livepool_set_parameter(engine, 0, "stride", &two, 1) == LIVEPOOL_OK);
    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK && livepool_run(engine) == LIVEPOOL_OK);
    CHECK(livepool_stage_shape(engine, 1, shape) == LIVEPOOL_OK && shape[2] == 1);

    livepool_timings timings = { .struct_size = sizeof timings };
    CHECK(livepool_timings_of(engine, &timings) == LIVEPOOL_OK && timings.submitted == 4 && timings.run == 3 && timings.stages == 2);

    CHECK(livepool_set_log(count_line, &logged) == LIVEPOOL_OK);
    CHECK(livepool_stage_count(0, &number) == LIVEPOOL_INVALID_ENGINE && logged == 1);
    CHECK(livepool_set_log(NULL, NULL) == LIVEPOOL_OK);

    stale = engine;
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK);
    CHECK(livepool_destroy(stale) == LIVEPOOL_INVALID_ENGINE);
    CHECK(livepool_create(NULL, &engine) == LIVEPOOL_OK && engine != stale);
    CHECK(livepool_run(stale) == LIVEPOOL_INVALID_ENGINE);
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK);
    CHECK(logged == 1);
}

/* No GL context is current here: what needs none works, the rest says so. */
static void gl_engines_need_a_context(void)
{
    uint8_t pixels[64] = { 0 };
    livepool_engine simd, gl;
    livepool_options options = { .struct_size = sizeof options, .backend = LIVEPOOL_BACKEND_GL };
    livepool_frame frame = { .struct_size = sizeof frame, .pixels = pixels, .width = 8, .height = 8 };
    livepool_texture texture = { .struct_size = sizeof texture, .name = 1 };
    const float *data;
    int64_t count;
    char text[256];

    CHECK(livepool_create(NULL, &simd) == LIVEPOOL_OK && livepool_set_pipeline(simd, "edge24", -1) == LIVEPOOL_OK);
    CHECK(livepool_submit_texture(simd, &texture) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_set_output_texture(simd, &texture) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_set_output_texture(simd, NULL) == LIVEPOOL_OK);
    CHECK(livepool_create(&options, &gl) == LIVEPOOL_OK);
    CHECK(livepool_submit_texture(gl, &texture) == LIVEPOOL_NOT_READY);
    CHECK(livepool_set_pipeline(gl, "edge24", -1) == LIVEPOOL_OK);
    CHECK(livepool_submit_texture(gl, NULL) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_submit_texture(gl, &texture) == LIVEPOOL_OK && livepool_set_output_texture(gl, &texture) == LIVEPOOL_OK);
#define WRONG(...)                                                                              \
    do {                                                                                        \
        livepool_texture wrong_ = texture;                                                      \
        __VA_ARGS__;                                                                            \
        CHECK(livepool_submit_texture(gl, &wrong_) == LIVEPOOL_INVALID_ARGUMENT);               \
        CHECK(livepool_set_output_texture(gl, &wrong_) == LIVEPOOL_INVALID_ARGUMENT);           \
    } while (0)
    WRONG(wrong_.struct_size = 12);
    WRONG(wrong_.name = 0);
    WRONG(wrong_.bottom_first = 2);
    WRONG(wrong_.reserved = 1);
    CHECK(livepool_run(gl) == LIVEPOOL_UNAVAILABLE);
    CHECK(livepool_last_error(text, sizeof text) > 0 && strstr(text, "no GL context"));
    CHECK(livepool_submit(gl, &frame) == LIVEPOOL_OK && livepool_run(gl) == LIVEPOOL_UNAVAILABLE);
    CHECK(livepool_output(gl, 1, &data, &count) == LIVEPOOL_NOT_READY);
    CHECK(livepool_destroy(gl) == LIVEPOOL_OK && livepool_destroy(simd) == LIVEPOOL_OK);
}

static void rows_may_have_gaps_and_run_upwards(void)
{
    enum { WIDTH = 9, HEIGHT = 5, GAP = 3 };
    uint8_t spaced[HEIGHT][WIDTH + GAP];
    float expected[HEIGHT][WIDTH];
    livepool_engine engine;
    const float *data;
    int64_t count;

    CHECK(livepool_create(NULL, &engine) == LIVEPOOL_OK);
    CHECK(livepool_set_pipeline(engine, "{\"stages\":[{\"op\":\"relu\"}]}", -1) == LIVEPOOL_OK);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH + GAP; x++)
            spaced[y][x] = (uint8_t)(x < WIDTH ? 20 * y + x : 255);
    for (int upwards = 0; upwards < 2; upwards++) {
        livepool_frame frame = { .struct_size = sizeof frame, .pixels = spaced[upwards ? HEIGHT - 1 : 0],
            .stride = (upwards ? -1 : 1) * (int64_t)sizeof spaced[0], .width = WIDTH, .height = HEIGHT };
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
                expected[y][x] = (float)(20 * (upwards ? HEIGHT - 1 - y : y) + x);
        CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK && livepool_run(engine) == LIVEPOOL_OK);
        CHECK(livepool_output(engine, 0, &data, &count) == LIVEPOOL_OK && count == WIDTH * HEIGHT);
        CHECK(memcmp(data, expected, sizeof expected) == 0);
    }
    /* Planes one after the other, each upwards, with nothing before the first. */
    static float planes[3][HEIGHT][WIDTH];
    for (int i = 0; i < 3 * HEIGHT * WIDTH; i++)
        planes[0][0][i] = (float)i;
    CHECK(livepool_set_pipeline(engine, "{\"in_channels\":3,\"stages\":[{\"op\":\"relu\"}]}", -1) == LIVEPOOL_OK);
    livepool_frame upwards = { .struct_size = sizeof upwards, .format = LIVEPOOL_FORMAT_FLOAT32, .pixels = planes[0][HEIGHT - 1],
        .stride = -(int64_t)sizeof planes[0][0], .width = WIDTH, .height = HEIGHT, .channels = 3 };
    CHECK(livepool_submit(engine, &upwards) == LIVEPOOL_OK && livepool_run(engine) == LIVEPOOL_OK);
    CHECK(livepool_output(engine, 0, &data, &count) == LIVEPOOL_OK && count == 3 * HEIGHT * WIDTH);
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < HEIGHT; y++)
            CHECK(memcmp(data + (c * HEIGHT + y) * WIDTH, planes[c][HEIGHT - 1 - y], sizeof planes[0][0]) == 0);
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK);
}

/* A frame that cannot be taken leaves the one that waits. */
static void a_failed_submit_changes_nothing(void)
{
    static uint8_t pixels[16][16];
    livepool_engine engine;
    const float *data;
    int64_t count;
    CHECK(livepool_create(NULL, &engine) == LIVEPOOL_OK);
    CHECK(livepool_set_pipeline(engine, "{\"stages\":[{\"op\":\"relu\"}]}", -1) == LIVEPOOL_OK);
    memset(pixels, 7, sizeof pixels);
    livepool_frame frame = { .struct_size = sizeof frame, .pixels = pixels, .width = 16, .height = 16 };
    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK);
    livepool_frame huge = { .struct_size = sizeof huge, .format = LIVEPOOL_FORMAT_FLOAT32, .pixels = pixels, .width = 65536, .height = 65536,
        .channels = 1 };
    CHECK(livepool_submit(engine, &huge) < 0);
    CHECK(livepool_run(engine) == LIVEPOOL_OK);
    CHECK(livepool_output(engine, 0, &data, &count) == LIVEPOOL_OK && count == 256 && data[0] == 7 && data[255] == 7);

    /* Nor does a pipeline of as many channels take it away; one of others does, and says so. */
    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK);
    CHECK(livepool_set_pipeline(engine, "edge24", -1) == LIVEPOOL_OK && livepool_run(engine) == LIVEPOOL_OK);
    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK);
    CHECK(livepool_set_pipeline(engine, "{\"in_channels\":3,\"stages\":[{\"op\":\"relu\"}]}", -1) == LIVEPOOL_OK);
    CHECK(livepool_run(engine) == LIVEPOOL_NOTHING_NEW);
    livepool_timings timings = { .struct_size = sizeof timings };
    CHECK(livepool_timings_of(engine, &timings) == LIVEPOOL_OK && timings.submitted == 3 && timings.run == 2 && timings.replaced == 1);

    /* A frame that the pipeline cannot take is counted too. */
    CHECK(livepool_set_pipeline(engine, "edge24", -1) == LIVEPOOL_OK);
    frame.width = frame.height = 3;
    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK && livepool_run(engine) == LIVEPOOL_INVALID_PIPELINE);
    CHECK(livepool_run(engine) == LIVEPOOL_NOTHING_NEW);
    CHECK(livepool_timings_of(engine, &timings) == LIVEPOOL_OK && timings.submitted == 4 && timings.failed == 1);
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK);
}

/* A slider's numbers, a switch, and as many biases as there are channels. */
static void parameters_are_numbers(void)
{
    static float pixels[4][4];
    double one = 1, two = 2, half = 0.5, both[] = { 1, 2 };
    livepool_engine engine;
    int32_t shape[4];
    const float *data;
    int64_t count;
    CHECK(livepool_create(NULL, &engine) == LIVEPOOL_OK);
    CHECK(livepool_set_pipeline(engine, "{\"stages\":[{\"op\":\"conv2d\",\"weight\":[[1,0],[0,0]]},{\"op\":\"max_pool2d\",\"kernel_size\":2}]}", -1) == LIVEPOOL_OK);
    CHECK(livepool_set_parameter(engine, 0, "bias", &half, 1) == LIVEPOOL_OK);
    CHECK(livepool_set_parameter(engine, 0, "bias", both, 2) == LIVEPOOL_INVALID_PIPELINE);
    CHECK(livepool_set_parameter(engine, 1, "ceil_mode", &one, 1) == LIVEPOOL_OK);
    CHECK(livepool_set_parameter(engine, 1, "ceil_mode", &two, 1) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_set_parameter(engine, 1, "ceil_mode", both, 2) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(livepool_set_parameter(engine, 1, "stride", both, 2) == LIVEPOOL_OK);
    livepool_frame frame = { .struct_size = sizeof frame, .format = LIVEPOOL_FORMAT_FLOAT32, .pixels = pixels, .width = 4, .height = 4, .channels = 1 };
    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK && livepool_run(engine) == LIVEPOOL_OK);
    CHECK(livepool_stage_shape(engine, 1, shape) == LIVEPOOL_OK && shape[2] == 2 && shape[3] == 2);
    CHECK(livepool_output(engine, 1, &data, &count) == LIVEPOOL_OK && data[0] == 0.5f);
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK);
}

static livepool_engine shared;
static bool ends;

static void *submit_on(void *unused)
{
    static uint8_t pixels[1080][1920];
    livepool_frame frame = { .struct_size = sizeof frame, .pixels = pixels, .width = 1920, .height = 1080 };
    while (!__atomic_load_n(&ends, __ATOMIC_ACQUIRE))
        livepool_submit(shared, &frame);
    return unused;
}

/* A call that is turned away changes nothing: an engine that could not be destroyed is there still. */
static void what_is_busy_stays(void)
{
    int turned_away = 0;
    for (int i = 0; i < 200 && turned_away == 0; i++) {
        pthread_t thread;
        int32_t count;
        CHECK(livepool_create(NULL, &shared) == LIVEPOOL_OK && livepool_set_pipeline(shared, "edge24", -1) == LIVEPOOL_OK);
        __atomic_store_n(&ends, false, __ATOMIC_RELEASE);
        CHECK(pthread_create(&thread, NULL, submit_on, NULL) == 0);
        usleep(1000);
        livepool_status status = livepool_destroy(shared);
        __atomic_store_n(&ends, true, __ATOMIC_RELEASE);
        CHECK(pthread_join(thread, NULL) == 0);
        if (status == LIVEPOOL_BUSY) {
            CHECK(livepool_stage_count(shared, &count) == LIVEPOOL_OK && livepool_destroy(shared) == LIVEPOOL_OK);
            turned_away++;
        } else {
            CHECK(status == LIVEPOOL_OK && livepool_destroy(shared) == LIVEPOOL_INVALID_ENGINE);
        }
    }
    CHECK(turned_away > 0);
}

/* Texts are read up to their end and not beyond: behind it lies memory that may not be touched. */
static void texts_are_not_read_beyond_their_end(void)
{
    long page = sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    double two = 2;
    livepool_engine engine;
    CHECK(memory != MAP_FAILED && mprotect(memory + page, (size_t)page, PROT_NONE) == 0);
    char *name = strcpy(memory + page - sizeof "edge24", "edge24");
    CHECK(livepool_create(NULL, &engine) == LIVEPOOL_OK);
    CHECK(livepool_set_pipeline(engine, name, -1) == LIVEPOOL_OK);
    name = strcpy(memory + page - sizeof "stride", "stride");
    CHECK(livepool_set_parameter(engine, 0, name, &two, 1) == LIVEPOOL_OK);
    CHECK(livepool_set_pipeline(engine, "\xEF\xBB\xBF{\"stages\":[{\"op\":\"relu\"}]}", -1) == LIVEPOOL_OK);
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK);
    CHECK(munmap(memory, 2 * (size_t)page) == 0);
}

/* Sums of decimals, where another rounding would show. */
static void decimals(livepool_engine engine, float sums[9])
{
    static float picture[5][5];
    const float *data;
    int64_t count;
    for (int i = 0; i < 25; i++)
        picture[0][i] = 0.1f * (float)(i + 1);
    livepool_frame frame = { .struct_size = sizeof frame, .format = LIVEPOOL_FORMAT_FLOAT32, .pixels = picture, .width = 5, .height = 5, .channels = 1 };
    CHECK(livepool_submit(engine, &frame) == LIVEPOOL_OK && livepool_run(engine) == LIVEPOOL_OK);
    CHECK(livepool_output(engine, 0, &data, &count) == LIVEPOOL_OK && count == 9);
    memcpy(sums, data, 9 * sizeof *sums);
}

/* Rounding upwards, no subnormal numbers and traps on the caller's thread change nothing inside, and are there afterwards. */
static void the_callers_floating_point_modes_stay_outside(void)
{
#ifdef __x86_64__
    float before[9], after[9];
    livepool_engine engine;
    CHECK(livepool_create(NULL, &engine) == LIVEPOOL_OK);
    CHECK(livepool_set_pipeline(engine, "{\"stages\":[{\"op\":\"conv2d\",\"weight\":[[0.1,0.7,0.3],[0.2,0.9,0.6],[0.3,0.8,1e-7]]}]}", -1) == LIVEPOOL_OK);
    decimals(engine, before);
    const unsigned modes[] = { 0x5F80, 0x9FC0, 0x1F80 & ~0x1E80u };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        _mm_setcsr(modes[i]);
        decimals(engine, after);
        unsigned found = _mm_getcsr();
        _mm_setcsr(0x1F80);
        CHECK(found == modes[i] && memcmp(before, after, sizeof before) == 0);
    }
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK);
#endif
}

/* A child of a fork has none of the engine's threads. */
static void a_forked_child_is_refused(void)
{
    int status;
    livepool_engine engine;
    CHECK(livepool_create(NULL, &engine) == LIVEPOOL_OK);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char text[256] = "";
        livepool_engine other = 1;
        bool is_refused = livepool_create(NULL, &other) == LIVEPOOL_UNAVAILABLE && other == 0 && livepool_run(engine) == LIVEPOOL_UNAVAILABLE;
        _exit(is_refused && livepool_last_error(text, sizeof text) > 0 && strstr(text, "fork") ? 0 : 1);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK);
}

/* A preset needs no folder. */
static void a_deleted_folder_is_no_hindrance(void)
{
    char folder[] = "/tmp/livepool-abi-XXXXXX", former[4096];
    livepool_engine engine;
    CHECK(getcwd(former, sizeof former) && mkdtemp(folder) && chdir(folder) == 0 && rmdir(folder) == 0);
    CHECK(livepool_create(NULL, &engine) == LIVEPOOL_OK && livepool_set_pipeline(engine, "edge24", -1) == LIVEPOOL_OK);
    CHECK(livepool_set_pipeline(engine, "{\"stages\":[{\"op\":\"conv2d\",\"weight\":\"there/is/none.npy\"}]}", -1) == LIVEPOOL_INVALID_PIPELINE);
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK && chdir(former) == 0);
}

/* LIVEPOOL_EXPECTED_ENGINE: which the tests mean to try. */
static void the_engine_is_the_one_meant(void)
{
    const char *expected = getenv("LIVEPOOL_EXPECTED_ENGINE");
    char line[4096];
    bool is_there = expected == NULL;
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK(maps);
    while (fgets(line, sizeof line, maps)) {
        const char *engine = strstr(line, "livepool-engine-");
        if (engine && expected) {
            CHECK(strstr(engine, expected));
            is_there = true;
        }
    }
    fclose(maps);
    CHECK(is_there);
}

int main(int argc, char **argv)
{
    struct sigaction action;
    CHECK(livepool_abi_version() == LIVEPOOL_ABI_VERSION);
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    the_engine_is_the_one_meant();
    layout_is_the_librarys();
    wrong_calls_are_refused();
    gl_engines_need_a_context();
    rows_may_have_gaps_and_run_upwards();
    a_failed_submit_changes_nothing();
    texts_are_not_read_beyond_their_end();
    parameters_are_numbers();
    what_is_busy_stays();
    /* Its processor has no such modes. */
    if (argc < 2 || strcmp(argv[1], "valgrind"))
        the_callers_floating_point_modes_stay_outside();
    a_deleted_folder_is_no_hindrance();
    a_forked_child_is_refused();
    printf("as the header says\n");
    return 0;
}
