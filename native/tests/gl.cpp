// Engines in a host's GL context: results, the host's state, threads, device events, and what is left behind.
#include "render_thread.hpp"
#include "unity_host.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

namespace {

#define CHECK(condition)                                                                                    \
    do {                                                                                                    \
        if (!(condition)) {                                                                                 \
            char text_[512] = "";                                                                           \
            CALL(*now, livepool_last_error)(text_, sizeof text_);                                           \
            std::fprintf(stderr, "%s:%d: not so: %s (last error: %s)\n", __FILE__, __LINE__, #condition, text_); \
            std::exit(1);                                                                                   \
        }                                                                                                   \
    } while (0)

enum { WIDTH = 61, HEIGHT = 43 };
// Whole numbers all the way, so that every order of adding gives the same.
const char *const whole = R"({"stages": [{"op": "conv2d", "weight": [[[[-1, 2], [3, -4]]], [[[5, 0], [-6, 7]]]]},
                                          {"op": "relu"}, {"op": "max_pool2d", "kernel_size": 2}]})";

const unity_host *now;
const char *path;

std::vector<uint8_t> noise(size_t count)
{
    std::vector<uint8_t> bytes(count);
    uint32_t state = 1;
    for (uint8_t &value : bytes)
        value = static_cast<uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    return bytes;
}

const std::vector<uint8_t> picture = noise(4 * WIDTH * HEIGHT);

livepool_engine make(int32_t backend, const char *pipeline = whole, int32_t keep_stages = 0)
{
    livepool_options options = {};
    options.struct_size = sizeof options;
    options.backend = backend;
    options.keep_stages = keep_stages;
    livepool_engine engine = 0;
    CHECK(CALL(*now, livepool_create)(&options, &engine) == LIVEPOOL_OK);
    CHECK(CALL(*now, livepool_set_pipeline)(engine, pipeline, -1) == LIVEPOOL_OK);
    return engine;
}

livepool_status submit(livepool_engine engine, int width = WIDTH, bool bottom_first = false)
{
    livepool_frame frame = {};
    frame.struct_size = sizeof frame;
    frame.format = LIVEPOOL_FORMAT_RGBA32;
    frame.pixels = picture.data() + (bottom_first ? 4 * width * (HEIGHT - 1) : 0);
    frame.stride = bottom_first ? -4 * width : 0;
    frame.width = width;
    frame.height = HEIGHT;
    return CALL(*now, livepool_submit)(engine, &frame);
}

livepool_status submit_texture(livepool_engine engine, GLuint name, bool bottom_first = false)
{
    livepool_texture texture = { sizeof texture, name, bottom_first, 0 };
    return CALL(*now, livepool_submit_texture)(engine, &texture);
}

livepool_status set_output(livepool_engine engine, GLuint name, bool bottom_first = false)
{
    livepool_texture texture = { sizeof texture, name, bottom_first, 0 };
    return CALL(*now, livepool_set_output_texture)(engine, &texture);
}

livepool_status run(livepool_engine engine) { return CALL(*now, livepool_run)(engine); }

livepool_status run_event(livepool_engine engine)
{
    livepool_render_event event = { sizeof event, -99, engine };
    CALL(*now, GetRenderEventAndDataFunc)()(0, &event);
    return event.status;
}

std::vector<float> output(livepool_engine engine, int32_t stage = -1)
{
    int32_t stages;
    const float *data;
    int64_t count;
    CHECK(CALL(*now, livepool_stage_count)(engine, &stages) == LIVEPOOL_OK);
    CHECK(CALL(*now, livepool_output)(engine, stage < 0 ? stages - 1 : stage, &data, &count) == LIVEPOOL_OK);
    return { data, data + count };
}

livepool_status try_output(livepool_engine engine)
{
    const float *data;
    int64_t count;
    return CALL(*now, livepool_output)(engine, 2, &data, &count);
}

void destroy(livepool_engine engine) { CHECK(CALL(*now, livepool_destroy)(engine) == LIVEPOOL_OK); }

