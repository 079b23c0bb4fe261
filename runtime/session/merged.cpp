// A session on states: what parts of a stream have gathered, put together in the order in which one process would have
// come to it. The states are all there, or those of live sessions come while it goes on.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <tuple>

#include "runtime/engine/machine.h"
#include "runtime/session/core.h"
#include "runtime/session/hosts.h"
#include "runtime/session/partial_values.h"
#include "runtime/state/streams.h"
#include "runtime/state/writer.h"

namespace probevue {
namespace {

// For so long a window waits for hosts of which nothing is known yet.
constexpr uint64_t most_grace_ns = 2'000'000'000;
constexpr uint64_t look_again_ns = 50'000'000;

// A state, until nothing of it is wanted any more.
struct Held {
    StateText state;
    std::vector<StateSection> sections;  // the last one is its end
};
using HeldState = std::shared_ptr<const Held>;

class Merged final : public SessionCore {
public:
    Merged(const Program& program, SessionOptions options, Sink& sink, std::unique_ptr<Sink> owned, SessionParts parts,
           const Attachment& attachment, GivenStates given)
        : SessionCore(program, std::move(options), sink, parts, attachment, bind_probes(program), {}),
          owned_(std::move(owned)),
          news_(std::move(given.news)),
          streams_(std::move(given.streams)),
          hosts_(sink, streams_ != nullptr ? streams_->names() : std::vector<std::string>()),
          chained_(program.merge.tells_in_pieces()) {
        for (StateText& state : given.states) given_.push_back(std::move(state));
        for (StateText& state : given.older) older_.push_back(std::move(state));
        statistics_.lost_states += given.lost_states;
    }

    // Error: a state is not what its head says.
    Status open() {
        if (streams_ != nullptr) return {};
        for (std::vector<StateText>* states : {&older_, &given_}) {
            for (StateText& state : *states) {
                Result<HeldState> held = hold(std::move(state));
                if (!held) return held.error();
                add_windows(*held);
                if (states == &given_) whole_.push_back(*held);
            }
            states->clear();
        }
        for (auto& [stream, lines] : lines_) {
            std::stable_sort(lines.begin(), lines.end(),
                             [](const Line& a, const Line& b) { return a.line->position < b.line->position; });
        }
        same_stream_ = lines_.size() == 1;
        return {};
    }

    void start() override {
        uint64_t begin = UINT64_MAX;
        const auto earlier = [&](const StateText& state) {
            if (is_empty(state)) return;  // it began at no time
            begin = std::min(begin, state.head.begin_ns);
            if (const uint64_t known = first_known(state); known != 0)
                known_since_ns_ = std::min(known_since_ns_, known);
        };
        for (const StateStreams::News& news : news_) {
            for (const StateText& state : news.states) earlier(state);
        }
        for (const HeldState& held : whole_) earlier(held->state);
        if (begin == UINT64_MAX) begin = 0;
        if (known_since_ns_ == UINT64_MAX) known_since_ns_ = begin;
        begin_ns_ = begin;
        reach(begin);
        sink_.set_start(begin);
        if (options_.state_out) {
            options_.state_out->head = joined_head(begin);
            out_.emplace(program_, options_.state_out->head);
        } else {
            engine_->started(known_since_ns_);
        }
        // What BEGIN sets is needed all the same: the slots of ranges.
        fire_all(at_start_, begin);
        if (out_) forget_begin();
        if (streams_ == nullptr) return;
        for (StateStreams::News& news : news_) hear(std::move(news));
        news_.clear();
        next_answer_ = options_.answer_every_ns == 0 ? UINT64_MAX : next_multiple(here().realtime);
        flush();
    }

    bool step(uint64_t timeout_ns) override {
        if (over()) return false;
        if (streams_ == nullptr) {
            advance(UINT64_MAX);
            return false;
        }
        give_figures();
        for (StateStreams::News& news : streams_->read()) hear(std::move(news));
        const HereNow now = here();
        hosts_.look(now);
        const bool ended = streams_->ended();
        if (!advance(ended ? UINT64_MAX : complete(now)) || ended) return false;
        if (now.realtime >= next_answer_) answer(now);
        flush();
        if (over()) return false;
        std::vector<pollfd> descriptors{{stop_.descriptor(), POLLIN, 0}, {figures_wanted_.descriptor(), POLLIN, 0}};
        streams_->add_to(descriptors);
        clock_->wait(descriptors, std::min(timeout_ns, look_again_ns));
        return true;
    }

