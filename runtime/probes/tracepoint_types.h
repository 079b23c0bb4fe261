// What the kernel's type information says of the arguments of tracepoints, for listings and completion.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/program/kernel_facts.h"

namespace probevue {

// One line an argument: "__arg1 struct sk_buff *skb". Empty: nothing is known of them.
std::vector<std::string> tracepoint_arguments(const KernelFacts& kernel, std::string_view tracepoint);

// Names of the members of what is reached from an argument (from 1) by these members, whether by `->` or by `.`.
std::vector<std::string> tracepoint_members(const KernelFacts& kernel, std::string_view tracepoint, uint32_t argument,
                                            std::span<const std::string_view> path);

}  // namespace probevue
