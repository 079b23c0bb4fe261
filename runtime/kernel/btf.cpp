#include "runtime/kernel/btf.h"

#include <bpf/btf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "runtime/sources/handle.h"

namespace probevue {
namespace {

constexpr btf_type void_type{};

// Bytes that stand behind the head of a type; -1: a kind that is not known.
int64_t bytes_behind(const btf_type* type) {
    const int64_t parts = btf_vlen(type);
    switch (btf_kind(type)) {
        case BTF_KIND_PTR:
        case BTF_KIND_FWD:
        case BTF_KIND_TYPEDEF:
        case BTF_KIND_VOLATILE:
        case BTF_KIND_CONST:
        case BTF_KIND_RESTRICT:
        case BTF_KIND_FUNC:
        case BTF_KIND_FLOAT:
        case BTF_KIND_TYPE_TAG:
            return 0;
        case BTF_KIND_INT:
            return sizeof(uint32_t);
        case BTF_KIND_ARRAY:
            return sizeof(struct btf_array);
        case BTF_KIND_STRUCT:
        case BTF_KIND_UNION:
            return parts * static_cast<int64_t>(sizeof(btf_member));
        case BTF_KIND_ENUM:
            return parts * static_cast<int64_t>(sizeof(struct btf_enum));
        case BTF_KIND_ENUM64:
            return parts * static_cast<int64_t>(sizeof(struct btf_enum64));
        case BTF_KIND_FUNC_PROTO:
            return parts * static_cast<int64_t>(sizeof(btf_param));
        case BTF_KIND_VAR:
            return sizeof(struct btf_var);
        case BTF_KIND_DATASEC:
            return parts * static_cast<int64_t>(sizeof(btf_var_secinfo));
        case BTF_KIND_DECL_TAG:
            return sizeof(struct btf_decl_tag);
        default:
            return -1;
    }
}

// The kernel gives out a page at a time.
bool read_all(int fd, std::span<std::byte> to) {
    while (!to.empty()) {
        const ssize_t got = read(fd, to.data(), to.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        to = to.subspan(static_cast<size_t>(got));
    }
    return true;
}

}  // namespace

TypeInformation::~TypeInformation() {
    if (copy_ == nullptr && !bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

std::unique_ptr<TypeInformation> TypeInformation::of_file(const char* path) {
    const Handle file(open(path, O_RDONLY | O_CLOEXEC));
    struct stat about {};
    if (!file || fstat(file.get(), &about) != 0 || about.st_size <= 0) return nullptr;
    const auto size = static_cast<size_t>(about.st_size);
    std::unique_ptr<TypeInformation> out(new TypeInformation);
    void* mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (mapped != MAP_FAILED) {
        out->bytes_ = {static_cast<const std::byte*>(mapped), size};
    } else {
        out->copy_ = std::make_unique_for_overwrite<std::byte[]>(size);
        out->bytes_ = {out->copy_.get(), size};
        if (!read_all(file.get(), {out->copy_.get(), size})) return nullptr;
    }
    return out->take_apart() ? std::move(out) : nullptr;
}

std::unique_ptr<TypeInformation> TypeInformation::of_bytes(std::span<const std::byte> bytes) {
    std::unique_ptr<TypeInformation> out(new TypeInformation);
    out->copy_ = std::make_unique_for_overwrite<std::byte[]>(bytes.size());
    if (!bytes.empty()) std::memcpy(out->copy_.get(), bytes.data(), bytes.size());
    out->bytes_ = {out->copy_.get(), bytes.size()};
    return out->take_apart() ? std::move(out) : nullptr;
}

// Finds where types begin, and lists them by kind.
bool TypeInformation::take_apart() {
    btf_header head{};
    if (bytes_.size() < sizeof head) return false;
    std::memcpy(&head, bytes_.data(), sizeof head);
    if (head.magic != BTF_MAGIC || head.version != BTF_VERSION || head.hdr_len < sizeof head ||
        head.hdr_len > bytes_.size() || head.type_off % sizeof(uint32_t) != 0 || head.hdr_len % sizeof(uint32_t) != 0)
        return false;
    const auto body = bytes_.subspan(head.hdr_len);
    const auto inside = [&](uint32_t offset, uint32_t length) {
        return offset <= body.size() && length <= body.size() - offset;
    };
    if (!inside(head.type_off, head.type_len) || !inside(head.str_off, head.str_len) || head.str_len == 0) return false;
    types_ = body.data() + head.type_off;
    names_ = {reinterpret_cast<const char*>(body.data() + head.str_off), head.str_len};
    if (names_.front() != '\0' || names_.back() != '\0') return false;

    constexpr uint32_t bytes_of_most = 28;  // of types, with what stands behind them, in kernels
    at_.reserve(head.type_len / bytes_of_most + 1);
    at_.push_back(0);
    for (uint64_t at = 0; at < head.type_len;) {
        const auto* type = reinterpret_cast<const btf_type*>(types_ + at);
        if (head.type_len - at < sizeof *type) return false;
        const int64_t more = bytes_behind(type);
        if (more < 0) return false;
        if (type->name_off != 0) kinds_[btf_kind(type)].types.push_back({type->name_off, count()});
        at_.push_back(static_cast<uint32_t>(at));
        at += sizeof *type + static_cast<uint64_t>(more);
        if (at > head.type_len) return false;
    }
    return true;
}

const btf_type* TypeInformation::type(uint32_t id) const {
    if (id == 0) return &void_type;
    return id < count() ? reinterpret_cast<const btf_type*>(types_ + at_[id]) : nullptr;
}

int64_t TypeInformation::size(uint32_t id) const {
    constexpr int deepest = 32;  // more are a circle
    int64_t elements = 1;
    for (int i = 0; i < deepest; ++i) {
        const btf_type* at = type(id);
        if (at == nullptr) return -1;
        int64_t bytes = 0;
        switch (btf_kind(at)) {
            case BTF_KIND_INT:
            case BTF_KIND_STRUCT:
            case BTF_KIND_UNION:
            case BTF_KIND_ENUM:
            case BTF_KIND_ENUM64:
            case BTF_KIND_DATASEC:
            case BTF_KIND_FLOAT:
                bytes = at->size;
                break;
            case BTF_KIND_PTR:
                bytes = sizeof(void*);
                break;
            case BTF_KIND_TYPEDEF:
            case BTF_KIND_VOLATILE:
            case BTF_KIND_CONST:
            case BTF_KIND_RESTRICT:
            case BTF_KIND_VAR:
            case BTF_KIND_DECL_TAG:
            case BTF_KIND_TYPE_TAG:
                id = at->type;
                continue;
            case BTF_KIND_ARRAY:
                if (__builtin_mul_overflow(elements, int64_t{btf_array(at)->nelems}, &elements)) return -1;
                id = btf_array(at)->type;
                continue;
            default:
                return -1;
        }
        return __builtin_mul_overflow(elements, bytes, &bytes) ? -1 : bytes;
    }
    return -1;
}

int TypeInformation::find(std::string_view name, uint32_t kind) const {
    if (kind >= NR_BTF_KINDS || name.empty()) return -1;
    Kind& of = kinds_[kind];
    // Few names are found soonest by going through all; who asks for many is better served by a table.
    constexpr size_t many = 64;
    if (of.all.empty() && of.found.size() >= many) {
        of.all.reserve(of.types.size());
        for (const Named& type : of.types) of.all.try_emplace(this->name(type.name), static_cast<int>(type.id));
    }
    if (!of.all.empty()) {
        const auto known = of.all.find(name);
        return known == of.all.end() ? -1 : known->second;
    }
    const auto [known, fresh] = of.found.try_emplace(std::string(name), -1);
    if (!fresh) return known->second;
    const char* const wanted = known->first.c_str();
    for (const Named& type : of.types) {
        const char* const own = this->name(type.name);
        if (*own != *wanted || std::strcmp(own, wanted) != 0) continue;
        known->second = static_cast<int>(type.id);
        break;
    }
    return known->second;
}

}  // namespace probevue
