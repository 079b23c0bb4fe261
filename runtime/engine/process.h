// Looking at the process of an event: its memory, descriptors and attributes, by /proc, process_vm_readv and
// pidfd_getfd. All of it may fail at any time, because processes end and privileges differ.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "builtins/base/address.h"

namespace probevue {

// Closes a descriptor.
class OwnedFd {
public:
    explicit OwnedFd(int fd = -1) : fd_(fd) {}
    ~OwnedFd();
    OwnedFd(OwnedFd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    OwnedFd& operator=(OwnedFd&& other) noexcept;
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_;
};

// net_info_t as it lies in memory (spec 2.11); ports in host byte order.
struct NetInfo {
    int32_t local_port = 0;
    int32_t remote_port = 0;
    IpAddress local_address;
    IpAddress remote_address;
};
static_assert(sizeof(NetInfo) == 56);

class ProcessReader {
public:
    // Reads memory up to the first byte that cannot be read; returns how many bytes there were.
    size_t read_memory(int64_t pid, uint64_t address, std::byte* to, size_t size) const;

    // Target of /proc/<pid>/fd/<fd>: a path, or "socket:[123]" and the like.
    std::optional<std::string> fd_target(int64_t pid, int64_t fd) const;
    std::optional<struct stat> fd_status(int64_t pid, int64_t fd) const;
    // f_type of statfs().
    std::optional<int64_t> fd_file_system(int64_t pid, int64_t fd) const;
    // Where the file system of an open file is mounted.
    std::optional<std::string> fd_mount(int64_t pid, int64_t fd) const;
    std::optional<std::string> working_directory(int64_t pid) const;

    // Addresses of an internet socket; nothing when fd is none.
    std::optional<NetInfo> socket(int64_t pid, int64_t fd);
    // Smoothed round-trip time of a TCP socket in microseconds.
    std::optional<uint32_t> round_trip_time(int64_t pid, int64_t fd);

    // The processes above `pid` and those below it down to `depth` levels (negative: all), one a line.
    std::string process_tree(int64_t pid, int64_t depth) const;

private:
    struct Process {
        int64_t pid = 0;
        OwnedFd pidfd;
    };

    // A duplicate of another process' descriptor.
    OwnedFd duplicate(int64_t pid, int64_t fd);

    std::list<Process> known_;  // most recently used first
};

}  // namespace probevue
