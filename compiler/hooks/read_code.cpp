// Within the record of a hook's program, behind its fields. Relies on find_reads() for what depends on what.
#include "compiler/hooks/read_code.h"

#include <cstddef>
#include <map>
#include <optional>

#include "builtins/linux.h"
#include "compiler/hooks/conditions.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

constexpr auto header_size = static_cast<int32_t>(sizeof(CapturedHeader));

class Reader {
public:
    Reader(Hook& hook, const ClauseReads& reads, std::span<const CapturedRead> places, Operand record,
           const FindField& find)
        : hook_(hook), code_(hook.code()), reads_(reads), places_(places), record_(record), find_(find) {}

    void write() {
        for (size_t i = 0; i < reads_.reads.size(); ++i) {
            if (places_[i].capacity == 0) continue;
            write_nothing(code_, record_, places_[i]);
            write_one(reads_.reads[i], places_[i]);
        }
    }

private:
    KernelPlace header(const CapturedRead& place, size_t member) const {
        return {record_, static_cast<int32_t>(place.offset + member)};
    }
    KernelPlace bytes(const CapturedRead& place, int32_t offset = 0) const {
        return {record_, static_cast<int32_t>(place.offset) + header_size + offset};
    }

    Operand in_register(Operand operand) {
        return operand.is_imm() ? code_.result({.op = Op::constant, .a = operand}) : operand;
    }

    // Nothing when a field is not captured, or what it follows from has not been read.
    std::optional<Operand> evaluate(ValueId id) {
        if (const auto known = known_.find(id); known != known_.end()) return known->second;
        std::optional<Operand> out = compute(reads_.values[id]);
        known_.emplace(id, out);
        return out;
    }

    std::optional<Operand> compute(const PureValue& value) {
        switch (value.kind) {
            case PureValue::Kind::constant:
                return number(value.constant);
            case PureValue::Kind::field: {
                const std::optional<KernelPlace> at = find_(value.field);
                if (!at) return std::nullopt;
                return code_.load(*at, 8);
            }
            case PureValue::Kind::word:
                if (places_[value.read].capacity == 0) return std::nullopt;
                return code_.load(bytes(places_[value.read], static_cast<int32_t>(value.offset)), value.width,
                                  value.is_signed);
            case PureValue::Kind::at_most: {
                const std::optional<Operand> whole = evaluate(value.a);
                if (!whole) return std::nullopt;
                const ir::Reg bounded = code_.reg();
                const ir::Label fits = code_.label();
                code_.set(bounded, *whole);
                code_.branch(Cond::ule, Operand::of(bounded), number(value.constant), fits);
                code_.set(bounded, number(value.constant));
                code_.place(fits);
                return Operand::of(bounded);
            }
            case PureValue::Kind::operation:
                break;
        }
        const std::optional<Operand> a = evaluate(value.a);
        const std::optional<Operand> b = value.b == no_value ? Operand{} : evaluate(value.b);
        if (!a || !b) return std::nullopt;
        return code_.result({.op = value.op,
                             .width = value.width,
                             .is_signed = value.is_signed,
                             .cond = value.cond,
                             .a = in_register(*a),
                             .b = *b});
    }

    void write_one(const ClauseRead& read, const CapturedRead& place) {
        switch (read.kind) {
            case CapturedKind::user_stack:
            case CapturedKind::kernel_stack:
                return stack(read.kind, place);
            default:
                break;
        }
        const std::optional<Operand> key = evaluate(read.key);
        const std::optional<Operand> size = read.size == no_value ? number(read.most) : evaluate(read.size);
        if (!key || !size) return;
        const Operand from = in_register(*key);
        code_.store(header(place, offsetof(CapturedHeader, key)), 8, from);
        code_.store(header(place, offsetof(CapturedHeader, limit)), 4, *size);
        switch (read.kind) {
            case CapturedKind::user_memory:
                return memory(BPF_FUNC_probe_read_user, place, from, *size);
            case CapturedKind::kernel_memory:
                return memory(BPF_FUNC_probe_read_kernel, place, from, *size);
            case CapturedKind::user_text:
                return text(BPF_FUNC_probe_read_user_str, place, from, *size);
            case CapturedKind::kernel_text:
                return text(BPF_FUNC_probe_read_kernel_str, place, from, *size);
            default:
                return descriptor(place, from);
        }
    }

    void got(const CapturedRead& place, Operand size) {
        code_.store(header(place, offsetof(CapturedHeader, got)), 4, size);
    }

    // What fails has filled the bytes with zeros: addresses that are made of them lead nowhere.
    void memory(bpf_func_id helper, const CapturedRead& place, Operand from, Operand size) {
        const ir::Label done = code_.label();
        const Operand failed = code_.call(helper, {code_.address(bytes(place)), size, from});
        code_.branch(Cond::ne, failed, number(0), done);
        got(place, size);
        code_.place(done);
    }

