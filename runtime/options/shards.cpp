#include "runtime/options/shards.h"

#include <fmt/format.h>

#include "runtime/options/consistent.h"
#include "runtime/options/parse_value.h"

namespace probevue {

Result<Shard> parse_shard(std::string_view text) {
    const size_t slash = text.find('/');
    Shard shard;
    if (slash == std::string_view::npos || !parse_number(text.substr(0, slash), shard.number) ||
        !parse_number(text.substr(slash + 1), shard.count))
        return usage_error(fmt::format("--shard wants a part and their number such as 3/64, not `{}`", text),
                           "four parts are 1/4, 2/4, 3/4 and 4/4");
    if (shard.count > most_shards)
        return usage_error(fmt::format("--shard knows at most {} parts, not {}", most_shards, shard.count),
                           "take fewer parts: as many as there are processors to run them");
    if (shard.number == 0 || shard.number > shard.count)
        return usage_error(fmt::format("--shard {}: there is no such part", text),
                           shard.count == 0 ? "there is at least one part, 1/1"
                                            : fmt::format("parts are 1/{0} to {0}/{0}", shard.count));
    return shard;
}

Status states_of_runs(const Options& options) {
    const bool merges = !options.merge.empty();
    if (options.every_ns != 0 && !merges && (options.state_out.empty() || !options.replay.empty()))
        return usage_error("--every is about states of a live session, or the answers of --merge",
                           "give --state-out - and no -r; intervals of a script have a probe, @@interval:*:clock:MS");
    constexpr uint64_t least_every_ns = 100'000'000;
    if (options.every_ns != 0 && options.every_ns < least_every_ns)
        return usage_error("--every takes 100ms at the least",
                           "states tell what was added up: 1s or 10s is often enough");
    if (options.state_out.empty() && !merges) return {};
    if (merges && (!options.replay.empty() || !options.child.empty()))
        return usage_error("--merge puts together what was gathered, and -r and -X gather more",
                           "write that into a state first: --state-out");
    if (options.interactive || options.top)
        return usage_error("states are of scripts that run to their end, not of -i and --top", "leave out one of them");
    if (!options.record.empty())
        return usage_error("-w records events, and what is gathered of them goes elsewhere", "leave out -w");
    if (options.end_after_events != 0)
        return usage_error("-c N counts the events of a whole stream, and a state is of a part", "leave out -c N");
    return {};
}

Status shards_of_captures(const Options& options) {
    if (!options.shard) return {};
    if (options.replay.empty())
        return usage_error("--shard is a part of captures, and there is none",
                           "give -r FILE; live, a host is a whole stream");
    if (options.interactive)
        return usage_error("--shard is for the run of a script, and -i is the interactive session",
                           "leave out one of them");
    if (options.end_after_events != 0)
        return usage_error("-c N counts the events of a whole stream, and --shard runs a part of it",
                           "leave out -c N; --for ends all parts at the same time");
    return {};
}

Status split_alone(const Options& options) {
    if (options.split == 0) return {};
    constexpr std::string_view form = "probevue --split N -w DIR -r FILE";
    if (options.program_text || !options.script.empty() || options.interactive)
        return usage_error(
            "--split cuts captures into files, and runs no script",
            options.script.ends_with("pcap") || options.script.ends_with("pcapng")
                ? fmt::format("each capture has a -r of its own: -r {}", options.script)
                : "leave out the script; run it on the files, or on a part of the capture by --shard K/N");
    if (options.replay.empty()) return usage_error("--split is about captures, and there is none", std::string(form));
    if (options.record.empty() || options.record == "-")
        return usage_error("--split wants a folder for its files", std::string(form));
    const bool runs = options.shard || !options.output.empty() || options.top || options.list ||
                      !options.dumps.empty() || options.check_only || options.statistics || options.fail_on_loss ||
                      options.for_ns != 0 || options.end_after_events != 0 || options.record_for_wireshark ||
                      !options.interfaces.empty() || options.format != OutputFormat::text ||
                      options.rotation.bytes != 0 || options.rotation.seconds != 0 || options.rotation.files != 0 ||
                      !options.child.empty() || !options.metrics_address.empty() ||
                      !options.metrics_directory.empty() || !options.metrics_url.empty();
    if (runs)
        return usage_error("--split runs nothing, and takes no flags of a run",
                           "-r, -w, --skip-bad, -q and --color are for it");
    return {};
}

}  // namespace probevue
