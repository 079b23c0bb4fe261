// Where threads that hand texts out meet the one that runs the session and makes them. What the session owns is touched
// by its own thread only: who wants a text asks for it here, wakes the session, and waits.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace probevue {

class TextExchange {
public:
    using Text = std::shared_ptr<const std::string>;

    // `wake` is called by threads that ask, whenever a text is wanted that is not there.
    explicit TextExchange(std::function<void()> wake) : wake_(std::move(wake)) {}

    // A text that is fresh, waiting for it if need be. Null: the session has not made one within five seconds, since it
    // waits for something else. Once it is over, its last one.
    Text ask();

    // By the session's thread. Is a text wanted?
    bool wanted() const { return wanted_.load(std::memory_order_relaxed); }
    // It is there, and took so long to make, in nanoseconds: no other is made before ten times that, and never more
    // than ten a second.
    void answer(std::string text, uint64_t took_ns);
    // The last one: nothing is asked of the session from here on.
    void close(std::string text);

private:
    std::function<void()> wake_;
    std::atomic<bool> wanted_ = false;
    std::mutex mutex_;
    std::condition_variable answered_;
    Text text_;
    uint64_t fresh_until_ns_ = 0;  // CLOCK_MONOTONIC, as is the next
    uint64_t wanted_since_ns_ = 0;
    uint64_t answers_ = 0;
    bool closed_ = false;
};

}  // namespace probevue
