#include "runtime/cli/overwriting.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "runtime/cli/states.h"
#include "runtime/list/library.h"

namespace probevue {
namespace {

// Of a regular file that is there; links lead to it.
std::optional<struct stat> file_at(const std::string& path) {
    struct stat found {};
    if (path.empty() || path == "-" || stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return std::nullopt;
    return found;
}

bool is_same(const std::string& a, const std::string& b) {
    const std::optional<struct stat> one = file_at(a);
    const std::optional<struct stat> other = file_at(b);
    return one && other && one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

// A file that is not there yet is known by its name.
bool will_be_same(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty() || a == "-") return false;
    if (file_at(a) || file_at(b)) return is_same(a, b);
    std::error_code failed;
    const std::filesystem::path one = std::filesystem::weakly_canonical(a, failed);
    const std::filesystem::path other = failed ? std::filesystem::path() : std::filesystem::weakly_canonical(b, failed);
    return !failed && one == other && !std::filesystem::exists(one, failed);
}

struct Written {
    std::string_view flag;
    const std::string& path;
};

}  // namespace

Status may_write_to(const Options& options, std::string_view flag, const std::string& path) {
    const auto refused = [&](const std::string& read, std::string_view what) {
        return fail(fmt::format("{} would overwrite `{}`, which is {}", flag, read, what),
                    flag == "-w" ? "record to another file" : "write to another file", ExitStatus::usage);
    };
    if (!file_at(path)) return {};
    for (const std::string& replayed : options.replay) {
        if (is_same(path, replayed)) return refused(replayed, "being replayed");
    }
    // A state that states are put together in is written when all of them have been read.
    for (const std::string& pattern : flag == "--state-out" ? std::vector<std::string>() : options.merge) {
        const Result<std::vector<std::string>> files = files_of(pattern);
        if (!files) continue;  // who reads them says so
        for (const std::string& merged : *files) {
            if (is_same(path, merged)) return refused(merged, "being merged");
        }
    }
    if (options.program_text || options.script.empty() || options.script == "-") return {};
    const Result<std::string> script = find_script(options.script);
    if (script && is_same(path, *script)) return refused(*script, "the script");
    return {};
}

Status overwrites_nothing(const Options& options) {
    const bool rotates = options.rotation.bytes != 0 || options.rotation.seconds != 0;
    const std::string none;
    const std::array<Written, 3> all = {
        {{"-o", options.output}, {"--state-out", options.state_out}, {"-w", rotates ? none : options.record}}};
    for (const Written& one : all) {
        if (Status may = may_write_to(options, one.flag, one.path); !may) return may;
    }
    for (size_t i = 0; i < all.size(); ++i) {
        for (size_t j = i + 1; j < all.size(); ++j) {
            if (!will_be_same(all[i].path, all[j].path)) continue;
            return fail(fmt::format("{} and {} would both write `{}`", all[i].flag, all[j].flag, all[i].path),
                        "give each a file of its own", ExitStatus::usage);
        }
    }
    return {};
}

}  // namespace probevue
