// A packet is known by where its bytes lie (sk_buff.head), which clones share. The same place is another packet's soon
// after it has been freed, and not every way of freeing is told of. So a packet begins where it comes in by a device or
// is first put into a queue of one, unless what is noted of the place goes on there: that is asked again wherever it
// comes by.
#include "compiler/hooks/packet_ids.h"

#include <fmt/format.h>
#include <linux/bpf.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "builtins/giving.h"
#include "builtins/packet_steps.h"
#include "compiler/hooks/hook.h"
#include "compiler/kernel/home.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

constexpr int32_t packet_size = sizeof(KernelPacket);
constexpr int32_t id_at = offsetof(KernelPacket, id);
constexpr int32_t buffer_at = offsetof(KernelPacket, buffer);
constexpr int32_t step_at_offset = offsetof(KernelPacket, step);
static_assert(packet_size % 8 == 0);

int64_t value_of(StepKind kind) { return static_cast<int64_t>(kind); }

// A packet buffer at a hook, and what is noted of its bytes.
class Noted {
public:
    Noted(Hook& hook, KernelPointer packet)
        : hook_(hook),
          code_(hook.code()),
          packet_(packet),
          map_(hook.maps().packets()),
          head_(hook.read(packet, "sk_buff.head")),
          key_(hook.code().slot(8, "head")) {
        code_.store(code_.in_slot(key_), 8, head_);
    }

    // Its KernelPacket; leaves to `unknown` where none is noted that it can be. `here`: it has been noted at this very
    // place.
    Operand find(ir::Label unknown, bool here);
    // Another packet than what is noted. Gives its number.
    Operand begin(StepKind step, bool noted);
    // Its KernelPacket without a question; leaves to `none`.
    Operand look(ir::Label none) { return look_up(key_, none); }
    // Others on their way that have the same bytes, when this one is no more: not those that TCP keeps for sending them
    // again (sk_buff.nohdr).
    Operand others();
    void forget() { code_.run(BPF_FUNC_map_delete_elem, {code_.map(map_), code_.address(code_.in_slot(key_))}); }
    // Under the address of its buffer, and from there.
    void set_aside(Operand found);
    void take_back();

private:
    Operand look_up(ir::Slot key, ir::Label none);
    Operand holders();

    Hook& hook_;
    KernelCode& code_;
    KernelPointer packet_;
    uint32_t map_;
    Operand head_;
    ir::Slot key_;
};

Operand Noted::look_up(ir::Slot key, ir::Label none) {
    const Operand found = code_.call(BPF_FUNC_map_lookup_elem, {code_.map(map_), code_.address(code_.in_slot(key))});
    code_.branch(Cond::eq, found, number(0), none);
    return found;
}

// Packet buffers whose headers lie in the same bytes (include/linux/skbuff.h, skb_header_cloned()).
Operand Noted::holders() {
    constexpr int64_t half = 16;  // SKB_DATAREF_SHIFT
    const Operand shared = code_.binary(Op::add, head_, hook_.read(packet_, "sk_buff.end"));
    const Operand both = hook_.read({shared, 0}, "skb_shared_info.dataref.counter");
    const Operand all = code_.binary(Op::and_, both, number(0xffff));
    const Operand payload = code_.binary(Op::and_, code_.binary(Op::lshr, both, number(half)), number(0xffff));
    return code_.binary(Op::sub, all, payload);
}

Operand Noted::others() {
    const Operand own = code_.binary(Op::xor_, hook_.read(packet_, "sk_buff.nohdr"), number(1));
    return code_.binary(Op::sub, holders(), own);
}

Operand Noted::find(ir::Label unknown, bool here) {
    const ir::Label known = code_.label();
    const ir::Label same = code_.label();
    const Operand found = look(unknown);
    const Operand buffer = code_.load({found, buffer_at}, 8);
    code_.branch(Cond::eq, buffer, number(0), same);
    code_.branch(Cond::eq, buffer, packet_.value, same);
    code_.branch(Cond::sle, holders(), number(1), unknown);
    code_.place(same);
    if (here) return found;
    // What has been handed to the protocols knows its device. TCP frees such packets untold of, and what comes next to
    // the same place, by the same buffer, is new.
    code_.branch(Cond::ne, code_.load({found, step_at_offset}, 8), number(value_of(StepKind::received)), known);
    code_.branch(Cond::eq, hook_.read(packet_, "sk_buff.skb_iif"), number(0), unknown);
    code_.place(known);
    return found;
}

