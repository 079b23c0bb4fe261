// The filter on system calls of a process: the rows of calls.def as a classic BPF program.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "runtime/privileges/needs.h"

namespace probevue {

// What the kernel is given (seccomp(2)). A call that the filter refuses raises SIGSYS, but for those that the C library
// tries and goes without (ENOSYS), and files for writing and sockets (EACCES).
std::vector<sock_filter> call_filter(const Needs& needs);

// Puts the process and all its threads under the filter. It needs no_new_privs. False: errno says why the kernel takes
// none, and nothing has changed.
bool install_call_filter(const Needs& needs);

}  // namespace probevue
