#include "runtime/session/parallel.h"

#include <fmt/format.h>

#include <algorithm>
#include <barrier>
#include <exception>
#include <thread>
#include <unordered_set>
#include <utility>

#include "runtime/session/partial_values.h"
#include "runtime/state/writer.h"

namespace probevue {
namespace {

// Threads that wait for work, and do it together with who gives it.
class Team {
public:
    // `work` is called with a number below `members` on each: 0 is the caller.
    explicit Team(size_t members)
        : begin_(static_cast<std::ptrdiff_t>(members)),
          end_(static_cast<std::ptrdiff_t>(members)),
          failures_(members) {}
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;
    ~Team() {
        if (threads_.empty()) return;
        // Without work they end: serve() looks at it behind the barrier.
        work_ = nullptr;
        begin_.arrive_and_wait();
        for (std::thread& thread : threads_) thread.join();
    }

    // What is thrown on any of them, such as for want of memory, is thrown when all have ended.
    void run(std::function<void(size_t)> work) {
        // Not before: threads have the privileges of their process at the time when they begin.
        for (size_t i = threads_.size() + 1; i < failures_.size(); ++i) threads_.emplace_back([this, i] { serve(i); });
        work_ = std::move(work);
        begin_.arrive_and_wait();
        do_share(0);
        // What failed is looked at when nobody is at work any more: others may use what would be taken apart.
        end_.arrive_and_wait();
        for (std::exception_ptr& failure : failures_) {
            if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
        }
    }

private:
    void serve(size_t number) {
        for (;;) {
            begin_.arrive_and_wait();
            if (!work_) return;
            do_share(number);
            end_.arrive_and_wait();
        }
    }
    void do_share(size_t number) noexcept {
        try {
            work_(number);
        } catch (...) {
            failures_[number] = std::current_exception();
        }
    }

    std::barrier<> begin_;
    std::barrier<> end_;
    std::function<void(size_t)> work_;
    std::vector<std::exception_ptr> failures_;  // by member
    std::vector<std::thread> threads_;
};

class ParallelReplay final : public Session {
public:
    struct Part {
        std::unique_ptr<PartSink> sink;
        std::unique_ptr<Replay> replay;
    };

    ParallelReplay(const Program& program, const SessionOptions& options, Sink& sink, std::vector<Part> parts)
        : program_(program),
          sink_(sink),
          show_figures_(options.show_figures),
          state_out_(options.state_out),
          parts_(std::move(parts)),
          team_(parts_.size()) {
        for (const Part& part : parts_) sinks_.push_back(part.sink.get());
        if (state_out_) parts_.front().sink->drop_output();
    }

    ExitStatus run() override {
        start();
        while (step(0)) continue;
        return finish();
    }

    void start() override {
        // First: where it refuses the files, the others need not look at them.
        first().start();
        if (first().is_refused()) return;
        // Identifiers of paths and stacks in its values would be those of each thread.
        if (parts_.size() > 1 && first().holds_recording()) {
            sink_.message(MessageKind::note, "a recording is replayed on one thread");
            parts_.resize(1);
            sinks_.resize(1);
        }
        // Nobody hears what the others say of the same files, nor what BEGIN prints.
        for (size_t i = 1; i < parts_.size(); ++i) parts_[i].replay->start();
        for (size_t i = state_out_ ? 0 : 1; i < parts_.size(); ++i) parts_[i].replay->begin_part();
        if (state_out_) {
            state_out_->head.begin_ns = first().begin_ns();
            if (const std::optional<ShardMark>& mark = first().mark()) {
                StatePart& part = state_out_->head.parts.front();
                part.stream = mark->stream;
                part.shard = mark->shard.number;
                part.shards = mark->shard.count;
            } else if (StatePart& part = state_out_->head.parts.front(); part.shards == 1 && first().is_empty()) {
                part.stream = new_uuid();  // empty captures have the same bytes, and are not the same one
            }
            state_.emplace(program_, state_out_->head);
        }
        // Variables of these classes are kept by connection: all packets of one have to come to one thread. Others may
        // be dealt out as they come.
        const bool by_hash = program_.merge.merge_class() > MergeClass::window;
        const auto number = static_cast<uint32_t>(parts_.size());
        if (number > 1 && !by_hash) capture_ = first().share(number);
        for (uint32_t i = 0; i < number; ++i) {
            parts_[i].sink->keep(parts_[i].replay->position());
            if (capture_ != nullptr)
                parts_[i].replay->take_share(i, *capture_);
            else
                parts_[i].replay->take_share(i, number, by_hash);
        }
    }