    ExitStatus finish() override {
        // A script that has ended itself wants nothing more.
        if (!over() || stopped_by_user()) gather_rest();
        statistics_.lost_hosts += hosts_.missing();
        statistics_.lost_states += hosts_.lost_states();
        for (const HeldState& held : whole_) take_figures(held->state);
        for (const auto& [run, held] : newest_) take_figures(held->state);
        if (!out_) {
            if (parts() > 1 && engine_->machine()->counters.array_full != 0)
                sink_.message(MessageKind::warning, std::string(partial_values));
            return conclude(reached_ns_);
        }
        at_end_.clear();
        const ExitStatus status = conclude(reached_ns_);
        if (failed_) return status;
        out_->window(*engine_->machine(), {{}, printed_, reached_ns_});
        StateFigures figures = figures_of(statistics_);
        if (begin_ns_ == 0) figures.started_ns = known_since_ns_;
        if (Result<bool> written = write_state_file(options_.state_out->path, out_->finish(figures)); !written) {
            report(written.error());
            return status_;
        }
        return status;
    }

private:
    struct Place {
        HeldState held;
        size_t section = 0;
    };
    // What happens at a time at which intervals are due.
    struct Window {
        std::set<uint32_t> due;    // tuples
        std::vector<Place> ends;   // sections that end here
        uint64_t position = 0;     // of the stream of the first of them
        uint64_t first_heard = 0;  // when, by CLOCK_MONOTONIC
    };
    struct Line {
        HeldState held;
        const PrintedLine* line = nullptr;
    };

    uint64_t timers_now() const override { return reached_ns_; }
    void add_losses(Statistics&) override {}
    std::vector<SessionTap::SourceEnd> source_ends() override { return {}; }

    HereNow here() const { return {clock_->monotonic_ns(), clock_->realtime_ns()}; }

    // Since when rates of a state count; 0: none of its packets told the time.
    static uint64_t first_known(const StateText& state) {
        return state.head.begin_ns != 0 ? state.head.begin_ns : state.figures.started_ns;
    }

    bool stop(const Error& error) {
        report(error);
        failed_ = true;
        end_here();
        at_end_.clear();
        return false;
    }

    Result<HeldState> hold(StateText&& state) const {
        auto held = std::make_shared<Held>();
        held->state = std::move(state);
        Result<std::vector<StateSection>> sections = sections_of(held->state);
        if (!sections) return sections.error();
        held->sections = std::move(*sections);
        for (const StateSection& section : held->sections) {
            for (const StateDue& due : section.end.due) {
                if (due.tuple >= probes_.size() || probes_[due.tuple].request->kind != ProbeKind::interval)
                    return fail(fmt::format("{}: an interval was due that the script does not have", held->state.name),
                                "the state was changed behind its making: make it again");
            }
        }
        return HeldState(std::move(held));
    }

    // Windows and lines of a state go to those that are to come. Returns how many windows have ended already: those are
    // left out.
    uint64_t add_windows(const HeldState& held) {
        uint64_t late = 0;
        const uint64_t heard = clock_->monotonic_ns();
        std::deque<Line>& lines = lines_[stream_of(held->state)];
        for (size_t i = 0; i < held->sections.size(); ++i) {
            const StateSection& section = held->sections[i];
            for (const PrintedLine& line : section.printed) lines.push_back({held, &line});
            if (i + 1 == held->sections.size()) continue;
            const uint64_t time_ns = section.end.due.front().time_ns;
            if (time_ns <= windows_until_) {
                ++late;
                continue;
            }
            Window& window = windows_[time_ns];
            if (window.ends.empty()) window.position = section.end.position;
            if (window.first_heard == 0) window.first_heard = heard;
            window.ends.push_back({held, i});
            for (const StateDue& due : section.end.due) {
                windows_[due.time_ns].due.insert(due.tuple);
            }
        }
        return late;
    }

    void hear(StateStreams::News&& news) {
        for (StateText& state : news.states) receive(std::move(state), news.stream);
        if (!news.ended) return;
        if (!news.status) report(news.status.error());
        hosts_.stream_ended(news.stream);
    }

    // A state of a live session.
    void receive(StateText&& state, size_t stream) {
        if (!state.head.of_host())
            return report(fail(fmt::format("{}: is no state of a live session, as the first was", state.name),
                               "merge states of captures by themselves"));
        if (Status same = options_.is_same_program(state); !same) return report(same.error());
        const std::string run = state.head.parts.front().run;
        const std::string host = state.head.parts.front().host;
        Result<HeldState> held = hold(std::move(state));
        if (!held) return report(held.error());
        const uint64_t reached_ns = (*held)->sections.back().end.reached_ns;
        if (hosts_.take((*held)->state, reached_ns, stream, chained_, here()) == Hosts::Take::late) return;
        if (const uint64_t begin = (*held)->state.head.begin_ns; begin < begin_ns_) engine_->started(begin_ns_ = begin);
        if (const uint64_t late = add_windows(*held); late != 0) {
            statistics_.lost_states += late;
            sink_.message(MessageKind::warning,
                          fmt::format("{}: {} of its windows came too late: they are not counted", host, late));
        }
        newest_[run] = std::move(*held);
    }

