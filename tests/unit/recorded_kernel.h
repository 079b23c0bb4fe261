// A kernel of which tests know what the rows of hooks and views need: its type information, recorded in tests/data/btf
// (tests/data/make_types.cpp writes the files, and says how they are to be read).
#pragma once

#include <bpf/btf.h>
#include <fmt/format.h>

#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/kernel/types.h"

namespace probevue {

// Makes type information of a recorded file.
class TypeReader {
public:
    explicit TypeReader(const std::string& path) {
        std::ifstream file(path);
        if (!file) throw std::runtime_error("cannot read " + path);
        for (std::string line; std::getline(file, line);) {
            const size_t indent = line.find_first_not_of(' ');
            if (indent == std::string::npos || line[indent] == '#') continue;
            lines_.push_back({indent / 4, line.substr(indent)});
        }
        for (at_ = 0; at_ < lines_.size();) top();
    }

    btf* make() {
        btf* out = btf__new_empty();
        for (size_t i = 0; i < types_.size(); ++i) {
            const int id = add(out, types_[i]);
            if (id != static_cast<int>(i) + 1)
                throw std::runtime_error(
                    fmt::format("type {} `{}` of kind {} became {}", i + 1, types_[i].name, types_[i].kind, id));
        }
        return out;
    }

private:
    struct Line {
        size_t depth;
        std::string text;
    };
    struct Member {
        std::string name;
        int type;
        uint32_t bit;
        uint32_t width;
    };
    struct Type {
        uint32_t kind = BTF_KIND_UNKN;  // void
        std::string name = {};
        uint32_t size = 0;
        bool is_signed = false;
        int target = 0;
        uint32_t count = 0;
        std::vector<Member> members = {};  // of functions: parameters; of enumerations: `bit` is the value
    };

    int put(Type type) {
        types_.push_back(std::move(type));
        return static_cast<int>(types_.size());
    }

    // The same type for the same text.
    int type(std::string_view text) {
        const auto known = named_.find(std::string(text));
        if (known != named_.end()) return known->second;
        const int made = fresh(text);
        return named_[std::string(text)] = made;
    }

    int fresh(std::string_view text) {
        if (text == "void") return 0;
        if (text.front() == '{')
            return put(
                {.kind = BTF_KIND_STRUCT, .size = static_cast<uint32_t>(std::stoul(std::string(text.substr(1))))});
        if (text.front() == '*') {
            const int target = type(text.substr(1));
            return put({.kind = BTF_KIND_PTR, .target = target});
        }
        if (text.front() == '[') {
            const size_t end = text.find(']');
            const int target = type(text.substr(end + 1));
            const int index = type("u32");
            Type array{.kind = BTF_KIND_ARRAY, .target = target};
            array.count = static_cast<uint32_t>(std::stoul(std::string(text.substr(1, end - 1))));
            array.size = static_cast<uint32_t>(index);
            return put(std::move(array));
        }
        if (text.starts_with("struct ") || text.starts_with("union "))
            return put({.kind = text[0] == 's' ? uint32_t{BTF_KIND_STRUCT} : uint32_t{BTF_KIND_UNION},
                        .name = std::string(text.substr(text.find(' ') + 1))});
        const auto bits = static_cast<uint32_t>(std::stoul(std::string(text.substr(1))));
        return put({.kind = BTF_KIND_INT, .name = std::string(text), .size = bits / 8, .is_signed = text[0] == 's'});
    }

