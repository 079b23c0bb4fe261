// A capture that several threads read together: each packet once, with its number and what was before it.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "runtime/sources/capture.h"
#include "runtime/sources/shared_capture.h"

namespace probevue {
namespace {

// A file that goes with the test.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& bytes) {
        const int fd = mkstemp(path_.data());
        REQUIRE(fd >= 0);
        REQUIRE(write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
        close(fd);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { unlink(path_.c_str()); }
    const std::string& path() const { return path_; }

private:
    std::string path_ = "/tmp/sources_shared_XXXXXX";
};

void put32(std::string& to, uint32_t value) { to.append(reinterpret_cast<const char*>(&value), sizeof value); }

std::string header() {
    std::string out;
    for (const uint32_t word : {0xa1b2c3d4U, 0x00040002U, 0U, 0U, 262'144U, 1U}) put32(out, word);
    return out;
}

void add_record(std::string& to, uint32_t seconds, uint32_t size) {
    for (const uint32_t word : {seconds, 7U, size, size + 1}) put32(to, word);
    to.append(size, static_cast<char>('a' + size % 26));
}

struct Seen {
    uint64_t number;
    uint64_t time_ns;
    uint32_t captured;
    uint32_t wire_length;
    uint8_t first;
    bool operator==(const Seen&) const = default;
};
Seen seen(const PacketView& packet) {
    return {packet.number, packet.time_ns, packet.captured, packet.wire_length,
            packet.captured == 0 ? uint8_t{0} : packet.data[0]};
}

std::vector<Seen> read_by_one(const std::string& path) {
    auto reader = CaptureReader::open(path);
    REQUIRE(reader);
    std::vector<Seen> out;
    PacketView packet;
    while ((*reader)->next(packet) == CaptureReader::Item::packet) out.push_back(seen(packet));
    return out;
}

// By threads, and what lies behind by a reader of its own.
std::vector<Seen> read_by(uint32_t threads, const std::string& path) {
    auto reader = CaptureReader::open(path);
    REQUIRE(reader);
    REQUIRE((*reader)->plain_fraction() == 1000);
    PacketView packet;
    const bool any = (*reader)->next(packet) == CaptureReader::Item::packet;
    const auto capture = SharedCapture::share((*reader)->descriptor(), 1000, threads);
    REQUIRE(capture != nullptr);
    std::vector<std::vector<Seen>> parts(threads);
    std::vector<std::thread> team;
    for (uint32_t i = 0; i < threads; ++i) {
        team.emplace_back([&, i] {
            SharedCapture::Reader mine(*capture, i);
            PacketView one;
            while (mine.next()) {
                while (mine.next(one)) parts[i].push_back(seen(one));
            }
        });
    }
    for (std::thread& thread : team) thread.join();
    std::vector<Seen> out;
    for (const std::vector<Seen>& part : parts) out.insert(out.end(), part.begin(), part.end());
    std::sort(out.begin(), out.end(), [](const Seen& a, const Seen& b) { return a.number < b.number; });
    CHECK(out.size() == capture->end().packets);
    if (capture->end().packets == 0) {
        if (any) out.push_back(seen(packet));
    } else {
        (*reader)->go_to(capture->end().offset, capture->end().packets);
    }
    while ((*reader)->next(packet) == CaptureReader::Item::packet) out.push_back(seen(packet));
    return out;
}

void check(const std::string& bytes) {
    const TemporaryFile file(bytes);
    const std::vector<Seen> expected = read_by_one(file.path());
    for (const uint32_t threads : {1U, 2U, 5U}) CHECK(read_by(threads, file.path()) == expected);
}

}  // namespace

TEST_CASE("threads that read one file see each packet once") {
    std::string bytes = header();
    check(bytes);
    for (uint32_t i = 0; i < 6'000; ++i) add_record(bytes, 1'000 + i * 7 % 100, i * 31 % 1'500);
    check(bytes);
    check(bytes.substr(0, bytes.size() - 5));
    check(bytes.substr(0, bytes.size() - 1'600));
    // Longer than a block, and longer than what threads take: the rest is one reader's.
    add_record(bytes, 5'000, 200'000);
    for (uint32_t i = 0; i < 1'000; ++i) add_record(bytes, 2'000 + i, 60);
    check(bytes);
    add_record(bytes, 5'000, 300'000);
    for (uint32_t i = 0; i < 1'000; ++i) add_record(bytes, 2'000 + i, 60);
    check(bytes);
    std::string first_long = header();
    add_record(first_long, 5'000, 300'000);
    add_record(first_long, 5'001, 30);
    check(first_long);
}

TEST_CASE("what was before a block is the same as for one reader") {
    std::string bytes = header();
    for (uint32_t i = 0; i < 6'000; ++i) add_record(bytes, i == 10 ? 9'000 : 1'000 + i, 100);
    const TemporaryFile file(bytes);
    const auto opened = CaptureReader::open(file.path());
    REQUIRE(opened);
    const auto capture = SharedCapture::share((*opened)->descriptor(), 1000, 1);
    REQUIRE(capture != nullptr);
    SharedCapture::Reader reader(*capture, 0);
    PacketView packet;
    uint64_t packets = 0;
    uint64_t blocks = 0;
    for (; reader.next(); ++blocks) {
        CHECK(reader.before().packets == packets);
        CHECK(reader.before().reached_ns == (packets == 0 ? 0 : 9'000'000'007'000));
        while (reader.next(packet)) ++packets;
    }
    CHECK(packets == 6'000);
    CHECK(blocks > 3);
}

}  // namespace probevue
