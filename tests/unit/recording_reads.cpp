// What was read for clauses at the moment of an event, as a recording holds it.
#include <doctest/doctest.h>

#include <cstring>
#include <string_view>
#include <vector>

#include "compiler/program/captured.h"
#include "runtime/sources/recording.h"

namespace probevue {
namespace {

// The data of a custom block, in either byte order.
class Block {
public:
    Block(bool big, recording::BlockType type) : big_(big) {
        number(recording::magic, 4).number(recording::version, 1).number(static_cast<uint64_t>(type), 1).number(0, 2);
    }
    Block& number(uint64_t value, unsigned size) {
        for (unsigned i = 0; i < size; ++i)
            bytes_.push_back(static_cast<uint8_t>(value >> 8 * (big_ ? size - 1 - i : i)));
        return *this;
    }
    Block& text(std::string_view text) {
        bytes_.insert(bytes_.end(), text.begin(), text.end());
        return *this;
    }
    Block& pad() {
        while (bytes_.size() % 4 != 0) bytes_.push_back(0);
        return *this;
    }
    Block& read(CapturedKind kind, bool ended, uint64_t key, uint32_t size) {
        return number(static_cast<uint64_t>(kind), 1).number(ended, 1).number(0, 2).number(size, 4).number(key, 8);
    }
    const std::vector<uint8_t>& bytes() const { return bytes_; }

private:
    bool big_;
    std::vector<uint8_t> bytes_;
};

Block shape(bool big) {
    constexpr std::string_view kind = "uft:entry";
    Block out(big, recording::BlockType::shape);
    out.number(7, 4).number(1, 2).number(kind.size(), 2).number(0, 2).number(0, 2).text(kind).pad();
    out.number(2, 1).number(0, 1).number(8, 2).number(3, 2).number(0, 2).text("pid").pad();
    return out;
}

Block event(bool big) {
    Block out(big, recording::BlockType::event);
    out.number(7, 4).number(1, 4).number(5'000, 8).number(42, 8);
    out.number(4, 4);
    out.read(CapturedKind::user_text, true, 0x1000, 5).text("hello");
    out.read(CapturedKind::user_stack, false, 0, 16).number(0x1111, 8).number(0x2222, 8);
    out.read(CapturedKind::user_memory, false, 0x2000, 4).number(9, 4);
    out.read(CapturedKind::descriptor, false, 3, sizeof(CapturedDescriptor));
    out.number(0140777, 8).number(99, 8).number(0x534f434b, 8).number(8080, 4).number(443, 4);
    for (int i = 0; i < 2; ++i) out.number(0x7f, 1).number(0, 8).number(0, 7).number(6, 8);
    out.number(static_cast<uint64_t>(-1), 8);
    return out;
}

}  // namespace

TEST_CASE("reads of events in both byte orders; memory of the other one is not known") {
    const bool other = true;  // byte orders are those of the block, and the machine is either
    for (const bool big : {false, other}) {
        CAPTURE(big);
        RecordingReader reader;
        REQUIRE(reader.read(recording::enterprise, shape(big).bytes()).has_value());
        const auto item = reader.read(recording::enterprise, event(big).bytes());
        REQUIRE(item.has_value());
        CHECK(*item == RecordingReader::Item::event);
        CHECK(reader.event().pid == 42);
        const std::span<const CapturedBytes> reads = reader.event().reads;
        const bool ours = big == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
        REQUIRE(reads.size() == (ours ? 4 : 3));
        CHECK(reads[0].kind == CapturedKind::user_text);
        CHECK(reads[0].ended);
        CHECK(reads[0].key == 0x1000);
        CHECK(std::string_view(reinterpret_cast<const char*>(reads[0].bytes), reads[0].size) == "hello");
        uint64_t frames[2] = {};
        REQUIRE(reads[1].size == sizeof frames);
        std::memcpy(frames, reads[1].bytes, sizeof frames);
        CHECK(frames[0] == 0x1111);
        CHECK(frames[1] == 0x2222);
        const CapturedBytes& last = reads.back();
        CHECK(last.key == 3);
        CapturedDescriptor descriptor;
        REQUIRE(last.size == sizeof descriptor);
        std::memcpy(&descriptor, last.bytes, sizeof descriptor);
        CHECK(descriptor.mode == 0140777);
        CHECK(descriptor.inode == 99);
        CHECK(descriptor.local_port == 8080);
        CHECK(descriptor.remote_port == 443);
        CHECK(descriptor.remote_address.family == IpAddress::v6);
        CHECK(descriptor.remote_address.bytes[0] == 0x7f);
        CHECK(descriptor.round_trip_us == -1);
    }
}

TEST_CASE("an event that was cut off in its reads is an error, wherever it was") {
    const std::vector<uint8_t> whole = event(false).bytes();
    const size_t values = Block(false, recording::BlockType::event).bytes().size() + 24;
    for (size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        RecordingReader reader;
        REQUIRE(reader.read(recording::enterprise, shape(false).bytes()).has_value());
        const auto item = reader.read(recording::enterprise, std::span(whole).first(size));
        if (size < recording::head_size) continue;  // no block of ours
        // Less than a count of reads is padding.
        CHECK(item.has_value() == (size >= values && size < values + 4));
    }
}

}  // namespace probevue