    // The helper function counts the NUL, and puts one where it stops.
    void text(bpf_func_id helper, const CapturedRead& place, Operand from, Operand size) {
        const ir::Label done = code_.label();
        const Operand room = size.is_imm() ? number(size.imm + 1) : code_.binary(Op::add, size, number(1));
        const Operand length = code_.call(helper, {code_.address(bytes(place)), room, from});
        code_.branch(Cond::sle, length, number(0), done);
        got(place, code_.binary(Op::sub, length, number(1)));
        code_.place(done);
    }

    // Of a user's stack at the entry of a function the kernel leaves out who called it, because the function has not
    // yet made a frame of its own: the address that it returns to goes along as the key.
    void stack(CapturedKind kind, const CapturedRead& place) {
        const ir::Label done = code_.label();
        const bool user = kind == CapturedKind::user_stack;
        if (user && hook_.row().point == HookPoint::user_entry) {
            if (hook_.facts().processor().return_address_on_stack) {
                const Operand top = code_.argument(hook_.facts().processor().stack_offset, 8);
                code_.run(BPF_FUNC_probe_read_user,
                          {code_.address(header(place, offsetof(CapturedHeader, key))), number(8), top});
            }
        } else if (user) {
            // Whose it is: events of the network do not have their process. Where others may run that have nothing to
            // do with the event there is none.
            if (hook_.in_process) code_.branch(Cond::eq, *hook_.in_process, number(0), done);
            const Operand thread = code_.call(BPF_FUNC_get_current_pid_tgid, {});
            code_.store(header(place, offsetof(CapturedHeader, key)), 8, code_.binary(Op::lshr, thread, number(32)));
        }
        const Operand length =
            code_.call(BPF_FUNC_get_stack, {code_.result({.op = Op::machine_context}), code_.address(bytes(place)),
                                            number(place.capacity), number(user ? BPF_F_USER_STACK : 0)});
        code_.branch(Cond::slt, length, number(0), done);
        got(place, length);
        code_.place(done);
    }

    void zero(const CapturedRead& place) {
        for (uint32_t at = 0; at < place.capacity; at += 8)
            code_.store(bytes(place, static_cast<int32_t>(at)), 8, number(0));
    }

    // The walk from a descriptor's number to its file, and to the socket when it is one.
    void descriptor(const CapturedRead& place, Operand fd) {
        const auto member = [&](size_t offset) { return bytes(place, static_cast<int32_t>(offset)); };
        const ir::Label done = code_.label();
        zero(place);
        code_.store(member(offsetof(CapturedDescriptor, round_trip_us)), 8, number(-1));
        const KernelPointer file = hook_.open_file(fd, done);
        const KernelPointer inode = hook_.follow(file, "file.f_inode");
        const Operand mode = hook_.read(inode, "inode.i_mode");
        code_.store(member(offsetof(CapturedDescriptor, mode)), 8, mode);
        code_.store(member(offsetof(CapturedDescriptor, inode)), 8, hook_.read(inode, "inode.i_ino"));
        code_.store(member(offsetof(CapturedDescriptor, file_system)), 8, hook_.read(inode, "inode.i_sb->s_magic"));
        got(place, number(sizeof(CapturedDescriptor)));
        socket_ends(place, hook_.socket_of(file, mode, done), done);
        code_.place(done);
    }

    void socket_ends(const CapturedRead& place, KernelPointer sock, ir::Label done) {
        constexpr int64_t inet = 2;  // AF_INET
        constexpr int64_t tcp = 6;   // IPPROTO_TCP
        constexpr int64_t unit = 3;  // srtt_us counts eighths
        const auto member = [&](size_t offset) { return bytes(place, static_cast<int32_t>(offset)); };
        const ir::Label internet = code_.label();
        const Operand family = hook_.read(sock, "sock_common.skc_family");
        code_.branch(Cond::eq, family, number(inet), internet);
        code_.branch(Cond::ne, family, number(address_family_inet6), done);
        code_.place(internet);
        write_socket_end(hook_, sock, false, member(offsetof(CapturedDescriptor, local_address)));
        write_socket_end(hook_, sock, true, member(offsetof(CapturedDescriptor, remote_address)));
        code_.store(member(offsetof(CapturedDescriptor, local_port)), 4, hook_.read(sock, "sock_common.skc_num"));
        code_.store(member(offsetof(CapturedDescriptor, remote_port)), 4,
                    code_.swap(hook_.read(sock, "sock_common.skc_dport"), 2));
        code_.branch(Cond::ne, hook_.read(sock, "sock.sk_protocol"), number(tcp), done);
        const Operand time = hook_.read(sock, "tcp_sock.srtt_us");
        code_.store(member(offsetof(CapturedDescriptor, round_trip_us)), 8, code_.binary(Op::lshr, time, number(unit)));
    }