// What the CPU computes of the picture.
std::vector<float> expected(const char *pipeline = whole, bool bottom_first = false, int width = WIDTH)
{
    livepool_engine engine = make(LIVEPOOL_BACKEND_SIMD, pipeline);
    CHECK(submit(engine, width, bottom_first) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
    std::vector<float> values = output(engine);
    destroy(engine);
    return values;
}

constexpr int out_width = (WIDTH - 1) / 2, out_height = (HEIGHT - 1) / 2;

void results_are_the_cpus(gl_context &context)
{
    GLuint source = context.make_texture(WIDTH, HEIGHT, GL_RGBA8, picture.data());
    GLuint target = context.make_texture(out_width, out_height, GL_RGBA32F);
    for (int bottom_first = 0; bottom_first < 2; bottom_first++) {
        std::vector<float> cpu = expected(whole, bottom_first);
        livepool_engine engine = make(LIVEPOOL_BACKEND_GL);
        CHECK(submit(engine, WIDTH, bottom_first) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK && output(engine) == cpu);
        CHECK(run(engine) == LIVEPOOL_NOTHING_NEW && output(engine) == cpu);
        CHECK(set_output(engine, target, bottom_first) == LIVEPOOL_OK);
        CHECK(submit_texture(engine, source, bottom_first) == LIVEPOOL_OK && run_event(engine) == LIVEPOOL_OK && output(engine) == cpu);
        std::vector<float> texels(4 * out_width * out_height);
        context.gl.BindTexture(GL_TEXTURE_2D, target);
        context.gl.GetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_FLOAT, texels.data());
        for (int i = 0; i < out_width * out_height; i++) {
            int row = i / out_width, from = bottom_first ? (out_height - 1 - row) * out_width + i % out_width : i;
            CHECK(texels[4 * i] == cpu[from] && texels[4 * i + 1] == cpu[out_width * out_height + from]);
            CHECK(texels[4 * i + 2] == 0 && texels[4 * i + 3] == 1);
        }
        destroy(engine);
    }
    // Every stage, and a parameter that changes meanwhile.
    livepool_engine engine = make(LIVEPOOL_BACKEND_GL, whole, 1), cpu = make(LIVEPOOL_BACKEND_SIMD, whole, 1);
    double two = 2, time;
    for (int round = 0; round < 2; round++) {
        for (livepool_engine each : { engine, cpu })
            CHECK(submit(each) == LIVEPOOL_OK && run(each) == LIVEPOOL_OK);
        for (int32_t stage = 0; stage < 3; stage++) {
            CHECK(output(engine, stage) == output(cpu, stage));
            CHECK(CALL(*now, livepool_stage_time)(engine, stage, &time) == LIVEPOOL_OK && time >= 0);
        }
        for (livepool_engine each : { engine, cpu })
            CHECK(CALL(*now, livepool_set_parameter)(each, 0, "stride", &two, 1) == LIVEPOOL_OK);
        CHECK(try_output(engine) == LIVEPOOL_NOT_READY);
    }
    destroy(engine);
    destroy(cpu);
}

