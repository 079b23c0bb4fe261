#include "runtime/session/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/program/helper_table.h"
#include "runtime/kernel/local_addresses.h"
#include "runtime/kernel/memory.h"
#include "runtime/session/core.h"
#include "runtime/session/live_states.h"
#include "runtime/session/parallel.h"
#include "runtime/session/recorded_addresses.h"
#include "runtime/session/replay.h"

namespace probevue {
namespace {

// The tuples of each manager, in the order of the managers. A kind that no manager has is a problem.
std::map<const ProbeManager*, std::vector<BoundProbe>> by_manager(const Program& program,
                                                                  const std::vector<BoundProbe>& probes,
                                                                  const std::vector<ClauseUse>& uses,
                                                                  std::vector<Problem>& problems) {
    std::map<const ProbeManager*, std::vector<BoundProbe>> managed;
    for (const BoundProbe& probe : probes) {
        const auto clause = static_cast<size_t>(probe.clause - program.clauses.data());
        const ClauseUse use = clause < uses.size() ? uses[clause] : ClauseUse::whole;
        if (use == ClauseUse::idle || (use == ClauseUse::begun && probe.request->kind == ProbeKind::begin)) continue;
        if (const ProbeManager* manager = find_manager(probe.request->kind)) {
            managed[manager].push_back(probe);
        } else {
            problems.push_back(
                {probe.request->position, fail("this probe cannot be enabled by this version of probevue",
                                               "`probevue -l` lists those that can", ExitStatus::permission)});
        }
    }
    return managed;
}

// Attaches, or in a replay takes note of what the files are to serve.
Attachment attach(const Program& program, const std::vector<BoundProbe>& probes, const SessionOptions& options,
                  bool given_sources, std::vector<Problem>& problems) {
    Attachment attachment;
    auto managed = by_manager(program, probes, options.uses, problems);
    bool replay = !options.replay.empty() || given_sources;
    if (!replay) {
        // All are looked at before any is attached: where one cannot be, nothing has been touched.
        for (const auto& [manager, tuples] : managed) {
            for (const BoundProbe& probe : tuples) manager->check(probe, options.attach, problems);
        }
    }
    if (!problems.empty()) return attachment;
    for (const ProbeManager* manager : probe_managers()) {
        auto at = managed.find(manager);
        if (at == managed.end()) continue;
        if (replay) {
            manager->attach_replay(at->second, attachment, problems);
        } else {
            manager->attach(at->second, options.attach, attachment, problems);
        }
    }
    if (!replay && program.packet_owners && attachment.owners == nullptr && problems.empty()) {
        for (const auto& [manager, tuples] : managed) {
            if (contains(manager->kinds(), ProbeKind::bpf))
                attach_packet_owners(tuples, options.attach, attachment, problems);
        }
    }
    return attachment;
}

// What a session is made of where the caller has not said it. False: there are problems.
bool complete(const Program& program, const SessionOptions& options, Sink& sink, SessionParts& parts,
              std::vector<Problem>& problems) {
    if (parts.engine == nullptr) {
        auto engine = Engine::create(program, options.engine, sink);
        if (!engine) {
            problems.push_back({{}, engine.error()});
            return false;
        }
        parts.engine = std::move(*engine);
    }
    if (parts.clock == nullptr) parts.clock = std::make_unique<SystemClock>();
    if (!parts.make_filter) parts.make_filter = filter_maker(options.engine.kind);
    return true;
}

std::unique_ptr<Replay> replay(const Program& program, SessionOptions options, Sink& sink, SessionParts parts,
                               const Attachment& attachment, std::vector<Problem>& problems) {
    const auto addresses = std::make_shared<RecordedAddresses>();
    options.engine.addresses = addresses;
    if (!complete(program, options, sink, parts, problems)) return nullptr;
    return make_replay(program, std::move(options), sink, std::move(parts), attachment, bind_probes(program), addresses,
                       problems);
}

}  // namespace

std::unique_ptr<Session> Session::create_merged(const Program& program, SessionOptions options, Sink& sink,
                                                GivenStates given, std::vector<Problem>& problems) {
    options.engine.live = false;
    Attachment attachment = attach(program, bind_probes(program), options, true, problems);
    // What BEGIN prints is for the answer, not for a state that others merge.
    std::unique_ptr<PartSink> quiet;
    if (options.state_out) {
        quiet = std::make_unique<PartSink>(&sink);
        quiet->drop_output();
    }
    Sink& to = quiet != nullptr ? *quiet : sink;
    SessionParts parts;
    if (!problems.empty() || !complete(program, options, to, parts, problems)) return nullptr;
    return make_merged(program, std::move(options), to, std::move(quiet), std::move(parts), attachment,
                       std::move(given), problems);
}

std::string Session::place() const {
    const Statistics& so_far = statistics();
    return fmt::format("after {} packets and {} other events", so_far.packets, so_far.events);
}

std::unique_ptr<Session> Session::create(const Program& program, SessionOptions options, Sink& sink,
                                         std::vector<Problem>& problems, SessionParts parts) {
    const bool from_files = !options.replay.empty();
    std::vector<BoundProbe> probes = bind_probes(program);
    options.attach.program = &program;
    options.attach.max_elements = options.engine.max_elements;
    Attachment attachment = attach(program, probes, options, !parts.sources.empty(), problems);
    if (!problems.empty()) return nullptr;

    options.engine.live = !from_files;
    if (from_files && (options.jobs > 1 || options.state_out)) {
        const auto make = [&](Sink& to, std::vector<Problem>& found) {
            return replay(program, options, to, {}, attachment, found);
        };
        return make_parallel(program, options, sink, make, problems);
    }
    if (from_files) return replay(program, std::move(options), sink, std::move(parts), attachment, problems);
    if (parts.sources.empty()) {
        // What needs privileges is had before the session is under way.
        options.engine.kernel_reader =
            running_kernel_reader(calls(program, Helper::kernel_copy) || calls(program, Helper::kernel_string));
        options.engine.addresses = running_addresses(options.attach.network);
        if (calls(program, Helper::host_address)) static_cast<void>(options.engine.addresses->known());
    }
    std::unique_ptr<LiveStates> states;
    if (options.state_out) states = std::make_unique<LiveStates>(program, *options.state_out, sink);
    Sink& to = states != nullptr ? states->sink() : sink;
    if (!complete(program, options, to, parts, problems)) return nullptr;
    return make_live(program, std::move(options), to, std::move(parts), std::move(attachment), std::move(probes),
                     std::move(states));
}

}  // namespace probevue
