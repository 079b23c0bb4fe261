#include "runtime/metrics/own.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>

#include "runtime/metrics/names.h"

namespace probevue {
namespace {

// own_names(): arrays of scripts must not take these.
constexpr auto names = std::to_array<std::string_view>({"probevue_up", "probevue_lost_total", "probevue_events_total",
                                                        "probevue_packets_total", "probevue_cpu_seconds_total",
                                                        "probevue_resident_memory_bytes", "probevue_series_dropped",
                                                        "probevue_push_failures_total"});

void append_head(std::string& to, std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(std::back_inserter(to), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

void append_one(std::string& to, std::string_view name, std::string_view type, std::string_view help, uint64_t value) {
    append_head(to, name, type, help);
    fmt::format_to(std::back_inserter(to), "{} {}\n", name, value);
}

}  // namespace

std::span<const std::string_view> own_names() { return names; }

void append_own(std::string& to, const Statistics& statistics, const OwnFigures& figures) {
    append_one(to, "probevue_up", "gauge", "1 while the session runs, 0 in what it leaves behind at its end.",
               figures.up ? 1 : 0);
    append_head(to, "probevue_lost_total", "counter", "Events or output that a stage lost (docs/statistics.md).");
    for (const Statistic& loss : statistics.losses()) {
        std::string_view stage = loss.name;
        if (stage.starts_with("lost_")) stage.remove_prefix(5);
        fmt::format_to(std::back_inserter(to), "probevue_lost_total{{stage=\"{}\"}} {}\n", stage, loss.value);
    }
    append_one(to, "probevue_events_total", "counter", "Events seen that are no packets, intervals included.",
               statistics.events);
    append_one(to, "probevue_packets_total", "counter", "Packets seen.", statistics.packets);
    append_head(to, "probevue_cpu_seconds_total", "counter", "Processor time of probevue since the session began.");
    to += "probevue_cpu_seconds_total ";
    append_in_base_unit(to, static_cast<__int128>(statistics.cpu_ns), Unit::nanoseconds);
    to += '\n';
    append_one(to, "probevue_resident_memory_bytes", "gauge", "Memory of probevue that is resident.",
               figures.memory_bytes);
    append_one(to, "probevue_push_failures_total", "counter", "Times that --push could not reach its URL.",
               figures.push_failures);
}

void append_dropped_head(std::string& to) {
    append_head(to, "probevue_series_dropped", "gauge",
                "Series of an array beyond --max-series: in `other`, or left out where they cannot be added up.");
}

uint64_t resident_memory() {
    // In pages: the whole, then what is resident (proc(5)).
    std::ifstream file("/proc/self/statm");
    uint64_t pages = 0;
    uint64_t resident = 0;
    if (!(file >> pages >> resident)) return 0;
    return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace probevue
