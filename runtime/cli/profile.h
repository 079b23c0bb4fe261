// Where the time of a session goes (-T).
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace probevue {

class Profile {
public:
    // What went on since the phase before, or since the start.
    void ends(std::string_view phase) {
        const auto now = std::chrono::steady_clock::now();
        phases_.emplace_back(phase, now - since_);
        since_ = now;
    }
    std::string text(bool micro) const {
        std::string out = "time:";
        for (const auto& [phase, took] : phases_) {
            const double seconds = std::chrono::duration<double>(took).count();
            out += micro ? fmt::format(" {} {:.0f} us,", phase, seconds * 1e6)
                         : fmt::format(" {} {:.3f} ms,", phase, seconds * 1e3);
        }
        out.pop_back();
        return out;
    }

private:
    std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
    std::vector<std::pair<std::string_view, std::chrono::steady_clock::duration>> phases_;
};

}  // namespace probevue
