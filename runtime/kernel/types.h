// The kernel's own type information (BTF), looked up by name. Private to runtime/kernel.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/program/kernel_facts.h"
#include "runtime/kernel/btf.h"

namespace probevue {

// The error of a kernel whose types cannot be read.
Error no_kernel_types();

class KernelTypes {
public:
    // Reads /sys/kernel/btf/vmlinux; null when there is none.
    static std::unique_ptr<KernelTypes> load();
    // Type information from elsewhere; null when it is.
    static std::unique_ptr<KernelTypes> of(std::unique_ptr<TypeInformation> types);

    std::optional<Prototype> tracepoint(std::string_view name) const;
    std::vector<std::string> tracepoints() const;
    std::optional<Prototype> function(std::string_view name) const;
    std::optional<ResolvedPath> resolve(std::string_view path) const;
    std::optional<uint32_t> struct_size(std::string_view name) const;
    std::optional<int64_t> enumerator(std::string_view enumeration, std::string_view name) const;
    std::vector<Enumerator> enumerators(std::string_view enumeration) const;
    std::vector<std::string> argument_names(std::string_view tracepoint) const;
    std::optional<KernelType> type(KernelTypeId id) const;
    std::optional<KernelTypeId> structure(std::string_view name, bool is_union) const;

private:
    explicit KernelTypes(std::unique_ptr<TypeInformation> types) : btf_(std::move(types)) {}
    const btf_type* strip(uint32_t id, uint32_t* stripped = nullptr) const;
    ArgumentShape shape(uint32_t id) const;
    bool is_signed(const btf_type* type) const;
    KernelTypeId stripped(uint32_t id) const;
    Prototype prototype(const btf_type* function, unsigned skipped) const;
    bool member(uint32_t structure, std::string_view name, uint32_t bits, uint32_t& type, uint32_t& at_bit,
                uint32_t& bitfield, bool& seen) const;
    uint32_t size_of(uint32_t id) const;
    uint32_t pointed_size(uint32_t id) const;

    std::unique_ptr<TypeInformation> btf_;
};

}  // namespace probevue
