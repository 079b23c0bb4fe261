// Files, sockets and attributes of the process of the event.
#include <array>
#include <cstring>

#include "compiler/program/helper_arguments.h"
#include "runtime/engine/attributes.h"
#include "runtime/engine/helpers.h"

namespace probevue::helpers {

namespace {

// Without " (deleted)", which the system appends when a file has no name any more.
std::string_view plain_path(std::string_view target) {
    constexpr std::string_view mark = " (deleted)";
    if (target.ends_with(mark)) target.remove_suffix(mark.size());
    return target;
}

}  // namespace

uint64_t fd_path(Machine& machine, uint64_t fd, uint64_t, uint64_t, uint64_t, uint64_t) {
    const int64_t pid = machine.live_process();
    const std::optional<std::string> target =
        pid == 0 ? std::nullopt : machine.processes.fd_target(pid, static_cast<int64_t>(fd));
    if (!target || !target->starts_with('/')) return 0;  // sockets and pipes have no path
    return machine.paths.intern(std::string(plain_path(*target)));
}

uint64_t fd_text(Machine& machine, uint64_t fd, uint64_t what, uint64_t to, uint64_t to_size, uint64_t) {
    const int64_t pid = machine.live_process();
    const auto number = static_cast<int64_t>(fd);
    std::optional<std::string> text;
    switch (static_cast<DescriptorText>(what)) {
        case DescriptorText::file_name:
            if (pid != 0) text = machine.processes.fd_target(pid, number);
            if (text) text = std::string(plain_path(*text));
            if (text && text->starts_with('/')) text->erase(0, text->rfind('/') + 1);
            break;
        case DescriptorText::mount_path:
            if (pid != 0) text = machine.processes.fd_mount(pid, number);
            break;
    }
    put_text(to, to_size, text.value_or(std::string()));
    return 0;
}

uint64_t fd_number(Machine& machine, uint64_t fd, uint64_t what, uint64_t, uint64_t, uint64_t) {
    const CapturedDescriptor* known = machine.captured_descriptor(fd);
    const int64_t pid = known != nullptr ? 0 : machine.live_process();
    const auto number = static_cast<int64_t>(fd);
    const auto status = [&] { return pid == 0 ? std::nullopt : machine.processes.fd_status(pid, number); };
    switch (static_cast<DescriptorNumber>(what)) {
        case DescriptorNumber::file_system:
            if (known != nullptr) return known->file_system;
            return pid == 0 ? 0 : static_cast<uint64_t>(machine.processes.fd_file_system(pid, number).value_or(0));
        case DescriptorNumber::file_type: {
            if (known != nullptr) return known->mode & S_IFMT;
            const std::optional<struct stat> found = status();
            return found ? found->st_mode & S_IFMT : 0;
        }
        case DescriptorNumber::inode: {
            if (known != nullptr) return known->inode;
            const std::optional<struct stat> found = status();
            return found ? found->st_ino : 0;
        }
        case DescriptorNumber::round_trip_time: {
            if (known != nullptr) return static_cast<uint64_t>(known->round_trip_us);
            const std::optional<uint32_t> time =
                pid == 0 ? std::nullopt : machine.processes.round_trip_time(pid, number);
            return static_cast<uint64_t>(time ? int64_t{*time} : -1);
        }
    }
    return 0;
}

uint64_t path_inode(Machine& machine, uint64_t text, uint64_t size, uint64_t, uint64_t, uint64_t) {
    struct stat status {};
    const std::string path(text_at(text, size));
    return machine.options.live && stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

// Loopback addresses are of every host; a subnet is none.
uint64_t host_address(Machine& machine, uint64_t at, uint64_t, uint64_t, uint64_t, uint64_t) {
    IpAddress address;
    std::memcpy(&address, pointer(at), sizeof address);
    address = unmapped(address);
    static constexpr uint8_t loopback_network = 127;
    static constexpr std::array<uint8_t, 16> loopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const auto answer = [](HostAddress what) { return static_cast<uint64_t>(what); };
    if (address.length()) return answer(HostAddress::other);
    const bool loops =
        address.version() == IpAddress::v4 ? address.bytes[0] == loopback_network : address.bytes == loopback;
    if (loops) return answer(HostAddress::own);
    HostAddresses* const known = machine.options.addresses.get();
    if (known == nullptr || !known->known()) return answer(HostAddress::unknown);
    return answer(known->contains(address) ? HostAddress::own : HostAddress::other);
}

uint64_t socket_info(Machine& machine, uint64_t fd, uint64_t to, uint64_t, uint64_t, uint64_t) {
    if (const CapturedDescriptor* known = machine.captured_descriptor(fd)) {
        const NetInfo info{known->local_port, known->remote_port, known->local_address, known->remote_address};
        std::memcpy(pointer(to), &info, sizeof info);
        return 0;
    }
    const int64_t pid = machine.live_process();
    const std::optional<NetInfo> found =
        pid == 0 ? std::nullopt : machine.processes.socket(pid, static_cast<int64_t>(fd));
    const NetInfo info = found.value_or(NetInfo());
    std::memcpy(pointer(to), &info, sizeof info);
    return 0;
}

uint64_t process_attribute(Machine& machine, uint64_t which, uint64_t id, uint64_t attribute, uint64_t to, uint64_t) {
    int64_t value = 0;
    const auto number = static_cast<int64_t>(id);
    const auto wanted = static_cast<int32_t>(attribute);
    AttributeResult result = static_cast<AttributeResult>(AttributeError::invalid_proc);
    if (machine.options.live) {
        switch (static_cast<AttributeOf>(which)) {
            case AttributeOf::process:
                result = read_process_attribute(number, static_cast<ProcessAttribute>(wanted), value);
                break;
            case AttributeOf::thread:
                result = read_thread_attribute(number, static_cast<ThreadAttribute>(wanted), value);
                break;
            case AttributeOf::ublock:
                result = read_ublock_attribute(number, static_cast<UblockAttribute>(wanted), value);
                break;
        }
    }
    std::memcpy(pointer(to), &value, sizeof value);
    return static_cast<uint64_t>(int64_t{result});
}

uint64_t process_cwd(Machine& machine, uint64_t pid, uint64_t to, uint64_t to_size, uint64_t, uint64_t) {
    const auto number = static_cast<int64_t>(pid);
    AttributeResult result = 0;
    std::string path;
    if (!machine.options.live || !process_exists(number)) {
        result = static_cast<AttributeResult>(AttributeError::invalid_proc);
    } else if (const std::optional<std::string> found = machine.processes.working_directory(number)) {
        path = plain_path(*found);
        if (path.size() > to_size) result = static_cast<AttributeResult>(AttributeError::short_string);
    } else {
        result = static_cast<AttributeResult>(AttributeError::get_path);
    }
    put_text(to, to_size, result == 0 ? path : std::string());
    return static_cast<uint64_t>(int64_t{result});
}

}  // namespace probevue::helpers
