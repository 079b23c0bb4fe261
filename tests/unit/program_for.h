// Compiles a script for a kernel of the tests.
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>

#include "compiler/compile.h"

namespace probevue {

inline Compiled compile_for(const std::string& text, const CompileOptions& options) {
    CompileInput input;
    input.name = "test.e";
    input.text = text;
    return compile(std::move(input), options);
}

// Fails the test, with the messages, when there is no program.
inline Program program_for(const std::string& text, const KernelFacts& kernel, std::optional<Rung> rung = std::nullopt,
                           HomeChoice home = HomeChoice::automatic) {
    CompileOptions options;
    options.kernel = &kernel;
    options.rung = rung;
    options.home = home;
    Compiled out = compile_for(text, options);
    INFO(out.messages);
    REQUIRE(out.program.has_value());
    return std::move(*out.program);
}

// Why the first tuple that the kernel cannot serve is refused; empty: all are served.
inline std::string refusal(const Program& program) {
    return program.kernel_refusals.empty() ? "" : program.kernel_refusals.front().tried;
}

}  // namespace probevue