    Hook& hook_;
    KernelCode& code_;
    const ClauseReads& reads_;
    std::span<const CapturedRead> places_;
    Operand record_;
    const FindField& find_;
    std::map<ValueId, std::optional<Operand>> known_;
};

}  // namespace

bool can_read(const HookRow& hook, CapturedKind kind) {
    const bool packet = is_verdict(hook.point);
    switch (kind) {
        case CapturedKind::kernel_memory:
        case CapturedKind::kernel_text:
            return true;
        case CapturedKind::kernel_stack:
            return !packet && !is_user(hook.point);
        default:
            return !packet && hook.context == HookContext::caller;
    }
}

uint32_t capacity_of(const ClauseRead& read) {
    const bool text = read.kind == CapturedKind::user_text || read.kind == CapturedKind::kernel_text;
    return (read.most + (text ? 1 : 0) + 7) & ~7u;
}

void write_nothing(KernelCode& code, Operand record, const CapturedRead& place) {
    const auto at = [&](size_t member) { return KernelPlace{record, static_cast<int32_t>(place.offset + member)}; };
    code.store(at(offsetof(CapturedHeader, key)), 8, number(0));
    code.store(at(offsetof(CapturedHeader, got)), 4, number(-1));
    code.store(at(offsetof(CapturedHeader, limit)), 4, number(0));
}

void write_packet(Hook& hook, KernelPointer packet, const CapturedRead& place, Operand record) {
    KernelCode& code = hook.code();
    const auto at = [&](size_t offset) { return KernelPlace{record, static_cast<int32_t>(place.offset + offset)}; };
    const auto put = [&](size_t member, Operand value) { code.store(at(sizeof(CapturedHeader) + member), 4, value); };
    write_nothing(code, record, place);
    const ir::Label done = code.label();
    // There is room before the first header: 0 means that the packet has got none yet.
    const Operand network = hook.read(packet, "sk_buff.network_header");
    code.branch(Cond::eq, network, number(0), done);
    const KernelPointer device =
        hook.row().roots.find(View::device) != nullptr ? hook.thing(View::device) : hook.follow(packet, "sk_buff.dev");
    const ir::Reg first = code.reg();  // of the bytes, from sk_buff.head
    const ir::Label known = code.label();
    const ir::Label none = code.label();
    // Without its device nobody knows what kind a link header is of.
    code.branch(Cond::eq, device.value, number(0), none);
    code.set(first, hook.read(packet, "sk_buff.mac_header"));
    put(offsetof(CapturedPacket, has_link), number(1));
    put(offsetof(CapturedPacket, device_type), hook.read(device, "net_device.type"));
    code.branch(Cond::ne, Operand::of(first), number(mac_header_unset), known);
    code.place(none);
    code.set(first, network);
    put(offsetof(CapturedPacket, has_link), number(0));
    code.place(known);
    const PacketExtent extent = extent_of(hook, packet, Operand::of(first));
    put(offsetof(CapturedPacket, wire_length), extent.wire_length);
    put(offsetof(CapturedPacket, data_offset), extent.taken_off);
    put(offsetof(CapturedPacket, network_offset), code.binary(Op::sub, network, Operand::of(first)));
    put(offsetof(CapturedPacket, has_tag), vlan_tag(hook, packet));
    put(offsetof(CapturedPacket, tag), hook.read(packet, "sk_buff.vlan_tci"));
    put(offsetof(CapturedPacket, tag_type), hook.read(packet, "sk_buff.vlan_proto"));
    const ir::Label fits = code.label();
    const ir::Reg size = code.reg();
    code.set(size, code.binary(Op::sub, extent.wire_length, hook.read(packet, "sk_buff.data_len")));
    code.branch(Cond::sle, Operand::of(size), number(0), done);
    const auto room = static_cast<int64_t>(place.capacity - sizeof(CapturedPacket));
    code.branch(Cond::ule, Operand::of(size), number(room), fits);
    code.set(size, number(room));
    code.place(fits);
    const Operand bytes = code.address(at(sizeof(CapturedHeader) + sizeof(CapturedPacket)));
    const Operand failed = code.call(BPF_FUNC_probe_read_kernel, {bytes, Operand::of(size), extent.begin});
    code.branch(Cond::ne, failed, number(0), done);
    code.store(at(offsetof(CapturedHeader, got)), 4,
               code.binary(Op::add, Operand::of(size), number(sizeof(CapturedPacket))));
    code.place(done);
}

void write_reads(Hook& hook, const ClauseReads& reads, std::span<const CapturedRead> places, Operand record,
                 const FindField& find) {
    Reader(hook, reads, places, record, find).write();
}

}  // namespace probevue
