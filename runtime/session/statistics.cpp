#include "runtime/session/statistics.h"

#include <fmt/format.h>

#include <iterator>

namespace probevue {

uint64_t Statistics::lost() const {
    return buffer_full + interface_drops + unreadable_link + sink_lost + recording_lost + engine.array_full +
           engine.threads_full;
}

std::vector<Statistic> Statistics::figures() const {
    return {
        {"packets", packets, ""},
        {"events", events, ""},
        {"matched", matched, ""},
        {"lost_buffer_full", buffer_full, ""},
        {"lost_interface_drops", interface_drops, ""},
        {"lost_unreadable_link", unreadable_link, ""},
        {"lost_array_full", engine.array_full, ""},
        {"lost_threads_full", engine.threads_full, ""},
        {"lost_sink", sink_lost, ""},
        {"lost_recording", recording_lost, ""},
        {"cut_off", cut_off, ""},
        {"unreadable", engine.unreadable, ""},
        {"divisions_by_zero", engine.divisions_by_zero, ""},
        {"elapsed", elapsed_ns, "ns"},
        {"cpu", cpu_ns, "ns"},
        {"memory", memory_bytes, "bytes"},
    };
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
