// `-X`: a program that is started when the probes are set. It is made before the script is compiled, because the script
// may name its process ($__CPID), and waits until it is let go.
#pragma once

#include <sys/types.h>

#include <string>

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

class Child {
public:
    // Makes the process of -X, -A, -L and --child-user; it waits. Arguments are split at blanks, quotes kept together.
    // Root's rights are for tracing: the program gets those of who has called sudo. Errors: the program or the user is
    // not found, or is another than we may become.
    static Result<Child> start(const Options& options);
    // A child that was never let go ends without having run its program.
    ~Child();
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const { return pid_; }
    const std::string& name() const { return name_; }
    // Lets it run its program.
    Status release();

private:
    Child(pid_t pid, int gate, std::string name) : pid_(pid), gate_(gate), name_(std::move(name)) {}

    pid_t pid_ = -1;
    int gate_ = -1;  // the child waits until this pipe is written to
    std::string name_;
};

}  // namespace probevue