    // A stop is looked for between rounds only, so that all parts have seen the same packets.
    bool step(uint64_t) override {
        give_figures();
        if (first().is_over()) return false;
        // What clauses print is kept for a round. Long ones have fewer waits.
        const uint64_t packets = program_.merge.prints ? uint64_t{1} << 17 : uint64_t{1} << 20;
        team_.run([&](size_t i) {
            try {
                if (i < parts_.size()) parts_[i].replay->round(packets);
            } catch (...) {
                // The others would wait for this one's blocks for ever.
                if (capture_ != nullptr) capture_->stop();
                throw;
            }
        });
        // What follows is of no packet: it goes out behind what they have printed.
        parts_.front().sink->pass_through();
        if (state_)
            PartSink::write(sinks_, *state_, *first().engine().machine(), sink_, said_);
        else
            PartSink::play(sinks_, sink_, said_);
        const RoundEnd end = first().round_end();
        if (end == RoundEnd::due) {
            gather();
            if (state_)
                end_window(first().skip_due());
            else
                first().fire_due();
            // All have the same intervals, and one thread runs them, on what all have gathered.
            for (size_t i = 1; i < parts_.size(); ++i) parts_[i].replay->skip_due();
        }
        const bool goes_on = end != RoundEnd::input && !first().is_over();
        if (goes_on) parts_.front().sink->keep(first().position());
        return goes_on;
    }

    ExitStatus finish() override {
        if (first().is_refused()) return first().finish();
        parts_.front().sink->pass_through();
        gather();
        for (size_t i = 1; i < parts_.size(); ++i) first().take_in(*parts_[i].replay);
        finished_ = true;
        if (parts_.size() > 1 && !state_ && first().engine().counters().array_full != 0)
            sink_.message(MessageKind::warning, std::string(partial_values));
        const ExitStatus status = first().finish();
        return state_ ? write_state(status) : status;
    }

    Engine& engine() override { return first().engine(); }
    uint64_t reached_ns() const override { return first().reached_ns(); }
    void request_stop() noexcept override { first().request_stop(); }
    void request_figures() noexcept override { figures_wanted_.raise(); }
    void give_figures() override {
        if (!figures_wanted_.raised()) return;
        figures_wanted_.lower();
        if (show_figures_) show_figures_(snapshot());
    }
    const Statistics& statistics() const override {
        if (finished_) return first().statistics();
        shown_ = first().statistics();
        for (size_t i = 1; i < parts_.size(); ++i) shown_.add_part(parts_[i].replay->statistics());
        return shown_;
    }
    Statistics snapshot() override {
        Statistics all = first().snapshot();
        for (size_t i = 1; i < parts_.size() && !finished_; ++i) {
            all.add_part(parts_[i].replay->statistics());
            all.engine.add(parts_[i].replay->engine().counters());
        }
        return all;
    }
    FileProgress progress() const override { return first().progress(); }
    std::string place() const override { return first().place(); }

private:
    Replay& first() const { return *parts_.front().replay; }

    void end_window(std::vector<StateDue> due) {
        if (due.empty()) return;  // the end that was set
        state_->window(*first().engine().machine(), {std::move(due), first().position(), first().reached_ns()});
        first().engine().forget_sums();
    }

    // Nothing of a part that has not seen all of its input: it would count as whole.
    ExitStatus write_state(ExitStatus status) {
        const bool stopped = first().was_stopped();
        if (stopped || (status != ExitStatus::ok && status != ExitStatus::loss)) {
            sink_.message(
                MessageKind::error,
                fmt::format("no state is written: {}", stopped ? "the session was stopped before the end of its input"
                                                               : "the input was not read to its end"));
            return status == ExitStatus::ok ? ExitStatus::run_time : status;
        }
        if (!first().knows_windows()) {
            sink_.message(MessageKind::error,
                          "no state is written: the file of --split does not say when its intervals are due, for the "
                          "capture was not in the order of time (run it on the whole capture, with --shard K/N)");
            return status == ExitStatus::ok ? ExitStatus::run_time : status;
        }
        state_->window(*first().engine().machine(), {{}, first().position(), first().reached_ns()});
        StateFigures figures = figures_of(first().statistics());
        figures.started_ns = first().first_known_ns();
        const Result<bool> written = write_state_file(state_out_->path, state_->finish(figures));
        if (written) return status;
        sink_.message(MessageKind::error, fmt::format("{} ({})", written.error().message, written.error().hint));
        return status == ExitStatus::ok ? written.error().status : status;
    }

    // What the others have gathered goes to the first one.
    void gather() {
        for (size_t i = 1; i < parts_.size(); ++i) first().engine().merge(parts_[i].replay->engine());
    }

    const Program& program_;
    Sink& sink_;
    const std::function<void(const Statistics&)> show_figures_;
    std::optional<SessionOptions::StateOut> state_out_;
    std::optional<StateWriter> state_;
    WakingFlag figures_wanted_;
    std::vector<Part> parts_;
    std::vector<PartSink*> sinks_;
    std::unique_ptr<SharedCapture> capture_;
    std::unordered_set<std::string> said_;
    mutable Statistics shown_;
    bool finished_ = false;
    Team team_;
};

}  // namespace

std::unique_ptr<Session> make_parallel(const Program& program, const SessionOptions& options, Sink& sink,
                                       const MakeReplay& make, std::vector<Problem>& problems) {
    std::vector<ParallelReplay::Part> parts(std::max(options.jobs, 1U));
    for (size_t i = 0; i < parts.size(); ++i) {
        // The first one alone passes on what is of no packet.
        parts[i].sink = std::make_unique<PartSink>(i == 0 ? &sink : nullptr);
        parts[i].replay = make(*parts[i].sink, problems);
        if (parts[i].replay == nullptr) return nullptr;
    }
    return std::make_unique<ParallelReplay>(program, options, sink, std::move(parts));
}

}  // namespace probevue
