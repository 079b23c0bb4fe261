// Writes the made captures of tests/data: made/ (good ones) and bad/. The output is the same on every run and machine.
//
//     make_captures DIRECTORY
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include "make/scenes.h"

namespace {

using captures::Bytes;
using captures::File;

std::vector<File> all_files() {
    std::vector<File> files = {
        {"made/tcp.pcap", pcap_file(captures::tcp_scene())},
        {"made/udp.pcap", pcap_file(captures::udp_scene())},
        {"made/tcp-options.pcap", pcap_file(captures::options_scene())},
        {"made/tcp-options-bad.pcap", pcap_file(captures::bad_options_scene())},
        {"made/ports.pcap", pcap_file(captures::ports_scene())},
        {"made/icmp4.pcap", pcap_file(captures::icmp4_scene())},
        {"made/icmp6.pcap", pcap_file(captures::icmp6_scene())},
        {"made/igmp.pcap", pcap_file(captures::igmp_scene())},
        {"made/arp.pcap", pcap_file(captures::arp_scene())},
        {"made/ip4.pcap", pcap_file(captures::ip4_scene())},
        {"made/ip6.pcap", pcap_file(captures::ip6_scene())},
        {"made/vlan.pcap", pcap_file(captures::vlan_scene())},
        {"made/ether.pcap", pcap_file(captures::ether_scene())},
        {"made/encapsulated.pcap", pcap_file(captures::encapsulated_scene())},
        {"made/extended.pcap", pcap_file(captures::extended_scene())},
        {"made/tunnels.pcap", pcap_file(captures::tunnels_scene())},
        {"made/quoted.pcap", pcap_file(captures::quoted_scene())},
        {"made/groups.pcap", pcap_file(captures::groups_scene())},
        {"made/groups-bad.pcap", pcap_file(captures::bad_groups_scene())},
        {"made/groups-cut.pcap", pcap_file(captures::cut_groups_scene())},
        {"made/truncated.pcap", pcap_file(captures::truncated_scene())},
        {"made/uncut.pcap", pcap_file(captures::uncut_scene())},
        {"made/short.pcap", pcap_file(captures::short_scene())},
    };
    for (const auto& family : {captures::link_files(), captures::more_link_files(), captures::pcap_files(),
                               captures::pcapng_files(), captures::bad_files()}) {
        files.insert(files.end(), family.begin(), family.end());
    }
    return files;
}

bool write(const std::filesystem::path& path, const Bytes& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return file.good();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    const std::filesystem::path directory = argv[1];
    for (const char* part : {"made", "bad"}) std::filesystem::create_directories(directory / part);
    for (const File& file : all_files()) {
        if (!write(directory / file.name, file.bytes)) {
            std::fprintf(stderr, "make_captures: cannot write %s\n", file.name.c_str());
            return 1;
        }
    }
    return 0;
}
