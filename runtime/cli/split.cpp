#include "runtime/cli/split.h"

#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "builtins/base/shown.h"
#include "runtime/cli/signals.h"
#include "runtime/options/shell.h"
#include "runtime/session/split.h"

namespace probevue {
namespace {

// Becomes readable when one of the signals comes that end a run; they do nothing else from then on.
int signals_to_stop_at() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        if (!is_ignored(number)) sigaddset(&set, number);
    }
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

ExitStatus run_split(const Options& options) {
    const bool quiet = options.information == Information::none;
    SplitOptions split_options;
    split_options.files = options.replay;
    split_options.folder = options.record;
    split_options.count = options.split;
    split_options.skip_bad = options.skip_bad;
    split_options.stop_descriptor = signals_to_stop_at();
    split_options.tell = [&](MessageKind kind, const Error& message) {
        if (kind == MessageKind::error) return print_error(message, colored(options.color));
        if (quiet) return;
        fmt::print(stderr, "probevue: {}: {}\n", kind == MessageKind::warning ? "warning" : "note",
                   shown(message.message));
    };
    ExitStatus status = ExitStatus::ok;
    const std::unique_ptr<Split> split = Split::create(std::move(split_options), status);
    if (split == nullptr) return status;
    status = split->run();
    if (!quiet && split->complete())
        fmt::print(stderr, "probevue: {} packets in {} files\n", split->packets(), options.split);
    return status;
}

}  // namespace probevue
