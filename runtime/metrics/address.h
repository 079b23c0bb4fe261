// The address of --metrics.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <string_view>

#include "builtins/base/result.h"

namespace probevue {

struct ListenAddress {
    sockaddr_storage address = {};
    socklen_t size = 0;
    bool is_loopback = true;
};

// `127.0.0.1:9465`, `[::1]:9465`, `localhost:9465`, `:9465` (127.0.0.1); port 0 is any that is free. Errors: it is none
// of these (ExitStatus::usage).
Result<ListenAddress> parse_listen_address(std::string_view text);

// As it stands in a URL: `127.0.0.1:9465`, `[::1]:9465`.
std::string to_text(const sockaddr_storage& address);

}  // namespace probevue
