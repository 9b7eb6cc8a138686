// What a host of Unity's kind is to a plugin: it loads the library, serves the interface tables, and tells of its device.
#pragma once

#include "livepool.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>
#include <utility>

// The parameters of a custom texture update, version 2.
struct texture_update {
    static constexpr int begin = 9, end = 10;
    void *pixels;
    intptr_t texture;
    uint32_t user_data, format, width, height, bytes_per_pixel;
};

class unity_host {
public:
    static constexpr int direct3d11 = 2, opengl_es = 11, opengl_core = 17;
    enum device_event { initialize = 0, shutdown = 1 };

    // The library's functions are looked up when they are used: CALL(host, livepool_run)(engine).
#define CALL(host, name) ((host).find<decltype(&name)>(#name))

    unity_host(const char *path, int renderer) : renderer_(renderer)
    {
        current_ = this;
        library_ = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!library_)
            throw std::runtime_error(dlerror());
        CALL(*this, UnityPluginLoad)(&interfaces_);
    }

    unity_host(const unity_host &) = delete;
    unity_host &operator=(const unity_host &) = delete;

    ~unity_host()
    {
        CALL(*this, UnityPluginUnload)();
        dlclose(library_);
        current_ = nullptr;
    }

    template <typename function> function find(const char *name) const
    {
        void *found = dlsym(library_, name);
        if (!found)
            throw std::runtime_error(std::string("the library has no ") + name);
        return reinterpret_cast<function>(found);
    }

    // Below 0: the library's text becomes an exception.
    livepool_status check(livepool_status status) const
    {
        char text[512] = "";
        if (status >= 0)
            return status;
        CALL(*this, livepool_last_error)(text, sizeof text);
        throw std::runtime_error(text);
    }

    void tell(device_event event) const
    {
        if (callback_)
            callback_(event);
    }

    // What the library last wrote to the host's log.
    const std::string &last_line() const { return line_; }

private:
    using device_callback = void (*)(int);

    static int get_renderer() { return current_->renderer_; }
    static void register_callback(device_callback callback) { current_->callback_ = callback; }
    static void unregister_callback(device_callback) { current_->callback_ = nullptr; }
    static int reserve_events(int count) { return std::exchange(current_->events_, current_->events_ + count); }
    static void log(int, const char *message, const char *, int) { current_->line_ = message; }

    static void *get_interface(uint64_t high, uint64_t low)
    {
        if (high == 0x7CBA0A9CA4DDB544u && low == 0x8C5AD4926EB17B11u)
            return &current_->graphics_;
        if (high == 0x9E7507FA5B444D5Du && low == 0x92FB979515EA83FCu)
            return &current_->logger_;
        return nullptr;
    }

    // Without data, the tables' functions find the host here.
    static inline unity_host *current_;

    struct {
        int (*get_renderer)() = unity_host::get_renderer;
        void (*register_callback)(device_callback) = unity_host::register_callback;
        void (*unregister_callback)(device_callback) = unity_host::unregister_callback;
        int (*reserve_events)(int) = unity_host::reserve_events;
    } graphics_;
    struct {
        void (*log)(int, const char *, const char *, int) = unity_host::log;
    } logger_;
    struct {
        void *get_interface = nullptr, *register_interface = nullptr;
        void *(*get_interface_split)(uint64_t, uint64_t) = unity_host::get_interface;
        void *register_interface_split = nullptr;
    } interfaces_;

    void *library_ = nullptr;
    device_callback callback_ = nullptr;
    std::string line_;
    int renderer_;
    int events_ = 1;
};
