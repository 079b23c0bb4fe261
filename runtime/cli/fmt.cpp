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

#include "compiler/compile.h"
#include "runtime/list/library.h"
#include "runtime/options/shell.h"
#include "runtime/testing/difference.h"

namespace probevue {

namespace {

Status write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t wrote = write(fd, text.data(), text.size());
        if (wrote < 0 && errno != EINTR) return fail(std::strerror(errno));
        text.remove_prefix(wrote > 0 ? static_cast<size_t>(wrote) : 0);
    }
    return {};
}

// All of the file or nothing: a new one takes its place when it is whole. Owner and mode stay. `beside` is its name.
Status fill(int fd, const std::string& beside, const std::string& path, std::string_view text) {
    struct stat old {};
    if (stat(path.c_str(), &old) != 0) return fail(std::strerror(errno));
    if (Status wrote = write_all(fd, text); !wrote) return wrote;
    if (fchown(fd, old.st_uid, old.st_gid) != 0 || fchmod(fd, old.st_mode & 07777) != 0 || fsync(fd) != 0 ||
        std::rename(beside.c_str(), path.c_str()) != 0)
        return fail(std::strerror(errno));
    return {};
}

Status replace_file(const std::string& name, std::string_view text) {
    const auto cannot = [&](const std::string& why) { return fail(fmt::format("cannot write `{}`: {}", name, why)); };
    // What a link points at is written, and the link stays.
    const std::unique_ptr<char, decltype(&std::free)> path(realpath(name.c_str(), nullptr), &std::free);
    if (path == nullptr || access(path.get(), W_OK) != 0) return cannot(std::strerror(errno));
    std::string beside = fmt::format("{}.XXXXXX", path.get());
    const int fd = mkostemp(beside.data(), O_CLOEXEC);
    if (fd < 0) return cannot(std::strerror(errno));
    const Status filled = fill(fd, beside, path.get(), text);
    close(fd);
    if (filled) return {};
    unlink(beside.c_str());
    return cannot(filled.error().message);
}

class Formatter {
public:
    explicit Formatter(const Options& options) : options_(options), color_(colored(options.color)) {}

    ExitStatus run() {
        for (const std::string& path : options_.headers) {
            Result<std::string> text = Source::read_file(path);
            if (!text) return refuse(text.error());
            headers_.emplace_back(path, std::move(*text));
        }
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
        CompileInput input{*path == "-" ? "<stdin>" : *path, *text, headers_, {}};
        const Formatted formatted = format_source(input, color_);
        fmt::print(stderr, "{}", formatted.messages);
        if (!formatted.text) {
            worse(ExitStatus::usage);
        } else if (!options_.check_only && !options_.update) {
            fmt::print("{}", *formatted.text);
        } else if (*formatted.text == *text) {
            return;
        } else if (options_.check_only) {
            fmt::print("--- {0}\n+++ {0}, formatted\n{1}", input.name, unified_difference(*text, *formatted.text));
            worse(ExitStatus::run_time);
        } else if (Status written = replace_file(*path, *formatted.text); !written) {
            refuse(written.error());
        } else {
            fmt::print("{}\n", *path);
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
    std::vector<std::pair<std::string, std::string>> headers_;
    ExitStatus status_ = ExitStatus::ok;
};

}  // namespace

ExitStatus run_fmt(const Options& options) { return Formatter(options).run(); }

}  // namespace probevue
