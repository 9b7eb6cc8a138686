/*
 * LivePool's engine as a C library: pictures in, feature maps of a convolution and pooling pipeline out.
 *
 * Return values are livepool_status: 0 or above is good, below is an error whose text livepool_last_error gives on the
 * thread that got it. No call crashes on a wrong handle, a null pointer, a wrong size or a wrong moment; what memory a
 * pointer leads to is the caller's to keep right.
 *
 * Threads: every function may be called on any thread. One engine does one thing at a time: a call that finds it at work
 * returns LIVEPOOL_BUSY at once and changes nothing, with one exception: livepool_submit and livepool_submit_texture may be
 * called while another thread runs the engine. Memory that livepool_output gives is the engine's and stays as it is until the
 * next livepool_run, livepool_set_pipeline, livepool_set_parameter or livepool_destroy of that engine.
 *
 * GL: an engine of LIVEPOOL_BACKEND_GL makes what it needs at its first livepool_run or render event, in the context that is
 * current then, and lives in that context: livepool_run, livepool_output and livepool_stage_time return
 * LIVEPOOL_WRONG_THREAD where it is not current. Every other function may be called anywhere. The context's state is after a
 * call what it was before, but for pending errors, which are taken. livepool_destroy frees what is in the context if it is
 * current; if not, the next call or render event of the library in that context does. A context that ends takes all with
 * it: destroy the engine before, unless the host tells of it by a device event.
 */
#ifndef LIVEPOOL_H
#define LIVEPOOL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when a struct, a constant or a function changes its meaning. */
#define LIVEPOOL_ABI_VERSION 1u

/* 0 is no engine. The number of a destroyed engine is never an engine again. */
typedef uint64_t livepool_engine;

typedef int32_t livepool_status;
enum {
    LIVEPOOL_OK = 0,
    LIVEPOOL_NOTHING_NEW = 1,       /* livepool_run: no frame was submitted since the last run */
    LIVEPOOL_INVALID_ARGUMENT = -1,
    LIVEPOOL_INVALID_ENGINE = -2,
    LIVEPOOL_INVALID_PIPELINE = -3, /* its text, its parameters, or that frames of this size do not fit it */
    LIVEPOOL_NOT_READY = -4,        /* no pipeline yet, no frame yet, no run yet */
    LIVEPOOL_BUSY = -5,
    LIVEPOOL_UNAVAILABLE = -6,      /* the machine lacks what was asked for, or memory */
    LIVEPOOL_FAILED = -7,           /* a fault of the library; the text says which */
    LIVEPOOL_WRONG_THREAD = -8      /* the engine's GL context is not current on this thread */
};

enum {
    LIVEPOOL_BACKEND_SIMD = 0,
    LIVEPOOL_BACKEND_REFERENCE = 1, /* plain loops in double precision: slow, for comparison */
    LIVEPOOL_BACKEND_GL = 2         /* compute shaders in the caller's context: OpenGL 4.3, or ES 3.1 with EXT_gpu_shader5, or later */
};

enum {
    LIVEPOOL_FORMAT_GRAY8 = 0,
    LIVEPOOL_FORMAT_RGB24 = 1,
    LIVEPOOL_FORMAT_RGBA32 = 2,
    LIVEPOOL_FORMAT_BGRA32 = 3,
    LIVEPOOL_FORMAT_FLOAT32 = 4     /* planes [channels, height, width], one after the other */
};

enum { LIVEPOOL_LOG_INFO = 0, LIVEPOOL_LOG_WARNING = 1, LIVEPOOL_LOG_ERROR = 2 };

/* Every struct begins with its own size, sizeof the struct, set by the caller. */

typedef struct livepool_options {
    uint32_t struct_size;
    int32_t backend;
    int32_t threads;        /* of SIMD; 0: one for each processor */
    int32_t keep_stages;    /* 0: only the last stage's output can be read, and stages are fused; 1: every stage's */
} livepool_options;

typedef struct livepool_frame {
    uint32_t struct_size;
    int32_t format;
    const void *pixels;     /* the top row's first pixel */
    int64_t stride;         /* bytes from a row to the one below it; 0: rows without gaps; below 0: the lower row comes first in memory, in each plane */
    int32_t width;
    int32_t height;
    int32_t channels;       /* LIVEPOOL_FORMAT_FLOAT32: the pipeline's channels; otherwise 0 */
    int32_t reserved;       /* 0 */
} livepool_frame;

/* Level 0 of a GL_TEXTURE_2D of the engine's context, sRGB or not. Shaders' view of it counts: its
   swizzle does, and its GL_TEXTURE_BASE_LEVEL must be 0. Normalised colours are taken and given as 0 to 255, as they are stored,
   rounded where they have more bits; floating-point ones as they are. A texture of one channel is grey. */
typedef struct livepool_texture {
    uint32_t struct_size;
    uint32_t name;          /* GL's */
    int32_t bottom_first;   /* 0: row 0 of the texture is the top row; 1: the lowest, as GL has it */
    int32_t reserved;       /* 0 */
} livepool_texture;

typedef struct livepool_timings {
    uint32_t struct_size;
    int32_t stages;
    uint64_t submitted;     /* frames since the engine was made */
    uint64_t run;
    uint64_t replaced;      /* never run: a newer one came first, or a pipeline of other channels */
    uint64_t failed;        /* lost in a run that returned an error; run, replaced and failed, and one that waits, are all submitted */
    double submit_ms;       /* of the last frame */
    double run_ms;          /* of the last run; GL: until the work was submitted */
} livepool_timings;

/* What GetRenderEventAndDataFunc's function takes; it must live until that event was. */
typedef struct livepool_render_event {
    uint32_t struct_size;
    livepool_status status; /* written by the event: what livepool_run returned */
    livepool_engine engine; /* 0: only frees what destroyed engines of GL left in the context */
} livepool_render_event;

