#include "runtime/cli/fmt.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "builtins/base/shown.h"
#include "compiler/compile.h"
#include "runtime/list/library.h"
#include "runtime/options/compiling.h"
#include "runtime/options/shell.h"
#include "runtime/testing/difference.h"

namespace probevue {

namespace {

// (A pointer to fclose as the deleter would lose its attributes, of which g++ 14 warns.)
struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

// All of the file or nothing: a new one takes its place when it is whole. Owner and mode stay, and links to it.
Status replace_file(const std::string& name, std::string_view text) {
    const auto cannot = [&] { return fail(fmt::format("cannot write `{}`: {}", name, std::strerror(errno))); };
    const std::unique_ptr<char, decltype(&std::free)> path(realpath(name.c_str(), nullptr), &std::free);
    struct stat old {};
    if (path == nullptr || access(path.get(), W_OK) != 0 || stat(path.get(), &old) != 0) return cannot();
    std::string beside = fmt::format("{}.XXXXXX", path.get());
    const int fd = mkostemp(beside.data(), O_CLOEXEC);
    if (fd < 0) return cannot();
    const std::unique_ptr<std::FILE, CloseFile> made(fdopen(fd, "w"));
    if (made != nullptr && std::fwrite(text.data(), 1, text.size(), made.get()) == text.size() &&
        std::fflush(made.get()) == 0 && fchown(fd, old.st_uid, old.st_gid) == 0 &&
        fchmod(fd, old.st_mode & 07777) == 0 && fsync(fd) == 0 && std::rename(beside.c_str(), path.get()) == 0)
        return {};
    Status status = cannot();
    unlink(beside.c_str());
    return status;
}

class Formatter {
public:
    explicit Formatter(const Options& options) : options_(options), color_(colored(options.color)) {}

    ExitStatus run() {
        if (Status added = add_surroundings(surroundings_, options_); !added) return refuse(added.error());
        for (const std::string& script : options_.scripts_to_format) one(script);
        if (std::fflush(stdout) != 0 && errno != EPIPE)
            refuse(fail(fmt::format("cannot write to standard output: {}", std::strerror(errno))));
        return status_;
    }

private:
    void one(const std::string& script) {
        const Result<std::string> path = find_script(script);
        if (!path) return static_cast<void>(refuse(path.error()));
        const Result<std::string> text = Source::read_file(*path);
        if (!text) return static_cast<void>(refuse(text.error()));
        CompileInput input = surroundings_;
        input.name = *path == "-" ? "<stdin>" : *path;
        input.text = *text;
        const Formatted formatted = format_source(input, color_);
        fmt::print(stderr, "{}", formatted.messages);
        if (!formatted.text) {
            worse(ExitStatus::usage);
        } else if (!options_.check_only && !options_.update) {
            fmt::print("{}", for_standard_output(*formatted.text));
        } else if (*formatted.text == *text) {
            return;
        } else if (options_.check_only) {
            fmt::print("--- {0}\n+++ {0}, formatted\n{1}", shown(input.name),
                       for_standard_output(unified_difference(*text, *formatted.text)));
            worse(ExitStatus::run_time);
        } else if (Status written = replace_file(*path, *formatted.text); !written) {
            refuse(written.error());
        } else {
            fmt::print("{}\n", for_standard_output(*path));
        }
    }

    ExitStatus refuse(const Error& error) {
        print_error(error, color_);
        worse(error.status);
        return status_;
    }

    void worse(ExitStatus status) { status_ = std::max(status_, status); }

    const Options& options_;
    const bool color_;
    CompileInput surroundings_;  // headers: the same of all scripts
    ExitStatus status_ = ExitStatus::ok;
};

}  // namespace

ExitStatus run_fmt(const Options& options) { return Formatter(options).run(); }

}  // namespace probevue