// The number is the time, in 256ths of a nanosecond: no processor makes two of them at the same time.
Operand Noted::begin(StepKind step, bool noted) {
    constexpr int64_t processor_bits = 8;
    const Operand now = code_.call(BPF_FUNC_ktime_get_ns, {});
    const Operand cpu =
        code_.binary(Op::and_, code_.call(BPF_FUNC_get_smp_processor_id, {}), number((1 << processor_bits) - 1));
    const Operand id = code_.binary(Op::or_, code_.binary(Op::shl, now, number(processor_bits)), cpu);
    if (!noted) return id;
    const ir::Slot fresh = code_.slot(packet_size, "packet");
    code_.store(code_.in_slot(fresh, id_at), 8, id);
    code_.store(code_.in_slot(fresh, buffer_at), 8, packet_.value);
    code_.store(code_.in_slot(fresh, step_at_offset), 8, number(value_of(step)));
    code_.run(BPF_FUNC_map_update_elem, {code_.map(map_), code_.address(code_.in_slot(key_)),
                                         code_.address(code_.in_slot(fresh)), number(BPF_ANY)});
    return id;
}

void Noted::set_aside(Operand found) {
    const ir::Slot aside = code_.slot(8, "buffer");
    const ir::Slot packet = code_.slot(packet_size, "packet");
    code_.copy(code_.in_slot(packet), {found, 0}, packet_size);
    code_.store(code_.in_slot(packet, buffer_at), 8, packet_.value);
    code_.store(code_.in_slot(aside), 8, packet_.value);
    code_.run(BPF_FUNC_map_update_elem, {code_.map(map_), code_.address(code_.in_slot(aside)),
                                         code_.address(code_.in_slot(packet)), number(BPF_ANY)});
}

void Noted::take_back() {
    const ir::Slot aside = code_.slot(8, "buffer");
    const ir::Slot packet = code_.slot(packet_size, "packet");
    code_.store(code_.in_slot(aside), 8, packet_.value);
    const Operand found = look_up(aside, hook_.rejected());
    code_.copy(code_.in_slot(packet), {found, 0}, packet_size);
    code_.run(BPF_FUNC_map_update_elem, {code_.map(map_), code_.address(code_.in_slot(key_)),
                                         code_.address(code_.in_slot(packet)), number(BPF_ANY)});
    code_.run(BPF_FUNC_map_delete_elem, {code_.map(map_), code_.address(code_.in_slot(aside))});
}

// What the map has of a packet follows it; what it has not, begins.
void write_passage(Hook& hook, Noted& noted, StepKind step) {
    KernelCode& code = hook.code();
    const ir::Label fresh = code.label();
    const Operand found = noted.find(fresh, false);
    code.store({found, step_at_offset}, 8, number(value_of(step)));
    hook.reject();
    code.place(fresh);
    noted.begin(step, true);
}

void write_end(Hook& hook, Noted& noted, KernelPointer packet) {
    KernelCode& code = hook.code();
    const ir::Label last = code.label();
    const Operand found = noted.look(hook.rejected());
    code.branch(Cond::sle, noted.others(), number(0), last);
    hook.reject_if(Cond::ne, code.load({found, buffer_at}, 8), packet.value);
    code.store({found, buffer_at}, 8, number(0));
    hook.reject();
    code.place(last);
    noted.forget();
}

// Its bytes are freed by this if it is the only one to have them.
void write_leaving(Hook& hook, Noted& noted) {
    KernelCode& code = hook.code();
    const Operand found = noted.find(hook.rejected(), false);
    const ir::Label last = code.label();
    noted.set_aside(found);
    code.branch(Cond::sle, noted.others(), number(0), last);
    code.store({found, buffer_at}, 8, number(0));
    hook.reject();
    code.place(last);
    noted.forget();
}

