#include "runtime/privileges/privileges.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "runtime/privileges/call_filter.h"
#include "runtime/sinks/written_file.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PROBEVUE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define PROBEVUE_SANITIZED 1
#endif
#endif

namespace probevue {
namespace {

#ifdef PROBEVUE_SANITIZED
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

constexpr unsigned set_words = 2;  // of 32 bits, in _LINUX_CAPABILITY_VERSION_3

struct CapabilitySets {
    uint64_t effective = 0;
    uint64_t permitted = 0;
    uint64_t inheritable = 0;
};

std::optional<CapabilitySets> capability_sets() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, set_words> data{};
    if (syscall(SYS_capget, &header, data.data()) != 0) return std::nullopt;
    const auto whole = [&](auto member) { return data[0].*member | uint64_t{data[1].*member} << 32; };
    return CapabilitySets{whole(&__user_cap_data_struct::effective), whole(&__user_cap_data_struct::permitted),
                          whole(&__user_cap_data_struct::inheritable)};
}

// Those that are permitted are in effect.
bool set_capabilities(uint64_t permitted) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, set_words> data{};
    for (unsigned i = 0; i < set_words; ++i) {
        const auto part = static_cast<uint32_t>(permitted >> (32 * i));
        data[i] = {part, part, 0};
    }
    return syscall(SYS_capset, &header, data.data()) == 0;
}

bool has(uint64_t set, unsigned capability) { return (set >> capability & 1) != 0; }

// What a program could be given that this process runs: it runs none.
void empty_bounding_set() {
    for (unsigned capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

// Who a process of root becomes.
UserIds other_user() {
    constexpr uid_t nobody = 65'534;  // proc(5): overflowuid; user_namespaces(7)
    if (const std::optional<UserIds> user = user_behind_sudo()) return *user;
    if (getuid() != 0) return {getuid(), getgid()};
    return {nobody, nobody};
}

// Groups while we may still set them, the user last. Capabilities that are permitted stay so.
void give_up_user(uint64_t permitted) {
    const bool may = has(permitted, CAP_SETUID) && has(permitted, CAP_SETGID);
    if (geteuid() != 0 || !may) return;
    const UserIds to = other_user();
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    // Nobody of that number may be there: then it is better to have kept all than the groups of one with the ids of
    // another.
    if (setresgid(to.group, to.group, to.group) == 0) {
        static_cast<void>(!setgroups(0, nullptr));
        static_cast<void>(!setresuid(to.user, to.user, to.user));
    }
    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
}

}  // namespace

Status keep_only(const Needs& needs) {
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const std::optional<CapabilitySets> before = capability_sets();
    if (before) {
        if (has(before->effective, CAP_SETPCAP)) empty_bounding_set();
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        if (!needs.keep_ids()) give_up_user(before->permitted);
        if (!set_capabilities(before->permitted & needs.capabilities()))
            return fail(fmt::format("privileges cannot be given up: {}", std::strerror(errno)),
                        "run it as a user who has fewer of them", ExitStatus::permission);
    }
    if (!is_sanitized && !needs.has(Need::starting)) static_cast<void>(install_call_filter(needs));
    return {};
}

bool may_still_write_in(const std::string& directory) {
    struct stat status {};
    const char* const path = directory.empty() ? "." : directory.c_str();
    const UserIds user = geteuid() == 0 ? other_user() : UserIds{geteuid(), getegid()};
    if (stat(path, &status) != 0 || status.st_uid != user.user || (status.st_mode & S_IRWXU) != S_IRWXU) return false;
    // And get there: as that user, whose rights to files this thread takes on for so long, and whose capabilities are
    // none.
    const int before = setfsuid(user.user);
    const int opened = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    setfsuid(static_cast<uid_t>(before));
    if (opened >= 0) close(opened);
    return opened >= 0;
}

std::string privileges_text(const Needs& needs) {
    const CapabilitySets now = capability_sets().value_or(CapabilitySets());
    std::vector<std::string> kept;
    for (const NeedRow& row : need_rows()) {
        const uint64_t of_row = needs.has(row.need) ? row.capabilities & now.permitted : 0;
        std::vector<std::string> names;
        for (unsigned i = 0; i < 64; ++i) {
            if (has(of_row, i)) names.push_back(capability_name(i));
        }
        if (!names.empty()) kept.push_back(fmt::format("{} ({})", fmt::join(names, ", "), row.what));
    }
    return fmt::format("user {}, capabilities: {}", geteuid(),
                       kept.empty() ? "none" : fmt::format("{}", fmt::join(kept, "; ")));
}

}  // namespace probevue
