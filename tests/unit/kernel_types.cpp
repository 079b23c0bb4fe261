// Type information as we read it, beside libbpf's reading of the same bytes.
#include <bpf/btf.h>
#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/kernel/btf.h"
#include "tests/unit/recorded_kernel.h"

namespace probevue {
namespace {

struct FreeTypes {
    void operator()(btf* types) const { btf__free(types); }
};
using Peer = std::unique_ptr<btf, FreeTypes>;

std::vector<std::byte> bytes_of(const Peer& peer) {
    uint32_t size = 0;
    const auto* bytes = static_cast<const std::byte*>(btf__raw_data(peer.get(), &size));
    return {bytes, bytes + size};
}

Peer recorded_types(const std::string& version) { return Peer(TypeReader("tests/data/btf/" + version).make()); }

void compare(const TypeInformation& ours, const Peer& peer, size_t least) {
    REQUIRE(ours.count() == btf__type_cnt(peer.get()));
    REQUIRE(ours.count() > least);
    size_t different = 0;
    std::map<std::pair<std::string, uint32_t>, int> first;
    for (uint32_t id = 0; id < ours.count(); ++id) {
        const btf_type* mine = ours.type(id);
        const btf_type* theirs = btf__type_by_id(peer.get(), id);
        const int64_t size = btf__resolve_size(peer.get(), id);
        const std::string name = btf__name_by_offset(peer.get(), theirs->name_off);
        if (std::memcmp(mine, theirs, sizeof *mine) != 0 || ours.name(mine->name_off) != name) ++different;
        if (size < 0 ? ours.size(id) >= 0 : ours.size(id) != size) ++different;
        if (!name.empty()) first.try_emplace({name, btf_kind(theirs)}, static_cast<int>(id));
    }
    CHECK(different == 0);
    CHECK(ours.type(ours.count()) == nullptr);
    // Some are found by going through all; in a kernel, the others by the table that is made when many are asked for.
    for (const auto& [key, id] : first) {
        if (ours.find(key.first, key.second) != id) ++different;
    }
    CHECK(first.size() > least / 2);
    CHECK(different == 0);
    CHECK(ours.find("no_such_name", BTF_KIND_STRUCT) == -1);
    CHECK(ours.find("", BTF_KIND_STRUCT) == -1);
    CHECK(ours.find("sock", 1000) == -1);
}

}  // namespace

TEST_CASE("type information is read as libbpf reads it") {
    for (const char* version : {"6.1", "6.12", "6.18"}) {
        CAPTURE(version);
        const Peer peer = recorded_types(version);
        const std::unique_ptr<TypeInformation> ours = TypeInformation::of_bytes(bytes_of(peer));
        REQUIRE(ours != nullptr);
        CHECK(ours->find("sock", BTF_KIND_STRUCT) == btf__find_by_name_kind(peer.get(), "sock", BTF_KIND_STRUCT));
        compare(*ours, peer, 100);
    }
}

TEST_CASE("so is that of the running kernel, mapped or read") {
    const Peer peer(btf__parse_raw("/sys/kernel/btf/vmlinux"));
    const std::unique_ptr<TypeInformation> ours = TypeInformation::of_file("/sys/kernel/btf/vmlinux");
    REQUIRE((ours != nullptr) == (peer != nullptr));
    if (ours == nullptr) return;
    compare(*ours, peer, 10'000);
}

TEST_CASE("what is no type information, or only a part of it, is refused") {
    CHECK(TypeInformation::of_file("tests/data/btf/none") == nullptr);
    CHECK(TypeInformation::of_file("tests/data/btf/6.18") == nullptr);  // text
    CHECK(TypeInformation::of_file("/proc/self/stat") == nullptr);      // has no size
    const std::vector<std::byte> good = bytes_of(recorded_types("6.18"));
    REQUIRE(TypeInformation::of_bytes(good) != nullptr);
    for (const size_t size : {size_t{0}, size_t{3}, sizeof(btf_header), good.size() / 2, good.size() - 1})
        CHECK(TypeInformation::of_bytes(std::span(good).first(size)) == nullptr);

    const auto changed = [&](size_t offset, uint32_t value) {
        std::vector<std::byte> bytes = good;
        std::memcpy(bytes.data() + offset, &value, sizeof value);
        return TypeInformation::of_bytes(bytes);
    };
    btf_header head{};
    std::memcpy(&head, good.data(), sizeof head);
    const size_t first_type = head.hdr_len + head.type_off;
    CHECK(changed(0, __builtin_bswap32(BTF_MAGIC)) == nullptr);                    // other byte order
    CHECK(changed(offsetof(btf_header, type_len), head.type_len - 4) == nullptr);  // ends within a type
    CHECK(changed(offsetof(btf_header, str_off), UINT32_MAX) == nullptr);          // names elsewhere
    CHECK(changed(offsetof(btf_header, str_len), head.str_len - 1) == nullptr);    // ends within a name
    CHECK(changed(first_type + offsetof(btf_type, info), uint32_t{NR_BTF_KINDS} << 24) == nullptr);  // unknown kind
}

}  // namespace probevue
