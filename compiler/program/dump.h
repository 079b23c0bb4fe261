// The program as text: `-d ebpf`, `-d cbpf`, `-d program`.
#pragma once

#include <string>

#include "compiler/program/program.h"

namespace probevue {

std::string dump_program(const Program& program);
std::string dump_ebpf(const Program& program);
// The packet filters as libpcap compiles them for Ethernet, in tcpdump -d's form.
std::string dump_cbpf(const Program& program);

}  // namespace probevue
