#include "runtime/probes/user_functions.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "runtime/symbols/functions.h"
#include "runtime/symbols/modules.h"

namespace probevue {
namespace {

uint64_t inode_of(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

Result<std::vector<Module>> modules_of(const ProbeRequest& request, const StartedProgram& started, UserTarget& target) {
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

Result<UserTarget> target_of(const ProbeRequest& request, const StartedProgram& started) {
    UserTarget target;
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

}  // namespace

std::vector<UserTarget> user_targets(const Program& program, const AttachOptions& options,
                                     std::vector<Problem>& problems) {
    std::vector<UserTarget> targets(program.kernel_programs.size());
    for (size_t i = 0; i < targets.size(); ++i) {
        const KernelProgram& kernel = program.kernel_programs[i];
        if (!is_user(kernel.hook->point) || kernel.tuples.empty()) continue;
        const TupleIndex& first = kernel.tuples.front();
        const ProbeRequest& request = program.clauses[first.clause].probes[first.tuple];
        Result<UserTarget> target = target_of(request, options.started);
        if (target) {
            targets[i] = std::move(*target);
        } else {
            problems.push_back({request.position, target.error()});
        }
    }
    return targets;
}

}  // namespace probevue