    // Up to where all hosts have told everything, and others have had time to show.
    uint64_t complete(const HereNow& now) const {
        const uint64_t until = hosts_.complete_until();
        const uint64_t grace = std::min(hosts_.longest_period(), most_grace_ns);
        for (const auto& [time_ns, window] : windows_) {
            if (window.first_heard + grace > now.monotonic) return std::min(until, time_ns - 1);
        }
        return until;
    }

    // All that happened until then: windows with what was printed before their end, and lines behind them.
    bool advance(uint64_t until_ns) {
        while (!windows_.empty() && windows_.begin()->first <= until_ns) {
            const uint64_t time_ns = windows_.begin()->first;
            const Window window = std::move(windows_.begin()->second);
            windows_.erase(windows_.begin());
            windows_until_ = time_ns;
            if (!end_window(time_ns, window)) return false;
        }
        return streams_ == nullptr || print_until(until_ns, {});
    }

    bool end_window(uint64_t time_ns, const Window& window) {
        for (const Place& place : window.ends) {
            if (Status added = add(place); !added) return stop(added.error());
        }
        if (!print_until(time_ns, window)) return false;
        if (out_) {
            std::vector<StateDue> due;
            for (const uint32_t tuple : window.due) due.push_back({time_ns, tuple});
            out_->window(*engine_->machine(), {std::move(due), window.position, time_ns});
            engine_->forget_sums();
            return true;
        }
        reach(time_ns);
        for (const uint32_t tuple : window.due) dispatcher_.fire(tuple, time_ns);
        return !over();
    }

    // What was gathered behind the last windows.
    void gather_rest() {
        if (!advance(UINT64_MAX) || !add_ends()) return;
        static_cast<void>(print_until(UINT64_MAX, {}));
    }

    bool add_ends() {
        const auto add_end = [&](const HeldState& held) {
            reach(held->sections.back().end.reached_ns);
            const Status added = add({held, held->sections.size() - 1});
            return added ? true : stop(added.error());
        };
        for (const HeldState& held : whole_) {
            if (!add_end(held)) return false;
        }
        for (const auto& [run, held] : newest_) {
            if (!add_end(held)) return false;
        }
        return true;
    }

    uint64_t next_multiple(uint64_t realtime) const {
        return (realtime / options_.answer_every_ns + 1) * options_.answer_every_ns;
    }

    // END clauses on what is known now, in a copy of the process: here it goes on as if nothing had been.
    void answer(const HereNow& now) {
        const uint64_t patience = options_.answer_every_ns / 2 + std::min(hosts_.longest_period(), most_grace_ns);
        if (hosts_.empty() || (complete(now) < next_answer_ && now.realtime < next_answer_ + patience)) return;
        next_answer_ = next_multiple(now.realtime);
        flush();
        const pid_t copy = fork();
        if (copy == 0) {
            if (add_ends()) fire_all(at_end_, reached_ns_);
            flush();
            _exit(0);
        }
        if (copy < 0) return report(fail(fmt::format("no answer in between: {}", std::strerror(errno))));
        while (waitpid(copy, nullptr, 0) < 0 && errno == EINTR) continue;
    }

    size_t parts() const {
        size_t all = newest_.size();
        for (const HeldState& held : whole_) all += held->state.head.parts.size();
        return all;
    }

    // Who puts this state together with others runs BEGIN too, and counts it.
    void forget_begin() {
        engine_->forget_sums();
        statistics_.events = statistics_.matched = 0;
        for (ClauseStatistics& clause : statistics_.clauses) clause.events = clause.matched = 0;
    }

    // The figures of a part; what it has lost is told with its name.
    void take_figures(const StateText& state) {
        Statistics figures;
        std::string lost;
        for (const auto& [name, value] : state.figures.figures) {
            static_cast<void>(figures.add_figure(name, value));  // of a later version: one that is not shown
            if (value != 0 && name.starts_with("lost_"))
                lost += fmt::format("{}{} {}", lost.empty() ? "" : ", ", name, value);
        }
        figures.other_shards = 0;  // they are there
        for (const auto& [events, matched] : state.figures.clauses) figures.clauses.push_back({"", events, matched});
        statistics_.add_part(figures);
        engine_->machine()->counters.add(figures.engine);
        if (!lost.empty()) sink_.message(MessageKind::warning, fmt::format("{}: {}", state.name, lost));
    }

