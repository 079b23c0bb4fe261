// The maps that the programs of a script share, each made where it is first needed. Private to the compiler.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/program/kernel_program.h"
#include "compiler/program/program.h"

namespace probevue {

// Maps that the programs of a script share.
class KernelMaps {
public:
    explicit KernelMaps(std::vector<KernelMap>& maps) : maps_(maps) {}
    // Forgets the least recently used; values of 8 bytes.
    uint32_t episodes(const std::string& name, uint32_t key_size);
    // The same with larger values, bytes.
    uint32_t remembered(const std::string& name, uint32_t key_size, uint32_t value_size);
    // What the beginning of a call keeps for its end, the program at `hook`. Those that are never taken out again are
    // forgotten in the end, or stay.
    uint32_t calls(const HookRow& hook, std::string_view target, uint32_t key_size, uint32_t value_size);
    // By program: the inode of the file that a process must run. Has at least so many entries.
    uint32_t executables(uint32_t entries);
    // By socket: who used it last (KernelOwner).
    uint32_t owners();
    // Whose packets with certain ends are, of sockets that are there (EndsOwner by SocketEnds), and of connections that
    // are over. What lies with sockets grows by what is noted of their ends.
    uint32_t ends();
    uint32_t ended();
    // Which local ports have such entries (KnownPorts).
    uint32_t ports();
    bool has_ends() const;
    // Packets on their way (KernelPacket).
    uint32_t packets();
    bool has_packets() const;
    uint32_t work();
    uint32_t shared(const Program& program);
    uint32_t array(const Program& program, uint32_t index);
    uint32_t tally(const Program& program, uint32_t index, uint32_t number_of_program);

private:
    uint32_t find_or_add(KernelMap map);
    bool has(KernelMap::Use use) const;

    std::vector<KernelMap>& maps_;
};

}  // namespace probevue
