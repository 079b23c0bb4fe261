#include "runtime/session/statistics.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

namespace probevue {
namespace {

struct Loss {
    std::string_view name;
    uint64_t value = 0;
    std::string_view sentence;  // empty: somebody else tells
};

// A row for each stage that can lose something.
std::vector<Loss> stages(const Statistics& of) {
    return {
        {"lost_buffer_full", of.buffer_full,
         "the buffer between the kernel and probevue was full: -s enlarges it, a narrower filter or predicate spares "
         "it"},
        {"lost_nested", of.nested, "they came while their program was at work on the same processor"},
        {"lost_calls_32bit", of.calls_32bit,
         "system calls of 32-bit programs cannot be shown, since their numbers and arguments are others"},
        {"lost_interface_drops", of.interface_drops, "the interface or its driver dropped them"},
        {"lost_unreadable_link", of.unreadable_link, "packets of their link type cannot be read"},
        {"lost_array_full", of.engine.array_full,
         "an array had no room for a new element: -c abs_mem_for_dvars=KB gives more"},
        {"lost_threads_full", of.engine.threads_full,
         "more threads had variables than are traced: -c num_threads_traced=N allows more"},
        {"lost_sink", of.sink_lost, "output went before it could be written"},
        {"lost_recording", of.recording_lost, ""},
    };
}

}  // namespace

uint64_t Statistics::lost() const {
    uint64_t sum = 0;
    for (const Loss& stage : stages(*this)) sum += stage.value;
    return sum;
}

std::vector<Statistic> Statistics::figures() const {
    std::vector<Statistic> out = {
        {"packets", packets, ""},
        {"events", events, ""},
        {"matched", matched, ""},
    };
    for (const Loss& stage : stages(*this)) out.push_back({stage.name, stage.value, ""});
    out.insert(out.end(), {{"cut_off", cut_off, ""},
                           {"without_ethernet", without_ethernet, ""},
                           {"unreadable", engine.unreadable, ""},
                           {"divisions_by_zero", engine.divisions_by_zero, ""},
                           {"array_indices", engine.array_indices, ""},
                           {"elapsed", elapsed_ns, "ns"},
                           {"cpu", cpu_ns, "ns"},
                           {"memory", memory_bytes, "bytes"}});
    return out;
}

std::vector<std::string> Statistics::remarks() const {
    std::vector<std::string> out;
    for (const Loss& stage : stages(*this)) {
        if (stage.value != 0 && !stage.sentence.empty())
            out.push_back(fmt::format("{} lost: {}", stage.value, stage.sentence));
    }
    if (engine.unrecorded != 0) {
        out.push_back(
            fmt::format("{} reads of memory or descriptors gave nothing: the recording does not hold them; "
                        "record with a script that reads them",
                        engine.unrecorded));
    }
    return out;
}

std::string to_text(const Statistics& statistics) {
    constexpr size_t always = 3;
    std::string text;
    auto out = std::back_inserter(text);
    size_t line = 0;
    for (const Statistic& figure : statistics.figures()) {
        bool shown = line++ < always || figure.value != 0;
        if (!shown) continue;
        if (figure.unit == "ns") {
            fmt::format_to(out, "{:<22} {:.3f} ms\n", figure.name, static_cast<double>(figure.value) / 1e6);
        } else if (figure.unit == "bytes") {
            fmt::format_to(out, "{:<22} {:.1f} MB\n", figure.name, static_cast<double>(figure.value) / 1e6);
        } else {
            fmt::format_to(out, "{:<22} {}\n", figure.name, figure.value);
        }
    }
    for (const ClauseStatistics& clause : statistics.clauses) {
        fmt::format_to(out, "clause {}: {} events, {} matched\n", clause.probe, clause.events, clause.matched);
    }
    return text;
}

}  // namespace probevue
