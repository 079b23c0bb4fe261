#include "runtime/repl/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "builtins/base/text.h"

namespace probevue {

namespace {

ScreenWake screen_wake(Wake wake) {
    switch (wake) {
        case Wake::none:
            return ScreenWake::none;
        case Wake::input:
            return ScreenWake::input;
        case Wake::interrupt:
            return ScreenWake::interrupt;
        case Wake::suspend:
            return ScreenWake::suspend;
        case Wake::resize:
            return ScreenWake::resize;
        case Wake::leave:
            return ScreenWake::leave;
    }
    return ScreenWake::none;
}

}  // namespace

Result<ScreenEnd> show_session(LiveScreen& screen, Session& session, ScreenHost host, WakeUp& wake, KeptOutput& kept,
                               ScreenSink& sink) {
    host.wait = [&wake](int timeout_ms) { return screen_wake(wake.take(timeout_ms)); };
    host.step = [&session](uint64_t timeout_ns) { return session.step(timeout_ns); };
    host.figures = [&session, &sink] {
        static_cast<void>(sink.flush());  // a failure is remembered
        return session.snapshot();
    };
    kept.hold();
    sink.watch(&screen);
    const Result<ScreenEnd> ended = run_screen(screen, host);
    sink.watch(nullptr);
    session.hold_at(UINT64_MAX);
    static_cast<void>(sink.flush());  // what the sink still has belongs behind what is kept
    const std::string left_out = left_out_text(kept.release());
    if (!left_out.empty()) sink.message(MessageKind::note, left_out);
    return ended;
}

Result<WatchRequest> parse_watch(std::string_view text, std::span<const std::string> variables) {
    WatchRequest out;
    bool has_seconds = false;
    for (std::string_view word : split(text, ' ')) {
        word = trim(word);
        if (word.empty()) continue;
        if (word.front() >= '0' && word.front() <= '9') {
            const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out.seconds);
            constexpr uint64_t day = 86'400;
            if (error != std::errc{} || end != word.data() + word.size() || out.seconds == 0 || out.seconds > day ||
                has_seconds)
                return fail(fmt::format("`{}` is no number of seconds", word), ".watch [NAME] [SECONDS]",
                            ExitStatus::usage);
            has_seconds = true;
            continue;
        }
        if (!out.name.empty())
            return fail(fmt::format(".watch takes one variable, and `{}` is a second one", word),
                        "Tab goes from one to the next on the screen", ExitStatus::usage);
        if (std::find(variables.begin(), variables.end(), word) == variables.end()) {
            const std::vector<std::string_view> names(variables.begin(), variables.end());
            const std::string hint = did_you_mean(word, names);
            return fail(fmt::format("there is no variable `{}`", word), hint.empty() ? ".show lists them" : hint,
                        ExitStatus::usage);
        }
        out.name = word;
    }
    return out;
}

Result<ScreenEnd> watch_session(const Program& program, Session& session, const WatchRequest& request, WakeUp& wake,
                                KeptOutput& kept, ScreenSink& sink, bool color) {
    const bool is_array = std::any_of(program.maps.begin(), program.maps.end(), [&](const MapDescription& map) {
        return map.kind == MapKind::array && map.layout.name == request.name && !map.layout.keys.empty();
    });
    LiveScreenOptions options;
    options.what = ".watch";
    options.chosen = request.name.empty() || is_array ? request.name : "variables";
    LiveScreen screen(program, session.engine(), &kept, std::move(options));
    ScreenHost host;
    host.interval_ns = request.seconds * 1'000'000'000;
    host.color = color;
    static_cast<void>(sink.flush());
    return show_session(screen, session, std::move(host), wake, kept, sink);
}

}  // namespace probevue