    static std::vector<std::string> words(const std::string& text) {
        std::vector<std::string> out;
        for (size_t at = 0; at < text.size();) {
            const size_t end = std::min(text.find(' ', at), text.size());
            if (end > at) out.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        return out;
    }

    void top() {
        const std::string text = lines_[at_].text;
        const std::vector<std::string> parts = words(text);
        ++at_;
        if (parts[0] == "struct" || parts[0] == "union") {
            const int id = type(parts[0] + " " + parts[1]);
            const auto index = static_cast<size_t>(id - 1);
            types_[index].size = static_cast<uint32_t>(std::stoul(parts[2]));
            std::vector<Member> found = members(1);
            types_[index].members = std::move(found);
        } else if (parts[0] == "enum") {
            Type out{.kind = BTF_KIND_ENUM, .name = parts[1], .size = 4};
            for (; at_ < lines_.size() && lines_[at_].depth == 1; ++at_) {
                const std::vector<std::string> pair = words(lines_[at_].text);
                out.members.push_back({pair[0], 0, static_cast<uint32_t>(std::stoul(pair[1])), 0});
            }
            put(std::move(out));
        } else {
            const size_t open = text.find('(');
            function(parts[0] == "tracepoint", text.substr(parts[0].size() + 1, open - parts[0].size() - 1),
                     text.substr(open + 1));
        }
    }

    // "*struct sock, s32)"
    void function(bool traced, const std::string& name, std::string parameters) {
        parameters.resize(parameters.find(')'));
        Type proto{.kind = BTF_KIND_FUNC_PROTO};
        if (traced) proto.members.push_back({"", type("*void"), 0, 0});
        for (size_t begin = 0; begin < parameters.size();) {
            const size_t end = std::min(parameters.find(", ", begin), parameters.size());
            proto.members.push_back({"", type(parameters.substr(begin, end - begin)), 0, 0});
            begin = end + 2;
        }
        const int id = put(std::move(proto));
        if (traced) {
            const int pointer = put({.kind = BTF_KIND_PTR, .target = id});
            put({.kind = BTF_KIND_TYPEDEF, .name = "btf_trace_" + name, .target = pointer});
        } else {
            put({.kind = BTF_KIND_FUNC, .name = name, .target = id});
        }
    }

    // "BIT[:WIDTH] TYPE NAME", or "BIT struct SIZE [NAME]" with members of its own.
    std::vector<Member> members(size_t depth) {
        std::vector<Member> out;
        while (at_ < lines_.size() && lines_[at_].depth == depth) {
            const std::string text = lines_[at_].text;
            ++at_;
            const std::vector<std::string> parts = words(text);
            Member member{};
            member.bit = static_cast<uint32_t>(std::stoul(parts[0]));
            const size_t colon = parts[0].find(':');
            if (colon != std::string::npos)
                member.width = static_cast<uint32_t>(std::stoul(parts[0].substr(colon + 1)));
            const bool inner = (parts[1] == "struct" || parts[1] == "union") &&
                               parts[2].find_first_not_of("0123456789") == std::string::npos;
            if (inner) {
                member.name = parts.size() > 3 ? parts[3] : "";
                std::vector<Member> found = members(depth + 1);
                member.type = put({.kind = parts[1] == "struct" ? uint32_t{BTF_KIND_STRUCT} : uint32_t{BTF_KIND_UNION},
                                   .size = static_cast<uint32_t>(std::stoul(parts[2])),
                                   .members = std::move(found)});
            } else {
                member.name = parts.back();
                const size_t begin = parts[0].size() + 1;
                member.type = type(text.substr(begin, text.size() - begin - member.name.size() - 1));
            }
            out.push_back(std::move(member));
        }
        return out;
    }

    // The number that the type gets; negative: it is refused.
    static int add(btf* out, const Type& type) {
        const char* const name = type.name.empty() ? nullptr : type.name.c_str();
        switch (type.kind) {
            case BTF_KIND_INT:
                return btf__add_int(out, name, type.size, type.is_signed ? BTF_INT_SIGNED : 0);
            case BTF_KIND_PTR:
                return btf__add_ptr(out, type.target);
            case BTF_KIND_ARRAY:
                return btf__add_array(out, static_cast<int>(type.size), type.target, type.count);
            case BTF_KIND_STRUCT:
            case BTF_KIND_UNION: {
                const int id = type.kind == BTF_KIND_STRUCT ? btf__add_struct(out, name, type.size)
                                                            : btf__add_union(out, name, type.size);
                for (const Member& member : type.members) {
                    const char* const own = member.name.empty() ? nullptr : member.name.c_str();
                    const int added = btf__add_field(out, own, member.type, member.bit, member.width);
                    if (added != 0) throw std::runtime_error(fmt::format("{}.{}: {}", type.name, member.name, added));
                }
                return id;
            }
            case BTF_KIND_ENUM: {
                const int id = btf__add_enum(out, name, type.size);
                for (const Member& member : type.members) btf__add_enum_value(out, member.name.c_str(), member.bit);
                return id;
            }
            case BTF_KIND_FUNC_PROTO: {
                const int id = btf__add_func_proto(out, 0);
                for (const Member& member : type.members) btf__add_func_param(out, nullptr, member.type);
                return id;
            }
            case BTF_KIND_TYPEDEF:
                return btf__add_typedef(out, name, type.target);
            default:
                return btf__add_func(out, name, BTF_FUNC_GLOBAL, type.target);
        }
    }

    std::vector<Line> lines_;
    size_t at_ = 0;
    std::vector<Type> types_;
    std::map<std::string, int> named_;
};

// What types alone tell of a kernel on x86-64, which grants everything.
class TypesKernel : public KernelFacts {
public:
    // Of type information that libbpf has made or read, which is freed.
    explicit TypesKernel(btf* types, const Processor& processor = x86_64_processor) : processor_(processor) {
        uint32_t size = 0;
        const auto* bytes = static_cast<const std::byte*>(btf__raw_data(types, &size));
        types_ = KernelTypes::of(TypeInformation::of_bytes({bytes, size}));
        btf__free(types);
        if (types_ == nullptr) throw std::runtime_error("what libbpf has made is refused");
    }

    std::optional<Prototype> tracepoint(std::string_view name) const override { return types_->tracepoint(name); }
    std::optional<Prototype> function(std::string_view name) const override { return types_->function(name); }
    std::optional<ResolvedPath> resolve(std::string_view path) const override { return types_->resolve(path); }
    std::optional<uint32_t> struct_size(std::string_view name) const override { return types_->struct_size(name); }
    std::optional<int64_t> enumerator(std::string_view enumeration, std::string_view name) const override {
        return types_->enumerator(enumeration, name);
    }
    std::optional<KernelType> type(KernelTypeId id) const override { return types_->type(id); }
    std::optional<KernelTypeId> structure(std::string_view name, bool is_union) const override {
        return types_->structure(name, is_union);
    }
    std::optional<uint64_t> symbol(std::string_view) const override { return std::nullopt; }
    std::string refusal(Rung) const override { return {}; }
    int64_t own_process() const override { return 4242; }
    uint64_t boot_time_ns() const override { return 0; }
    std::vector<std::string> tracepoints() const override { return types_->tracepoints(); }
    const Processor& processor() const override { return processor_; }

private:
    std::unique_ptr<KernelTypes> types_;
    const Processor& processor_;
};

}  // namespace probevue
