/*
 * A host of Unity's kind without Unity: it loads the library with dlopen, serves the interface tables, fires device events and
 * calls render events on a thread of their own. Argument: liblivepool.so.
 */
#include "livepool.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <xmmintrin.h>
#endif

#define CHECK(condition)                                                                        \
    do {                                                                                        \
        if (!(condition)) {                                                                     \
            fprintf(stderr, "%s:%d: not so: %s (log: %s)\n", __FILE__, __LINE__, #condition, last_log); \
            exit(1);                                                                            \
        }                                                                                       \
    } while (0)

typedef void (*device_callback)(int kind);

static char last_log[512];
static int logged, renderer, registered, reserved;
static device_callback callback;

static int get_renderer(void) { return renderer; }

static void register_callback(device_callback given)
{
    CHECK(given && !callback);
    callback = given;
    registered++;
}

static void unregister_callback(device_callback given)
{
    CHECK(given && given == callback);
    callback = NULL;
    registered--;
}

static int reserve_events(int count)
{
    CHECK(count > 0 && count <= 1024);
    return reserved += 1000;
}

static void *find(const char *name);
#define CALL(name) ((__typeof__(&name))find(#name))

static void log_line(int type, const char *message, const char *file, int line)
{
    CHECK(type == 0 && message && file && line >= 0);
    snprintf(last_log, sizeof last_log, "%s", message);
    logged++;
    /* A log that asks the library is told, and not told of that again. */
    CHECK(CALL(livepool_run)(0) == LIVEPOOL_INVALID_ENGINE);
}

static struct {
    int (*get_renderer)(void);
    void (*register_callback)(device_callback);
    void (*unregister_callback)(device_callback);
    int (*reserve_events)(int);
} graphics = { get_renderer, register_callback, unregister_callback, reserve_events };

static struct {
    void (*log)(int, const char *, const char *, int);
} logger = { log_line };

static int has_graphics = 1, has_log = 1;

static void *get_interface(uint64_t high, uint64_t low)
{
    if (high == 0x7CBA0A9CA4DDB544u && low == 0x8C5AD4926EB17B11u)
        return has_graphics ? &graphics : NULL;
    if (high == 0x9E7507FA5B444D5Du && low == 0x92FB979515EA83FCu)
        return has_log ? &logger : NULL;
    return NULL;
}

static void trap(void)
{
    fprintf(stderr, "a slot was called whose arguments differ between compilers\n");
    abort();
}

static struct {
    void (*get_interface)(void);
    void (*register_interface)(void);
    void *(*get_interface_split)(uint64_t, uint64_t);
    void (*register_interface_split)(void);
} interfaces = { trap, trap, get_interface, trap };

typedef struct {
    void *pixels;
    intptr_t texture;
    uint32_t user_data, format, width, height, bytes_per_pixel;
} texture_update;

/* The library's functions, as a host finds them. */
static void *library;

static void *find(const char *name)
{
    void *found = dlsym(library, name);
    CHECK(found);
    return found;
}

static void load(const char *path)
{
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
}

static void unload(void)
{
    CHECK(dlclose(library) == 0);
    library = NULL;
}

static int renderer_now(void)
{
    int32_t now = -1;
    livepool_status status = CALL(livepool_renderer)(&now);
    CHECK(status == (now < 0 ? LIVEPOOL_NOT_READY : LIVEPOOL_OK));
    return now;
}

static void device_events_may_come_twice_late_or_never(const char *path)
{
    static const int renderers[] = { 17, 4, 2, 99 };
    for (int i = 0; i < 4; i++) {
        renderer = renderers[i];
        load(path);
        CHECK(renderer_now() == -1);
        CALL(UnityPluginLoad)(&interfaces);
        /* Loaded late: no event came, and it knows the device. */
        CHECK(registered == 1 && renderer_now() == renderer);
        callback(0);
        callback(0);
        CHECK(renderer_now() == renderer);
        callback(2);
        callback(3);
        CHECK(renderer_now() == renderer);
        callback(1);
        callback(1);
        CHECK(renderer_now() == -1);
        callback(77);
        callback(0);
        CALL(UnityPluginLoad)(&interfaces);
        CHECK(registered == 1 && renderer_now() == renderer);
        /* Unloaded without Shutdown, and twice. */
        CALL(UnityPluginUnload)();
        CALL(UnityPluginUnload)();
        CHECK(registered == 0 && renderer_now() == -1);
        unload();
    }
    load(path);
    graphics.reserve_events = NULL;
    CALL(UnityPluginLoad)(&interfaces);
    CHECK(registered == 0 && renderer_now() == -1 && strstr(last_log, "graphics"));
    graphics.reserve_events = reserve_events;
    has_graphics = 0;
    CALL(UnityPluginLoad)(&interfaces);
    CHECK(renderer_now() == -1 && strstr(last_log, "graphics"));
    CALL(UnityPluginLoad)(NULL);
    CALL(UnityPluginUnload)();
    has_graphics = 1, has_log = 0;
    CALL(UnityPluginLoad)(&interfaces);
    CHECK(renderer_now() == renderer);
    CALL(UnityPluginUnload)();
    has_log = 1;
    unload();
}

enum { WIDTH = 64, HEIGHT = 48, ROUND_UP = 0x5F80 };

typedef struct {
    int32_t event;
    livepool_render_event data;
    livepool_render_event wrong;
    texture_update bytes, floats, too_wide, too_deep, of_nobody;
} frame_events;

static void *render_thread(void *argument)
{
    frame_events *events = argument;
    livepool_event_and_data_func run = CALL(GetRenderEventAndDataFunc)(), update = CALL(GetTextureUpdateFunc)();
#ifdef __x86_64__
    _mm_setcsr(ROUND_UP);
#endif
    CALL(GetRenderEventFunc)()(events->event);
    run(0, &events->data);
    run(0, &events->wrong);
    events->wrong.struct_size++;
    run(0, &events->wrong);
    run(0, NULL);
    update(9, &events->bytes);
    update(9, &events->floats);
    update(9, &events->too_wide);
    update(9, &events->too_deep);
    update(9, &events->of_nobody);
    update(9, NULL);
    update(8, &events->of_nobody);
#ifdef __x86_64__
    CHECK(_mm_getcsr() == ROUND_UP);
#endif
    return NULL;
}

static void frames_become_textures(const char *path)
{
    static uint8_t pixels[HEIGHT][WIDTH];
    livepool_engine engine;
    const float *data;
    int64_t count;
    int32_t shape[4];
    pthread_t thread;

    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            pixels[y][x] = (uint8_t)(3 * x + 5 * y);
    load(path);
    renderer = 2;
    CHECK(CALL(livepool_create)(NULL, &engine) == LIVEPOOL_OK);
    int32_t event;
    CHECK(CALL(livepool_event_id)(engine, &event) == LIVEPOOL_NOT_READY);
    CALL(UnityPluginLoad)(&interfaces);
    CHECK(CALL(livepool_event_id)(engine, &event) == LIVEPOOL_OK && event >= reserved && event < reserved + 256);
    CHECK(CALL(livepool_set_pipeline)(engine, "edge24", -1) == LIVEPOOL_OK);
    CHECK(CALL(livepool_set_display)(engine, 1, 1) == LIVEPOOL_INVALID_ARGUMENT);
    CHECK(CALL(livepool_set_display)(engine, -100, 300) == LIVEPOOL_OK);
    livepool_frame frame = { .struct_size = sizeof frame, .pixels = pixels, .width = WIDTH, .height = HEIGHT };
    CHECK(CALL(livepool_submit)(engine, &frame) == LIVEPOOL_OK);

    enum { W = (WIDTH - 4) / 2, H = (HEIGHT - 4) / 2 };
    frame_events events = { .event = event, .data = { sizeof events.data, -99, engine }, .wrong = { sizeof events.wrong, -99, engine + 1 },
        .bytes = { .user_data = (uint32_t)engine, .width = W, .height = H, .bytes_per_pixel = 4 } };
    events.floats = events.too_wide = events.too_deep = events.of_nobody = events.bytes;
    events.floats.bytes_per_pixel = 16;
    events.too_wide.width++;
    events.too_deep.bytes_per_pixel = 8;
    events.of_nobody.user_data ^= 1u << 31;
    events.of_nobody.pixels = events.too_wide.pixels = (void *)16;
    int before = logged;
    CHECK(pthread_create(&thread, NULL, render_thread, &events) == 0 && pthread_join(thread, NULL) == 0);

    CHECK(events.data.status == LIVEPOOL_NOTHING_NEW && events.wrong.status == LIVEPOOL_INVALID_ENGINE);
    CHECK(!events.too_wide.pixels && !events.too_deep.pixels && !events.of_nobody.pixels && logged == before + 6);
    CHECK(CALL(livepool_output)(engine, 1, &data, &count) == LIVEPOOL_OK && count == 2 * H * W);
    CHECK(CALL(livepool_stage_shape)(engine, 1, shape) == LIVEPOOL_OK && shape[2] == H && shape[3] == W);
    const uint8_t *bytes = events.bytes.pixels;
    const float *floats = events.floats.pixels;
    CHECK(bytes && floats);
    for (int i = 0; i < H * W; i++) {
        for (int c = 0; c < 4; c++) {
            float value = c < 2 ? data[c * H * W + i] : c == 3;
            float scaled = (value + 100) * (255.0f / 400) + 0.5f;
            int expected = c == 2 ? 0 : c == 3 ? 255 : scaled >= 255 ? 255 : scaled > 0 ? (int)scaled : 0;
            CHECK(floats[4 * i + c] == value && bytes[4 * i + c] == expected);
        }
    }
    /* How the render thread rounds is nothing to the library. */
    float result[2 * H * W];
    memcpy(result, data, sizeof result);
    CHECK(CALL(livepool_submit)(engine, &frame) == LIVEPOOL_OK && CALL(livepool_run)(engine) == LIVEPOOL_OK);
    CHECK(CALL(livepool_output)(engine, 1, &data, &count) == LIVEPOOL_OK && memcmp(result, data, sizeof result) == 0);
    livepool_event_and_data_func update = CALL(GetTextureUpdateFunc)();
    update(10, &events.bytes);
    update(10, &events.floats);
    CHECK(!events.bytes.pixels && !events.floats.pixels);

    CHECK(CALL(livepool_destroy)(engine) == LIVEPOOL_OK);
    before = logged;
    CALL(GetRenderEventFunc)()(event);
    CHECK(logged == before + 1);
    CALL(UnityPluginUnload)();
    CALL(GetRenderEventFunc)()(event);
    unload();
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    for (int i = 0; i < 3; i++) {
        device_events_may_come_twice_late_or_never(argv[1]);
        frames_become_textures(argv[1]);
    }
    printf("renderers 17, 4, 2 and 99, late, twice and without Shutdown, reloaded; textures as the results\n");
    return 0;
}
