#include "runtime/session/live_states.h"

#include <chrono>
#include <utility>

namespace probevue {

LiveStates::LiveStates(const Program& program, SessionOptions::StateOut out, Sink& sink)
    : program_(program), out_(std::move(out)), messages_(sink), kept_(&sink) {
    kept_.drop_output();
    kept_.say_at_once();
}

void LiveStates::begin(Engine& engine, uint64_t time_ns) {
    // What BEGIN has added, every host would add; who merges runs BEGIN once for all.
    engine.forget_sums();
    out_.head.begin_ns = time_ns;
    kept_.keep(window_);
}

StateWriter& LiveStates::begun() {
    // Only now: the head has the number of the state, which goes up with each that is written.
    if (!writer_) writer_.emplace(program_, out_.head);
    return *writer_;
}

void LiveStates::take_lines(Engine& engine) {
    if (kept_.is_empty()) return;
    PartSink* const part = &kept_;
    PartSink::write({&part, 1}, begun(), *engine.machine(), messages_, said_);
}

void LiveStates::end_window(Engine& engine, std::vector<StateDue> due, uint64_t reached_ns) {
    take_lines(engine);
    StateWriter& writer = begun();
    // Clauses that run in the kernel count there: their values are fetched before they are told.
    engine.look_outside();
    writer.window(*engine.machine(), {std::move(due), window_, reached_ns});
    // Sums that no interval uses go on growing: the end of the state tells them.
    engine.forget_sums(MergeClass::window);
    ++window_;
}

Result<bool> LiveStates::write(Engine& engine, const Statistics& figures, uint64_t reached_ns, bool last) {
    if (writing_.valid()) {
        if (!last && writing_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return true;
        const Result<bool> before = writing_.get();
        if (!before || !*before) return before;
    }
    take_lines(engine);
    StateWriter& writer = begun();
    engine.look_outside();
    writer.window(*engine.machine(), {{}, window_, reached_ns});
    StateFigures told = figures_of(figures);
    told.next_after_ns = last ? 0 : out_.every_ns;
    // It is put together here, where the values are; only the finished bytes go to the other thread, since a disk or a
    // reader may take its time.
    writing_ = std::async(std::launch::async,
                          [path = out_.path, bytes = writer.finish(told)] { return write_state_file(path, bytes); });
    writer_.reset();
    ++out_.head.parts.front().sequence;
    return last ? writing_.get() : Result<bool>(true);
}

}  // namespace probevue
