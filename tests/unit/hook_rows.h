// Asks a kernel for all that rows of hooks and views, and the code of hooks, may ask it for. What asks must ask for
// everything by itself: what is recorded of a kernel (tests/data/make_types.cpp) is what was asked.
#pragma once

#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/giving.h"
#include "compiler/hooks/conditions.h"
#include "compiler/hooks/owners.h"
#include "compiler/hooks/packet_ids.h"
#include "compiler/hooks/read_code.h"
#include "compiler/hooks/selection.h"
#include "compiler/program/hook_choice.h"

namespace probevue {

// "tracepoint tcp_send_reset", "kprobe entry tcp_reset" and what of it is meant.
inline std::string name_of(const HookRow& row) {
    const char* point = row.point == HookPoint::tracepoint ? "tracepoint"
                        : row.point == HookPoint::exit     ? "exit"
                                                           : "entry";
    return fmt::format("{} {} {}", rung_row(row.rung).name, point, row.target);
}

// As if a clause read every field: conditions compute what is wanted.
inline void want_all(Hook& hook) {
    for (const EventFieldRow& field : event_fields()) hook.wanted.insert(field.field);
}

// What one row and the code that it names lack on the kernel, a line each.
inline std::set<std::string> lacks_of_row(const HookRow& row, const KernelFacts& kernel) {
    std::set<std::string> out;
    if (row.target.empty()) return out;               // whatever the tuple names
    if (row.point == HookPoint::message) return out;  // there is no program that would ask
    const std::string_view target = row.target;
    const std::optional<Prototype> prototype = prototype_of(row, target, kernel);
    if (!prototype) return {name_of(row) + ": is not there"};
    if (prototype->arguments.size() < row.arguments.least && !has_places(row.point))
        return {fmt::format("{}: has {} arguments, {} are needed", name_of(row), prototype->arguments.size(),
                            row.arguments.least)};
    const auto ask = [&](const auto& write) {
        std::vector<KernelMap> maps;
        Hook hook(kernel, row, target, KernelMaps(maps));
        hook.set_rejected(hook.code().label());
        for (const Root& root : row.roots) {
            if (root.argument < 0 || root.view == View::task) {
                hook.set_thing(root.view, {hook.code().argument(0, 8), 0});
                continue;
            }
            KernelPointer thing = hook.pointer_argument(root.argument);
            if (!root.path.empty()) thing = hook.follow(thing, root.path);
            hook.set_thing(root.view, thing);
        }
        write(hook);
        if (!hook.missing().empty()) out.insert(fmt::format("{}: {}", name_of(row), hook.missing()));
    };
    ask([](Hook& hook) {
        want_all(hook);
        write_condition(hook);
    });
    ask([](Hook& hook) { prepare_selection(hook); });
    for (const HookCause& cause : hook_causes(row)) {
        if (!cause.enumerated.empty() && !kernel.enumerator(cause.enumerated, cause.name))
            out.insert(fmt::format("{}: enum {} has no {}", name_of(row), cause.enumerated, cause.name));
    }
    for (const HookWhen& when : hook_whens(row)) {
        if (!kernel.resolve(when.path)) out.insert(fmt::format("{}: the kernel has no `{}`", name_of(row), when.path));
    }
    for (const EventFieldRow& field : event_fields()) {
        if (giving(row, field.field) != Giving::given || is_looked_up(row, field.field)) continue;
        if (field.field == EventField::why && !hook_causes(row).empty()) continue;  // which is looked at above
        ask([&](Hook& hook) {
            want_all(hook);
            write_condition(hook);
            const ir::Slot to = hook.code().slot(captured_size(field.field), "field");
            if (!write_field(hook, field.field, hook.code().in_slot(to)))
                hook.lacks(fmt::format("does not give {}", field.name));
        });
        // Later ways to the field are taken when an earlier one gave nothing.
        for (const Reading& way : readings(row, field.field)) {
            for (const HookField& one : way.rows) {
                if (one.path.find('.') == std::string_view::npos || one.path.find(" - ") != std::string_view::npos)
                    continue;
                const std::string_view path = register_path(kernel.processor(), one.path);
                if (!kernel.resolve(path)) out.insert(fmt::format("{}: the kernel has no `{}`", name_of(row), path));
            }
            if (way.lead != nullptr && !way.lead->path.empty() && !kernel.resolve(way.lead->path))
                out.insert(fmt::format("{}: the kernel has no `{}`", name_of(row), way.lead->path));
        }
    }
    if (can_read(row, CapturedKind::descriptor)) {
        ask([](Hook& hook) {
            ClauseReads reads;
            reads.values.push_back({.constant = 3});
            reads.reads.push_back({CapturedKind::descriptor, 0, no_value, sizeof(CapturedDescriptor)});
            const std::vector<CapturedRead> places = {{CapturedKind::descriptor, 0, capacity_of(reads.reads[0])}};
            const FindField find = [](EventField) { return std::optional<KernelPlace>(); };
            write_reads(hook, reads, places, hook.code().argument(0, 8), find);
        });
    }
    if (const Root* root = packet_root(row)) {
        ask([&](Hook& hook) {
            const CapturedRead place{CapturedKind::packet, 0, sizeof(CapturedPacket) + packet_head_bytes};
            write_packet(hook, hook.thing(root->view), place, hook.code().argument(0, 8));
        });
    }
    return out;
}

// The paths of all rows and leads by themselves, whether a hook leads to them or not.
inline std::set<std::string> lacks_of_views(const KernelFacts& kernel) {
    std::set<std::string> out;
    const auto resolve = [&](std::string_view path) {
        const size_t minus = path.find(" - ");
        for (const std::string_view one :
             {path.substr(0, minus), minus == std::string_view::npos ? "" : path.substr(minus + 3)}) {
            if (one.find('.') != std::string_view::npos && !kernel.resolve(one))
                out.insert(fmt::format("the kernel has no `{}`", one));
        }
    };
    for (const ViewRow& view : views()) {
        if (!view.structure.empty() && !kernel.struct_size(view.structure))
            out.insert(fmt::format("the kernel has no `struct {}`", view.structure));
        for (const HookField& field : view_fields(view.view)) resolve(field.path);
    }
    for (const Lead& lead : leads()) resolve(lead.path);
    for (const std::string_view path : {"task_struct.mm->exe_file->f_inode->i_ino"}) resolve(path);
    return out;
}

// Of the programs that note who uses sockets.
inline std::set<std::string> lacks_of_owners(const KernelFacts& kernel) {
    ir::Module module;
    KernelMaps(module.program.kernel_maps).ends();  // with those that note ends
    const std::string lack = write_owner_programs(module, kernel);
    return lack.empty() ? std::set<std::string>() : std::set{lack};
}

// Of the programs that note which packet is which.
inline std::set<std::string> lacks_of_steps(const KernelFacts& kernel) {
    ir::Module module;
    KernelMaps(module.program.kernel_maps).packets();
    const std::string lack = write_step_programs(module, kernel);
    return lack.empty() ? std::set<std::string>() : std::set{lack};
}

inline std::set<std::string> all_lacks(const KernelFacts& kernel) {
    std::set<std::string> out = lacks_of_views(kernel);
    out.merge(lacks_of_owners(kernel));
    out.merge(lacks_of_steps(kernel));
    for (const HookRow& row : hook_rows()) out.merge(lacks_of_row(row, kernel));
    return out;
}

}  // namespace probevue
