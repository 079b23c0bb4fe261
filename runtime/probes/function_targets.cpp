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

Result<std::vector<Module>> modules_of(const ProbeRequest& request, const StartedProgram& started,
                                       FunctionTarget& target) {
    if (!request.program.empty()) {
        const std::string path = find_program(request.program);
        if (path.empty())
            return fail(fmt::format("there is no program `{}`", request.program), "give its path, or a process id",
                        ExitStatus::usage);
        target.executable = inode_of(path);
        return modules_of_program(path);
    }
    if (!request.pid) {
        if (!request.module.empty()) return library(request.module);
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
    const Result<std::vector<Module>> modules = modules_of(request, started, target);
    if (!modules) return modules.error();
    // A library that was named without a process is the only module there is.
    const bool only = request.program.empty() && !request.pid;
    const auto points = find_functions(*modules, only ? std::string_view() : request.module, request.function);
    if (!points) return points.error();
    for (const FunctionPoint& point : *points) target.places.push_back({point.path, point.offset, point.function});
    target.all_needed = !request.function.starts_with('/');
    return target;
}

Result<FunctionTarget> kernel_target(const ProbeRequest& request, KernelFunctions& known) {
    const auto functions = known.find(request.function);
    if (!functions) return functions.error();
    FunctionTarget target;
    for (const KernelFunction& function : *functions) target.places.push_back({{}, function.address, function.name});
    target.all_needed = !is_pattern(request.function);
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
