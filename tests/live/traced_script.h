// Compiles a script for the running kernel and runs it while a load runs in this process.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "compiler/compile.h"
#include "runtime/kernel/facts.h"
#include "runtime/session/session.h"
#include "runtime/sinks/capture_sink.h"

namespace probevue::live {

struct TracedRun {
    std::vector<Problem> problems;
    std::string compile_messages;
    std::string output;
    std::map<std::string, int> lines;  // how often each was printed
    std::string errors;
    Statistics statistics;

    int of(const std::string& line) const {
        const auto at = lines.find(line);
        return at == lines.end() ? 0 : at->second;
    }
    std::string problem() const { return problems.empty() ? std::string() : problems.front().error.message; }
    std::string hint() const { return problems.empty() ? std::string() : problems.front().error.hint; }
};

inline std::string with_pid(std::string text) {
    for (size_t at = text.find("PID"); at != std::string::npos; at = text.find("PID"))
        text.replace(at, 3, std::to_string(getpid()));
    return text;
}

// `PID` in the text stands for this process.
inline TracedRun run_traced(const std::string& text, const std::function<void()>& load, SessionOptions options = {}) {
    CompileInput input;
    input.name = "test.e";
    input.text = with_pid(text);
    TracedRun out;
    std::optional<RunningKernel> kernel;
    CompileOptions compile_options;
    compile_options.kernel = &kernel.emplace();
    Compiled compiled = compile(std::move(input), compile_options);
    out.compile_messages = compiled.messages;
    INFO(compiled.messages);
    REQUIRE(compiled.program.has_value());
    CaptureSink sink;
    const std::unique_ptr<Session> session = Session::create(*compiled.program, std::move(options), sink, out.problems);
    if (session == nullptr) return out;
    session->start();
    std::thread loader([&] {
        load();
        session->request_stop();
    });
    while (session->step(1'000'000'000)) continue;
    loader.join();
    CHECK(session->finish() == ExitStatus::ok);
    out.statistics = session->statistics();
    out.errors = sink.errors();
    out.output = sink.output();
    std::istringstream lines(out.output);
    for (std::string line; std::getline(lines, line);) ++out.lines[line];
    return out;
}

}  // namespace probevue::live
