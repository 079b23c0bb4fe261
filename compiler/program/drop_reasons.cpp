#include "compiler/program/drop_reasons.h"

#include <fmt/format.h>

#include <string_view>

#include "compiler/program/kernel_facts.h"

namespace probevue {
namespace {

std::map<uint32_t, std::string> names_of(const KernelFacts& facts, std::string_view enumeration,
                                         std::string_view prefix) {
    std::map<uint32_t, std::string> out;
    for (const Enumerator& one : facts.enumerators(enumeration)) {
        std::string_view name = one.name;
        if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
        out.emplace(static_cast<uint32_t>(one.value), name);  // of several names the first
    }
    return out;
}

}  // namespace

DropReasons::DropReasons(const KernelFacts& facts)
    : reasons_(names_of(facts, "skb_drop_reason", "SKB_DROP_REASON_")),
      subsystems_(names_of(facts, "skb_drop_reason_subsys", "SKB_DROP_REASON_SUBSYS_")) {}

std::string DropReasons::name(uint32_t reason) const {
    if (const auto at = reasons_.find(reason); at != reasons_.end()) return at->second;
    const auto subsystem = subsystems_.find(reason >> 16);
    if (reason >> 16 != 0 && subsystem != subsystems_.end())
        return fmt::format("{}_{}", subsystem->second, reason & 0xffff);
    return fmt::format("{}", reason);
}

}  // namespace probevue
