#include "runtime/session/core.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>

namespace probevue {
namespace {

uint64_t cpu_ns() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

uint64_t largest_memory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    // In kilobytes, says getrusage(2).
    return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

WakingFlag::WakingFlag() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

WakingFlag::~WakingFlag() {
    if (descriptor_ >= 0) close(descriptor_);
}

void WakingFlag::raise() noexcept {
    // Called from handlers of signals too: nothing here may lock or take memory.
    raised_.store(true, std::memory_order_relaxed);
    uint64_t one = 1;
    // It fails only when the counter is full, and then everybody is awake already.
    [[maybe_unused]] ssize_t written = write(descriptor_, &one, sizeof one);
}

// In this order: who raises it between the two leaves the flag up, so that it is lowered once more.
void WakingFlag::lower() noexcept {
    raised_.store(false, std::memory_order_seq_cst);
    uint64_t raised = 0;
    [[maybe_unused]] ssize_t got = read(descriptor_, &raised, sizeof raised);
}

std::vector<BoundProbe> bind_probes(const Program& program) {
    std::vector<BoundProbe> probes;
    for (const ClauseCode& clause : program.clauses) {
        for (const ProbeRequest& request : clause.probes) {
            probes.push_back({&request, &clause, static_cast<uint32_t>(probes.size())});
        }
    }
    return probes;
}

SessionCore::SessionCore(const Program& program, SessionOptions options, Sink& sink, SessionParts& parts,
                         const Attachment& attachment, std::vector<BoundProbe> probes, std::vector<std::byte> own_frame)
    : program_(program),
      options_(std::move(options)),
      sink_(sink),
      engine_(std::move(parts.engine)),
      clock_(std::move(parts.clock)),
      probes_(std::move(probes)),
      at_start_(attachment.at_start),
      at_end_(attachment.at_end),
      timers_(attachment.timers),
      router_(probes_, attachment.packets, std::move(parts.make_filter)),
      dispatcher_(program, probes_, *engine_, statistics_, std::move(own_frame)),
      started_ns_(clock_->monotonic_ns()),
      started_cpu_ns_(cpu_ns()) {
    if (options_.end_after_ns != 0) timers_.end_after(options_.end_after_ns, 0);
    dispatcher_.set_tap(options_.tap, options_.tap_matched);
    if (options_.tap != nullptr) options_.tap->ask_losses([this] { return source_ends(); });
    sink_.set_resolver(&engine_->resolver());
}

ExitStatus SessionCore::run() {
    start();
    constexpr uint64_t long_ns = 3'600'000'000'000;
    while (step(long_ns)) continue;
    return finish();
}

// Nothing but a clause that ran can have called exit() or written to a closed output.
bool SessionCore::look_again() {
    seen_matched_ = dispatcher_.matched();
    if (const std::optional<uint64_t> after = engine_->take_exit_after()) timers_.end_after(*after, timers_now());
    over_ = over_ || engine_->exit_requested() || sink_.closed();
    return over_;
}

void SessionCore::fire_all(const std::vector<uint32_t>& tuples, uint64_t time_ns) {
    for (uint32_t tuple : tuples) dispatcher_.fire(tuple, time_ns);
}

// The interval that is due.
void SessionCore::fire_interval(uint64_t time_ns) {
    reach(time_ns);
    if (options_.tap != nullptr) options_.tap->reached(time_ns);
    const uint32_t tuple = timers_.pop();
    if (tuple == Timers::the_end)
        end_here();
    else
        dispatcher_.fire(tuple, time_ns);
}

void SessionCore::report(const Error& error) {
    sink_.message(MessageKind::error,
                  error.hint.empty() ? error.message : fmt::format("{} ({})", error.message, error.hint));
    // The first fault decides: those behind it may have come of it.
    if (status_ == ExitStatus::ok) status_ = error.status;
}

void SessionCore::report(const std::vector<Problem>& problems, MessageKind kind) {
    for (const Problem& problem : problems) {
        const std::string hint = problem.error.hint.empty() ? "" : fmt::format(" ({})", problem.error.hint);
        sink_.message(kind, fmt::format("{}:{}:{}: {}{}", program_.script_name, problem.position.line,
                                        problem.position.column, problem.error.message, hint));
    }
}

void SessionCore::report(const FilterProblems& problems) {
    report(problems.never, MessageKind::warning);
    report(problems.lacking, MessageKind::warning);
    report(problems.refused, MessageKind::error);
    if (!problems.refused.empty() && status_ == ExitStatus::ok) status_ = problems.refused.front().error.status;
}

void SessionCore::flush_tap() {
    // What has failed is not tried again, and told once.
    if (tap_failed_ || options_.tap == nullptr) return;
    if (Status recorded = options_.tap->flush(); !recorded) {
        report(recorded.error());
        tap_failed_ = true;
        over_ = true;
    }
    over_ = over_ || options_.tap->closed();
}

void SessionCore::flush() {
    flush_tap();
    if (write_failed_) return;
    if (Status written = sink_.flush(); !written) {
        report(written.error());
        write_failed_ = true;
    }
    over_ = over_ || write_failed_ || sink_.closed();
}

void SessionCore::complete(Statistics& statistics) {
    add_losses(statistics);
    statistics.engine = engine_->counters();
    statistics.sink_lost = sink_.lost();
    statistics.elapsed_ns = clock_->monotonic_ns() - started_ns_;
    statistics.cpu_ns = cpu_ns() - started_cpu_ns_;
    statistics.memory_bytes = largest_memory();
}

Statistics SessionCore::snapshot() {
    Statistics statistics = statistics_;
    complete(statistics);
    return statistics;
}

void SessionCore::give_figures() {
    if (!figures_wanted_.raised()) return;
    // Before they are taken: who asks meanwhile asks for later ones.
    figures_wanted_.lower();
    if (options_.show_figures) options_.show_figures(snapshot());
}

ExitStatus SessionCore::conclude(uint64_t time_ns) {
    // END clauses print: where nobody takes that any more they are left out. Figures come last, since they count as
    // well.
    if (!sink_.closed() && !write_failed_) fire_all(at_end_, time_ns);
    flush();
    complete(statistics_);
    if (status_ == ExitStatus::ok && options_.fail_on_loss && statistics_.lost() > 0) status_ = ExitStatus::loss;
    return status_;
}

const Routes& SourceRoutes::set(uint32_t interface, Routes routes) {
    if (interface >= routes_.size()) routes_.resize(interface + 1);
    routes_[interface] = std::make_unique<Routes>(std::move(routes));
    return *routes_[interface];
}

}  // namespace probevue
