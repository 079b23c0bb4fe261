#include "runtime/sinks/written_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace probevue {
namespace {

using FileStatus = struct stat;

constexpr int most_links = 40;  // of a path, as in the kernel

Error failed(int number) { return fail(std::generic_category().message(number)); }

Error refused(const FileStatus& found) {
    const char* kind = S_ISLNK(found.st_mode) ? "link" : S_ISFIFO(found.st_mode) ? "FIFO" : "file";
    return fail(
        fmt::format("there is a {} of user {}, in a directory where others may put what they like", kind, found.st_uid),
        "remove it, or name a file in a directory of your own");
}

// Everybody may make files there, and nobody may remove those of others.
bool is_shared(const FileStatus& directory, mode_t writers) {
    return (directory.st_mode & S_ISVTX) != 0 && (directory.st_mode & writers) != 0;
}

// may_follow_link() of the kernel, for each link of a path instead of its last alone.
bool may_follow(const FileStatus& directory, const FileStatus& link) {
    return !is_shared(directory, S_IWOTH) || link.st_uid == geteuid() || link.st_uid == directory.st_uid;
}

// may_create_in_sticky() of the kernel at level 2, which is that of distributions. The files that were given to the
// user behind sudo are ours too: the second run finds those of the first.
bool may_write(const FileStatus& directory, const FileStatus& found) {
    if (!S_ISREG(found.st_mode) && !S_ISFIFO(found.st_mode)) return true;
    if (!is_shared(directory, S_IWOTH | S_IWGRP)) return true;
    const std::optional<UserIds> user = user_behind_sudo();
    return found.st_uid == geteuid() || found.st_uid == directory.st_uid || (user && found.st_uid == user->user);
}

// Where a path ends once its links have been followed.
struct Place {
    Handle directory;
    std::string name;
    FileStatus of_directory{};
    bool leads_on = false;  // a link of /proc, which only the kernel can follow: /proc/self/fd/1 may be a pipe
};

// Links of /proc name what has no path; who may follow them is decided by the kernel alone.
bool is_proc(const Handle& directory) {
    struct statfs system {};
    return fstatfs(directory.get(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

class Walk {
public:
    explicit Walk(std::string path) : rest_(std::move(path)) {}

    Result<Place> go(bool follows_last) {
        if (rest_.empty()) return failed(ENOENT);
        if (!start()) return failed(errno);
        while (true) {
            rest_.erase(0, rest_.find_first_not_of('/'));
            if (rest_.empty()) return failed(EISDIR);
            const size_t end = std::min(rest_.find('/'), rest_.size());
            const std::string name = rest_.substr(0, end);
            rest_.erase(0, end);
            Place here{{}, name, {}, false};
            if (fstat(at_.get(), &here.of_directory) != 0) return failed(errno);
            const bool last = rest_.empty();
            if (!last && enter(name, O_NOFOLLOW)) continue;
            if (!last && errno != ENOTDIR && errno != ELOOP) return failed(errno);
            const Handle part(openat(at_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
            FileStatus found{};
            if (part ? fstat(part.get(), &found) != 0 : !last || errno != ENOENT) return failed(errno);
            const bool is_link = part && S_ISLNK(found.st_mode);
            if (!is_link && !last) return failed(ENOTDIR);
            if (!is_link || (last && !follows_last)) return ended(std::move(here));
            if (!may_follow(here.of_directory, found)) return refused(found);
            if (++links_ > most_links) return failed(ELOOP);
            if (is_proc(at_)) {
                here.leads_on = true;
                if (last) return ended(std::move(here));
                if (!enter(name, 0)) return failed(errno);
            } else if (!follow(part)) {
                return failed(errno);
            }
        }
    }

private:
    Result<Place> ended(Place here) {
        here.directory = std::move(at_);
        return here;
    }

    // Where what is left of the path begins.
    bool start() {
        at_ = Handle(open(rest_.front() == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
        return static_cast<bool>(at_);
    }

    bool enter(const std::string& name, int flags) {
        Handle next(openat(at_.get(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | flags));
        if (!next) return false;
        at_ = std::move(next);
        return true;
    }

    bool follow(const Handle& link) {
        std::array<char, PATH_MAX> target{};
        const ssize_t length = readlinkat(link.get(), "", target.data(), target.size());
        if (length <= 0) return false;
        rest_.insert(0, target.data(), static_cast<size_t>(length));
        return target.front() != '/' || start();
    }

    Handle at_;
    std::string rest_;
    int links_ = 0;
};

// Opens what is there. Opening a FIFO waits, so it is looked at before, and after it because that may be another one.
Result<Handle> open_found(const Place& place, const FileStatus& before, Existing existing) {
    if (!may_write(place.of_directory, before)) return refused(before);
    Handle file(openat(place.directory.get(), place.name.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY));
    FileStatus found{};
    if (!file || fstat(file.get(), &found) != 0) return failed(errno);
    if (!may_write(place.of_directory, found)) return refused(found);
    if (existing == Existing::emptied && S_ISREG(found.st_mode) && ftruncate(file.get(), 0) != 0) return failed(errno);
    return file;
}

// Makes a file that is not there, and gives it to the user behind sudo; where the file system cannot, it stays root's.
// Not a file (errno says why): EEXIST when it is there.
Handle make(const Handle& directory, const std::string& name, mode_t mode) {
    Handle file(
        openat(directory.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, mode));
    if (!file) return file;
    if (const std::optional<UserIds> user = user_behind_sudo())
        static_cast<void>(!fchown(file.get(), user->user, user->group));
    return file;
}

Result<Handle> open_led_on(const Place& place, Existing existing) {
    const int emptied = existing == Existing::emptied ? O_TRUNC : 0;
    Handle file(openat(place.directory.get(), place.name.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | emptied));
    if (!file) return failed(errno);
    return file;
}

Result<Handle> open_at(const Place& place, mode_t mode, Existing existing) {
    if (place.leads_on) return open_led_on(place, existing);
    constexpr int most_tries = 10;  // others make and remove it meanwhile
    for (int i = 0; i < most_tries; ++i) {
        FileStatus found{};
        if (fstatat(place.directory.get(), place.name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0) {
            if (existing == Existing::refused) return failed(EEXIST);
            return open_found(place, found, existing);
        }
        if (errno != ENOENT) return failed(errno);
        if (Handle file = make(place.directory, place.name, mode)) return file;
        if (errno != EEXIST) return failed(errno);
    }
    return failed(EEXIST);
}

// A number that is no wildcard of chown(2).
template <typename Id>
std::optional<Id> number_of(const char* variable) {
    const char* text = std::getenv(variable);
    if (text == nullptr) return std::nullopt;
    const std::string_view digits = text;
    Id out = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (error != std::errc() || end != digits.data() + digits.size() || out == static_cast<Id>(-1)) return std::nullopt;
    return out;
}

}  // namespace

Result<Handle> open_written(const std::string& path, mode_t mode, Existing existing) {
    const Result<Place> place = Walk(path).go(existing != Existing::refused);
    if (!place) return place.error();
    return open_at(*place, mode, existing);
}

Result<WholeFile> WholeFile::begin(const std::string& path, mode_t mode) {
    Result<Place> place = Walk(path).go(true);
    if (!place) return place.error();
    FileStatus found{};
    const bool exists = fstatat(place->directory.get(), place->name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0;
    if (place->leads_on || (exists && !S_ISREG(found.st_mode))) {
        Result<Handle> file = open_at(*place, mode, Existing::emptied);
        if (!file) return file.error();
        return WholeFile(std::move(place->directory), std::move(*file), {}, std::move(place->name));
    }
    if (exists && !may_write(place->of_directory, found)) return refused(found);
    // What a run has left that was killed, or others have put there, is let be.
    constexpr int most_tries = 100;
    for (int i = 0; i < most_tries; ++i) {
        std::string made = fmt::format("{}.{}{}.part", place->name, getpid(), i == 0 ? "" : fmt::format("-{}", i));
        if (Handle file = make(place->directory, made, mode))
            return WholeFile(std::move(place->directory), std::move(file), std::move(made), std::move(place->name));
        if (errno != EEXIST) return failed(errno);
    }
    return failed(EEXIST);
}

WholeFile::~WholeFile() {
    if (directory_ && !made_.empty()) unlinkat(directory_.get(), made_.c_str(), 0);
}

Status WholeFile::write(std::string_view bytes) { return write_all(file_, bytes); }

bool write_bytes(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<size_t>(written));
    }
    return true;
}

Status write_all(const Handle& file, std::string_view bytes) {
    return write_bytes(file.get(), bytes) ? Status() : Status(failed(errno));
}

Status WholeFile::finish(bool synced) {
    if (made_.empty()) return {};
    if (synced && fsync(file_.get()) != 0) return failed(errno);
    // Some file systems tell by this only that there was no room.
    if (close(file_.release()) != 0) return failed(errno);
    if (renameat(directory_.get(), made_.c_str(), directory_.get(), name_.c_str()) != 0) return failed(errno);
    made_.clear();
    return {};
}

std::optional<UserIds> user_behind_sudo() {
    if (geteuid() != 0) return std::nullopt;
    const std::optional<uid_t> user = number_of<uid_t>("SUDO_UID");
    const std::optional<gid_t> group = number_of<gid_t>("SUDO_GID");
    if (!user || !group || *user == 0) return std::nullopt;
    return UserIds{*user, *group};
}

}  // namespace probevue
