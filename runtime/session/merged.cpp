// A session on states: what parts of a stream have gathered, put together in the order in which one process would have
// come to it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "runtime/engine/machine.h"
#include "runtime/session/core.h"
#include "runtime/state/writer.h"

namespace probevue {
namespace {

class Merged final : public SessionCore {
public:
    Merged(const Program& program, SessionOptions options, Sink& sink, std::unique_ptr<Sink> owned, SessionParts parts,
           const Attachment& attachment, std::vector<StateText> states)
        : SessionCore(program, std::move(options), sink, parts, attachment, bind_probes(program), {}),
          owned_(std::move(owned)),
          states_(std::move(states)) {}

    // Error: a state is not what its head says.
    Status open() {
        for (const StateText& state : states_) {
            Result<std::vector<StateSection>> sections = sections_of(state);
            if (!sections) return sections.error();
            sections_.push_back(std::move(*sections));
            reached_at_end_ = std::max(reached_at_end_, sections_.back().back().end.reached_ns);
            take(state);
        }
        return {};
    }

    void start() override {
        uint64_t begin = UINT64_MAX;
        for (const StateText& state : states_) {
            // A shard, or a capture, without packets began at no time.
            if (state.head.begin_ns != 0) begin = std::min(begin, state.head.begin_ns);
        }
        if (begin == UINT64_MAX) begin = 0;
        reach(begin);
        sink_.set_start(begin);
        if (options_.state_out) {
            options_.state_out->head = joined_head(begin);
            out_.emplace(program_, options_.state_out->head);
        } else {
            engine_->started(begin);
        }
        // What BEGIN sets is needed all the same: the slots of ranges.
        fire_all(at_start_, begin);
        if (out_) engine_->forget_sums();
        order_lines();
    }

    bool step(uint64_t) override {
        if (over()) return false;
        for (const auto& [time_ns, window] : windows()) {
            Status added;
            for (const Place& place : window.ends) {
                if (added) added = add(place);
            }
            if (!added) return stop(added.error());
            if (!print_until(time_ns, window)) return false;
            if (out_) {
                std::vector<StateDue> due;
                for (const uint32_t tuple : window.due) due.push_back({time_ns, tuple});
                out_->window(*engine_->machine(), {std::move(due), window.position, time_ns});
                engine_->forget_sums();
                continue;
            }
            reach(time_ns);
            for (const uint32_t tuple : window.due) dispatcher_.fire(tuple, time_ns);
            if (over()) return false;
        }
        for (size_t i = 0; i < states_.size(); ++i) {
            if (Status added = add({i, sections_[i].size() - 1}); !added) return stop(added.error());
        }
        static_cast<void>(print_until(UINT64_MAX, {}));
        reach(reached_at_end_);
        return false;
    }

    ExitStatus finish() override {
        if (!out_) return conclude(reached_ns_);
        at_end_.clear();
        const ExitStatus status = conclude(reached_ns_);
        if (failed_) return status;
        out_->window(*engine_->machine(), {{}, printed_, reached_ns_});
        if (Status written = write_state_file(options_.state_out->path, out_->finish(figures_of(statistics_)));
            !written) {
            report(written.error());
            return status_;
        }
        return status;
    }

private:
    struct Place {
        size_t state = 0;
        size_t section = 0;
    };
    // What happens at a time at which intervals are due.
    struct Window {
        std::set<uint32_t> due;   // tuples
        std::vector<Place> ends;  // sections that end here
        uint64_t position = 0;    // of the stream of the first of them
    };
    struct Line {
        size_t state = 0;
        const PrintedLine* line = nullptr;
    };

    uint64_t timers_now() const override { return reached_ns_; }
    void add_losses(Statistics&) override {}
    std::vector<SessionTap::SourceEnd> source_ends() override { return {}; }

    bool stop(const Error& error) {
        report(error);
        failed_ = true;
        end_here();
        at_end_.clear();
        return false;
    }

    // The figures of a part; what it has lost is told with its name.
    void take(const StateText& state) {
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
        StateHead out = states_.front().head;
        out.begin_ns = begin;
        out.parts.clear();
        for (const StateText& state : states_)
            out.parts.insert(out.parts.end(), state.head.parts.begin(), state.head.parts.end());
        std::sort(out.parts.begin(), out.parts.end(), [](const StatePart& a, const StatePart& b) {
            return std::tie(a.stream, a.shard, a.host, a.run) < std::tie(b.stream, b.shard, b.host, b.run);
        });
        return out;
    }

