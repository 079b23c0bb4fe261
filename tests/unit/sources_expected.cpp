// Every capture of tests/data, packet by packet, against what tshark says of it: lengths, times, interfaces, and the
// value of each header built-in, by the row that compiled code reads it with.
#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "builtins/base/address.h"
#include "builtins/base/text.h"
#include "builtins/builtin.h"
#include "runtime/sources/capture.h"
#include "runtime/sources/layers.h"

using namespace probevue;
namespace fs = std::filesystem;

namespace {

const fs::path data = "tests/data";

std::vector<std::vector<std::string>> table(const fs::path& path) {
    std::vector<std::vector<std::string>> rows;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::vector<std::string>& row = rows.emplace_back();
        for (std::string_view cell : split(line, '\t')) row.emplace_back(cell);
    }
    return rows;
}

// As the rule of PacketField says, byte by byte.
std::string field_text(const PacketField& field, ValueKind kind, const EngineContext& context) {
    const auto* at = reinterpret_cast<const uint8_t*>(context.layers[static_cast<size_t>(field.layer)]) + field.offset;
    if (kind == ValueKind::ip) {
        IpAddress address;
        std::memcpy(address.bytes.data(), at, field.width);
        address.family = field.width == 16 ? IpAddress::v6 : IpAddress::v4;
        return to_string(address);
    }
    uint64_t raw = 0;
    for (int i = 0; i < field.width; i++) raw = raw << 8 | at[i];
    if (kind == ValueKind::mac) {
        char text[32];
        return {text, format_mac(raw, text)};
    }
    return std::to_string(((raw >> field.shift) & field.mask) << field.scale);
}

std::string value_text(const BuiltinRow& row, const EngineContext& context) {
    if (const auto* slot = std::get_if<PacketSlot>(&row.from)) {
        return std::to_string(context.slots[static_cast<size_t>(*slot)]);
    }
    return field_text(std::get<PacketField>(row.from), row.type.kind, context);
}

bool is_zero(const std::string& text) { return text.find_first_not_of("0.:") == std::string::npos; }

uint64_t nanoseconds(const std::string& text) {
    size_t dot = text.find('.');
    return std::stoull(text.substr(0, dot)) * 1'000'000'000 +
           std::stoull((text.substr(dot + 1) + "000000000").substr(0, 9));
}

// Where Linux cooked captures hold the type of the payload (LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2).
bool is_cooked_type(const PacketView& packet, LinkKind kind, const std::string& value) {
    const uint8_t* at = packet.data + (kind == LinkKind::cooked ? 14 : 0);
    return value == std::to_string(at[0] << 8 | at[1]);
}

// tshark 4.0 looks up the names of interfaces in the first section only.
bool several_sections(const fs::path& capture) {
    return capture.filename() == "sections.pcapng" || capture.filename() == "packed.pcapng.gz";
}

// Lengths and times, members of __pkt, __inner and __group, and names in payload have tables of their own.
bool is_of_whole_packets(const fs::path& table) {
    const std::string path = table.string();
    return path.find("/frames/") != path.npos || path.find("/pkt/") != path.npos || path.find("/inner/") != path.npos ||
           path.find("/groups/") != path.npos || path.find("/names/") != path.npos;
}

// Packets that could be compared.
size_t compare_capture(const fs::path& capture) {
    CAPTURE(capture.string());
    auto frames = table(data / "expected/frames" / (capture.string() + ".tsv"));
    auto expected = table(data / "expected" / (capture.string() + ".tsv"));
    auto reader = CaptureReader::open((data / capture).string());
    REQUIRE(reader.has_value());
    LayerParser parser;
    EngineContext context;
    PacketView packet;
    size_t number = 0;
    for (CaptureReader::Item item; (item = (*reader)->next(packet)) != CaptureReader::Item::end;) {
        if (item == CaptureReader::Item::custom) continue;
        number++;
        CAPTURE(number);
        REQUIRE(number < expected.size());
        const PacketInterface& interface = (*reader)->interfaces()[packet.interface];
        if (number < frames.size()) {
            const std::vector<std::string>& frame = frames[number];
            if (!frame[1].empty()) CHECK(packet.time_ns == nanoseconds(frame[1]));
            CHECK(std::to_string(packet.captured) == frame[2]);
            CHECK(std::to_string(packet.wire_length) == frame[3]);
            if (!several_sections(capture)) CHECK(interface.name == (frame.size() > 4 ? frame[4] : ""));
        }
        parser.parse(interface.kind, packet, context);
        for (size_t column = 1; column < expected[0].size(); column++) {
            const std::string& title = expected[0][column];
            CAPTURE(title);
            size_t dot = title.find('.');
            const BuiltinRow* row = find_builtin(title.substr(0, dot), title.substr(dot + 1));
            REQUIRE(row != nullptr);
            std::string value = value_text(*row, context);
            std::string want = column < expected[number].size() ? expected[number][column] : "";
            bool cooked = interface.kind == LinkKind::cooked || interface.kind == LinkKind::cooked2;
            if (want.empty() && cooked && title == "__etherhdr.ether_type") {
                CHECK(is_cooked_type(packet, interface.kind, value));  // tshark counts it to the cooked header
            } else if (want.empty()) {
                CHECK(is_zero(value));
            } else {
                CHECK(value == want);
            }
        }
    }
    CHECK((*reader)->status());
    CHECK(number == expected.size() - 1);
    return number;
}

}  // namespace

TEST_CASE("every packet has the values that tshark finds") {
    size_t packets = 0;
    size_t captures = 0;
    for (const auto& entry : fs::recursive_directory_iterator(data / "expected")) {
        if (entry.path().extension() != ".tsv" || is_of_whole_packets(entry.path())) continue;
        packets += compare_capture(fs::relative(entry.path(), data / "expected").replace_extension());
        captures++;
    }
    CHECK(captures >= 30);
    CHECK(packets >= 1000);
}
