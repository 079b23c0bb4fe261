#include "runtime/screen/run.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <optional>

#include "runtime/session/clock.h"

namespace probevue {
namespace {

constexpr uint64_t second_ns = 1'000'000'000;
// Keys are looked for so often while events come without end.
constexpr uint64_t slice_ns = 50'000'000;
// Values are read for no more than this part of the time, however many there are.
constexpr uint64_t reading_part = 10;
constexpr uint64_t fastest = 1024;

uint64_t monotonic_ns() { return SystemClock().monotonic_ns(); }

// The clock of a replay: that of its capture, at a speed.
class ReplayClock {
public:
    explicit ReplayClock(Session& session)
        : session_(session), now_ns_(session.reached_ns()), looked_(monotonic_ns()) {}

    // Goes on with the time that has passed, unless it stands.
    void look(bool stands) {
        const uint64_t now = monotonic_ns();
        if (!stands && speed_ != 0) now_ns_ += (now - looked_) * speed_ / slower_;
        if (!stands && speed_ == 0) now_ns_ = std::max(now_ns_, session_.reached_ns());
        looked_ = now;
        session_.hold_at(speed_ == 0 ? UINT64_MAX : now_ns_);
    }
    // The end of the capture.
    void end() { now_ns_ = std::max(session_.reached_ns(), now_ns_); }
    uint64_t now() const { return now_ns_; }

    void faster() {
        if (slower_ > 1)
            slower_ /= 2;
        else
            speed_ = speed_ == 0 ? 0 : std::min(speed_ * 2, fastest);
    }
    void slower() {
        if (speed_ == 0)
            speed_ = fastest;
        else if (speed_ > 1)
            speed_ /= 2;
        else if (speed_ == 1)
            slower_ = std::min(slower_ * 2, fastest);
    }
    void to_end() { speed_ = 0; }
    std::string text() const {
        if (speed_ == 0) return "replay to the end";
        return slower_ > 1 ? fmt::format("replay x1/{}", slower_) : fmt::format("replay x{}", speed_);
    }

private:
    Session& session_;
    uint64_t now_ns_;
    uint64_t looked_;
    uint64_t speed_ = 1;  // 0: no pace is kept
    uint64_t slower_ = 1;
};

class Runner {
public:
    Runner(LiveScreen& screen, const ScreenHost& host, ScreenTerminal& terminal)
        : screen_(screen), host_(host), terminal_(terminal) {
        if (host.replay != nullptr) clock_.emplace(*host.replay);
    }

    ScreenEnd run() {
        for (;;) {
            const uint64_t now = monotonic_ns();
            tell_time();
            if (now >= next_frame_) {
                frame();
            } else if (dirty_) {
                draw();
            }
            const uint64_t until = std::max(next_frame_, monotonic_ns());
            const bool was_over = over_;
            if (!over_) go_on(std::min(until - monotonic_ns(), slice_ns));
            if (over_ && !was_over) {
                if (!host_.stays) return ScreenEnd::over;
                next_frame_ = 0;  // the last one
                continue;
            }
            const uint64_t most = over_ ? second_ns : waits_ ? slice_ns : 0;
            const uint64_t rest = std::min(until - std::min(until, monotonic_ns()), most);
            const std::optional<ScreenEnd> end = answer(host_.wait(static_cast<int>(rest / 1'000'000)));
            if (end) return *end;
        }
    }

private:
    void tell_time() {
        if (clock_) {
            if (!over_) clock_->look(screen_.paused());
            if (over_) clock_->end();
            screen_.set_time(clock_->now());
            screen_.set_mode(over_ ? "replayed" : clock_->text());
        } else {
            screen_.set_time(monotonic_ns());
            screen_.set_mode(over_ ? "over" : "live");
        }
    }

    void go_on(uint64_t timeout_ns) {
        waits_ = false;
        if (clock_) {
            // A replay that is paused stands still: nothing is lost by that.
            waits_ = screen_.paused();
            if (waits_) return;
            over_ = !host_.step(0);
            waits_ = host_.replay->held();
        } else {
            over_ = !host_.step(timeout_ns);
        }
    }

    void frame() {
        const uint64_t began = monotonic_ns();
        tell_time();
        screen_.frame(host_.figures(), clock_ ? clock_->now() : SystemClock().realtime_ns());
        const uint64_t took = monotonic_ns() - began;
        next_frame_ = over_ ? UINT64_MAX : began + std::max(host_.interval_ns, took * reading_part);
        draw();
    }

    void draw() {
        dirty_ = false;
        shown_.emplace(screen_.picture(terminal_.columns(), terminal_.rows(), terminal_.ascii()));
        terminal_.show(*shown_);
    }

    std::optional<ScreenEnd> answer(ScreenWake wake) {
        switch (wake) {
            case ScreenWake::none:
                return std::nullopt;
            case ScreenWake::input:
                return keys();
            case ScreenWake::interrupt:
                return ScreenEnd::interrupt;
            case ScreenWake::leave:
                return ScreenEnd::leave;
            case ScreenWake::suspend:
                terminal_.suspend();
                kill(getpid(), SIGSTOP);
                terminal_.resume();
                break;
            case ScreenWake::resize:
                terminal_.resized();
                break;
        }
        dirty_ = true;
        return std::nullopt;
    }

    std::optional<ScreenEnd> keys() {
        bool any = false;
        for (KeyPress key = terminal_.key(); key.key != ScreenKey::none; key = terminal_.key()) {
            // A key is for what the one before has left, drawn or not.
            if (any) shown_.emplace(screen_.picture(terminal_.columns(), terminal_.rows(), terminal_.ascii()));
            any = true;
            switch (screen_.press(key, *shown_)) {
                case LiveScreen::Wish::none:
                    break;
                case LiveScreen::Wish::quit:
                    return ScreenEnd::quit;
                case LiveScreen::Wish::faster:
                    clock_->faster();
                    break;
                case LiveScreen::Wish::slower:
                    clock_->slower();
                    break;
                case LiveScreen::Wish::to_end:
                    clock_->to_end();
                    break;
                case LiveScreen::Wish::repaint:
                    terminal_.repaint();
                    break;
            }
        }
        dirty_ = true;
        int bytes = 0;
        // Readable, and there is nothing: nobody is at the other end any more.
        if (!any && (ioctl(STDIN_FILENO, FIONREAD, &bytes) != 0 || bytes == 0) && ++empty_reads_ > most_empty_reads)
            return ScreenEnd::leave;
        if (any) empty_reads_ = 0;
        return std::nullopt;
    }

    static constexpr int most_empty_reads = 100;

    LiveScreen& screen_;
    const ScreenHost& host_;
    ScreenTerminal& terminal_;
    std::optional<ReplayClock> clock_;
    std::optional<Grid> shown_;
    uint64_t next_frame_ = 0;
    bool over_ = false;
    bool waits_ = false;  // the session has nothing to do for now
    bool dirty_ = false;
    int empty_reads_ = 0;
};

}  // namespace

Result<ScreenEnd> run_screen(LiveScreen& screen, const ScreenHost& host) {
    Result<std::unique_ptr<ScreenTerminal>> terminal = ScreenTerminal::open(host.color);
    if (!terminal) return terminal.error();
    return Runner(screen, host, **terminal).run();
}

}  // namespace probevue