void textures_that_do_not_fit_are_refused(gl_context &context)
{
    livepool_engine engine = make(LIVEPOOL_BACKEND_GL), deep = make(LIVEPOOL_BACKEND_GL, R"({"in_channels": 2, "stages": [{"op": "relu"}]})");
    GLuint source = context.make_texture(WIDTH, HEIGHT, GL_RGBA8, picture.data()), small = context.make_texture(3, 3, GL_RGBA8);
    CHECK(submit_texture(engine, 12345) == LIVEPOOL_OK && run(engine) == LIVEPOOL_INVALID_ARGUMENT && try_output(engine) == LIVEPOOL_NOT_READY);
    CHECK(submit_texture(deep, source) == LIVEPOOL_OK && run(deep) == LIVEPOOL_INVALID_ARGUMENT);
    // A pipeline that does not fit its size is the pipeline's fault.
    GLuint tiny = context.make_texture(1, 1, GL_RGBA8);
    CHECK(submit_texture(engine, tiny) == LIVEPOOL_OK && run(engine) == LIVEPOOL_INVALID_PIPELINE);
    // The output's texture is wrong, the output is not.
    CHECK(set_output(engine, small) == LIVEPOOL_OK);
    CHECK(submit_texture(engine, source) == LIVEPOOL_OK && run_event(engine) == LIVEPOOL_INVALID_ARGUMENT && output(engine) == expected());
    CHECK(now->last_line().find("3x3") != std::string::npos);
    CHECK(CALL(*now, livepool_set_output_texture)(engine, nullptr) == LIVEPOOL_OK);
    CHECK(submit_texture(engine, source) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
    // The newest frame wins, whichever way it came.
    CHECK(submit_texture(engine, 12345) == LIVEPOOL_OK && submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
    CHECK(context.gl.GetError() == GL_NO_ERROR);
    destroy(engine);
    destroy(deep);
}

// Everything that GL tells about its state by number, as far as the library or a host might touch it.
std::vector<GLint64> state(const gl_functions &gl)
{
    static const GLenum numbers[] = { GL_CURRENT_PROGRAM, GL_VERTEX_ARRAY_BINDING, GL_ARRAY_BUFFER_BINDING, GL_DRAW_FRAMEBUFFER_BINDING,
        GL_READ_FRAMEBUFFER_BINDING, GL_RENDERBUFFER_BINDING, GL_COPY_READ_BUFFER_BINDING, GL_COPY_WRITE_BUFFER_BINDING,
        GL_PIXEL_PACK_BUFFER_BINDING, GL_PIXEL_UNPACK_BUFFER_BINDING, GL_SHADER_STORAGE_BUFFER_BINDING, GL_UNIFORM_BUFFER_BINDING,
        GL_DISPATCH_INDIRECT_BUFFER_BINDING, GL_DRAW_INDIRECT_BUFFER_BINDING, GL_ATOMIC_COUNTER_BUFFER_BINDING,
        GL_TRANSFORM_FEEDBACK_BUFFER_BINDING, GL_TRANSFORM_FEEDBACK_ACTIVE, GL_TRANSFORM_FEEDBACK_PAUSED, GL_PROGRAM_PIPELINE_BINDING, GL_ACTIVE_TEXTURE, GL_UNPACK_ALIGNMENT, GL_UNPACK_ROW_LENGTH,
        GL_UNPACK_IMAGE_HEIGHT, GL_UNPACK_SKIP_PIXELS, GL_UNPACK_SKIP_ROWS, GL_UNPACK_SKIP_IMAGES, GL_UNPACK_SWAP_BYTES,
        GL_UNPACK_LSB_FIRST, GL_PACK_ALIGNMENT, GL_PACK_ROW_LENGTH, GL_PACK_IMAGE_HEIGHT, GL_PACK_SKIP_PIXELS, GL_PACK_SKIP_ROWS,
        GL_PACK_SKIP_IMAGES, GL_PACK_SWAP_BYTES, GL_BLEND, GL_DEPTH_TEST, GL_STENCIL_TEST, GL_SCISSOR_TEST, GL_CULL_FACE,
        GL_FRAMEBUFFER_SRGB, GL_RASTERIZER_DISCARD, GL_DEPTH_WRITEMASK, GL_PRIMITIVE_RESTART, GL_DEBUG_OUTPUT,
        GL_DEBUG_OUTPUT_SYNCHRONOUS, GL_MULTISAMPLE, GL_PROGRAM_POINT_SIZE };
    static const GLenum fours[] = { GL_VIEWPORT, GL_SCISSOR_BOX, GL_COLOR_WRITEMASK };
    std::vector<GLint64> values;
    GLint number[4];
    for (GLenum name : numbers) {
        gl.GetIntegerv(name, number);
        values.push_back(number[0]);
    }
    for (GLenum name : fours) {
        gl.GetIntegerv(name, number);
        values.insert(values.end(), number, number + 4);
    }
    static const GLenum indexed[][3] = { { GL_SHADER_STORAGE_BUFFER_BINDING, GL_SHADER_STORAGE_BUFFER_START, GL_SHADER_STORAGE_BUFFER_SIZE },
        { GL_UNIFORM_BUFFER_BINDING, GL_UNIFORM_BUFFER_START, GL_UNIFORM_BUFFER_SIZE },
        { GL_ATOMIC_COUNTER_BUFFER_BINDING, GL_ATOMIC_COUNTER_BUFFER_START, GL_ATOMIC_COUNTER_BUFFER_SIZE } };
    for (auto &names : indexed)
        for (GLuint place = 0; place < 8; place++)
            for (GLenum name : names) {
                GLint64 value = -1;
                gl.GetInteger64i_v(name, place, &value);
                values.push_back(value);
            }
    for (GLuint unit = 0; unit < 4; unit++)
        for (GLenum name : { GL_IMAGE_BINDING_NAME, GL_IMAGE_BINDING_LEVEL, GL_IMAGE_BINDING_FORMAT, GL_IMAGE_BINDING_ACCESS }) {
            gl.GetIntegeri_v(name, unit, number);
            values.push_back(number[0]);
        }
    GLint active;
    gl.GetIntegerv(GL_ACTIVE_TEXTURE, &active);
    for (GLenum unit = 0; unit < 8; unit++) {
        gl.ActiveTexture(GL_TEXTURE0 + unit);
        for (GLenum name : { GL_TEXTURE_BINDING_2D, GL_TEXTURE_BINDING_2D_ARRAY, GL_TEXTURE_BINDING_3D, GL_TEXTURE_BINDING_CUBE_MAP, GL_SAMPLER_BINDING }) {
            gl.GetIntegerv(name, number);
            values.push_back(number[0]);
        }
    }
    gl.ActiveTexture(static_cast<GLenum>(active));
    while (gl.GetError() != GL_NO_ERROR) { }
    return values;
}

// A host's program, which may let its vertices be captured.
GLuint link(const gl_functions &gl, bool is_captured)
{
    const char *text = "#version 430 core\nvoid main() { gl_Position = vec4(0); }", *captured = "gl_Position";
    GLuint shader = gl.CreateShader(GL_VERTEX_SHADER), program = gl.CreateProgram();
    gl.ShaderSource(shader, 1, &text, nullptr);
    gl.CompileShader(shader);
    gl.AttachShader(program, shader);
    if (is_captured)
        gl.TransformFeedbackVaryings(program, 1, &captured, GL_INTERLEAVED_ATTRIBS);
    gl.LinkProgram(program);
    return program;
}

// Leaves nothing as it is at first.
void disturb(gl_context &context)
{
    const gl_functions &gl = context.gl;
    static const GLenum targets[] = { GL_ARRAY_BUFFER, GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, GL_PIXEL_PACK_BUFFER,
        GL_DISPATCH_INDIRECT_BUFFER, GL_DRAW_INDIRECT_BUFFER };
    GLuint names[32], array, framebuffer, samplers[2];
    GLuint textures[3] = { context.make_texture(4, 4, GL_RGBA8), context.make_texture(5, 5, GL_RGBA8), context.make_texture(6, 6, GL_RGBA8) };
    gl.GenBuffers(32, names);
    for (GLuint name : names) {
        gl.BindBuffer(GL_ARRAY_BUFFER, name);
        gl.BufferData(GL_ARRAY_BUFFER, 4096, nullptr, GL_STATIC_DRAW);
    }
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        gl.BindBuffer(targets[i], names[i]);
    for (GLuint place = 0; place < 8; place++) {
        if (place % 3 == 2)
            continue;
        if (place % 3 == 1)
            gl.BindBufferBase(GL_SHADER_STORAGE_BUFFER, place, names[8 + place]);
        else
            gl.BindBufferRange(GL_SHADER_STORAGE_BUFFER, place, names[8 + place], 256 * place, 512);
        gl.BindBufferRange(GL_UNIFORM_BUFFER, place, names[16 + place], 256, 256 * (1 + place));
    }
    gl.BindBuffer(GL_SHADER_STORAGE_BUFFER, names[24]);
    gl.BindBuffer(GL_UNIFORM_BUFFER, names[25]);
    gl.BindBuffer(GL_PIXEL_UNPACK_BUFFER, names[26]);
    for (GLenum name : { GL_UNPACK_ROW_LENGTH, GL_UNPACK_IMAGE_HEIGHT, GL_UNPACK_SKIP_PIXELS, GL_UNPACK_SKIP_ROWS, GL_UNPACK_SKIP_IMAGES,
             GL_PACK_ROW_LENGTH, GL_PACK_SKIP_ROWS })
        gl.PixelStorei(name, 7);
    gl.PixelStorei(GL_UNPACK_ALIGNMENT, 8);
    gl.PixelStorei(GL_UNPACK_SWAP_BYTES, 1);
    gl.GenVertexArrays(1, &array);
    gl.BindVertexArray(array);
    gl.GenFramebuffers(1, &framebuffer);
    gl.BindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    gl.GenSamplers(2, samplers);
    gl.BindSampler(0, samplers[0]);
    gl.BindSampler(5, samplers[1]);
    for (GLenum unit : { 0, 5 }) {
        gl.ActiveTexture(GL_TEXTURE0 + unit);
        gl.BindTexture(GL_TEXTURE_2D, textures[unit / 5]);
    }
    gl.BindImageTexture(1, textures[2], 0, GL_FALSE, 0, GL_READ_ONLY, GL_RGBA8);
    gl.UseProgram(link(gl, false));
    gl.Enable(GL_BLEND);
    gl.Enable(GL_RASTERIZER_DISCARD);
    CHECK(gl.GetError() == GL_NO_ERROR);
}

void the_hosts_state_is_as_it_was()
{
    gl_context context;
    const gl_functions &gl = context.gl;
    std::vector<GLint64> first = state(gl);
    GLuint source = context.make_texture(WIDTH, HEIGHT, GL_RGBA8, picture.data()), bytes = context.make_texture(out_width, out_height, GL_RGBA8),
           floats = context.make_texture(out_width, out_height, GL_RGBA32F), small = context.make_texture(2, 2, GL_RGBA8);
    disturb(context);
    std::vector<GLint64> before = state(gl);
    size_t changed = 0;
    for (size_t i = 0; i < before.size(); i++)
        changed += before[i] != first[i];
    CHECK(changed >= 60);

    double time, two = 2;
    livepool_engine engine = make(LIVEPOOL_BACKEND_GL);
#define SAME(call) CHECK((call) && state(gl) == before)
    for (int round = 0; round < 3; round++) {
        SAME(submit(engine) == LIVEPOOL_OK);
        SAME(run_event(engine) == LIVEPOOL_OK);
        SAME(output(engine) == (round == 0 ? expected() : output(engine)));
        SAME(CALL(*now, livepool_stage_time)(engine, 2, &time) == LIVEPOOL_OK);
        SAME(submit_texture(engine, source) == LIVEPOOL_OK);
        SAME(set_output(engine, round == 1 ? floats : bytes) == LIVEPOOL_OK);
        SAME(run(engine) == (round == 2 ? LIVEPOOL_INVALID_ARGUMENT : LIVEPOOL_OK));
        SAME(submit_texture(engine, 12345) == LIVEPOOL_OK && run(engine) == LIVEPOOL_INVALID_ARGUMENT);
        SAME(submit_texture(engine, small) == LIVEPOOL_OK && run(engine) < 0);
        SAME(CALL(*now, livepool_set_output_texture)(engine, nullptr) == LIVEPOOL_OK);
        if (round == 1)
            SAME(CALL(*now, livepool_set_parameter)(engine, 0, "stride", &two, 1) == LIVEPOOL_OK);
    }
    // Kernels with as many buffers as there are, of another shader each.
    for (const char *text : { R"({"stages": [{"op": "adaptive_max_pool2d", "output_size": 3, "return_indices": true}]})",
             R"({"stages": [{"op": "conv2d", "weight": [[1, 2], [3, 4]], "bias": [5]}]})",
             R"({"stages": [{"op": "lp_pool2d", "norm_type": 2, "kernel_size": 2}, {"op": "sigmoid"}]})" }) {
        SAME(CALL(*now, livepool_set_pipeline)(engine, text, -1) == LIVEPOOL_OK);
        SAME(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
    }
    SAME(CALL(*now, livepool_destroy)(engine) == LIVEPOOL_OK);
    // What is the texture's own is too.
    std::vector<uint8_t> read(picture.size());
    GLint level = -1;
    gl.PixelStorei(GL_PACK_ROW_LENGTH, 0);
    gl.PixelStorei(GL_PACK_SKIP_ROWS, 0);
    gl.BindBuffer(GL_PIXEL_PACK_BUFFER, 0);
    gl.BindTexture(GL_TEXTURE_2D, source);
    gl.GetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, read.data());
    gl.GetTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, &level);
    CHECK(read == picture && level == GL_NEAREST_MIPMAP_LINEAR);
}

int objects(const gl_functions &gl)
{
    int count = 0;
    for (GLuint name = 1; name < 4096; name++)
        count += gl.IsBuffer(name) + gl.IsProgram(name) + gl.IsSampler(name) + gl.IsQuery(name);
    return count;
}

void nothing_is_left_behind()
{
    gl_context context;
    const gl_functions &gl = context.gl;
    GLuint source = context.make_texture(WIDTH, HEIGHT, GL_RGBA8, picture.data());
    int before = objects(gl);
    for (int way = 0; way < 3; way++) {
        livepool_engine engine = make(LIVEPOOL_BACKEND_GL), other = make(LIVEPOOL_BACKEND_GL);
        CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
        CHECK(submit_texture(engine, source) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
        int with = objects(gl);
        CHECK(with > before + 5);
        // A pipeline that is gone goes at the next run.
        CHECK(CALL(*now, livepool_set_pipeline)(engine, whole, -1) == LIVEPOOL_OK && submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
        CHECK(submit_texture(engine, source) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK && objects(gl) == with);
        if (way == 0) {
            destroy(engine);
        } else {
            // Where the context is not current it waits: for a render event, or for another engine's run.
            context.release();
            destroy(engine);
            context.make_current();
            CHECK(objects(gl) == with);
            if (way == 1)
                CHECK(run_event(0) == LIVEPOOL_OK);
            else
                CHECK(submit(other) == LIVEPOOL_OK && run(other) == LIVEPOOL_OK && objects(gl) < with + 20);
        }
        destroy(other);
        CHECK(objects(gl) == before);
    }
}

void other_contexts_and_threads_are_refused()
{
    livepool_engine engine = make(LIVEPOOL_BACKEND_GL);
    double time;
    CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_UNAVAILABLE);
    {
        render_thread thread;
        thread.run([&](gl_context &) { CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK); });
        // Submitting and asking for shapes and counts is for every thread, results are not.
        CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_WRONG_THREAD && try_output(engine) == LIVEPOOL_WRONG_THREAD);
        // Neither the last result nor the frame that waits is lost.
        thread.run([&](gl_context &) {
            CHECK(output(engine) == expected() && run(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_NOTHING_NEW);
        });
        int32_t shape[4];
        CHECK(CALL(*now, livepool_stage_shape)(engine, 2, shape) == LIVEPOOL_OK && shape[3] == out_width);
        CHECK(try_output(engine) == LIVEPOOL_WRONG_THREAD);
        CHECK(CALL(*now, livepool_stage_time)(engine, 2, &time) == LIVEPOOL_WRONG_THREAD);
        {
            gl_context another;
            CHECK(try_output(engine) == LIVEPOOL_WRONG_THREAD);
            CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_WRONG_THREAD);
        }
        thread.run([&](gl_context &) {
            CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK && output(engine) == expected());
            destroy(engine);
        });
    }
}

