// Compiles a script for the running kernel and runs it while a load runs in this process; and main() of such tests.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "compiler/compile.h"
#include "runtime/kernel/facts.h"
#include "runtime/session/session.h"
#include "runtime/sinks/capture_sink.h"
#include "tests/live/kernel_load.h"
#include "tests/live/witness.h"

namespace probevue::live {

struct TracedRun {
    std::vector<Problem> problems;
    std::string compile_messages;
    std::string output;
    std::map<std::string, int> lines;  // how often each was printed
    std::string errors;                // problems, or what the session said
    std::vector<Home> homes;           // by clause
    Statistics statistics;
    ExitStatus status = ExitStatus::ok;

    int of(const std::string& line) const {
        const auto at = lines.find(line);
        return at == lines.end() ? 0 : at->second;
    }
    int all() const {
        int sum = 0;
        for (const auto& [line, count] : lines) sum += count;
        return sum;
    }
    // The number of an element that was printed, "n[1, 2]"; 0: it was not.
    uint64_t number(const std::string& element) const {
        const std::string beginning = element + " = ";
        const auto at = lines.lower_bound(beginning);
        return at == lines.end() || !at->first.starts_with(beginning) ? 0
                                                                      : std::stoull(at->first.substr(beginning.size()));
    }
    std::vector<std::string> in_order() const {
        std::vector<std::string> out;
        std::istringstream in(output);
        for (std::string line; std::getline(in, line);) out.push_back(line);
        return out;
    }
    std::string problem() const { return problems.empty() ? std::string() : problems.front().error.message; }
    std::string hint() const { return problems.empty() ? std::string() : problems.front().error.hint; }
};

struct TraceSetup {
    HomeChoice home = HomeChoice::automatic;
    std::optional<Rung> rung = std::nullopt;
    bool record = false;
    bool load_first = false;  // nothing is read before the load is over
    SessionOptions session = {};
    std::function<void(Program&)> change = [](Program&) {};  // what the compiler has made
};

inline void replace_all(std::string& text, const std::string& name, const std::string& value) {
    for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
        text.replace(at, name.size(), value);
}

// What the kernel has, found out once: its type information is large, and each rung is tried.
inline const RunningKernel& running_kernel() {
    static const RunningKernel kernel;
    return kernel;
}

// `PID` in the text stands for this process, `NETNS` for the number of its network.
inline Compiled compile_text(std::string text, const CompileOptions& options) {
    replace_all(text, "PID", std::to_string(getpid()));
    replace_all(text, "NETNS", std::to_string(network_number()));
    CompileInput input;
    input.name = "test.e";
    input.text = std::move(text);
    return compile(std::move(input), options);
}

// The load has a thread of its own.
inline void run_beside(Session& session, const std::function<void()>& load, bool load_first = false) {
    session.start();
    std::thread loader([&] {
        load();
        session.request_stop();
    });
    if (load_first) loader.join();
    while (session.step(1'000'000'000)) continue;
    if (loader.joinable()) loader.join();
}

inline TracedRun run_traced(const std::string& text, const std::function<void()>& load, TraceSetup setup = {}) {
    CompileOptions options;
    options.kernel = &running_kernel();
    options.home = setup.home;
    options.rung = setup.rung;
    options.record = setup.record;
    Compiled compiled = compile_text(text, options);
    TracedRun out;
    out.compile_messages = compiled.messages;
    INFO(compiled.messages);
    REQUIRE(compiled.program.has_value());
    setup.change(*compiled.program);
    for (const ClauseCode& clause : compiled.program->clauses) out.homes.push_back(clause.home);
    const bool may_fail = setup.session.fail_on_loss;
    CaptureSink sink;
    const std::unique_ptr<Session> session =
        Session::create(*compiled.program, std::move(setup.session), sink, out.problems);
    for (const Problem& problem : out.problems) out.errors += problem.error.message + "\n";
    if (session == nullptr) return out;
    run_beside(*session, load, setup.load_first);
    out.status = session->finish();
    out.statistics = session->statistics();
    out.output = sink.output();
    out.errors = sink.errors();
    INFO(out.errors);
    if (!may_fail) CHECK(out.status == ExitStatus::ok);
    for (const std::string& line : out.in_order()) ++out.lines[line];
    return out;
}

// Runs the cases where the kernel can be traced, in a network of their own, which `prepare` may add to.
inline int run_cases(
    int argc, char** argv, const std::function<bool()>& prepare = [] { return true; }) {
    constexpr int skipped = 77;
    if (const auto unusable = running_kernel().unusable()) {
        fmt::print("skipped: {}\n", unusable->message);
        return skipped;
    }
    if (!enter_own_network() || !prepare()) {
        fmt::print("skipped: no network namespace can be made\n");
        return skipped;
    }
    return doctest::Context(argc, argv).run();
}

}  // namespace probevue::live
