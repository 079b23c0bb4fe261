// A process gives up what it does not need, for good.
#pragma once

#include <sys/types.h>

#include <string>

#include "builtins/base/result.h"
#include "runtime/privileges/needs.h"

namespace probevue {

// Keeps what the needs keep, and no more: capabilities (the ambient, inheritable and bounding sets are emptied), the
// user and groups, and the right to gain any of it by running a program (no_new_privs). Then, but for a process that
// still has to start (Need::starting), the filter on system calls. What is given up once does not come back by a later
// call. It holds for the calling thread and those that it starts; the filter and the ids hold for all.
//
// The user becomes the one behind sudo; without sudo the one who started a set-user-ID program; else nobody. A user
// namespace may have none of these: then it stays root of that namespace, without capabilities. Kernels without seccomp
// leave calls as they are, and so do builds with sanitizers, whose own calls nobody lists. Error: the kernel leaves
// capabilities in place that were to be given up.
Status keep_only(const Needs& needs);

// Can the user that keep_only() would make of this process make files in the directory? Only where it is that user's
// own.
bool may_still_write_in(const std::string& directory);

// What the process has now, as one line with the reasons from the rows of the needs: "CAP_SYSLOG (names functions of
// the kernel)".
std::string privileges_text(const Needs& needs);

}  // namespace probevue
