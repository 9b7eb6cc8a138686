// A host of Unity's kind without Unity: frames from the main thread, a render thread with a GL context, and the library between
// them, on the CPU and on the GPU. Prints what each way costs and whether they agree; --png keeps the last picture.
#include "render_thread.hpp"
#include "unity_host.hpp"

#include <getopt.h>
#include <png.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

using colours = std::vector<uint32_t>;

struct settings {
    const char *library = LIVEPOOL_LIBRARY;
    const char *pipeline = "edge24";
    const char *png = nullptr;
    int frames = 300, width = 1920, height = 1080;
};

// What a way of running did: times in milliseconds, and the last frame's results.
struct outcome {
    std::vector<double> submit, render;
    std::vector<float> values;
    colours texture;
    int32_t shape[4] = {};
};

double since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double quantile(std::vector<double> times, double q)
{
    std::sort(times.begin(), times.end());
    return times[static_cast<size_t>(q * static_cast<double>(times.size() - 1))];
}

// Rings that move, as RGBA.
void draw(colours &frame, const settings &s, int number)
{
    for (int y = 0; y < s.height; y++)
        for (int x = 0; x < s.width; x++) {
            int dx = x - s.width / 2 + 3 * number, dy = y - s.height / 2;
            uint32_t value = static_cast<uint32_t>(dx * dx + dy * dy) >> 6 & 0xFF;
            frame[static_cast<size_t>(y) * s.width + x] = 0xFF000000u | value << 16 | (255 - value) << 8 | value;
        }
}

livepool_engine make_engine(const unity_host &host, const settings &s, int32_t backend)
{
    livepool_options options = {};
    options.struct_size = sizeof options;
    options.backend = backend;
    livepool_engine engine = 0;
    host.check(CALL(host, livepool_create)(&options, &engine));
    host.check(CALL(host, livepool_set_pipeline)(engine, s.pipeline, -1));
    return engine;
}

// One frame: the event runs the engine on the render thread.
void render(const unity_host &host, livepool_engine engine)
{
    livepool_render_event event = { sizeof event, 0, engine };
    CALL(host, GetRenderEventAndDataFunc)()(0, &event);
    if (event.status < 0)
        throw std::runtime_error(host.last_line());
}

void read_results(const unity_host &host, livepool_engine engine, outcome &o)
{
    int32_t stages;
    const float *data;
    int64_t count;
    host.check(CALL(host, livepool_stage_count)(engine, &stages));
    host.check(CALL(host, livepool_stage_shape)(engine, stages - 1, o.shape));
    host.check(CALL(host, livepool_output)(engine, stages - 1, &data, &count));
    o.values.assign(data, data + count);
}

// The CPU, whose result reaches a texture by the custom texture update of any renderer.
outcome run_cpu(const unity_host &host, render_thread &thread, const settings &s)
{
    outcome o;
    colours frame(static_cast<size_t>(s.width) * s.height);
    livepool_engine engine = make_engine(host, s, LIVEPOOL_BACKEND_SIMD);
    livepool_frame block = {};
    block.struct_size = sizeof block;
    block.format = LIVEPOOL_FORMAT_RGBA32;
    block.pixels = frame.data();
    block.width = s.width;
    block.height = s.height;
    for (int i = 0; i < s.frames; i++) {
        draw(frame, s, i);
        auto start = std::chrono::steady_clock::now();
        host.check(CALL(host, livepool_submit)(engine, &block));
        o.submit.push_back(since(start));
        thread.run([&](gl_context &) {
            auto start = std::chrono::steady_clock::now();
            render(host, engine);
            o.render.push_back(since(start));
        });
    }
    thread.run([&](gl_context &) {
        read_results(host, engine, o);
        texture_update update = { nullptr, 0, static_cast<uint32_t>(engine), 0, static_cast<uint32_t>(o.shape[3]),
            static_cast<uint32_t>(o.shape[2]), 4 };
        CALL(host, GetTextureUpdateFunc)()(texture_update::begin, &update);
        if (!update.pixels)
            throw std::runtime_error(host.last_line());
        auto *pixels = static_cast<uint32_t *>(update.pixels);
        o.texture.assign(pixels, pixels + static_cast<size_t>(update.width) * update.height);
        CALL(host, GetTextureUpdateFunc)()(texture_update::end, &update);
    });
    host.check(CALL(host, livepool_destroy)(engine));
    return o;
}

