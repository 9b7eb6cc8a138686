/*
 * liblivepool: picks the engine compiled for the widest vectors that this machine has, and passes every call on to it.
 * The engines, livepool-engine-<level>.so or .dll, lie in the same folder. A call before an engine could be loaded, or where none
 * can be, returns LIVEPOOL_UNAVAILABLE, and livepool_last_error says why.
 */
#define _GNU_SOURCE
#include "livepool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#define EXPORT __declspec(dllexport)
#define ENGINE_SUFFIX ".dll"
enum { LONGEST_PATH = 32768 };
#else
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#define EXPORT __attribute__((visibility("default")))
#define ENGINE_SUFFIX ".so"
enum { LONGEST_PATH = PATH_MAX };
#endif

typedef void (LIVEPOOL_UNITY *device_event_func)(int32_t kind);

static void *engine;
static char folder[LONGEST_PATH];
static char reason[1024];

static const char *widest_level(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    /* Whoever has these has what else the level asks for. */
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2"))
        return "x86-64-v2";
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd")
        ? "x86-64-v4"
        : "x86-64-v3";
#else
    return "arm64";
#endif
}

/*
 * The engine computes with the floating-point modes that a process starts with: rounding to nearest, subnormal numbers, no
 * traps. A host may have set others on its thread, and has them again after the call.
 */
#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
typedef unsigned float_modes;
enum { MODE_BITS = 0xFFC0, DEFAULT_MODES = 0x1F80 };
static float_modes take_modes(void)
{
    float_modes found = _mm_getcsr();
    if ((found & MODE_BITS) != DEFAULT_MODES)
        _mm_setcsr(DEFAULT_MODES);
    return found;
}
static void give_modes(float_modes found)
{
    if ((found & MODE_BITS) != DEFAULT_MODES)
        _mm_setcsr(found);
}
#elif defined(__aarch64__)
typedef uint64_t float_modes;
static float_modes take_modes(void)
{
    float_modes found;
    __asm__ volatile("mrs %0, fpcr" : "=r"(found));
    __asm__ volatile("msr fpcr, %0" : : "r"((float_modes)0));
    return found;
}
static void give_modes(float_modes found) { __asm__ volatile("msr fpcr, %0" : : "r"(found)); }
#endif

#ifdef _WIN32

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

static void *symbol(const char *name) { return (void *)GetProcAddress(engine, name); }

/* The engine stays until the process ends: it has threads of its own. */
static int open_engine(const char *path)
{
    HMODULE kept;
    engine = LoadLibraryExA(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (engine)
        return GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN, path, &kept);
    snprintf(reason, sizeof reason, "%s cannot be loaded (error %lu)", path, GetLastError());
    return 0;
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD why, void *unused)
{
    (void)unused;
    if (why != DLL_PROCESS_ATTACH)
        return TRUE;
    DWORD length = GetModuleFileNameA(self, folder, sizeof folder);
    char *end = length < sizeof folder ? strrchr(folder, '\\') : NULL;
    *(end ? end : folder) = 0;
    return TRUE;
}

#else

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_forked;

/* The engine's threads are not in the child. */
static void leave_child(void)
{
    is_forked = 1;
    snprintf(reason, sizeof reason, "the process was forked after the library had started; start another program instead, as spawn does");
}

static void *symbol(const char *name) { return dlsym(engine, name); }

/* The engine stays until the process ends: it has threads of its own. */
static int open_engine(const char *path)
{
    Dl_info self;
    /* So does this library, which knows whether the process was forked. */
    if (pthread_atfork(NULL, NULL, leave_child) || !dladdr((void *)&leave_child, &self) || !dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE)) {
        snprintf(reason, sizeof reason, "there is not enough memory");
        return 0;
    }
    engine = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!engine)
        snprintf(reason, sizeof reason, "%s", dlerror());
    return engine != NULL;
}

