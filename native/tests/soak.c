/* Many frames, submitted on one thread and run on another: memory stays flat, and every frame is run or counted as replaced. */
#include "check.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

enum { WIDTH = 160, HEIGHT = 120 };

static livepool_engine engine;
static uint64_t taken;
static int is_done;

static long resident_kilobytes(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file && fscanf(file, "%ld %ld", &pages, &resident) == 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void *run(void *unused)
{
    (void)unused;
    while (!__atomic_load_n(&is_done, __ATOMIC_ACQUIRE)) {
        livepool_status status = livepool_run(engine);
        CHECK(status >= 0 || status == LIVEPOOL_BUSY || status == LIVEPOOL_NOT_READY);
        if (status == LIVEPOOL_OK)
            __atomic_add_fetch(&taken, 1, __ATOMIC_RELEASE);
        else
            sched_yield();
    }
    return NULL;
}

int main(int argc, char **argv)
{
    uint64_t frames = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000, first = frames / 10;
    static uint8_t pixels[HEIGHT][WIDTH];
    livepool_options options = { .struct_size = sizeof options, .threads = 1 };
    livepool_frame frame = { .struct_size = sizeof frame, .pixels = pixels, .width = WIDTH, .height = HEIGHT };
    livepool_timings timings = { .struct_size = sizeof timings };
    pthread_t thread;
    long before = 0;

    CHECK(livepool_create(&options, &engine) == LIVEPOOL_OK && livepool_set_pipeline(engine, "edge24", -1) == LIVEPOOL_OK);
    CHECK(pthread_create(&thread, NULL, run, NULL) == 0);
    for (uint64_t i = 0; i < frames; i++) {
        livepool_status status;
        pixels[i % HEIGHT][i % WIDTH]++;
        /* Before the frame is there: it may be taken before this thread comes to look. */
        uint64_t before_wait = __atomic_load_n(&taken, __ATOMIC_ACQUIRE);
        while ((status = livepool_submit(engine, &frame)) == LIVEPOOL_BUSY) { }
        CHECK(status == LIVEPOOL_OK);
        /* A camera that is a little too fast: every tenth frame comes before the one in front of it was taken. */
        while (i % 10 && __atomic_load_n(&taken, __ATOMIC_ACQUIRE) == before_wait)
            sched_yield();
        if (i == first)
            before = resident_kilobytes();
    }
    long grown = resident_kilobytes() - before;
    __atomic_store_n(&is_done, 1, __ATOMIC_RELEASE);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(livepool_run(engine) >= 0);
    CHECK(livepool_timings_of(engine, &timings) == LIVEPOOL_OK);
    printf("%llu frames: %llu run, %llu replaced; %ld KB more after the first tenth\n", (unsigned long long)timings.submitted,
        (unsigned long long)timings.run, (unsigned long long)timings.replaced, grown);
    CHECK(timings.submitted == frames && timings.run + timings.replaced == frames && timings.run > frames / 2);
    CHECK(grown < 2048);
    CHECK(livepool_destroy(engine) == LIVEPOOL_OK);
    return 0;
}
