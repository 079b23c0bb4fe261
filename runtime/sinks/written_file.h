// The one place where files are made that people name: -o, -w, --split, --state-out, --textfile, .save, the history.
//
// Who runs probevue is often root, and /tmp is often where files are put. There anybody can wait with a link to
// /etc/passwd, or a file of their own under a name that they guess, until root writes through it. So a path is walked
// part by part, and decided as the kernel does where fs.protected_symlinks, fs.protected_regular and fs.protected_fifos
// are set (proc_sys_fs(5)), whether they are or not: in a sticky directory that others may write to, a link, file or
// FIFO is refused that is neither ours nor the directory's owner's. Elsewhere links are followed as ever: who may write
// to the directory could put anything in that place.
//
// Nothing is decided on a name and done to it later: each part is opened (O_PATH, O_NOFOLLOW) and looked at by its
// descriptor, files are opened without O_TRUNC and emptied when they have been looked at, and new ones are made by
// O_EXCL.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "builtins/base/result.h"
#include "runtime/sources/handle.h"

namespace probevue {

// What happens to a file that is there already; its mode and owner stay.
enum class Existing : uint8_t { emptied, kept, refused };

// Opens a file for writing, or makes it with `mode` (less the umask) for the user behind sudo. Devices, FIFOs (which
// wait for their reader) and what /dev/stdout leads to are written to as they are. Error: the message is the reason
// alone, for the caller to say of what; the hint is empty where it knows better.
Result<Handle> open_written(const std::string& path, mode_t mode, Existing existing = Existing::emptied);

// All of it, wherever the descriptor leads. False: errno says why.
bool write_bytes(int fd, std::string_view bytes);
// The same. Errors as those of open_written().
Status write_all(const Handle& file, std::string_view bytes);

// A file that is seen as it was, or whole: it is written beside its place, and put there at the end. What is no regular
// file (a FIFO, /dev/stdout) is not replaced but written to. Errors as those of open_written().
class WholeFile {
public:
    static Result<WholeFile> begin(const std::string& path, mode_t mode);
    WholeFile(WholeFile&&) = default;
    WholeFile& operator=(WholeFile&&) = delete;
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;
    // What was not finished leaves nothing behind.
    ~WholeFile();

    Status write(std::string_view bytes);
    // `synced`: is on the disk before it has its name.
    Status finish(bool synced);

private:
    WholeFile(Handle directory, Handle file, std::string made, std::string name)
        : directory_(std::move(directory)), file_(std::move(file)), made_(std::move(made)), name_(std::move(name)) {}

    Handle directory_;
    Handle file_;
    std::string made_;  // its name until then; empty: it is in its place
    std::string name_;
};

// A user, and the group that new files get.
struct UserIds {
    uid_t user = 0;
    gid_t group = 0;
};

// Who has started us by sudo: SUDO_UID and SUDO_GID, when we are root and they are numbers of a user other than root.
std::optional<UserIds> user_behind_sudo();

}  // namespace probevue
