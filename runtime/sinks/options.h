// What `-c`, `-n`, `-o`, `--color`, `--columns` and `--si` say to a sink.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/records/sink.h"
#include "runtime/sinks/columns.h"
#include "runtime/sinks/dates.h"
#include "runtime/sinks/sections.h"

namespace probevue {

// `-c timestamp=`: what stands before a record that begins a line.
enum class TimePrefix : uint8_t {
    none,
    since_start,  // 0: `1.234567 `, seconds since the start of the session
    date,         // 1: `2026-06-09 14:03:27.123456 `, in the time zone of TZ
    raw,          // 2: `1781013807123456789 `, nanoseconds since the epoch
};

struct SinkOptions {
    bool resolve_names = true;                  // -n turns it off: %H prints the number
    TimePrefix time_prefix = TimePrefix::none;  // text only; JSON always has the time
    bool thread_prefix = false;                 // -c thread=on: `[tid] `
    // -c pid=, tid=: records of other processes and threads are not shown; those of no process always are. Empty: all.
    std::vector<int64_t> pids = {};
    std::vector<int64_t> tids = {};
    std::string date_format{DateFormat::default_format};
    bool color = false;                                // of messages
    Look look = {};                                    // of what print() and its kin show
    bool si = false;                                   // numbers whose unit is known are shown with it
    size_t tentative_limit = default_tentative_limit;  // bytes
    std::string output_name = "standard output";       // in error messages
    bool data_on_terminal = false;                     // text: nothing from outside may steer it
    bool errors_on_terminal = false;

    bool shows(const RecordOrigin& origin) const;
};

}  // namespace probevue
