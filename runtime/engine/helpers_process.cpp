// Files, sockets and attributes of the process of the event.
#include <cstring>

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
    constexpr uint64_t file_name = 0;
    const int64_t pid = machine.live_process();
    std::optional<std::string> text;
    if (pid != 0 && what == file_name) {
        text = machine.processes.fd_target(pid, static_cast<int64_t>(fd));
        if (text) text = std::string(plain_path(*text));
        if (text && text->starts_with('/')) text->erase(0, text->rfind('/') + 1);
    } else if (pid != 0) {
        text = machine.processes.fd_mount(pid, static_cast<int64_t>(fd));
    }
    put_text(to, to_size, text.value_or(std::string()));
    return 0;
}

uint64_t fd_number(Machine& machine, uint64_t fd, uint64_t what, uint64_t, uint64_t, uint64_t) {
    constexpr uint64_t file_system = 0;
    constexpr uint64_t file_type = 1;
    constexpr uint64_t round_trip = 3;
    if (const CapturedDescriptor* known = machine.captured_descriptor(fd)) {
        const int64_t values[] = {static_cast<int64_t>(known->file_system), static_cast<int64_t>(known->mode & S_IFMT),
                                  static_cast<int64_t>(known->inode), known->round_trip_us};
        return what <= round_trip ? static_cast<uint64_t>(values[what]) : 0;
    }
    const int64_t pid = machine.live_process();
    const auto number = static_cast<int64_t>(fd);
    if (what == round_trip) {
        const std::optional<uint32_t> time = pid == 0 ? std::nullopt : machine.processes.round_trip_time(pid, number);
        return static_cast<uint64_t>(time ? int64_t{*time} : -1);
    }
    if (pid == 0) return 0;
    if (what == file_system) return static_cast<uint64_t>(machine.processes.fd_file_system(pid, number).value_or(0));
    const std::optional<struct stat> status = machine.processes.fd_status(pid, number);
    if (!status) return 0;
    return what == file_type ? status->st_mode & S_IFMT : status->st_ino;
}

uint64_t path_inode(Machine& machine, uint64_t text, uint64_t size, uint64_t, uint64_t, uint64_t) {
    struct stat status {};
    const std::string path(text_at(text, size));
    return machine.options.live && stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
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
        switch (which) {
            case 0:
                result = read_process_attribute(number, static_cast<ProcessAttribute>(wanted), value);
                break;
            case 1:
                result = read_thread_attribute(number, static_cast<ThreadAttribute>(wanted), value);
                break;
            default:
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