/* Where the library lies, found when it is loaded: a relative path is worth nothing once the program has changed its folder. */
__attribute__((constructor)) static void find_folder(void)
{
    Dl_info self;
    if (!dladdr((void *)&find_folder, &self) || !self.dli_fname || !realpath(self.dli_fname, folder))
        folder[0] = 0;
    else
        *strrchr(folder, '/') = 0;
}

#endif

static void LIVEPOOL_UNITY device_event(int32_t kind);

static void load(void)
{
    char path[LONGEST_PATH + 64], text[512] = "";
    int32_t (*start)(device_event_func, char *, int32_t) = NULL;
    if (!folder[0]) {
        snprintf(reason, sizeof reason, "the library does not know where it lies");
        return;
    }
    snprintf(path, sizeof path, "%s/livepool-engine-%s" ENGINE_SUFFIX, folder, widest_level());
    if (!open_engine(path)) {
        strncat(reason, "; put the engines beside the library", sizeof reason - strlen(reason) - 1);
        return;
    }
    *(void **)&start = symbol("livepool_engine_start");
    if (start && start(device_event, text, sizeof text) == LIVEPOOL_OK)
        return;
    if (start)
        snprintf(reason, sizeof reason, "the engine cannot start: %s", text);
    else
        snprintf(reason, sizeof reason, "%.900s is of another version; put the engines beside the library", path);
    engine = NULL;
}

#ifdef _WIN32
static BOOL CALLBACK load_once(INIT_ONCE *given, void *unused, void **also_unused)
{
    (void)given, (void)unused, (void)also_unused;
    load();
    return TRUE;
}
#else
/* The engine's runtime ignores SIGPIPE, which is the host's to do. */
static void load_once(void)
{
    struct sigaction action;
    int is_known = !sigaction(SIGPIPE, NULL, &action);
    load();
    if (is_known)
        sigaction(SIGPIPE, &action, NULL);
}
#endif

static void *find(const char *name)
{
#ifdef _WIN32
    InitOnceExecuteOnce(&once, load_once, NULL, NULL);
#else
    if (is_forked)
        return NULL;
    pthread_once(&once, load_once);
#endif
    return engine ? symbol(name) : NULL;
}

/* The engine's function of a name, looked up once; null where there is no engine. */
static void *target_of(void **known, const char *name)
{
#ifndef _WIN32
    if (is_forked)
        return NULL;
#endif
    void *target = __atomic_load_n(known, __ATOMIC_ACQUIRE);
    if (!target) {
        float_modes modes = take_modes();
        target = find(name);
        give_modes(modes);
        __atomic_store_n(known, target, __ATOMIC_RELEASE);
    }
    return target;
}

