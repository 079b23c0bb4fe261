#include "runtime/symbols/modules.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "builtins/base/text.h"
#include "runtime/symbols/elf_file.h"

namespace probevue {
namespace {

constexpr std::string_view deleted_mark = " (deleted)";

uint64_t hexadecimal(std::string_view text) {
    uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

std::string link_target(const std::string& path) {
    std::error_code error;
    return std::filesystem::read_symlink(path, error).string();
}

bool readable(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

bool same_file(const std::string& a, const std::string& b) {
    struct stat first {};
    struct stat second {};
    return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 && first.st_ino == second.st_ino &&
           first.st_dev == second.st_dev;
}

// Where a file that a process has mapped can be opened by us: its path may mean another file here, or none any more.
std::string reachable(int64_t pid, const Mapping& mapping) {
    const std::string held = fmt::format("/proc/{}/map_files/{:x}-{:x}", pid, mapping.begin, mapping.end);
    // A file without a name is still reached by what has it mapped.
    if (mapping.path.ends_with(deleted_mark)) return held;
    if (same_file(held, mapping.path)) return mapping.path;
    const std::string below = fmt::format("/proc/{}/root{}", pid, mapping.path);
    return readable(below) ? below : mapping.path;
}

// The loader's list of libraries (ld.so.cache, format 1.1): name to paths.
std::vector<std::string> cached_paths(std::string_view name) {
    struct Header {
        char magic[20];
        uint32_t count;
        uint32_t strings;
        uint32_t unused[5];
    };
    struct Entry {
        int32_t flags;
        uint32_t key;  // bytes from the beginning of the header
        uint32_t value;
        uint32_t system;
        uint64_t hardware;
    };
    constexpr std::string_view magic = "glibc-ld.so.cache1.1";
    std::ifstream in("/etc/ld.so.cache", std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::vector<std::string> out;
    // A list of the older format may stand before it.
    const size_t start = bytes.find(magic);
    Header header{};
    if (start == std::string::npos || start + sizeof header > bytes.size()) return out;
    std::memcpy(&header, bytes.data() + start, sizeof header);
    const auto text = [&](uint32_t at) {
        return start + at < bytes.size() ? std::string_view(bytes.c_str() + start + at) : std::string_view();
    };
    for (uint32_t i = 0; i < header.count; ++i) {
        const size_t at = start + sizeof header + size_t{i} * sizeof(Entry);
        Entry entry{};
        if (at + sizeof entry > bytes.size()) break;
        std::memcpy(&entry, bytes.data() + at, sizeof entry);
        if (text(entry.key) == name) out.emplace_back(text(entry.value));
    }
    return out;
}

// A library of the same word size, as the loader looks for it: the directories of whom needs it, LD_LIBRARY_PATH, the
// loader's list, the system's directories. Empty: nowhere.
std::string find_library(std::string_view name, const std::vector<std::string>& run_path, bool is_64bit) {
    const auto fits = [&](const std::string& path) {
        if (!readable(path)) return false;
        // Libraries of 32 and of 64 bits have the same names.
        const auto file = ElfFile::open(path);
        return file.has_value() && (*file)->is_64bit() == is_64bit;
    };
    if (name.find('/') != std::string_view::npos) return fits(std::string(name)) ? std::string(name) : std::string();
    std::vector<std::string> directories = run_path;
    if (const char* listed = std::getenv("LD_LIBRARY_PATH"); listed != nullptr) {
        for (const std::string_view part : split(listed, ':')) directories.emplace_back(part);
    }
    for (const std::string& directory : directories) {
        std::string path = fmt::format("{}/{}", directory.empty() ? "." : directory, name);
        if (fits(path)) return path;
    }
    for (const std::string& path : cached_paths(name)) {
        if (fits(path)) return path;
    }
    for (const char* directory : {"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu",
                                  "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"}) {
        std::string path = fmt::format("{}/{}", directory, name);
        if (fits(path)) return path;
    }
    return {};
}

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// "libc" of "libc.so.6", "libc.a(shr.o)" and "libc-2.36.so".
std::string_view stem(std::string_view name) {
    name = name.substr(0, name.find('('));
    for (const std::string_view ending : {".so", ".a"}) {
        const size_t at = name.find(ending);
        if (at == std::string_view::npos) continue;
        const size_t after = at + ending.size();
        if (after != name.size() && name[after] != '.') continue;
        name = name.substr(0, at);
        const size_t dash = name.rfind('-');
        const bool version =
            dash != std::string_view::npos && dash + 1 < name.size() && name[dash + 1] >= '0' && name[dash + 1] <= '9';
        return version ? name.substr(0, dash) : name;
    }
    return name;
}

}  // namespace

std::vector<Mapping> mappings_of(int64_t pid) {
    std::vector<Mapping> out;
    std::ifstream in(fmt::format("/proc/{}/maps", pid));
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);  // begin-end rights offset device inode, blanks, path
        std::string range;
        std::string rights;
        std::string offset;
        std::string device;
        std::string inode;
        words >> range >> rights >> offset >> device >> inode >> std::ws;
        Mapping mapping;
        const size_t dash = range.find('-');
        if (dash == std::string::npos || rights.size() < 3) continue;
        mapping.begin = hexadecimal(std::string_view(range).substr(0, dash));
        mapping.end = hexadecimal(std::string_view(range).substr(dash + 1));
        mapping.offset = hexadecimal(offset);
        mapping.executable = rights[2] == 'x';
        std::string path;
        std::getline(words, path);
        if (path.starts_with('/')) mapping.path = std::move(path);
        out.push_back(std::move(mapping));
    }
    return out;
}

Result<std::vector<Module>> modules_of_process(int64_t pid) {
    const std::string directory = fmt::format("/proc/{}", pid);
    if (access(directory.c_str(), F_OK) != 0)
        return fail(fmt::format("there is no process {}", pid), "`pgrep NAME` gives the ids of a program's processes",
                    ExitStatus::usage);
    std::vector<Module> out;
    std::set<std::string> known;
    std::string program = link_target(directory + "/exe");
    for (const Mapping& mapping : mappings_of(pid)) {
        // A library is mapped in several parts, of which one has the code; what has no path is no file.
        if (!mapping.executable || mapping.path.empty() || !known.insert(mapping.path).second) continue;
        Module module{mapping.path, reachable(pid, mapping)};
        if (module.name.ends_with(deleted_mark)) module.name.resize(module.name.size() - deleted_mark.size());
        const bool first = mapping.path == program;
        out.insert(first ? out.begin() : out.end(), std::move(module));
    }
    if (!out.empty()) return out;
    char target = 0;
    const bool denied = readlink((directory + "/exe").c_str(), &target, 1) < 0 && errno == EACCES;
    return fail(
        fmt::format("the memory of process {} cannot be looked at", pid),
        denied ? "it belongs to another user: run probevue as root" : "it is a thread of the kernel, or has ended",
        ExitStatus::permission);
}

Result<std::vector<Module>> modules_of_program(const std::string& program) {
    std::vector<Module> out;
    std::set<std::string> known;
    std::deque<std::string> waiting = {program};
    while (!waiting.empty()) {
        std::string path = std::move(waiting.front());
        waiting.pop_front();
        std::error_code error;
        std::string plain = std::filesystem::canonical(path, error).string();
        if (error) plain = path;
        if (!known.insert(plain).second) continue;
        const auto file = ElfFile::open(plain);
        if (!file) {
            // The program itself has to be readable; a library that is not is left out.
            if (out.empty()) return file.error();
            continue;
        }
        out.push_back({plain, plain});
        for (const std::string& name : (*file)->needed()) {
            std::string found = find_library(name, (*file)->run_path(), (*file)->is_64bit());
            if (!found.empty()) waiting.push_back(std::move(found));
        }
        if (!(*file)->interpreter().empty()) waiting.push_back((*file)->interpreter());
    }
    return out;
}

Result<std::vector<Module>> library(std::string_view name) {
    std::string found = find_library(name, {}, sizeof(void*) == 8);
    if (found.empty() && name.find(".so") == std::string_view::npos) {
        // "libc": the highest version.
        for (int version = 99; version >= 0 && found.empty(); --version)
            found = find_library(fmt::format("{}.so.{}", stem(name), version), {}, sizeof(void*) == 8);
    }
    if (found.empty())
        return fail(fmt::format("there is no library `{}`", name), "`ldconfig -p` lists those of the system",
                    ExitStatus::usage);
    std::error_code error;
    std::string plain = std::filesystem::canonical(found, error).string();
    if (error) plain = found;
    return std::vector<Module>{{plain, plain}};
}

bool names_module(std::string_view name, std::string_view path) {
    if (name.find('/') != std::string_view::npos)
        return name == path || same_file(std::string(name), std::string(path));
    const std::string_view file = file_name(path);
    // Files have longer version numbers than the names that they are linked by.
    const bool shorter = name.find(".so") != std::string_view::npos && file.size() > name.size() &&
                         file.starts_with(name) && file[name.size()] == '.';
    return name == file || shorter || name == stem(file) ||
           (stem(name) == stem(file) && name.find(".so") == std::string_view::npos);
}

std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return access(name.c_str(), F_OK) == 0 ? name : std::string();
    const char* path = std::getenv("PATH");
    for (const std::string_view directory : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
        std::string candidate = fmt::format("{}/{}", directory.empty() ? "." : directory, name);
        struct stat status {};
        if (access(candidate.c_str(), X_OK) == 0 && stat(candidate.c_str(), &status) == 0 && S_ISREG(status.st_mode))
            return candidate;
    }
    return {};
}

}  // namespace probevue