ir::Function write_step(Hook& hook, const PacketStep& step) {
    KernelCode& code = hook.code();
    code.function().name = fmt::format("packets {}", describe(step));
    hook.set_rejected(code.label());
    const KernelPointer packet = hook.pointer_argument(0);
    hook.reject_if(Cond::eq, packet.value, number(0));
    Noted noted(hook, packet);
    switch (step.kind) {
        case StepKind::queued:
        case StepKind::received:
        case StepKind::sent:
            write_passage(hook, noted, step.kind);
            break;
        case StepKind::freed:
            write_end(hook, noted, packet);
            break;
        case StepKind::leaves:
            write_leaving(hook, noted);
            break;
        case StepKind::settles:
            noted.take_back();
            break;
    }
    code.place(hook.rejected());
    code.leave(0);
    return std::move(code.function());
}

std::optional<Prototype> prototype_of_step(const PacketStep& step, const KernelFacts& facts) {
    if (step.point == HookPoint::tracepoint) return facts.tracepoint(step.target);
    return facts.refusal(Rung::function).empty() ? facts.function(step.target) : std::nullopt;
}

// What a packet that comes by the hook, and is not noted, has come by last.
StepKind step_before(const Hook& hook) {
    return hook.target() == "net_dev_start_xmit" ? StepKind::sent : StepKind::received;
}

}  // namespace

std::string packet_ids_refusal(const KernelFacts& facts) {
    std::string lack = facts.refusal(Rung::tracepoint);
    for (const PacketStep& step : packet_steps()) {
        if (lack.empty() && step.point == HookPoint::tracepoint && !facts.tracepoint(step.target))
            lack = fmt::format("the kernel has no tracepoint `{}`", step.target);
    }
    return lack.empty() ? "" : fmt::format("nothing tells where packets begin and end: {}", lack);
}

std::string write_step_programs(ir::Module& module, const KernelFacts& facts) {
    const KernelMaps maps(module.program.kernel_maps);
    for (const PacketStep& step : packet_steps()) {
        const std::optional<Prototype> prototype = prototype_of_step(step, facts);
        if (!prototype) continue;
        const HookRow row = noting_hook(step.point, step.target);
        Hook hook(facts, row, step.target, maps);
        ir::Function function = write_step(hook, step);
        if (!hook.missing().empty()) {
            module.steps.clear();
            module.program.step_programs.clear();
            return fmt::format("nothing tells where packets begin and end: {}", hook.missing());
        }
        module.steps.push_back(std::move(function));
        module.program.step_programs.push_back({&step, prototype->btf_id, {}});
    }
    return {};
}

bool keep_packet_id(Hook& hook) {
    if (hook.values.contains(EventField::packet_id)) return true;
    const std::vector<Reading> ways = readings(hook.row(), EventField::packet_id);
    if (ways.empty()) return false;
    if (const std::string refusal = packet_ids_refusal(hook.facts()); !refusal.empty()) hook.lacks(refusal);
    KernelCode& code = hook.code();
    const KernelPointer packet = hook.thing(ways.front().root->view);
    const bool here = hook.row().point == HookPoint::tracepoint && step_at(hook.target()) != nullptr;
    const bool ends = here && step_at(hook.target())->kind == StepKind::freed;
    const ir::Reg id = code.reg();
    const ir::Label unknown = code.label();
    const ir::Label done = code.label();
    Noted noted(hook, packet);
    const Operand found = noted.find(unknown, here && !ends);
    code.set(id, code.load({found, id_at}, 8));
    code.jump(done);
    code.place(unknown);
    code.set(id, noted.begin(step_before(hook), !ends));
    // A packet that is dropped need not have come by anywhere.
    if (ends) code.branch(Cond::eq, hook.read(packet, "sk_buff.skb_iif"), number(0), done);
    count_loss(code, KernelLoss::packets);
    code.place(done);
    hook.values[EventField::packet_id] = Operand::of(id);
    return true;
}

}  // namespace probevue
