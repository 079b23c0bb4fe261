// Network namespaces: which one a session is about (`--netns`), and how a socket is opened in another one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "builtins/base/result.h"
#include "runtime/sources/handle.h"

namespace probevue {

// What `--netns` chooses.
struct NetworkChoice {
    std::optional<uint32_t> events;  // number (inode) of the namespace whose sockets count; none: those of all
    Handle packets;                  // the namespace whose interfaces are seen; none: that of this process
    // For people: "all network namespaces", "this network namespace", "network namespace `blue`".
    std::string events_text = "all network namespaces";
    std::string packets_text = "this network namespace";
};

// `all`, `own`, a name of ip-netns(8), or the path of a namespace file such as /proc/1/ns/net. Empty: `own` in a
// process that is in another namespace than the system's first, else events of all; packets are of the process' own in
// both cases. Errors: usage when there is no such namespace, permission when it may not be looked at.
Result<NetworkChoice> choose_network(std::string_view choice);

// Number (inode) of the network namespace that this thread is in; 0: it may not be looked at.
uint32_t current_network();

// While it exists this thread is in another network namespace.
class InNetwork {
public:
    // A negative descriptor: it stays where it is.
    explicit InNetwork(int network);
    ~InNetwork();
    InNetwork(const InNetwork&) = delete;
    InNetwork& operator=(const InNetwork&) = delete;
    // Errors: permission.
    const Status& status() const { return status_; }

private:
    Handle back_;
    Status status_;
};

}  // namespace probevue
