// Type information in the form in which the kernel shows it (BTF), read where it lies: types by number, and by name.
// libbpf's own reader takes two copies of it and compares every type for each name: a quarter of what starting a
// session took. Private to runtime/kernel.
#pragma once

#include <linux/btf.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace probevue {

class TypeInformation {
public:
    // A file of bytes, mapped where its file system can do that (/sys/kernel/btf from Linux 6.16 on), else read. Null:
    // it cannot be read, or is no type information of this machine's byte order.
    static std::unique_ptr<TypeInformation> of_file(const char* path);
    // A copy of bytes; null as above.
    static std::unique_ptr<TypeInformation> of_bytes(std::span<const std::byte> bytes);

    TypeInformation(const TypeInformation&) = delete;
    TypeInformation& operator=(const TypeInformation&) = delete;
    ~TypeInformation();

    // One more than the highest number. 0 stands for void.
    uint32_t count() const { return static_cast<uint32_t>(at_.size()); }
    // Null: there is no such type.
    const btf_type* type(uint32_t id) const;
    // What stands at an offset among the names; empty where nothing does.
    const char* name(uint32_t offset) const { return offset < names_.size() ? names_.data() + offset : ""; }
    // Bytes that a value of the type takes; negative: it has no values.
    int64_t size(uint32_t id) const;
    // The first type of this name and kind (BTF_KIND_...); -1: there is none.
    int find(std::string_view name, uint32_t kind) const;

private:
    struct Named {
        uint32_t name;
        uint32_t id;
    };
    // The types of a kind that have a name, in their order.
    struct Kind {
        std::vector<Named> types;
        std::map<std::string, int, std::less<>> found;
        std::unordered_map<std::string_view, int> all;  // names lie in the type information
    };

    TypeInformation() = default;
    bool take_apart();

    std::span<const std::byte> bytes_;
    std::unique_ptr<std::byte[]> copy_;  // none: the bytes are mapped
    const std::byte* types_ = nullptr;
    std::string_view names_;
    std::vector<uint32_t> at_;  // where each type begins; of void, nowhere
    mutable Kind kinds_[NR_BTF_KINDS];
};

}  // namespace probevue
