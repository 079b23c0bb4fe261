// Cuts captures into files by connection, in one pass (--split): each packet goes, as it is, into the file of its shard
// (runtime/sources/shard.h), with its number in the whole stream.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/records/sink.h"

namespace probevue {

struct SplitOptions {
    std::vector<std::string> files;  // one stream, merged by time as in a replay; `-` is standard input
    std::string folder;              // made where it is absent
    uint32_t count = 1;              // of files, from 1 to most_shards
    bool skip_bad = false;           // files that cannot be read are left out, and make the status run_time
    int stop_descriptor = -1;        // it ends when this becomes readable; what was written is whole
    // Told of what is odd, left out or wrong; never empty.
    std::function<void(MessageKind, const Error&)> tell;
};

class Split {
public:
    // Opens all files, and makes those to be written. When something is wrong, it is told, and there is nothing left of
    // what was made; null then, with the status in `status`.
    static std::unique_ptr<Split> create(SplitOptions options, ExitStatus& status);
    virtual ~Split() = default;

    // All of it. run_time when a file is damaged (what lies before is there) or cannot be written, or it was stopped.
    virtual ExitStatus run() = 0;
    virtual uint64_t packets() const = 0;
    // All packets that could be read are in the files.
    virtual bool complete() const = 0;
};

}  // namespace probevue
