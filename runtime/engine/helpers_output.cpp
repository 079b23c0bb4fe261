// Output, and what tells about the session and the probe.
#include <fmt/format.h>

#include <bit>

#include "builtins/base/shown.h"
#include "builtins/function.h"
#include "runtime/engine/helpers.h"
#include "runtime/engine/hex_dump.h"
#include "runtime/engine/prototype.h"

namespace probevue::helpers {

uint64_t emit(Machine& machine, uint64_t record, uint64_t payload, uint64_t, uint64_t, uint64_t) {
    if (record < machine.program.records.size()) {
        machine.sink.record(machine.program.records[record], pointer(payload), *machine.origin);
    }
    return 0;
}

// What is open is closed behind the clause.
uint64_t group_start(Machine& machine, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t) {
    machine.sections_open = true;
    machine.sink.section(SectionStep::group_start, {});
    return 0;
}

uint64_t group_end(Machine& machine, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t) {
    machine.sink.section(SectionStep::group_end, {});
    return 0;
}

uint64_t tentative_start(Machine& machine, uint64_t site, uint64_t, uint64_t, uint64_t, uint64_t) {
    machine.sections_open = true;
    machine.sink.section(SectionStep::tentative_start, machine.site_text(site));
    return 0;
}

uint64_t tentative_end(Machine& machine, uint64_t site, uint64_t, uint64_t, uint64_t, uint64_t) {
    machine.sink.section(SectionStep::tentative_end, machine.site_text(site));
    return 0;
}

uint64_t tentative_commit(Machine& machine, uint64_t site, uint64_t, uint64_t, uint64_t, uint64_t) {
    machine.sink.section(SectionStep::tentative_commit, machine.site_text(site));
    return 0;
}

uint64_t tentative_discard(Machine& machine, uint64_t site, uint64_t, uint64_t, uint64_t, uint64_t) {
    machine.sink.section(SectionStep::tentative_discard, machine.site_text(site));
    return 0;
}

uint64_t date_format(Machine& machine, uint64_t text, uint64_t size, uint64_t, uint64_t, uint64_t) {
    machine.sink.set_date_format(text_at(text, size));
    return 0;
}

bool has(uint64_t flags, StackFlag flag) { return (flags & static_cast<uint64_t>(flag)) != 0; }

// What is asked for of the stack of the event.
StackTrace asked_for(Machine& machine, const StackTrace& stack, uint64_t flags, uint64_t levels) {
    StackTrace out = cut_stack(stack, static_cast<int64_t>(levels));
    return machine.options.live && has(flags, StackFlag::functions) ? stack_of_functions(out, *machine.symbolizer)
                                                                    : out;
}

uint64_t get_stack(Machine& machine, uint64_t levels, uint64_t flags, uint64_t, uint64_t, uint64_t) {
    const StackTrace* stack = machine.stacks.find(machine.context->stack);
    return stack == nullptr ? 0 : machine.stacks.intern(asked_for(machine, *stack, flags, levels));
}

uint64_t print_stack(Machine& machine, uint64_t flags, uint64_t levels, uint64_t, uint64_t, uint64_t) {
    const StackTrace* stack = machine.stacks.find(machine.context->stack);
    if (stack == nullptr) return 0;
    StackTrace shown = *stack;
    // The stack of where the probe is; the user's below a kernel one only when asked for.
    if (!has(flags, StackFlag::user_trace) && !shown.kernel.empty()) shown.user.clear();
    shown = asked_for(machine, shown, flags, levels);
    machine.sink.text(
        stack_text(shown, machine.options.live && has(flags, StackFlag::print_symbols), *machine.symbolizer),
        *machine.origin);
    return 0;
}

uint64_t print_process_tree(Machine& machine, uint64_t depth, uint64_t, uint64_t, uint64_t, uint64_t) {
    const int64_t pid = machine.live_process();
    if (pid != 0)
        machine.sink.text(shown_lines(machine.processes.process_tree(pid, static_cast<int64_t>(depth))),
                          *machine.origin);
    return 0;
}

uint64_t print_arguments(Machine& machine, uint64_t site, uint64_t, uint64_t, uint64_t, uint64_t) {
    if (machine.context->fields == 0) return 0;
    const ProbeRequest* probe = machine.fired();
    const bool returned =
        probe != nullptr && (probe->kind == ProbeKind::syscall_exit || probe->kind == ProbeKind::function_exit);
    CallValues values;
    values.function = text_at(machine.context->fields + event_field(EventField::function).offset,
                              event_field(EventField::function).type.size);
    for (size_t i = 0; i < values.arguments.size(); ++i) {
        values.arguments[i] = machine.event_word(static_cast<EventField>(static_cast<size_t>(EventField::arg1) + i));
    }
    if (returned) values.result = machine.event_word(EventField::return_value);
    machine.sink.text(call_text(machine.site_text(site), values), *machine.origin);
    return 0;
}

// The text is one piece, however many lines it has.
uint64_t hex_dump(Machine& machine, uint64_t address, uint64_t size, uint64_t, uint64_t, uint64_t) {
    if (static_cast<int64_t>(size) > 0) machine.sink.text(hex_dump_text({pointer(address), size}), *machine.origin);
    return 0;
}

uint64_t exit(Machine& machine, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t) {
    machine.exit_requested = true;
    return 0;
}

uint64_t exit_after(Machine& machine, uint64_t seconds, uint64_t, uint64_t, uint64_t, uint64_t) {
    constexpr uint64_t second = 1'000'000'000;
    const auto given = static_cast<int64_t>(seconds);
    const uint64_t period = given <= 0 ? 0 : given > INT64_MAX / int64_t{second} ? UINT64_MAX : seconds * second;
    machine.exit_after_ns = std::min(machine.exit_after_ns.value_or(UINT64_MAX), period);
    return 0;
}

void show_warning(Machine& machine, uint64_t site) {
    if (site >= machine.warned.size() || machine.warned[site]) return;
    machine.warned[site] = true;
    const Site& where = machine.program.sites[site];
    const std::string text = fmt::format("{}:{}:{}: {}", machine.program.script_name, where.position.line,
                                         where.position.column, where.text);
    machine.sink.message(MessageKind::warning, text);
}

uint64_t warn(Machine& machine, uint64_t site, uint64_t, uint64_t, uint64_t, uint64_t) {
    if (site >= machine.warned.size()) return 0;
    machine.counters.add(machine.program.sites[site].fault, 1);
    show_warning(machine, site);
    return 0;
}

uint64_t interval_seconds(Machine& machine, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t) {
    const ProbeRequest* fired = machine.fired();
    return std::bit_cast<uint64_t>(fired == nullptr ? 0.0 : static_cast<double>(fired->interval_ms()) / 1000);
}

uint64_t probe_text(Machine& machine, uint64_t to, uint64_t to_size, uint64_t, uint64_t, uint64_t) {
    put_text(to, to_size, machine.site_text(machine.context->probe));
    return 0;
}

uint64_t thread_indent(Machine& machine, uint64_t to, uint64_t to_size, uint64_t change, uint64_t tid, uint64_t name) {
    std::string text;
    const std::string_view process = text_at(name, event_field(EventField::pname).type.size);
    if (!machine.indents.change(static_cast<int64_t>(change), static_cast<int64_t>(tid), process,
                                machine.context->time_ns, text)) {
        ++machine.counters.threads_full;
    }
    put_text(to, to_size, text);
    return 0;
}

// The names are those of the kernel that runs: a recording is of another one, or of the same before it started anew.
uint64_t symbol(Machine& machine, uint64_t to, uint64_t to_size, uint64_t address, uint64_t, uint64_t) {
    if (machine.options.live) {
        put_text(to, to_size, machine.symbolizer->function_of_kernel(address));
    } else {
        ++machine.counters.unnamed;
        put_text(to, to_size, fmt::format("{:#x}", address));
    }
    return 0;
}

}  // namespace probevue::helpers