void a_device_that_ends_takes_all_with_it()
{
    livepool_engine engine = make(LIVEPOOL_BACKEND_GL);
    for (int way = 0; way < 3; way++) {
        gl_context context;
        int before = objects(context.gl);
        CHECK(submit(engine) == LIVEPOOL_OK && run_event(engine) == LIVEPOOL_OK && output(engine) == expected());
        if (way == 1)
            context.release();
        now->tell(unity_host::shutdown);
        now->tell(unity_host::shutdown);
        context.make_current();
        // Where the context was current, it was tidied up.
        CHECK((objects(context.gl) == before) == (way != 1));
        CHECK(try_output(engine) == LIVEPOOL_NOT_READY);
        now->tell(unity_host::initialize);
        now->tell(unity_host::initialize);
    }
    // Destroyed after its context.
    destroy(engine);
    // An engine that was destroyed before the device ended and freed nowhere is only forgotten.
    {
        gl_context context;
        engine = make(LIVEPOOL_BACKEND_GL);
        CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
        context.release();
        destroy(engine);
        now->tell(unity_host::shutdown);
    }
    gl_context context;
    CALL(*now, GetRenderEventFunc)()(-1);
    CHECK(context.gl.GetError() == GL_NO_ERROR);
}

// A driver may give a new context the address of one that is gone (CMakeLists.txt sees to it); the host's objects then have the
// names of ours.
void a_later_context_at_the_same_address_is_another()
{
    std::map<EGLContext, livepool_engine> left;
    auto context = std::make_unique<gl_context>();
    while (left.count(eglGetCurrentContext()) == 0) {
        CHECK(left.size() < 10);
        livepool_engine engine = make(LIVEPOOL_BACKEND_GL), orphan = make(LIVEPOOL_BACKEND_GL);
        for (livepool_engine each : { engine, orphan })
            CHECK(submit(each) == LIVEPOOL_OK && run(each) == LIVEPOOL_OK && output(each) == expected());
        left[eglGetCurrentContext()] = engine;
        context->release();
        destroy(orphan);
        context.reset();
        context = std::make_unique<gl_context>();
    }
    livepool_engine engine = left[eglGetCurrentContext()];
    const gl_functions &gl = context->gl;
    std::vector<GLuint> names(500);
    gl.GenBuffers(500, names.data());
    for (GLuint name : names)
        gl.BindBuffer(GL_ARRAY_BUFFER, name);
    gl.GenSamplers(100, names.data());
    int before = objects(gl);
    CHECK(before == 600 && run_event(0) == LIVEPOOL_OK && objects(gl) == before);
    CHECK(try_output(engine) == LIVEPOOL_WRONG_THREAD);
    // The engine begins anew.
    CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK && output(engine) == expected() && objects(gl) > before);
    for (auto &each : left)
        destroy(each.second);
    CHECK(objects(gl) == before && gl.GetError() == GL_NO_ERROR);
}

