// What the made captures contain. Every function is one file, or one family of files, of tests/data/made and
// tests/data/bad; tests/data/README.md says what each is for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "make/files.h"

namespace captures {

struct File {
    std::string name;  // below tests/data
    Bytes bytes;
};

// scenes_transport.cpp
Trace tcp_scene();
Trace udp_scene();
Trace options_scene();
Trace bad_options_scene();
Trace ports_scene();
Trace icmp4_scene();
Trace icmp6_scene();
Trace igmp_scene();

// scenes_network.cpp
Trace arp_scene();
Trace ip4_scene();
Trace ip6_scene();
Trace vlan_scene();
Trace ether_scene();
Trace truncated_scene();
Trace uncut_scene();  // whole packets; short_scene() has each of them cut at every length
Trace short_scene();

// A dozen packets of all kinds, as they are without a link header; for the files below.
struct Datagram {
    uint32_t ether_type;
    Bytes bytes;
};
std::vector<Datagram> sample_datagrams();

// scenes_inner.cpp
Trace tunnels_scene();
Trace quoted_scene();

// scenes_groups.cpp
Trace groups_scene();
Trace bad_groups_scene();  // records that say what is not so
Trace cut_groups_scene();  // a report of three records, cut at every length, of IGMP and of MLD

// scenes_links.cpp
Trace encapsulated_scene();
Trace extended_scene();
std::vector<File> more_link_files();

// scenes_files.cpp
std::vector<File> link_files();
std::vector<File> pcap_files();
std::vector<File> pcapng_files();
std::vector<File> bad_files();

}  // namespace captures
