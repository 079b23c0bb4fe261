#include "runtime/metrics/textfile.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/metrics/names.h"
#include "runtime/sinks/written_file.h"

namespace probevue {
namespace {

// `-e` and what comes from standard input have no file.
std::string file_name(std::string_view script) {
    std::string_view name = script.substr(script.rfind('/') + 1);
    if (name.starts_with("<")) return "probevue";
    if (const size_t dot = name.rfind('.'); dot != std::string_view::npos && dot != 0) name = name.substr(0, dot);
    return std::string(name);
}

}  // namespace

std::string with_label(std::string_view text, std::string_view label) {
    std::string out;
    out.reserve(text.size() + text.size() / 4);
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end);
        // Behind the name of the metric come its labels, or a blank and the number.
        const size_t at = line.find_first_of("{ ");
        if (line.starts_with('#') || at == std::string_view::npos) {
            out += line;
            continue;
        }
        out += line.substr(0, at);
        out += '{';
        out += label;
        out += line[at] == '{' ? "," : "}";
        out += line.substr(line[at] == '{' ? at + 1 : at);
    }
    return out;
}

Result<Textfile> Textfile::open(const std::string& directory, std::string_view script) {
    struct stat found {};
    if (stat(directory.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
        return fail(fmt::format("--textfile wants a directory, and `{}` is none", directory),
                    "the one that node_exporter has as --collector.textfile.directory", ExitStatus::usage);
    // Each text is a new file that takes the place of the one before: that asks for the directory, not for the file.
    if (access(directory.c_str(), W_OK | X_OK) != 0)
        return fail(fmt::format("--textfile cannot write in `{}`: {}", directory, std::strerror(errno)), {},
                    ExitStatus::usage);
    Textfile out;
    const std::string name = file_name(script);
    out.path_ = directory + "/" + name + ".prom";
    // Tried now, when the user is there to read of it; what is not finished leaves nothing behind.
    if (const Result<WholeFile> can = WholeFile::begin(out.path_, 0644); !can)
        return fail(fmt::format("--textfile: cannot write `{}`: {}", out.path_, can.error().message), can.error().hint,
                    ExitStatus::usage);
    out.script_ = "script=\"";
    append_label_value(out.script_, name);
    out.script_ += '"';
    return out;
}

Status Textfile::write(std::string_view text) const {
    const std::string whole = with_label(text, script_);
    const auto failed = [&](const Error& why) {
        return fail(fmt::format("--textfile: cannot write `{}`: {}", path_, why.message), why.hint);
    };
    // The collector reads names that end in .prom only, and not what is still being written.
    Result<WholeFile> file = WholeFile::begin(path_, 0644);
    if (!file) return failed(file.error());
    if (Status written = file->write(whole); !written) return failed(written.error());
    // Not synced: after a crash the next text is on its way anyway.
    if (Status finished = file->finish(false); !finished) return failed(finished.error());
    return {};
}

}  // namespace probevue