void a_program_that_is_deleted_in_use_leaves_none_of_ours()
{
    gl_context context;
    livepool_engine engine = make(LIVEPOOL_BACKEND_GL);
    GLuint program = link(context.gl, false);
    GLint current = -1;
    context.gl.UseProgram(program);
    context.gl.DeleteProgram(program);
    CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK && output(engine) == expected());
    context.gl.GetIntegerv(GL_CURRENT_PROGRAM, &current);
    CHECK(current == 0);
    destroy(engine);
}

void captured_vertices_are_no_hindrance()
{
    gl_context context;
    const gl_functions &gl = context.gl;
    livepool_engine engine = make(LIVEPOOL_BACKEND_GL);
    CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
    GLuint buffer;
    gl.GenBuffers(1, &buffer);
    gl.BindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, buffer);
    gl.BufferData(GL_TRANSFORM_FEEDBACK_BUFFER, 4096, nullptr, GL_STATIC_DRAW);
    gl.UseProgram(link(gl, true));
    gl.BeginTransformFeedback(GL_POINTS);
    for (int paused = 0; paused < 2; paused++) {
        if (paused)
            gl.PauseTransformFeedback();
        std::vector<GLint64> before = state(gl);
        // Another size, whose results cannot be the former ones'.
        CHECK(submit(engine, WIDTH - 1 - paused) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
        CHECK(output(engine) == expected(whole, false, WIDTH - 1 - paused) && state(gl) == before);
    }
    gl.EndTransformFeedback();
    CHECK(gl.GetError() == GL_NO_ERROR);
    destroy(engine);
}

