#include "runtime/probes/function_targets.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "runtime/symbols/functions.h"
#include "runtime/symbols/kernel_functions.h"
#include "runtime/symbols/modules.h"

namespace probevue {
namespace {

uint64_t inode_of(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

Result<std::vector<Module>> modules_of(const ProbeRequest& request, const UserFunctionProbe& wanted,
                                       const StartedProgram& started, FunctionTarget& target) {
    if (!wanted.program.empty()) {
        const std::string path = find_program(wanted.program);
        if (path.empty())
            return fail(fmt::format("there is no program `{}`", wanted.program), "give its path, or a process id",
                        ExitStatus::usage);
        target.executable = inode_of(path);
        return modules_of_program(path);
    }
    if (!request.pid) {
        if (!wanted.module.empty()) return library(wanted.module);
        return fail("it is not known in which program or library to look for the function",
                    "name a program or a process in the second field, or a library in the third", ExitStatus::usage);
    }
    target.pid = *request.pid;
    // The process of -X is not yet what it will be.
    if (*request.pid == started.pid) return modules_of_program(find_program(started.program));
    return modules_of_process(*request.pid);
}

Result<FunctionTarget> target_of(const ProbeRequest& request, const StartedProgram& started) {
    FunctionTarget target;
    const auto& wanted = std::get<UserFunctionProbe>(request.subject);
    const Result<std::vector<Module>> modules = modules_of(request, wanted, started, target);
    if (!modules) return modules.error();
    // A library that was named without a process is the only module there is.
    const bool only = wanted.program.empty() && !request.pid;
    const auto points = find_functions(*modules, only ? std::string_view() : wanted.module, wanted.name);
    if (!points) return points.error();
    for (const FunctionPoint& point : *points) target.places.push_back({point.path, point.offset, point.function});
    target.all_needed = !wanted.name.starts_with('/');
    return target;
}

Result<FunctionTarget> kernel_target(const ProbeRequest& request, KernelFunctions& known) {
    const auto functions = known.find(request.name());
    if (!functions) return functions.error();
    FunctionTarget target;
    for (const KernelFunction& function : *functions) target.places.push_back({{}, function.address, function.name});
    target.all_needed = !is_pattern(request.name());
    return target;
}

}  // namespace

std::vector<FunctionTarget> function_targets(const Program& program, const AttachOptions& options,
                                             std::vector<Problem>& problems) {
    KernelFunctions kernel_functions;
    std::vector<FunctionTarget> targets(program.kernel_programs.size());
    for (size_t i = 0; i < targets.size(); ++i) {
        const KernelProgram& kernel = program.kernel_programs[i];
        if (!has_places(kernel.hook->point) || kernel.tuples.empty()) continue;
        const TupleIndex& first = kernel.tuples.front();
        const ProbeRequest& request = program.clauses[first.clause].probes[first.tuple];
        Result<FunctionTarget> target = is_user(kernel.hook->point) ? target_of(request, options.started)
                                                                    : kernel_target(request, kernel_functions);
        if (target) {
            targets[i] = std::move(*target);
        } else {
            problems.push_back({request.position, target.error()});
        }
    }
    return targets;
}

}  // namespace probevue
