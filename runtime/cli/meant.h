// What people give in the place of a script that is none: a capture, or what they would tell tcpdump.
#pragma once

#include <optional>

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

// The answer to `probevue FILE.pcap`, `probevue -i eth0 'port 80'` and `probevue -r FILE tcp port 80`: how it is said
// here. Nothing for all else, whether there is such a script or not.
std::optional<Error> other_than_script(const Options& options);

// The answer to `probevue < FILE.pcap`.
Error capture_for_script();

// A note on `probevue NAME --help`, in Options::notes: what stands behind a script is the script's. One that takes no
// arguments (`text` is the script's) runs as ever, and so somebody may wait for a help that does not come.
void note_unused_flag(Options& options, std::string_view text);

}  // namespace probevue
