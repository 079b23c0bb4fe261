#include "builtins/owners.h"

#include <fmt/format.h>

#include <array>

namespace probevue {
namespace {

constexpr std::array rows{
#define SOCKET_USE(point, target, argument, path, begins, need, kind) \
    SocketUse{UsePoint::point, target, argument, path, begins, UseNeed::need, UseKind::kind},
#define SOCKET_ENDS(point, target, path, kind) \
    SocketUse{UsePoint::point, target, 0, path, false, UseNeed::where_there, UseKind::kind},
#define ARRIVAL(...)
#include "builtins/owners.def"
#undef SOCKET_USE
#undef SOCKET_ENDS
#undef ARRIVAL
};

constexpr std::array arrival_rows{
#define ARRIVAL(target) std::string_view(target),
#define SOCKET_USE(...)
#define SOCKET_ENDS(...)
#include "builtins/owners.def"
#undef SOCKET_USE
#undef SOCKET_ENDS
#undef ARRIVAL
};

}  // namespace

std::span<const SocketUse> socket_uses() { return rows; }

std::span<const std::string_view> arrivals() { return arrival_rows; }

std::string describe(const SocketUse& use) {
    switch (use.point) {
        case UsePoint::tracepoint:
            return fmt::format("tracepoint {}", use.target);
        case UsePoint::entry:
            return fmt::format("entry of {}", use.target);
        case UsePoint::exit:
            return fmt::format("return of {}", use.target);
        case UsePoint::creation:
            return "creation of a socket";
        case UsePoint::bound4:
            return "binding of an IPv4 socket";
        case UsePoint::bound6:
            return "binding of an IPv6 socket";
        case UsePoint::release:
            return "release of a socket";
        case UsePoint::descriptors:
            return "open files at the start";
    }
    return {};
}

}  // namespace probevue