void textures_are_as_shaders_see_them(gl_context &context)
{
    const gl_functions &gl = context.gl;
    livepool_engine engine = make(LIVEPOOL_BACKEND_GL);
    GLuint source = context.make_texture(WIDTH, HEIGHT, GL_RGBA8, picture.data());
    gl.TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_R, GL_BLUE);
    gl.TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_B, GL_RED);
    livepool_engine cpu = make(LIVEPOOL_BACKEND_SIMD);
    livepool_frame frame = { sizeof frame, LIVEPOOL_FORMAT_BGRA32, picture.data(), 0, WIDTH, HEIGHT, 0, 0 };
    CHECK(CALL(*now, livepool_submit)(cpu, &frame) == LIVEPOOL_OK && run(cpu) == LIVEPOOL_OK);
    CHECK(submit_texture(engine, source) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK && output(engine) == output(cpu));
    destroy(cpu);

    // A single channel that a swizzle has made green is not grey.
    const char *relu = R"({"stages": [{"op": "relu"}]})";
    livepool_engine plain = make(LIVEPOOL_BACKEND_GL, relu);
    GLuint single = context.make_texture(WIDTH, HEIGHT, GL_R8, picture.data());
    CHECK(submit_texture(plain, single) == LIVEPOOL_OK && run(plain) == LIVEPOOL_OK && output(plain)[1] == picture[4]);
    gl.BindTexture(GL_TEXTURE_2D, single);
    gl.TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_R, GL_ZERO);
    gl.TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_G, GL_RED);
    CHECK(submit_texture(plain, single) == LIVEPOOL_OK && run(plain) == LIVEPOOL_OK);
    CHECK(output(plain)[1] == static_cast<float>((38470 * picture[4] + 0x8000) >> 16));

    // Level 1 is another picture.
    gl.TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_BASE_LEVEL, 1);
    CHECK(submit_texture(plain, single) == LIVEPOOL_OK && run(plain) == LIVEPOOL_INVALID_ARGUMENT);

    // The mean of what is almost too large is not too large.
    std::vector<float> huge(4 * WIDTH * HEIGHT, 3e38f);
    GLuint floats = context.make_texture(WIDTH, HEIGHT, GL_RGBA32F, huge.data());
    CHECK(submit_texture(plain, floats) == LIVEPOOL_OK && run(plain) == LIVEPOOL_OK);
    CHECK(std::fabs(output(plain)[7] / 3e38f - 1) < 1e-6f);

    for (GLenum format : { GL_R8, GL_RGB10_A2, GL_RGB8, GL_RGBA4, GL_RGBA16 }) {
        CHECK(set_output(plain, context.make_texture(WIDTH, HEIGHT, format)) == LIVEPOOL_OK);
        CHECK(submit_texture(plain, floats) == LIVEPOOL_OK && run(plain) == LIVEPOOL_INVALID_ARGUMENT);
    }
    for (GLenum format : { GL_RGBA8, GL_SRGB8_ALPHA8, GL_RGBA16F, GL_RGBA32F }) {
        CHECK(set_output(plain, context.make_texture(WIDTH, HEIGHT, format)) == LIVEPOOL_OK);
        CHECK(submit_texture(plain, floats) == LIVEPOOL_OK && run(plain) == LIVEPOOL_OK);
    }
    destroy(plain);
    destroy(engine);
}

