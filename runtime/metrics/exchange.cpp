#include "runtime/metrics/exchange.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/session/clock.h"

namespace probevue {
namespace {

// Who asks more often gets the same text once more: the session has other things to do.
constexpr uint64_t least_fresh_ns = 100'000'000;
// No more than this part of the time goes into reading values.
constexpr uint64_t reading_part = 10;
constexpr uint64_t patience_ns = 5'000'000'000;

uint64_t monotonic_ns() { return SystemClock().monotonic_ns(); }

}  // namespace

TextExchange::Text TextExchange::ask() {
    std::unique_lock lock(mutex_);
    const uint64_t now = monotonic_ns();
    if (closed_ || (text_ != nullptr && now < fresh_until_ns_)) return text_;
    // One question is enough for all who wait.
    if (!wanted_.exchange(true)) {
        wanted_since_ns_ = now;
        wake_();
    }
    // Since it was asked for first: who comes while a session does not answer does not wait anew.
    const uint64_t until = wanted_since_ns_ + patience_ns;
    const std::chrono::nanoseconds most(now < until ? until - now : 0);
    // By number: a text that was there before must not be taken for the answer.
    const uint64_t before = answers_;
    const bool came = answered_.wait_for(lock, most, [&] { return answers_ != before; });
    // Rather none than an old one: it would look as if nothing happened any more.
    return came ? text_ : nullptr;
}

void TextExchange::answer(std::string text, uint64_t took_ns) {
    const std::lock_guard lock(mutex_);
    text_ = std::make_shared<const std::string>(std::move(text));
    fresh_until_ns_ = monotonic_ns() + std::max(least_fresh_ns, took_ns * reading_part);
    wanted_.store(false);
    ++answers_;
    answered_.notify_all();
}

void TextExchange::close(std::string text) {
    const std::lock_guard lock(mutex_);
    text_ = std::make_shared<const std::string>(std::move(text));
    closed_ = true;
    wanted_.store(false);
    ++answers_;
    answered_.notify_all();
}

}  // namespace probevue
