#include "runtime/state/choose.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace probevue {
namespace {

bool same_session(const StatePart& a, const StatePart& b) { return a.run == b.run && a.shard == b.shard; }

// What two states tell of the same sessions.
struct Overlap {
    size_t common = 0;
    bool older = false;  // `a` has an earlier state of a session
    bool newer = false;
};
Overlap overlap(const StateHead& a, const StateHead& b) {
    Overlap out;
    for (const StatePart& part : a.parts) {
        const auto same = std::find_if(b.parts.begin(), b.parts.end(),
                                       [&](const StatePart& other) { return same_session(part, other); });
        if (same == b.parts.end()) continue;
        ++out.common;
        out.older = out.older || part.sequence < same->sequence;
        out.newer = out.newer || part.sequence > same->sequence;
    }
    return out;
}

// Leaves out what others hold too.
Status leave_out_doubles(std::vector<StateText>& states, std::vector<std::string>& notes) {
    // Those with many parts first: they hold others.
    std::stable_sort(states.begin(), states.end(),
                     [](const StateText& a, const StateText& b) { return a.head.parts.size() > b.head.parts.size(); });
    // Only states with a run in common can overlap; the others are not compared.
    std::multimap<std::string, size_t> by_run;  // of those kept
    std::vector<StateText> kept;
    // By number, as in `by_run`: nothing is taken out of `kept` before the end.
    std::vector<bool> gone;
    for (StateText& state : states) {
        std::set<size_t> others;
        for (const StatePart& part : state.head.parts) {
            const auto [from, to] = by_run.equal_range(part.run);
            for (auto at = from; at != to; ++at) others.insert(at->second);
        }
        bool keep = true;
        for (const size_t other : others) {
            if (gone[other]) continue;
            const Overlap found = overlap(state.head, kept[other].head);
            if (found.common == 0) continue;
            const bool inside = found.common == state.head.parts.size();
            const bool around = found.common == kept[other].head.parts.size();
            if (inside && !found.newer) {
                notes.push_back(fmt::format("{}: is counted once, with {}{}", state.name, kept[other].name,
                                            found.older ? ", which is later" : ""));
                keep = false;
            } else if (around && !found.older) {
                notes.push_back(
                    fmt::format("{}: is counted once, with {}, which is later", kept[other].name, state.name));
                gone[other] = true;
            } else {
                return fail(
                    fmt::format("{} and {} have parts in common, and each has others", state.name, kept[other].name),
                    "merge the states that they were made of");
            }
        }
        if (!keep) continue;
        for (const StatePart& part : state.head.parts) by_run.emplace(part.run, kept.size());
        kept.push_back(std::move(state));
        gone.push_back(false);
    }
    states.clear();
    for (size_t i = 0; i < kept.size(); ++i) {
        if (!gone[i]) states.push_back(std::move(kept[i]));
    }
    return {};
}

// Of each live session the latest one, and for what windows and lines they have, those before.
void take_latest(std::vector<StateText>& states, const ChooseOptions& options, ChosenStates& out) {
    std::map<std::string, std::map<uint64_t, StateText>> sessions;  // by run, by sequence
    std::vector<StateText> others;
    for (StateText& state : states) {
        if (!state.head.of_host()) {
            others.push_back(std::move(state));
            continue;
        }
        const StatePart& part = state.head.parts.front();
        const auto [at, added] = sessions[part.run].try_emplace(part.sequence);
        if (added)
            at->second = std::move(state);
        else
            out.notes.push_back(fmt::format("{}: is counted once, with {}", state.name, at->second.name));
    }
    for (auto& [run, session] : sessions) {
        StateText& latest = session.rbegin()->second;
        const StatePart& part = latest.head.parts.front();
        const std::string& host = part.host;
        if (latest.figures.next_after_ns != 0)
            out.notes.push_back(fmt::format("{}: the session on {} had not ended: what it saw later is not counted",
                                            latest.name, host));
        // They are counted from 0.
        const uint64_t missing = part.sequence + 1 - session.size();
        if (options.chained && missing != 0) {
            out.missing += missing;
            out.notes.push_back(
                fmt::format("{}: {} of the {} states before it {} missing: what their intervals and "
                            "lines held is not counted",
                            latest.name, missing, part.sequence, missing == 1 ? "is" : "are"));
        }
        // Its sums hold all since the beginning: with the earlier ones they would count again.
        others.push_back(std::move(latest));
        session.erase(std::prev(session.end()));
        if (!options.chained) continue;
        for (auto& [sequence, older] : session) out.older.push_back(std::move(older));
    }
    states = std::move(others);
}

// Each shard of each stream of a replay once.
Status whole_streams(const std::vector<StateText>& states, const ChooseOptions& options) {
    struct Stream {
        uint32_t shards = 0;
        bool any = false;  // it is not empty
        std::map<uint32_t, const StateText*> have;
    };
    std::map<std::string, Stream> streams;
    for (const StateText& state : states) {
        for (const StatePart& part : state.head.parts) {
            if (part.stream.empty()) continue;
            Stream& stream = streams[part.stream];
            if (stream.shards != 0 && stream.shards != part.shards)
                return fail(fmt::format("{}: is a shard of {}, {} of the same capture is one of {}", state.name,
                                        part.shards, stream.have.begin()->second->name, stream.shards),
                            "merge states of one split only");
            stream.shards = part.shards;
            stream.any = stream.any || !is_empty(state);
            const auto [at, added] = stream.have.emplace(part.shard, &state);
            // Empty captures are all alike, and nothing of them can count twice.
            if (added || (is_empty(state) && is_empty(*at->second))) continue;
            // One run's would have been left out as a double by now: these are two runs over the same packets.
            const std::string what = part.shards == 1
                                         ? std::string("the capture")
                                         : fmt::format("shard {}/{} of the capture", part.shard, part.shards);
            return fail(fmt::format("{} and {} are both of {}, by two runs", at->second->name, state.name, what),
                        "leave one of them out: it would count twice");
        }
    }
    const StateText* one = nullptr;
    for (const auto& [name, stream] : streams) {
        if (!options.tables || !stream.any) continue;
        const StateText& other = *stream.have.begin()->second;
        if (one == nullptr) {
            one = &other;
            continue;
        }
        return fail(
            fmt::format("{} and {} are of two captures, and a connection may begin in one and go on in the other",
                        one->name, other.name),
            "give all captures to each process, with --shard K/N: the script keeps tables by connection");
    }
    if (options.partial) return {};
    for (const auto& [name, stream] : streams) {
        std::vector<std::string> missing;
        for (uint32_t shard = 1; shard <= stream.shards; ++shard) {
            if (!stream.have.contains(shard)) missing.push_back(std::to_string(shard));
        }
        if (missing.empty()) continue;
        const size_t number = missing.size();
        constexpr size_t named = 10;
        if (number > named) missing.resize(named);
        return fail(fmt::format("{} of {} shards {} missing: {}{}", number, stream.shards, number == 1 ? "is" : "are",
                                fmt::join(missing, ", "), number > named ? ", ..." : ""),
                    "make their states; with --state-out what is there is put together all the same");
    }
    return {};
}

}  // namespace

Status is_same_program(const StateText& state, const ChooseOptions& options) {
    if (state.head.program == options.program) return {};
    if (state.head.arguments != options.arguments)
        return fail(fmt::format("{}: is of the arguments `{}`, not `{}`", state.name,
                                fmt::join(state.head.arguments, " "), fmt::join(options.arguments, " ")),
                    "give the arguments that the states were made with", ExitStatus::usage);
    return fail(
        fmt::format("{}: is of another script, or of another version of it ({})", state.name, state.head.script),
        "merge with the script that the states were made with", ExitStatus::usage);
}

Result<ChosenStates> choose_states(std::vector<StateText> states, const ChooseOptions& options) {
    for (const StateText& state : states) {
        if (Status same = is_same_program(state, options); !same) return same.error();
    }
    ChosenStates out;
    // Sessions first: of the states that a later one replaces, windows and lines still count (`older`), and
    // leave_out_doubles() would drop those with all else.
    take_latest(states, options, out);
    if (Status doubles = leave_out_doubles(states, out.notes); !doubles) return doubles.error();
    if (Status whole = whole_streams(states, options); !whole) return whole.error();
    out.states = std::move(states);
    return out;
}

}  // namespace probevue