void other_renderers_take_the_cpu()
{
    gl_context context;
    for (int renderer : { 4, unity_host::direct3d11, 99 }) {
        unity_host host(path, renderer);
        now = &host;
        livepool_engine gl = make(LIVEPOOL_BACKEND_GL), cpu = make(LIVEPOOL_BACKEND_SIMD);
        CHECK(submit(gl) == LIVEPOOL_OK && run_event(gl) == LIVEPOOL_UNAVAILABLE);
        CHECK(host.last_line().find("LIVEPOOL_BACKEND_SIMD") != std::string::npos);
        CHECK(submit(cpu) == LIVEPOOL_OK && run_event(cpu) == LIVEPOOL_OK && output(cpu) == expected());
        destroy(gl);
        destroy(cpu);
    }
}

// Renderer 11, whose state knows fewer names.
void opengl_es_runs_too()
{
    gl_context context(3, 1, gl_context::api::es);
    unity_host host(path, unity_host::opengl_es);
    now = &host;
    GLuint source = context.make_texture(WIDTH, HEIGHT, GL_RGBA8, picture.data()), target = context.make_texture(out_width, out_height, GL_RGBA8);
    context.gl.PixelStorei(GL_UNPACK_ROW_LENGTH, 7);
    std::vector<GLint64> before = state(context.gl);
    int first = objects(context.gl);
    livepool_engine engine = make(LIVEPOOL_BACKEND_GL);
    double time;
    for (int round = 0; round < 3; round++) {
        CHECK(submit(engine) == LIVEPOOL_OK && run_event(engine) == LIVEPOOL_OK && output(engine) == expected());
        CHECK(set_output(engine, target) == LIVEPOOL_OK && submit_texture(engine, source) == LIVEPOOL_OK && run_event(engine) == LIVEPOOL_OK);
        CHECK(output(engine) == expected() && CALL(host, livepool_stage_time)(engine, 2, &time) == LIVEPOOL_OK && time >= 0);
        CHECK(state(context.gl) == before);
    }
    destroy(engine);
    CHECK(state(context.gl) == before && objects(context.gl) == first);
}

