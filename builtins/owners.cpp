#include "builtins/owners.h"

#include <fmt/format.h>

#include <array>

namespace probevue {
namespace {

constexpr std::array rows{
#define SOCKET_USE(point, target, argument, path, begins, need) \
    SocketUse{UsePoint::point, target, argument, path, begins, UseNeed::need},
#include "builtins/owners.def"
#undef SOCKET_USE
};

}  // namespace

std::span<const SocketUse> socket_uses() { return rows; }

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
        case UsePoint::descriptors:
            return "open files at the start";
    }
    return {};
}

}  // namespace probevue