    StateHead joined_head(uint64_t begin) const {
        StateHead out = whole_.front()->state.head;
        out.begin_ns = begin;
        out.parts.clear();
        for (const HeldState& held : whole_) {
            const std::vector<StatePart>& parts = held->state.head.parts;
            // An empty capture adds nothing, and nobody will miss it: as one of several it would be taken for more.
            if (is_empty(held->state) && parts.front().shards == 1 && whole_.size() > 1) continue;
            out.parts.insert(out.parts.end(), parts.begin(), parts.end());
        }
        if (out.parts.empty()) out.parts = whole_.front()->state.head.parts;
        std::sort(out.parts.begin(), out.parts.end(), [](const StatePart& a, const StatePart& b) {
            return std::tie(a.stream, a.shard, a.host, a.run) < std::tie(b.stream, b.shard, b.host, b.run);
        });
        return out;
    }

    Status add(const Place& place) {
        return add_values(place.held->state, place.held->sections[place.section], *engine_->machine());
    }

    // Parts of one stream count its packets in the same way, states of one live session its windows.
    std::string stream_of(const StateText& state) {
        const StatePart& first = state.head.parts.front();
        if (state.head.of_host()) return fmt::format("run {}", first.run);
        const std::string& stream = first.stream;
        const bool one = !stream.empty() && std::all_of(state.head.parts.begin(), state.head.parts.end(),
                                                        [&](const StatePart& part) { return part.stream == stream; });
        return one ? stream : fmt::format("state {}", ++unnamed_);
    }

    // The line that was printed first, of those at hand; null: there is none. Its stream.
    std::deque<Line>* first_lines() {
        std::deque<Line>* first = nullptr;
        for (auto& [stream, lines] : lines_) {
            if (!lines.empty() && (first == nullptr || lines.front().line->time_ns < first->front().line->time_ns))
                first = &lines;
        }
        return first;
    }

    // Prints what was printed before a window's end: of a stream that ends a window there by its position, of others by
    // the time. False: the session is over.
    bool print_until(uint64_t time_ns, const Window& window) {
        std::map<const Held*, uint64_t> positions;
        for (const Place& place : window.ends)
            positions[place.held.get()] = place.held->sections[place.section].end.position;
        ReadLine read;
        while (std::deque<Line>* const lines = first_lines()) {
            const Line line = lines->front();
            const auto position = positions.find(line.held.get());
            const bool before =
                position != positions.end() ? line.line->position <= position->second : line.line->time_ns < time_ns;
            if (!before) return true;
            lines->pop_front();
            if (out_) {
                out_->line(line.line->json, same_stream_ ? line.line->position : ++printed_);
                continue;
            }
            if (Status got = reader_.read(line.held->state, *line.line, *engine_->machine(), read); !got)
                return stop(got.error());
            print(read);
        }
        return true;
    }

    void print(ReadLine& line) {
        line.origin.probe = line.probe;
        if (line.section)
            sink_.section(*line.section, line.text);
        else if (line.layout == nullptr)
            sink_.text(line.text, line.origin);
        else
            sink_.record(*line.layout, reinterpret_cast<const std::byte*>(line.payload.data()), line.origin);
    }

    const std::unique_ptr<Sink> owned_;
    std::vector<StateStreams::News> news_;  // until they are heard
    std::vector<StateText> given_;          // until they are held
    std::vector<StateText> older_;          // of which windows and lines alone count
    std::vector<HeldState> whole_;
    const std::unique_ptr<StateStreams> streams_;  // null: all states are there
    Hosts hosts_;
    const bool chained_;                       // states of a live session have windows and lines of their own each
    std::map<std::string, HeldState> newest_;  // of live sessions, by their UUID
    std::map<uint64_t, Window> windows_;       // that have not ended, by the time at which the first interval is due
    uint64_t windows_until_ = 0;               // those until then have ended
    std::map<std::string, std::deque<Line>> lines_;  // not printed yet, by stream
    uint64_t unnamed_ = 0;
    LineReader reader_;
    std::optional<StateWriter> out_;
    uint64_t begin_ns_ = 0;
    uint64_t known_since_ns_ = UINT64_MAX;
    uint64_t next_answer_ = UINT64_MAX;  // CLOCK_REALTIME
    uint64_t printed_ = 0;
    bool same_stream_ = false;
    bool failed_ = false;
};

}  // namespace

std::unique_ptr<Session> make_merged(const Program& program, SessionOptions options, Sink& sink,
                                     std::unique_ptr<Sink> owned, SessionParts parts, const Attachment& attachment,
                                     GivenStates given, std::vector<Problem>& problems) {
    auto session = std::make_unique<Merged>(program, std::move(options), sink, std::move(owned), std::move(parts),
                                            attachment, std::move(given));
    if (Status opened = session->open(); !opened) {
        problems.push_back({{}, opened.error()});
        return nullptr;
    }
    return session;
}

}  // namespace probevue