// A driver that has no compute shaders, made so by MESA_GL_VERSION_OVERRIDE.
void an_old_context_is_refused()
{
    gl_context context(3, 2);
    livepool_engine engine = make(LIVEPOOL_BACKEND_GL);
    char text[512];
    CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_UNAVAILABLE);
    CHECK(CALL(*now, livepool_last_error)(text, sizeof text) > 0 && std::strstr(text, "4.3"));
    CHECK(context.gl.GetError() == GL_NO_ERROR);
    destroy(engine);
}

void everything()
{
    for (int reload = 0; reload < 3; reload++) {
        unity_host host(path, unity_host::opengl_core);
        now = &host;
        {
            gl_context context;
            results_are_the_cpus(context);
            textures_that_do_not_fit_are_refused(context);
            textures_are_as_shaders_see_them(context);
        }
        the_hosts_state_is_as_it_was();
        nothing_is_left_behind();
        other_contexts_and_threads_are_refused();
        a_device_that_ends_takes_all_with_it();
        a_later_context_at_the_same_address_is_another();
        a_program_that_is_deleted_in_use_leaves_none_of_ours();
        captured_vertices_are_no_hindrance();
        // Left to itself, with its context: the library is unloaded without a Shutdown.
        gl_context context;
        livepool_engine engine = make(LIVEPOOL_BACKEND_GL);
        CHECK(submit(engine) == LIVEPOOL_OK && run(engine) == LIVEPOOL_OK);
    }
    other_renderers_take_the_cpu();
    opengl_es_runs_too();
    std::printf("results, state, threads, device events and leftovers as they should be\n");
}

}

int main(int argc, char **argv)
{
    try {
        path = LIVEPOOL_LIBRARY;
        if (argc > 1 && !std::strcmp(argv[1], "old")) {
            unity_host host(path, unity_host::opengl_core);
            now = &host;
            an_old_context_is_refused();
        } else {
            everything();
        }
        return 0;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "gl: %s\n", e.what());
        return 1;
    }
}