// The GPU: frames from memory or from a texture, the result in a texture.
outcome run_gl(const unity_host &host, render_thread &thread, const settings &s, bool from_texture)
{
    outcome o;
    colours frame(static_cast<size_t>(s.width) * s.height);
    livepool_engine engine = make_engine(host, s, LIVEPOOL_BACKEND_GL);
    livepool_frame block = {};
    block.struct_size = sizeof block;
    block.format = LIVEPOOL_FORMAT_RGBA32;
    block.pixels = frame.data();
    block.width = s.width;
    block.height = s.height;
    livepool_texture source = { sizeof source, 0, 0, 0 }, target = source;
    if (from_texture)
        thread.run([&](gl_context &context) { source.name = context.make_texture(s.width, s.height, GL_RGBA8); });
    for (int i = 0; i < s.frames; i++) {
        draw(frame, s, i);
        if (from_texture)
            thread.run([&](gl_context &context) {
                context.gl.BindTexture(GL_TEXTURE_2D, source.name);
                context.gl.TexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, s.width, s.height, GL_RGBA, GL_UNSIGNED_BYTE, frame.data());
            });
        auto start = std::chrono::steady_clock::now();
        host.check(from_texture ? CALL(host, livepool_submit_texture)(engine, &source) : CALL(host, livepool_submit)(engine, &block));
        o.submit.push_back(since(start));
        thread.run([&](gl_context &context) {
            auto start = std::chrono::steady_clock::now();
            render(host, engine);
            context.gl.Finish();
            o.render.push_back(since(start));
            if (target.name != 0)
                return;
            // The result's size is known now; the frames after this one are written there.
            read_results(host, engine, o);
            target.name = context.make_texture(o.shape[3], o.shape[2], GL_RGBA8);
            host.check(CALL(host, livepool_set_output_texture)(engine, &target));
        });
    }
    thread.run([&](gl_context &context) {
        read_results(host, engine, o);
        o.texture.resize(static_cast<size_t>(o.shape[3]) * o.shape[2]);
        context.gl.BindTexture(GL_TEXTURE_2D, target.name);
        context.gl.GetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, o.texture.data());
        host.check(CALL(host, livepool_destroy)(engine));
        const GLuint names[] = { source.name, target.name };
        context.gl.DeleteTextures(2, names);
    });
    return o;
}

// The largest difference of the values; NaN where they have different shapes.
double difference(const outcome &a, const outcome &b)
{
    double most = 0;
    if (std::memcmp(a.shape, b.shape, sizeof a.shape))
        return NAN;
    for (size_t i = 0; i < a.values.size(); i++)
        most = std::max(most, std::fabs(static_cast<double>(a.values[i]) - b.values[i]));
    return most;
}

// The largest difference of the textures, in steps of 255.
int steps(const outcome &a, const outcome &b)
{
    int most = 0;
    auto left = reinterpret_cast<const uint8_t *>(a.texture.data()), right = reinterpret_cast<const uint8_t *>(b.texture.data());
    for (size_t i = 0; i < sizeof(uint32_t) * std::min(a.texture.size(), b.texture.size()); i++)
        most = std::max(most, std::abs(left[i] - right[i]));
    return most;
}

