#include "runtime/sinks/base_sink.h"

#include <algorithm>
#include <utility>

namespace probevue {

bool SinkOptions::shows(const RecordOrigin& origin) const {
    // What is of no process, such as an interval, is always shown.
    if (origin.pid == 0 && origin.tid == 0) return true;
    const auto listed = [](const std::vector<int64_t>& list, int64_t id) {
        return list.empty() || std::find(list.begin(), list.end(), id) != list.end();
    };
    return listed(pids, origin.pid) && listed(tids, origin.tid);
}

BaseSink::BaseSink(std::unique_ptr<Output> output, SinkOptions options)
    : options_(std::move(options)),
      sections_(std::move(output), options_.tentative_limit),
      context_{.names = Names(options_.resolve_names),
               .date = DateFormat(options_.date_format),
               .start_ns = 0,
               .si = options_.si},
      filters_(!options_.pids.empty() || !options_.tids.empty()) {}

void BaseSink::set_start(uint64_t time_ns) {
    context_.start_ns = time_ns;
    started_ = true;
}

std::string_view name_of(MessageKind kind) {
    switch (kind) {
        case MessageKind::note:
            return "note";
        case MessageKind::warning:
            return "warning";
        case MessageKind::error:
            return "error";
    }
    return "error";
}

}  // namespace probevue
