#include "runtime/cli/needs.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/list/script.h"
#include "runtime/privileges/privileges.h"

namespace probevue {
namespace {

bool names_hosts(const Program& program) {
    return std::any_of(program.records.begin(), program.records.end(), [](const RecordLayout& record) {
        return std::any_of(record.pieces.begin(), record.pieces.end(),
                           [](const FormatPiece& piece) { return piece.conversion == 'H'; });
    });
}

// Where files are made while a session goes on, and at its end.
std::vector<std::string> folders_of_later_files(const Options& options) {
    const auto folder_of = [](const std::string& path) { return std::filesystem::path(path).parent_path().string(); };
    std::vector<std::string> out;
    // With -G the name of a folder may be another one each time: then that of the pattern, which is none.
    if (options.rotation.bytes != 0 || options.rotation.seconds != 0) out.push_back(folder_of(options.record));
    if (!options.state_out.empty() && options.state_out != "-") out.push_back(folder_of(options.state_out));
    if (options.top) out.emplace_back();  // pictures of the screen, where we are
    if (!options.metrics_directory.empty()) out.push_back(options.metrics_directory);
    return out;
}

}  // namespace

Needs needs_to_start(const Options& options) {
    Needs out{Need::files};
    const bool is_looked_at = options.check_only || options.list || (!options.dumps.empty() && !options.keep_going);
    if (!is_looked_at) out.add(Need::starting);
    if (options.is_live()) out.add(Need::attaching);
    return out;
}

std::optional<Needs> needs_without_session(const Options& options) {
    const bool compiles_only =
        options.scripts || !options.show.empty() || options.lsp || options.fmt || options.split != 0;
    if (compiles_only) return Needs{Need::files};
    if (options.list && !names_script(options.list_pattern)) return Needs{Need::files, Need::attaching};
    return std::nullopt;
}

Needs needs_to_run(const Options& options, const Program& program) {
    Needs out{Need::running};
    if (options.is_live()) {
        out.add(Need::live);
        add_needs_of(program, out);
    }
    const std::vector<std::string> folders = folders_of_later_files(options);
    if (!folders.empty())
        out.add(std::all_of(folders.begin(), folders.end(), may_still_write_in) ? Need::own_files : Need::later_files);
    if (options.sink.resolve_names && names_hosts(program)) out.add(Need::host_names);
    if (!options.metrics_address.empty() || !options.metrics_url.empty()) {
        out.add(Need::metrics);
        out.add(Need::host_names);  // --push asks for the host of its URL
    }
    return out;
}

}  // namespace probevue
