#include "runtime/session/split.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <unordered_map>

#include "runtime/session/recorded_file.h"
#include "runtime/sinks/pcapng_writer.h"
#include "runtime/sinks/written_file.h"
#include "runtime/sources/layers.h"
#include "runtime/sources/shard.h"
#include "runtime/state/state.h"

namespace probevue {
namespace {

std::string description(const PacketInterface& interface) {
    std::string out = fmt::format("{} {}", interface.link_type, interface.snap_length);
    for (const InterfaceAddress& address : interface.addresses)
        out += fmt::format(" {}/{}", to_string(address.address), address.prefix);
    return out + "\n" + interface.name;
}

// Raises the limit of open files as far as it may be. Errors: that is not enough.
Status let_files_be_open(uint32_t count) {
    constexpr rlim_t others = 32;  // of ours, and those that are read
    const rlim_t wanted = count + others;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return {};
    const rlim_t may = limit.rlim_max;
    limit.rlim_cur = std::min(wanted, may);
    if (limit.rlim_cur == wanted && setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
    return fail(
        fmt::format("{} files cannot be open at once: the limit of this process is {} (ulimit -Hn)", count, may),
        may > others ? fmt::format("--split {} at most, or raise the limit", may - others) : "raise the limit",
        ExitStatus::usage);
}

class SplitRun final : public Split {
public:
    explicit SplitRun(SplitOptions options) : options_(std::move(options)), hash_(ShardKey()) {}

    // Errors have been told, and `status` is theirs.
    bool open(ExitStatus& status) {
        for (const std::string& path : options_.files) {
            auto reader = CaptureReader::open(path, {options_.stop_descriptor, {}});
            if (reader) {
                inputs_.push_back({RecordedFile(std::move(*reader)), {}});
            } else if (options_.skip_bad) {
                options_.tell(MessageKind::warning, fail(reader.error().message + ": the file is left out"));
                status_ = ExitStatus::run_time;
            } else {
                options_.tell(MessageKind::error, reader.error());
                status = reader.error().status;
            }
        }
        if (status != ExitStatus::ok) return false;
        Status made = check_inputs();
        if (made) made = let_files_be_open(options_.count);
        if (made) made = make_files();
        if (made) return true;
        options_.tell(MessageKind::error, made.error());
        status = made.error().status;
        return false;
    }

    ExitStatus run() override {
        constexpr uint32_t packets_between_looks = 4096;
        Input* input = earliest();
        Status status;
        for (uint32_t since = 0; input != nullptr && status; ++since) {
            if (since % packets_between_looks == 0 && stopped()) break;
            status = take(*input);
            if (!status) break;
            advance(*input);
            if (inputs_.size() > 1 || input->file.ended()) input = earliest();
        }
        if (!status) give_up(status.error());
        if (status && stopped())  // a pipe ends then, too
            give_up(fail(fmt::format("stopped after {} packets: the files have these, and no others", packets_),
                         "remove them, and split again"));
        finish();
        return status_;
    }

    uint64_t packets() const override { return packets_; }
    bool complete() const override { return complete_; }

private:
    struct Input {
        RecordedFile file;
        std::vector<uint32_t> interfaces{};               // by number in the file: that in what is written
        std::unordered_map<std::string, size_t> taken{};  // of each description, how many the file has
    };
    struct Output {
        std::string path;
        std::unique_ptr<PcapngWriter> writer;
        uint32_t interfaces = 0;                  // described so far
        std::map<int64_t, PacketOwner> owners{};  // by process, as described last
    };

    void fails(const Error& error) {
        options_.tell(MessageKind::error, error);
        if (status_ == ExitStatus::ok) status_ = error.status;
    }

    // Some packets are not in the files: that is said once.
    void give_up(const Error& error) {
        if (complete_) fails(error);
        complete_ = false;
    }

    bool stopped() const {
        pollfd look{.fd = options_.stop_descriptor, .events = POLLIN, .revents = 0};
        return options_.stop_descriptor >= 0 && poll(&look, 1, 0) > 0;
    }

    void advance(Input& input) {
        input.file.advance();
        if (input.file.head() == RecordedFile::Head::packet) [[likely]]
            return;
        if (const std::optional<Error> problem = input.file.take_problem()) fails(*problem);
        if (input.file.ended() && !input.file.status() && !stopped()) fails(input.file.status().error());
    }

    // Of the files named first when times are equal, as in a replay.
    Input* earliest() {
        Input* first = nullptr;
        for (Input& input : inputs_) {
            if (!input.file.ended() && (first == nullptr || input.file.time_ns() < first->file.time_ns()))
                first = &input;
        }
        return first;
    }

    // What follows a recording's events is not packets alone: a part of it would be no recording.
    static Status has_packets_alone(const Input& input) {
        if (!input.file.recording().is_recording()) return {};
        const std::string& name = input.file.reader().name();
        return fail(fmt::format("{} is a recording, and --split takes packets alone", name),
                    "replay it with --shard K/N, or take its packets: `tcpdump -r FILE -w PACKETS.pcap`",
                    ExitStatus::usage);
    }

    static Status can_be_written(const Input& input, const PacketInterface& interface) {
        if (!interface.swapped || header_order(interface.link_type) == HeaderOrder::network) return {};
        return fail(fmt::format("{}: packets of link type {} are in the byte order of another machine",
                                input.file.reader().name(), link_type_name(interface.link_type)),
                    "split it on a machine of that byte order, or replay it with --shard K/N", ExitStatus::usage);
    }

    // As far as the first items tell, before anything is made.
    Status check_inputs() {
        for (Input& input : inputs_) {
            advance(input);
            for (const std::string& note : input.file.reader().notes()) options_.tell(MessageKind::note, fail(note));
            if (Status alone = has_packets_alone(input); !alone) return alone;
            for (const PacketInterface& interface : input.file.reader().interfaces()) {
                if (Status can = can_be_written(input, interface); !can) return can;
            }
        }
        return {};
    }

    // Nothing that is there is written over, and files of another split would be taken for some of this one.
    Status make_files() {
        namespace fs = std::filesystem;
        std::error_code error;
        fs::create_directories(options_.folder, error);
        const auto cannot = [](const std::string& what, const std::string& why, const std::string& what_to_do) {
            return fail(fmt::format("cannot write `{}`: {}", what, why),
                        what_to_do.empty() ? "give -w a folder that you may write to" : what_to_do, ExitStatus::usage);
        };
        const auto failed = [&] { return cannot(options_.folder, std::generic_category().message(error.value()), {}); };
        if (error) return failed();
        for (const fs::directory_entry& entry : fs::directory_iterator(options_.folder, error)) {
            const std::string name = entry.path().filename();
            if (!name.starts_with("shard-") || name.find("-of-") == std::string::npos) continue;
            return fail(fmt::format("`{}` is there already", entry.path().string()),
                        "remove the files of the split before, or give -w another folder", ExitStatus::usage);
        }
        if (error) return failed();
        constexpr size_t room_of_all = 64 * 1024 * 1024;
        constexpr size_t least_room = 16 * 1024;
        const size_t room = std::clamp(room_of_all / options_.count, least_room, PcapngWriter::usual_room);
        const Input* const first = earliest();
        ShardMark mark{{1, options_.count}, new_uuid(), first == nullptr ? 0 : first->file.time_ns()};
        const size_t digits = std::max<size_t>(4, std::to_string(options_.count).size());
        for (uint32_t number = 1; number <= options_.count; ++number) {
            const std::string name =
                fmt::format("shard-{:0{}}-of-{:0{}}.pcapng", number, digits, options_.count, digits);
            const std::string path = fs::path(options_.folder) / name;
            Result<Handle> file = open_written(path, 0600, Existing::refused);
            if (!file) {
                for (const Output& output : outputs_) ::unlink(output.path.c_str());
                return cannot(path, file.error().message, file.error().hint);
            }
            mark.shard.number = number;
            outputs_.push_back(
                {path, std::make_unique<PcapngWriter>(file->release(), fmt::format("`{}`", path),
                                                      PcapngWriter::Section{shard_comment(mark), room})});
        }
        return {};
    }

    // Interfaces of several files that are described in the same words are one: a capture that was cut by time.
    Status know_interfaces(Input& input) {
        const auto& described = input.file.reader().interfaces();
        while (input.interfaces.size() < described.size()) {
            const PacketInterface& interface = described[input.interfaces.size()];
            if (Status can = can_be_written(input, interface); !can) return can;
            // A file that describes several in the same words has as many of them.
            const std::string words = description(interface);
            std::vector<uint32_t>& known = known_[words];
            size_t& taken = input.taken[words];
            if (taken == known.size()) {
                known.push_back(static_cast<uint32_t>(interfaces_.size()));
                interfaces_.push_back(interface);
            }
            input.interfaces.push_back(known[taken++]);
        }
        return {};
    }

    // All that are known stand before a packet, whether the file has packets of them or not: their addresses are those
    // of the host.
    void describe_interfaces(Output& output) const {
        while (output.interfaces < interfaces_.size()) output.writer->interface(interfaces_[output.interfaces++]);
    }

    Status take(Input& input) {
        if (input.file.head() != RecordedFile::Head::packet) return has_packets_alone(input);
        PacketView packet = input.file.packet();
        if (input.interfaces.size() != input.file.reader().interface_count()) {
            if (Status known = know_interfaces(input); !known) return known;
        }
        packet.number = ++packets_;
        in_order_ = in_order_ && packet.time_ns != 0 && packet.time_ns >= reached_ns_;
        reached_ns_ = std::max(reached_ns_, packet.time_ns);
        const LinkKind link = input.file.reader().interfaces()[packet.interface].kind;
        parser_.parse(link, packet, context_);
        Output& output = outputs_[shard_number(hash_.of(context_), options_.count) - 1];
        describe_interfaces(output);
        if (packet.owner != nullptr) {
            const auto [at, added] = output.owners.try_emplace(packet.owner->pid, *packet.owner);
            if (added || at->second != *packet.owner) output.writer->process(*packet.owner);
            at->second = *packet.owner;
        }
        output.writer->packet(input.interfaces[packet.interface], packet, packet.number);
        return output.writer->status();
    }

    void finish() {
        for (Input& input : inputs_) {
            if (Status known = know_interfaces(input); !known) give_up(known.error());
        }
        for (Output& output : outputs_) {
            describe_interfaces(output);
            // Where it was later once than here, who reads a part cannot tell which interval was due before what.
            if (in_order_ && output.interfaces != 0) output.writer->end_time(0, reached_ns_);
            if (Status written = output.writer->flush(); !written) give_up(written.error());
        }
    }

    SplitOptions options_;
    ShardHash hash_;
    LayerParser parser_;
    EngineContext context_;
    std::deque<Input> inputs_;
    std::vector<PacketInterface> interfaces_;                       // of all files
    std::unordered_map<std::string, std::vector<uint32_t>> known_;  // their numbers, by description
    std::vector<Output> outputs_;
    ExitStatus status_ = ExitStatus::ok;
    uint64_t packets_ = 0;
    uint64_t reached_ns_ = 0;  // the latest time so far
    bool in_order_ = true;     // each packet has a time, and none is earlier than one before
    bool complete_ = true;
};

}  // namespace

std::unique_ptr<Split> Split::create(SplitOptions options, ExitStatus& status) {
    auto split = std::make_unique<SplitRun>(std::move(options));
    status = ExitStatus::ok;
    if (!split->open(status)) return nullptr;
    return split;
}

}  // namespace probevue
