// Filters against libpcap's own interpreter: hundreds, with every primitive of pcap-filter(7), over captures of every
// link type that libpcap has a name for. The command counts what libpcap counts on a handle of the same file, with both
// engines, and refuses what libpcap refuses. Nothing here depends on the version of libpcap: it is asked, and only what
// matches is compared.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "tests/diff/filters.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/program/filter.h"
#include "runtime/engine/engine.h"
#include "runtime/sources/packet.h"

namespace fs = std::filesystem;
using namespace probevue;
using namespace probevue::test;

namespace {

// --- the command ----------------------------------------------------------------------------------------------------

struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("probevue-filters-{}", getpid());
    Folder() { fs::create_directories(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
};

std::string command() {
    const char* given = std::getenv("PROBEVUE");
    return given != nullptr ? given : "build/release/probevue";
}

std::string contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Counts by filter, as a script of one clause a filter prints them.
std::map<size_t, uint64_t> count(const Folder& folder, const fs::path& capture, const std::vector<size_t>& numbers,
                                 const std::vector<std::string>& filters, std::string_view engine) {
    std::ofstream script(folder.path / "count.e");
    for (const size_t number : numbers)
        script << fmt::format("@@net:bpf:any:*:\"{}\" {{ n[{}]++; }}\n", filters[number], number);
    script << "@@END { print(n); }\n";
    script.close();
    const std::string run =
        fmt::format("'{}' --engine {} -r '{}' '{}' >'{}' 2>'{}'", command(), engine, capture.string(),
                    (folder.path / "count.e").string(), (folder.path / "out").string(), (folder.path / "err").string());
    const int status = std::system(run.c_str());
    INFO(contents(folder.path / "err").substr(0, 2000));
    CHECK(WEXITSTATUS(status) == 0);
    std::map<size_t, uint64_t> counts;
    std::ifstream out(folder.path / "out");
    for (std::string line; std::getline(out, line);) {
        size_t number = 0;
        unsigned long long times = 0;
        REQUIRE_MESSAGE(std::sscanf(line.c_str(), "n[%zu] = %llu", &number, &times) == 2, line);
        counts[number] = times;
    }
    return counts;
}

// Those of the data whose packets are all of one link type, which is what libpcap reads.
std::vector<fs::path> captures() {
    std::vector<fs::path> paths;
    for (const char* folder : {"tests/data", "tests/data/made"}) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            const std::string extension = entry.path().extension().string();
            if (extension == ".pcap" || extension == ".pcapng") paths.push_back(entry.path());
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

// --- every link type ------------------------------------------------------------------------------------------------

// A packet of IP behind what could be a header of the link type: most of it is chance, some of it fields that filters
// look at. What matters is that both sides see the same.
std::vector<Packet> made_up(const std::vector<Packet>& ip, int link_type, bool swapped, std::mt19937& random) {
    constexpr auto types = std::to_array<std::array<uint8_t, 4>>({{0, 0, 0, 2},
                                                                  {2, 0, 0, 0},
                                                                  {0, 0, 0, 24},
                                                                  {28, 0, 0, 0},
                                                                  {0, 0, 0, 30},
                                                                  {0xff, 3, 0, 0x21},
                                                                  {0x0f, 0, 8, 0},
                                                                  {0xaa, 0xaa, 3, 0},
                                                                  {0x08, 0, 0x86, 0xdd}});
    constexpr auto lengths = std::to_array<size_t>({0, 2, 4, 8, 12, 14, 16, 20, 22, 24, 28, 32, 48});
    std::vector<Packet> packets;
    for (const Packet& one : ip) {
        Packet packet;
        packet.bytes.resize(lengths[random() % lengths.size()]);
        for (uint8_t& byte : packet.bytes) byte = random() % 3 == 0 ? static_cast<uint8_t>(random()) : uint8_t{0};
        const auto& type = types[random() % types.size()];
        if (packet.bytes.size() >= 4) std::copy(type.begin(), type.end(), packet.bytes.begin());
        if (packet.bytes.size() >= 8) std::copy(type.begin(), type.end(), packet.bytes.end() - 4);
        if (link_type == DLT_NULL && packet.bytes.size() >= 4) {
            packet.bytes = {0, 0, 0, type[3] != 0 ? type[3] : type[0]};
            if (!swapped) std::reverse(packet.bytes.begin(), packet.bytes.end());
        }
        packet.bytes.insert(packet.bytes.end(), one.bytes.begin(), one.bytes.end());
        packet.header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
        packet.header.len = packet.header.caplen + static_cast<bpf_u_int32>(random() % 2 * 30);
        packets.push_back(std::move(packet));
    }
    return packets;
}

// libpcap's handle of a capture of that link type, made here by hand, in either byte order; null where files have none.
Handle file_handle(int link_type, bool swapped, const fs::path& path) {
    const Handle dead(pcap_open_dead(link_type, whole_packets));
    pcap_dumper_t* dumper = pcap_dump_open(dead.get(), path.c_str());
    if (dumper == nullptr) return nullptr;
    pcap_dump_close(dumper);
    if (swapped) {
        std::string header = contents(path);
        for (const auto& [at, size] : {std::pair{0, 4}, {4, 2}, {6, 2}, {8, 4}, {12, 4}, {16, 4}, {20, 4}})
            std::reverse(header.begin() + at, header.begin() + at + size);
        std::ofstream(path, std::ios::binary) << header;
    }
    char message[PCAP_ERRBUF_SIZE];
    return Handle(pcap_open_offline(path.c_str(), message));
}

}  // namespace

TEST_CASE("the command counts what libpcap counts, with every engine") {
    const std::vector<std::string> filters = make_filters(seed());
    const Folder folder;
    uint64_t compared = 0;
    uint64_t matched = 0;
    uint64_t refused = 0;
    uint64_t undefined = 0;
    std::map<int, int> link_types;
    for (const fs::path& capture : captures()) {
        CAPTURE(capture.string());
        char message[PCAP_ERRBUF_SIZE];
        const Handle handle(pcap_open_offline(capture.c_str(), message));
        if (handle == nullptr) continue;  // recordings of events have no interface
        const std::vector<Packet> packets = read_all(handle.get());
        // Interfaces of several link types are not for libpcap, and of a packet without its time libpcap knows none.
        if (std::string_view(pcap_geterr(handle.get())).size() != 0 || packets.empty()) continue;
        link_types[pcap_datalink(handle.get())]++;
        std::vector<size_t> numbers;
        std::map<size_t, uint64_t> expected;
        for (size_t i = 0; i < filters.size(); ++i) {
            const Oracle oracle(handle.get(), filters[i]);
            FilterError fault;
            const bool checks = check_filter(filters[i], fault);
            if (!oracle.made() && !oracle.never()) {
                refused++;
                continue;
            }
            if (oracle.made() && !oracle.is_defined()) {
                undefined++;
                continue;
            }
            uint64_t count = 0;
            for (const Packet& packet : packets) {
                if (oracle.made()) count += oracle.matches(packet.header, packet.bytes.data()) ? 1 : 0;
            }
            if (!checks) {
                INFO(filters[i] << ": " << fault.message);
                CHECK(fault.never);
                CHECK(count == 0);
                continue;
            }
            numbers.push_back(i);
            if (count != 0) expected[i] = count;
            compared++;
            matched += count != 0 ? 1 : 0;
        }
        for (const std::string_view engine : {"jit", "interp"}) {
            CAPTURE(engine);
            std::map<size_t, uint64_t> got = count(folder, capture, numbers, filters, engine);
            for (const size_t number : numbers) {
                INFO(filters[number]);
                CHECK(got[number] == expected[number]);
            }
        }
    }
    MESSAGE(fmt::format(
        "{} filters: {} counts compared, {} of them not zero, {} refused by libpcap, {} undefined there, {} "
        "link types",
        filters.size(), compared, matched, refused, undefined, link_types.size()));
    CHECK(matched > 2000);
    CHECK(refused > 100);
    CHECK(undefined < compared / 20);
    CHECK(link_types.size() >= 6);
}

TEST_CASE("every link type that libpcap knows, in both byte orders") {
    std::vector<std::string> filters = make_filters(seed() + 1);
    const Folder folder;
    char message[PCAP_ERRBUF_SIZE];
    std::vector<Packet> ip;
    for (const char* name : {"tests/data/made/link-ip4.pcap", "tests/data/made/link-ip6.pcap"}) {
        const Handle handle(pcap_open_offline(name, message));
        REQUIRE_MESSAGE(handle != nullptr, message);
        for (Packet& packet : read_all(handle.get())) ip.push_back(std::move(packet));
    }
    std::mt19937 random(seed());
    uint64_t compared = 0;
    uint64_t matched = 0;
    int link_types = 0;
    for (int link_type = 0; link_type <= highest_link_type(); ++link_type) {
        if (pcap_datalink_val_to_name(link_type) == nullptr) continue;
        for (const bool swapped : {false, true}) {
            CAPTURE(link_type);
            CAPTURE(swapped);
            const Handle handle = file_handle(link_type, swapped, folder.path / "link.pcap");
            if (handle == nullptr) continue;
            link_types++;
            uint32_t number = 0;
            contents(folder.path / "link.pcap").copy(reinterpret_cast<char*>(&number), sizeof number, 20);
            if (swapped) number = __builtin_bswap32(number);
            CHECK(link_type_of_file(number) == pcap_datalink(handle.get()));
            if (pcap_datalink(handle.get()) == link_type) CHECK(file_link_type(link_type) == number);
            const std::vector<Packet> packets = made_up(ip, link_type, swapped, random);
            FilterTarget target;
            target.link_type = link_type;
            target.from_file = true;
            target.swapped = swapped;
            // All of them on some link types, a sample on each.
            const size_t step = link_types % 8 == 0 || link_type == DLT_NULL || link_type == DLT_LOOP ? 1 : 7;
            for (size_t i = static_cast<size_t>(link_types) % step; i < filters.size(); i += step) {
                INFO(filters[i]);
                const Oracle oracle(handle.get(), filters[i]);
                FilterError fault;
                const std::vector<sock_filter> code = compile_filter(filters[i], target, fault);
                CHECK(oracle.made() == !code.empty());
                CHECK(oracle.never() == fault.never);
                if (code.empty() || !oracle.made() || !oracle.is_defined()) continue;
                compared++;
                for (const EngineKind kind : {EngineKind::interpreter, EngineKind::jit}) {
                    const auto filter = PacketFilter::create(code, kind);
                    REQUIRE_MESSAGE(filter.has_value(), filter.error().message);
                    for (const Packet& packet : packets) {
                        const bool expected = oracle.matches(packet.header, packet.bytes.data());
                        matched += expected ? 1 : 0;
                        const uint32_t got =
                            (*filter)->run(packet.bytes.data(), packet.header.caplen, packet.header.len);
                        if ((got != 0) != expected) FAIL_CHECK("another answer than libpcap's");
                        if (got != 0 && bytes_read_by(code) < packet.header.caplen) {
                            // What the filter is said to look at is enough for it.
                            CHECK((*filter)->run(packet.bytes.data(), bytes_read_by(code), packet.header.len) != 0);
                        }
                    }
                }
            }
        }
    }
    MESSAGE(
        fmt::format("{} link types and byte orders, {} filters compared, {} matches", link_types, compared, matched));
    CHECK(link_types > 100);
    CHECK(matched > 10'000);
}
