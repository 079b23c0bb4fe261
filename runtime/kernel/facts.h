// What the running kernel has and grants (compiler/program/kernel_facts.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "builtins/base/result.h"
#include "compiler/program/kernel_facts.h"

namespace probevue {

// The capabilities that this process lacks, as an error; nothing when it has all that events of the kernel ask for.
std::optional<Error> missing_privileges();

bool processor_is_online(uint32_t number);

class RunningKernel final : public KernelFacts {
public:
    RunningKernel();
    ~RunningKernel() override;

    // Why nothing at all can be had: no type information, no privilege. Looked up when first asked for.
    std::optional<Error> unusable() const;

    std::optional<Prototype> tracepoint(std::string_view name) const override;
    std::optional<Prototype> function(std::string_view name) const override;
    std::optional<ResolvedPath> resolve(std::string_view path) const override;
    std::optional<uint32_t> struct_size(std::string_view name) const override;
    std::optional<int64_t> enumerator(std::string_view enumeration, std::string_view name) const override;
    std::vector<Enumerator> enumerators(std::string_view enumeration) const override;
    bool has_types() const override;
    std::vector<std::string> argument_names(std::string_view tracepoint) const override;
    std::optional<KernelType> type(KernelTypeId id) const override;
    std::optional<KernelTypeId> structure(std::string_view name, bool is_union) const override;
    int64_t own_process() const override;
    uint64_t boot_time_ns() const override;
    std::vector<std::string> tracepoints() const override;
    std::optional<uint64_t> symbol(std::string_view name) const override;
    std::string refusal(Rung rung) const override;
    std::string hook_refusal(const HookRow& row, const Prototype& prototype) const override;
    bool forbids_preemption() const override;
    std::optional<int32_t> cast_function() const override;

private:
    struct State;
    std::unique_ptr<State> state_;  // read when first needed
};

}  // namespace probevue
