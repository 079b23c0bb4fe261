// The addresses of a network namespace, while a session runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>

#include "builtins/base/result.h"
#include "runtime/engine/engine.h"
#include "runtime/sources/handle.h"

namespace probevue {

// An address of either version in network byte order; of IPv4 a mapped one (::ffff:a.b.c.d).
using MappedAddress = std::array<uint8_t, 16>;
inline constexpr size_t in_mapped = 12;  // where the IPv4 address stands in one

// Of the four bytes of an IPv4 address.
MappedAddress mapped_address(const uint8_t* four);

// The unicast addresses of a network namespace. One that has been there stays: packets are read later than they pass.
class LocalAddresses {
public:
    // A descriptor of the namespace, which stays open as long as this is there; negative: that of this process.
    explicit LocalAddresses(int network) : network_(network) {}

    // Errors: run_time, when changes cannot be listened to.
    Status open();
    // Loopback addresses are always of the host.
    bool contains(const MappedAddress& address) const;
    // Takes in what has changed. An address that has come and gone is told of all the same. After a loss all of them
    // are asked for.
    void listen();

private:
    void take(const char* messages, unsigned size);
    void add(int family, const uint8_t* bytes, size_t size);
    void add_all();
    void ask_for_all();

    int network_;
    Handle changes_;
    std::set<MappedAddress> all_;
};

// For is_local(): asks the system when it is first needed, and looks for changes every few milliseconds. The descriptor
// is duplicated; negative: the namespace of this process.
std::shared_ptr<HostAddresses> running_addresses(int network);

}  // namespace probevue
