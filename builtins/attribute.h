// Attributes of processes and threads that get_proc, get_thread and get_ublock read: the values of their constants.
#pragma once

#include <cstdint>

namespace probevue {

enum class ProcessAttribute : int32_t {
    pid = 1,
    ppid,
    pgid,
    uid,       // real user id
    suid,      // saved user id
    priority,  // of the kernel: 0 to 99 real time, 100 to 139 by nice value
    nice,      // -20 to 19
    major_faults,
    minor_faults,
    size,     // pages of the address space
    sigpend,  // pending signals: bit n - 1 is signal n; so the next two
    sigignore,
    sigcatch,
    forktime,  // seconds since the epoch
    threadcount,
};

enum class ThreadAttribute : int32_t {
    tid = 1,
    state,  // letter of /proc/PID/stat as a number
    pid,
    policy,  // SCHED_*
    priority,
    cpuid,  // the only processor that it may run on, -1 when there are several
    sigmask,
    homecpu,  // processor that it ran on last
};

enum class UblockAttribute : int32_t {
    text = 1,  // address of the code
    tsize,     // bytes of code
    data,      // address of the data
    stack,     // address where the stack begins
    stkmax,    // limit of the stack in bytes
    euid,
    uid,
    egid,
    gid,
    utime,  // seconds in user mode
    stime,  // seconds in kernel mode
    maxfd,  // highest open descriptor
    is64u,  // 1 in a 64-bit process
};

// What the functions return besides 0 (constants ERR_*; numbers as IBM's table counts them).
enum class AttributeError : int32_t {
    intr_ublock_access = 1,
    intr_cwd_access,
    invalid_proc,
    invalid_thread,
    proc_invalid_state,
    thread_invalid_state,
    vmattach,
    invalid_storage,
    invalid_attr,
    short_string,
    get_path,
    insuff_storage,
};

}  // namespace probevue