/* A function that passes its arguments on. */
#define FORWARD(result, name, parameters, arguments, otherwise)        \
    EXPORT result name parameters                                      \
    {                                                                  \
        static void *known;                                            \
        result (*target) parameters;                                   \
        *(void **)&target = target_of(&known, #name);                  \
        if (!target)                                                   \
            return otherwise;                                          \
        float_modes modes = take_modes();                              \
        result returned = target arguments;                            \
        give_modes(modes);                                             \
        return returned;                                               \
    }

/* The same for what a host calls of itself, and without a result. */
#define FORWARD_EVENT(linkage, name, engines_name, parameters, arguments) \
    linkage void LIVEPOOL_UNITY name parameters                        \
    {                                                                  \
        static void *known;                                            \
        void (LIVEPOOL_UNITY *target) parameters;                      \
        *(void **)&target = target_of(&known, engines_name);           \
        if (!target)                                                   \
            return;                                                    \
        float_modes modes = take_modes();                              \
        target arguments;                                              \
        give_modes(modes);                                             \
    }

#define FORWARD_STATUS(name, parameters, arguments) FORWARD(livepool_status, name, parameters, arguments, LIVEPOOL_UNAVAILABLE)

static int32_t copy_reason(char *buffer, int32_t size)
{
    if (buffer && size > 0)
        snprintf(buffer, (size_t)size, "%s", reason);
    return (int32_t)strlen(reason);
}

FORWARD(uint32_t, livepool_abi_version, (void), (), LIVEPOOL_ABI_VERSION)
FORWARD(const char *, livepool_version, (void), (), "")
FORWARD(int32_t, livepool_last_error, (char *buffer, int32_t size), (buffer, size), copy_reason(buffer, size))
FORWARD_STATUS(livepool_layout, (int32_t index, livepool_member *member), (index, member))
FORWARD_STATUS(livepool_set_log, (livepool_log callback, void *user), (callback, user))

static livepool_status no_engine(livepool_engine *handle)
{
    if (handle)
        *handle = 0;
    return LIVEPOOL_UNAVAILABLE;
}

FORWARD(livepool_status, livepool_create, (const livepool_options *options, livepool_engine *handle), (options, handle), no_engine(handle))
FORWARD_STATUS(livepool_destroy, (livepool_engine handle), (handle))
FORWARD_STATUS(livepool_set_pipeline, (livepool_engine handle, const char *json, int64_t bytes), (handle, json, bytes))
FORWARD_STATUS(livepool_set_parameter,
    (livepool_engine handle, int32_t stage, const char *name, const double *values, int32_t count),
    (handle, stage, name, values, count))
FORWARD_STATUS(livepool_submit, (livepool_engine handle, const livepool_frame *frame), (handle, frame))
FORWARD_STATUS(livepool_submit_texture, (livepool_engine handle, const livepool_texture *texture), (handle, texture))
FORWARD_STATUS(livepool_set_output_texture, (livepool_engine handle, const livepool_texture *texture), (handle, texture))
FORWARD_STATUS(livepool_run, (livepool_engine handle), (handle))
FORWARD_STATUS(livepool_stage_count, (livepool_engine handle, int32_t *count), (handle, count))
FORWARD_STATUS(livepool_stage_shape, (livepool_engine handle, int32_t stage, int32_t shape[4]), (handle, stage, shape))
FORWARD_STATUS(livepool_stage_time, (livepool_engine handle, int32_t stage, double *milliseconds), (handle, stage, milliseconds))
FORWARD_STATUS(livepool_output, (livepool_engine handle, int32_t stage, const float **data, int64_t *count), (handle, stage, data, count))
FORWARD_STATUS(livepool_timings_of, (livepool_engine handle, livepool_timings *timings), (handle, timings))
FORWARD_STATUS(livepool_set_display, (livepool_engine handle, double black, double white), (handle, black, white))
FORWARD_STATUS(livepool_renderer, (int32_t *renderer), (renderer))
FORWARD_STATUS(livepool_event_id, (livepool_engine handle, int32_t *event_id), (handle, event_id))
FORWARD_EVENT(EXPORT, UnityPluginLoad, "UnityPluginLoad", (void *interfaces), (interfaces))
FORWARD_EVENT(EXPORT, UnityPluginUnload, "UnityPluginUnload", (void), ())
FORWARD_EVENT(static, device_event, "livepool_engine_device_event", (int32_t kind), (kind))
FORWARD_EVENT(static, render_event, "livepool_engine_render_event", (int32_t event_id), (event_id))
FORWARD_EVENT(static, render_event_and_data, "livepool_engine_render_event_and_data", (int32_t event_id, void *data), (event_id, data))
FORWARD_EVENT(static, texture_update, "livepool_engine_texture_update", (int32_t event_id, void *data), (event_id, data))

EXPORT livepool_render_event_func LIVEPOOL_UNITY GetRenderEventFunc(void) { return render_event; }
EXPORT livepool_event_and_data_func LIVEPOOL_UNITY GetRenderEventAndDataFunc(void) { return render_event_and_data; }
EXPORT livepool_event_and_data_func LIVEPOOL_UNITY GetTextureUpdateFunc(void) { return texture_update; }