void print_row(const char *name, const outcome &o, const outcome &cpu)
{
    char shape[64];
    std::snprintf(shape, sizeof shape, "[%d, %d, %d, %d]", o.shape[0], o.shape[1], o.shape[2], o.shape[3]);
    std::printf("%-28s %9.3f %10.3f %10.3f   %-22s %12g %8d\n", name, quantile(o.submit, 0.5), quantile(o.render, 0.5),
        quantile(o.render, 0.95), shape, difference(o, cpu),
        steps(o, cpu));
    if (std::isnan(difference(o, cpu)) || steps(o, cpu) > 1)
        throw std::runtime_error(std::string(name) + ": not the CPU's result");
}

// The CPU's picture on the left, the GPU's on the right.
void write_png(const char *path, const outcome &cpu, const outcome &gl)
{
    auto width = static_cast<size_t>(cpu.shape[3]), height = static_cast<size_t>(cpu.shape[2]);
    constexpr size_t gap = 8;
    colours pixels((2 * width + gap) * height, 0xFFFFFFFFu);
    for (size_t y = 0; y < height; y++) {
        auto row = pixels.begin() + static_cast<ptrdiff_t>(y * (2 * width + gap));
        std::copy_n(cpu.texture.begin() + static_cast<ptrdiff_t>(y * width), width, row);
        std::copy_n(gl.texture.begin() + static_cast<ptrdiff_t>(y * width), width, row + static_cast<ptrdiff_t>(width + gap));
    }
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(2 * width + gap);
    image.height = static_cast<png_uint_32>(height);
    image.format = PNG_FORMAT_RGBA;
    if (!png_image_write_to_file(&image, path, 0, pixels.data(), 0, nullptr))
        throw std::runtime_error(std::string(path) + ": " + image.message);
}

settings parse(int argc, char **argv)
{
    static const option known[] = { { "library", required_argument, nullptr, 'l' }, { "pipeline", required_argument, nullptr, 'p' },
        { "frames", required_argument, nullptr, 'f' }, { "size", required_argument, nullptr, 's' },
        { "png", required_argument, nullptr, 'o' }, {} };
    settings s;
    for (int given; (given = getopt_long(argc, argv, "", known, nullptr)) != -1;) {
        bool good = true;
        switch (given) {
        case 'l': s.library = optarg; break;
        case 'p': s.pipeline = optarg; break;
        case 'o': s.png = optarg; break;
        case 'f': good = (s.frames = std::atoi(optarg)) >= 2; break;
        case 's': good = std::sscanf(optarg, "%dx%d", &s.width, &s.height) == 2 && s.width > 0 && s.height > 0; break;
        default: good = false;
        }
        if (!good)
            throw std::invalid_argument("host [--library FILE] [--pipeline NAME|JSON] [--frames 2..] [--size WxH] [--png FILE]");
    }
    return s;
}

void stream(const settings &s)
{
    unity_host host(s.library, unity_host::opengl_core);
    render_thread thread;
    thread.run([&](gl_context &context) {
        std::printf("LivePool %s, %s, %s, %d frames of %dx%d\n\n", CALL(host, livepool_version)(), s.pipeline,
            context.text(GL_RENDERER).c_str(), s.frames, s.width, s.height);
    });
    outcome cpu = run_cpu(host, thread, s);
    outcome memory = run_gl(host, thread, s, false);
    outcome texture = run_gl(host, thread, s, true);

    std::printf("%-28s %9s %10s %10s   %-22s %12s %8s\n", "ms", "submit", "render", "p95", "result", "difference", "of 255");
    print_row("CPU, texture update", cpu, cpu);
    print_row("OpenGL, frames from memory", memory, cpu);
    print_row("OpenGL, texture to texture", texture, cpu);
    if (s.png)
        write_png(s.png, cpu, texture);
    thread.run([&](gl_context &) { host.tell(unity_host::shutdown); });
}

}

int main(int argc, char **argv)
{
    try {
        stream(parse(argc, argv));
        return 0;
    } catch (const std::invalid_argument &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 2;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "host: %s\n", e.what());
        return 1;
    }
}
