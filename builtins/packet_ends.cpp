#include "builtins/packet_ends.h"

#include <array>
#include <string_view>

namespace probevue {
namespace {

PacketEnds ends(std::string_view variable, std::string_view from, std::string_view to) {
    return {*place_of(find_builtin(variable, from)->from), *place_of(find_builtin(variable, to)->from)};
}

template <typename Source>
using Table = std::array<std::optional<PacketEnds>, static_cast<size_t>(Source::count)>;

}  // namespace

std::optional<EitherVersion> place_of(const Extractor& from) {
    if (const auto* either = std::get_if<EitherVersion>(&from)) return *either;
    if (const auto* field = std::get_if<PacketField>(&from)) return EitherVersion{*field, *field};
    return std::nullopt;
}

const std::optional<PacketEnds>& ends_of(AddressSource source) {
    static const Table<AddressSource> table = {
        std::nullopt,
#define ADDRESS_ENDS(source, variable, from, to, doc) ends(#variable, #from, #to),
#define PORT_ENDS(source, variable, from, to, doc)
#include "builtins/packet_ends.def"
#undef ADDRESS_ENDS
#undef PORT_ENDS
    };
    return table[static_cast<size_t>(source)];
}

const std::optional<PacketEnds>& ends_of(PortSource source) {
    static const Table<PortSource> table = {
        std::nullopt,
#define ADDRESS_ENDS(source, variable, from, to, doc)
#define PORT_ENDS(source, variable, from, to, doc) ends(#variable, #from, #to),
#include "builtins/packet_ends.def"
#undef ADDRESS_ENDS
#undef PORT_ENDS
    };
    return table[static_cast<size_t>(source)];
}

}  // namespace probevue