typedef struct livepool_member {
    uint32_t struct_size;
    uint32_t size;
    uint32_t offset;        /* a struct's own entry has its size and the name of the struct alone */
    uint32_t reserved;
    char name[64];          /* "livepool_frame.stride" */
} livepool_member;

typedef void (*livepool_log)(void *user, int32_t level, const char *message);

/* LIVEPOOL_ABI_VERSION of the library; compare before anything else. */
uint32_t livepool_abi_version(void);

/* Such as "0.1.0"; static memory. */
const char *livepool_version(void);

/* Sizes and offsets as the library has them: index from 0 until LIVEPOOL_INVALID_ARGUMENT. */
livepool_status livepool_layout(int32_t index, livepool_member *member);

/* Copies the text of this thread's last error, UTF-8, cut to fit and ended by 0; returns the bytes it has without the 0. */
int32_t livepool_last_error(char *buffer, int32_t size);

/* Called on any thread that calls the library; null for none. The callback may not call the library, and no exception may leave
   it. A call that is under way on another thread may still use the former one. */
livepool_status livepool_set_log(livepool_log callback, void *user);

/* options may be null: SIMD on all processors, the last stage's output. */
livepool_status livepool_create(const livepool_options *options, livepool_engine *engine);

livepool_status livepool_destroy(livepool_engine engine);

/* A frame that waits stays if the new pipeline has as many channels. JSON as in pipeline.schema.json, or a preset's name such as edge24. bytes: its length; -1: up to the ending 0. */
livepool_status livepool_set_pipeline(livepool_engine engine, const char *json, int64_t bytes);

/* Sets a parameter of a stage, counted from 0, that is made of numbers: such as "stride" (1 or 2 values), "weight" and "bias" (as
   many as the stage has), or "ceil_mode" (0 or 1). */
livepool_status livepool_set_parameter(
    livepool_engine engine, int32_t stage, const char *name, const double *values, int32_t count);

/* Takes a copy of a frame for the next run; a frame that still waits is replaced. */
livepool_status livepool_submit(livepool_engine engine, const livepool_frame *frame);

/* GL: names a frame for the next run, which reads it where it is; for pipelines of 1 or 3 channels. Must be a texture still then. */
livepool_status livepool_submit_texture(livepool_engine engine, const livepool_texture *texture);

/* GL: each run writes the last stage's output to a texture of its size, RGBA8, its sRGB kind, RGBA16F or RGBA32F: channels 0 to
   2 as red, green and blue, a single one as grey; by livepool_set_display to 8-bit ones. Null: to none. A texture that does not
   fit makes livepool_run return LIVEPOOL_INVALID_ARGUMENT; the run's results are there. */
livepool_status livepool_set_output_texture(livepool_engine engine, const livepool_texture *texture);

/* Runs the pipeline on the newest frame. GL: submits the work and does not wait. */
livepool_status livepool_run(livepool_engine engine);

livepool_status livepool_stage_count(livepool_engine engine, int32_t *count);

/* The output's [N, C, H, W] of the last run. */
livepool_status livepool_stage_shape(livepool_engine engine, int32_t stage, int32_t shape[4]);

/* Milliseconds of the last run; NaN for a stage that is fused with the one behind it. GL: on the device, of the run two before,
   so that asking does not wait. */
livepool_status livepool_stage_time(livepool_engine engine, int32_t stage, double *milliseconds);

/* The output of the last run, row-major float32, in the engine's memory. GL: waits for the run and copies it there. */
livepool_status livepool_output(livepool_engine engine, int32_t stage, const float **data, int64_t *count);

livepool_status livepool_timings_of(livepool_engine engine, livepool_timings *timings);

/*
 * For hosts of Unity's kind, which call UnityPluginLoad by themselves: render events run engines on the render thread, those of
 * LIVEPOOL_BACKEND_GL where the host's renderer is OpenGL, 17 or 11. On any renderer the texture update hands the last stage's
 * output to a texture of its size, RGBA32 or RGBAFloat, channels 0 to 2 as red, green and blue. Errors go to the host's log.
 */
#if defined(_WIN32) && !defined(_WIN64)
#define LIVEPOOL_UNITY __stdcall
#else
#define LIVEPOOL_UNITY
#endif

typedef void(LIVEPOOL_UNITY *livepool_render_event_func)(int32_t event_id);
typedef void(LIVEPOOL_UNITY *livepool_event_and_data_func)(int32_t event_id, void *data);

/* The values that 8-bit textures show as black and as white, 0 and 255 at first. */
livepool_status livepool_set_display(livepool_engine engine, double black, double white);

/* The host's renderer; LIVEPOOL_NOT_READY where there is no host or no device. */
livepool_status livepool_renderer(int32_t *renderer);

/* The number of the render event that runs an engine. A texture update's user data is the engine's lower 32 bits. */
livepool_status livepool_event_id(livepool_engine engine, int32_t *event_id);

void LIVEPOOL_UNITY UnityPluginLoad(void *interfaces);
void LIVEPOOL_UNITY UnityPluginUnload(void);

/* For CommandBuffer.IssuePluginEvent, IssuePluginEventAndData (a livepool_render_event, any event number) and
   IssuePluginCustomTextureUpdateV2. */
livepool_render_event_func LIVEPOOL_UNITY GetRenderEventFunc(void);
livepool_event_and_data_func LIVEPOOL_UNITY GetRenderEventAndDataFunc(void);
livepool_event_and_data_func LIVEPOOL_UNITY GetTextureUpdateFunc(void);

#ifdef __cplusplus
}
#endif

#endif