    // By the time at which the first interval of each is due.
    std::map<uint64_t, Window> windows() const {
        std::map<uint64_t, Window> out;
        for (size_t i = 0; i < states_.size(); ++i) {
            for (size_t j = 0; j + 1 < sections_[i].size(); ++j) {
                const StateWindow& end = sections_[i][j].end;
                Window& first = out[end.due.front().time_ns];
                if (first.ends.empty()) first.position = end.position;
                first.ends.push_back({i, j});
                for (const StateDue& due : end.due) {
                    if (due.tuple < probes_.size()) out[due.time_ns].due.insert(due.tuple);
                }
            }
        }
        return out;
    }

    Status add(const Place& place) {
        return add_values(states_[place.state], sections_[place.state][place.section], *engine_->machine());
    }

    // Lines of one stream by their positions, streams by time, each in its own order.
    void order_lines() {
        std::map<std::string, std::vector<Line>> streams;
        for (size_t i = 0; i < states_.size(); ++i) {
            std::vector<Line>& stream = streams[stream_of(states_[i], i)];
            for (const StateSection& section : sections_[i]) {
                for (const PrintedLine& line : section.printed) stream.push_back({i, &line});
            }
        }
        std::vector<std::pair<std::vector<Line>, size_t>> heads;
        same_stream_ = streams.size() == 1;
        for (auto& [name, lines] : streams) {
            std::stable_sort(lines.begin(), lines.end(),
                             [](const Line& a, const Line& b) { return a.line->position < b.line->position; });
            if (!lines.empty()) heads.emplace_back(std::move(lines), 0);
        }
        while (!heads.empty()) {
            const auto first = std::min_element(heads.begin(), heads.end(), [](const auto& a, const auto& b) {
                return a.first[a.second].line->time_ns < b.first[b.second].line->time_ns;
            });
            lines_.push_back(first->first[first->second]);
            if (++first->second == first->first.size()) heads.erase(first);
        }
    }

    // Parts of one stream count its packets in the same way.
    std::string stream_of(const StateText& state, size_t number) const {
        const std::string& stream = state.head.parts.front().stream;
        const bool one = !stream.empty() && std::all_of(state.head.parts.begin(), state.head.parts.end(),
                                                        [&](const StatePart& part) { return part.stream == stream; });
        return one ? stream : fmt::format("state {}", number);
    }

    // Prints what was printed before a window's end: of a stream that ends a window there by its position, of others by
    // the time. False: the session is over.
    bool print_until(uint64_t time_ns, const Window& window) {
        std::map<size_t, uint64_t> positions;
        for (const Place& place : window.ends)
            positions[place.state] = sections_[place.state][place.section].end.position;
        ReadLine read;
        for (; next_ < lines_.size(); ++next_) {
            const Line& line = lines_[next_];
            const auto position = positions.find(line.state);
            const bool before =
                position != positions.end() ? line.line->position <= position->second : line.line->time_ns < time_ns;
            if (!before) return true;
            if (out_) {
                out_->line(line.line->json, same_stream_ ? line.line->position : ++printed_);
                continue;
            }
            if (Status got = reader_.read(states_[line.state], *line.line, *engine_->machine(), read); !got)
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
    std::vector<StateText> states_;
    std::vector<std::vector<StateSection>> sections_;  // by state; the last one of each is its end
    std::vector<Line> lines_;
    LineReader reader_;
    size_t next_ = 0;
    std::optional<StateWriter> out_;
    uint64_t printed_ = 0;
    bool same_stream_ = false;
    bool failed_ = false;
    uint64_t reached_at_end_ = 0;
};

}  // namespace

std::unique_ptr<Session> make_merged(const Program& program, SessionOptions options, Sink& sink,
                                     std::unique_ptr<Sink> owned, SessionParts parts, const Attachment& attachment,
                                     std::vector<StateText> states, std::vector<Problem>& problems) {
    auto session = std::make_unique<Merged>(program, std::move(options), sink, std::move(owned), std::move(parts),
                                            attachment, std::move(states));
    if (Status opened = session->open(); !opened) {
        problems.push_back({{}, opened.error()});
        return nullptr;
    }
    return session;
}

}  // namespace probevue
