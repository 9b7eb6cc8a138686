// A thread that owns a GL context, as an engine's render thread does.
#pragma once

#include "gl_context.hpp"

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <condition_variable>
#include <queue>
#include <thread>

class render_thread {
public:
    using work = std::function<void(gl_context &)>;

    render_thread() : thread_([this] { loop(); }) { run([](gl_context &) {}); }

    render_thread(const render_thread &) = delete;
    render_thread &operator=(const render_thread &) = delete;

    ~render_thread()
    {
        {
            std::lock_guard<std::mutex> lock(gate_);
            ends_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }

    // Waits until the work is done; what it throws is thrown here.
    void run(work given)
    {
        std::packaged_task<void(gl_context *)> task([this, given](gl_context *context) {
            if (failure_)
                std::rethrow_exception(failure_);
            given(*context);
        });
        std::future<void> done = task.get_future();
        {
            std::lock_guard<std::mutex> lock(gate_);
            tasks_.push(std::move(task));
        }
        changed_.notify_one();
        done.get();
    }

private:
    void loop()
    {
        std::unique_ptr<gl_context> context;
        try {
            context = std::make_unique<gl_context>();
        } catch (...) {
            failure_ = std::current_exception();
        }
        for (;;) {
            std::unique_lock<std::mutex> lock(gate_);
            changed_.wait(lock, [this] { return ends_ || !tasks_.empty(); });
            if (tasks_.empty())
                return;
            std::packaged_task<void(gl_context *)> task = std::move(tasks_.front());
            tasks_.pop();
            lock.unlock();
            task(context.get());
        }
    }

    std::mutex gate_;
    std::condition_variable changed_;
    std::queue<std::packaged_task<void(gl_context *)>> tasks_;
    bool ends_ = false;
    std::exception_ptr failure_;
    std::thread thread_;
};
