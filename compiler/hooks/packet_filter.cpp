// Behind the hook's condition, which finds the packet, and before anything is captured. Classic BPF as the kernel and
// libpcap mean it (bpf_filter(), net/core/filter.c): registers of 32 bits, bytes of the packet in network order, no
// match where there are none.
#include "compiler/hooks/packet_filter.h"

#include <net/if_arp.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "builtins/linux.h"
#include "compiler/hooks/conditions.h"
#include "compiler/hooks/read_code.h"
#include "compiler/kernel/home.h"

namespace probevue {

using ir::Cond;
using ir::Op;
using ir::Operand;

namespace {

constexpr uint32_t head_bytes = 64;  // most filters look no further: options apart, at ports and flags behind IPv6 too

// One program of classic BPF, on the packet.
class FilterCode {
public:
    FilterCode(KernelCode& code, std::span<const sock_filter> program, ir::Label matched, ir::Label other)
        : code_(code), program_(program), matched_(matched), other_(other) {}

    struct Packet {
        ir::Reg begin, at_hand, length, put_in;
        ir::Slot head, scratch;
    };

    void write(const Packet& packet) {
        packet_ = packet;
        accumulator_ = fresh();
        index_ = fresh();
        end_ = fresh();
        clear_words();
        beyond_ = code_.label();
        labels_.resize(program_.size());
        for (ir::Label& label : labels_) label = code_.label();
        for (at_ = 0; at_ < program_.size(); ++at_) {
            code_.place(labels_[at_]);
            instruction(program_[at_]);
        }
        // The packet has no such bytes, or has them where they cannot be read.
        code_.place(beyond_);
        code_.branch(Cond::ugt, Operand::of(end_), Operand::of(packet_.length), other_);
        count_loss(code_, KernelLoss::filters);
        code_.jump(other_);
    }

private:
    ir::Reg fresh() {
        const ir::Reg out = code_.reg();
        code_.set(out, number(0));
        return out;
    }

    void instruction(const sock_filter& insn) {
        switch (BPF_CLASS(insn.code)) {
            case BPF_LD:
                return load(insn, accumulator_);
            case BPF_LDX:
                if (BPF_MODE(insn.code) == BPF_MSH) return header_length(insn);
                return load(insn, index_);
            case BPF_ST:
                return code_.set(word(insn.k), Operand::of(accumulator_));
            case BPF_STX:
                return code_.set(word(insn.k), Operand::of(index_));
            case BPF_ALU:
                return arithmetic(insn);
            case BPF_JMP:
                return jump(insn);
            case BPF_RET:
                return give(insn);
            default:
                return BPF_MISCOP(insn.code) == BPF_TAX ? code_.set(index_, Operand::of(accumulator_))
                                                        : code_.set(accumulator_, Operand::of(index_));
        }
    }

    // A word of its memory. libpcap stores before it loads; what it has not stored is 0.
    ir::Reg word(uint32_t number_of_word) { return words_.at(number_of_word); }

    void load(const sock_filter& insn, ir::Reg to) {
        switch (BPF_MODE(insn.code)) {
            case BPF_IMM:
                return code_.set(to, number(insn.k));
            case BPF_LEN:
                return code_.set(to, Operand::of(packet_.length));
            case BPF_MEM:
                return code_.set(to, Operand::of(word(insn.k)));
            default:
                return code_.set(to, packet_bytes(insn));
        }
    }

    static uint8_t width_of(const sock_filter& insn) {
        return BPF_SIZE(insn.code) == BPF_B ? 1 : BPF_SIZE(insn.code) == BPF_H ? 2 : 4;
    }

    Operand in_host_order(Operand value, uint8_t width) { return width == 1 ? value : code_.swap(value, width); }

    // What is compared is a number of its own: else the verifier would know of each way through a filter how much is at
    // hand, and go through all further filters once more for each.
    void leave_unless_at_hand(Operand end) {
        code_.set(end_, end);
        const Operand lacking = code_.binary(Op::sub, Operand::of(end_), Operand::of(packet_.at_hand));
        code_.branch(Cond::sgt, lacking, number(0), beyond_);
    }

    // The stack is read at multiples of the width only.
    Operand first_bytes(int32_t at, uint8_t width) {
        uint8_t step = width;
        while (at % step != 0) step = static_cast<uint8_t>(step / 2);
        Operand out = in_host_order(code_.load(code_.in_slot(packet_.head, at), step), step);
        for (int32_t next = step; next < width; next += step) {
            const Operand part = in_host_order(code_.load(code_.in_slot(packet_.head, at + next), step), step);
            out = code_.binary(Op::or_, code_.binary(Op::shl, out, number(8 * step)), part);
        }
        return out;
    }

    Operand packet_bytes(const sock_filter& insn) {
        const uint8_t width = width_of(insn);
        const bool indexed = BPF_MODE(insn.code) == BPF_IND;
        const uint64_t end = uint64_t{insn.k} + width;
        if (!indexed && end <= head_bytes) {
            leave_unless_at_hand(number(static_cast<int64_t>(end)));
            return first_bytes(static_cast<int32_t>(insn.k), width);
        }
        const ir::Reg at = code_.reg();  // of the first byte
        code_.set(at, number(insn.k));
        if (indexed) code_.set(at, code_.binary(Op::add, Operand::of(index_), Operand::of(at)));
        leave_unless_at_hand(code_.binary(Op::add, Operand::of(at), number(width)));
        return in_host_order(bytes_at(at, width), width);
    }

    // Bytes that are at hand. Behind the tag they lie so much earlier in the packet itself; those at the tag are few.
    Operand bytes_at(ir::Reg at, uint8_t width) {
        constexpr int64_t behind_tag = ethernet_type_at + vlan_tag_size;
        static_assert((behind_tag & (behind_tag - 1)) == 0);
        const ir::Reg from = code_.reg();
        const ir::Label found = code_.label();
        const Operand first = code_.binary(Op::sub, Operand::of(packet_.begin), Operand::of(packet_.put_in));
        code_.set(from, code_.binary(Op::add, first, Operand::of(at)));
        code_.branch(Cond::eq, Operand::of(packet_.put_in), number(0), found);
        code_.branch(Cond::uge, Operand::of(at), number(behind_tag), found);
        const Operand few = code_.binary(Op::and_, Operand::of(at), number(behind_tag - 1));
        code_.set(from, code_.binary(Op::add, code_.address(code_.in_slot(packet_.head)), few));
        code_.place(found);
        const KernelPlace to = code_.in_slot(packet_.scratch);
        const Operand failed =
            code_.call(BPF_FUNC_probe_read_kernel, {code_.address(to), number(width), Operand::of(from)});
        code_.branch(Cond::ne, failed, number(0), beyond_);
        return code_.load(to, width);
    }

    // X = bytes of the IPv4 header that begins there.
    void header_length(const sock_filter& insn) {
        const Operand first = packet_bytes({BPF_LD | BPF_B | BPF_ABS, 0, 0, insn.k});
        code_.set(index_, code_.binary(Op::shl, code_.binary(Op::and_, first, number(15)), number(2)));
    }

    void arithmetic(const sock_filter& insn) {
        const bool by_index = BPF_SRC(insn.code) == BPF_X;
        const Operand a = Operand::of(accumulator_);
        const Operand b = by_index ? Operand::of(index_) : number(insn.k);
        const auto put = [&](Op op) { code_.set(accumulator_, code_.binary(op, a, b, 4)); };
        switch (BPF_OP(insn.code)) {
            case BPF_NEG: {
                const Operand zero = code_.result({.op = Op::constant, .a = number(0)});
                return code_.set(accumulator_, code_.binary(Op::sub, zero, a, 4));
            }
            case BPF_DIV:
            case BPF_MOD:
                if (by_index) code_.branch(Cond::eq, b, number(0), other_);
                return put(BPF_OP(insn.code) == BPF_DIV ? Op::udiv : Op::umod);
            case BPF_LSH:
            case BPF_RSH:
                return shift(BPF_OP(insn.code) == BPF_LSH ? Op::shl : Op::lshr, b);
            case BPF_ADD:
                return put(Op::add);
            case BPF_SUB:
                return put(Op::sub);
            case BPF_MUL:
                return put(Op::mul);
            case BPF_OR:
                return put(Op::or_);
            case BPF_AND:
                return put(Op::and_);
            default:
                return put(Op::xor_);
        }
    }

    // Classic BPF shifts everything out, eBPF takes the distance modulo 32.
    void shift(Op op, Operand distance) {
        constexpr int64_t bits = 32;
        const Operand a = Operand::of(accumulator_);
        if (distance.is_imm()) {
            const bool out = distance.imm >= bits;
            return code_.set(accumulator_, out ? number(0) : code_.binary(op, a, distance, 4));
        }
        const ir::Label within = code_.label();
        const ir::Label done = code_.label();
        code_.branch(Cond::ult, distance, number(bits), within);
        code_.set(accumulator_, number(0));
        code_.jump(done);
        code_.place(within);
        code_.set(accumulator_, code_.binary(op, a, distance, 4));
        code_.place(done);
    }

    void jump(const sock_filter& insn) {
        const size_t next = at_ + 1;
        if (BPF_OP(insn.code) == BPF_JA) return code_.jump(labels_.at(next + insn.k));
        const Operand b = BPF_SRC(insn.code) == BPF_X ? Operand::of(index_) : number(insn.k);
        const ir::Label yes = labels_.at(next + insn.jt);
        const Operand a = Operand::of(accumulator_);
        switch (BPF_OP(insn.code)) {
            case BPF_JEQ:
                code_.branch(Cond::eq, a, b, yes);
                break;
            case BPF_JGT:
                code_.branch(Cond::ugt, a, b, yes);
                break;
            case BPF_JGE:
                code_.branch(Cond::uge, a, b, yes);
                break;
            default:
                code_.branch(Cond::ne, code_.binary(Op::and_, a, b), number(0), yes);
                break;
        }
        if (insn.jf != 0) code_.jump(labels_.at(next + insn.jf));
    }

    void give(const sock_filter& insn) {
        if (BPF_RVAL(insn.code) == BPF_A) {
            code_.branch(Cond::eq, Operand::of(accumulator_), number(0), other_);
            return code_.jump(matched_);
        }
        code_.jump(insn.k != 0 ? matched_ : other_);
    }

    // Memory that the program uses.
    void clear_words() {
        for (const sock_filter& insn : program_) {
            const unsigned kind = BPF_CLASS(insn.code);
            const bool stores = kind == BPF_ST || kind == BPF_STX;
            const bool loads = (kind == BPF_LD || kind == BPF_LDX) && BPF_MODE(insn.code) == BPF_MEM;
            if ((stores || loads) && words_.at(insn.k) == ir::no_reg) words_.at(insn.k) = fresh();
        }
    }

    KernelCode& code_;
    std::span<const sock_filter> program_;
    ir::Label matched_;
    ir::Label other_;
    Packet packet_{};
    ir::Reg accumulator_ = 0;
    ir::Reg index_ = 0;
    ir::Reg end_ = 0;  // of the bytes that are wanted, in the packet
    ir::Label beyond_ = 0;
    std::vector<ir::Label> labels_;
    std::array<ir::Reg, BPF_MEMWORDS> words_ = [] {
        std::array<ir::Reg, BPF_MEMWORDS> none{};
        none.fill(ir::no_reg);
        return none;
    }();
    size_t at_ = 0;
};

}  // namespace

FilteredPacket::FilteredPacket(Hook& hook, KernelPointer packet) : hook_(hook), code_(hook.code()) {
    for (ir::Reg* one : {&ethernet_, &begin_, &at_hand_, &length_, &put_in_}) {
        *one = code_.reg();
        code_.set(*one, number(0));
    }
    head_ = code_.slot(head_bytes, "head");
    scratch_ = code_.slot(8, "filter");
    code_.zero(code_.in_slot(head_), head_bytes);
    find_begin(packet);
    take_first_bytes(packet);
}

// As CapturedPackets::restore() does for clauses (runtime/kernel/captured_packets.cpp), which filters of a replay get
// to see.
void FilteredPacket::find_begin(KernelPointer packet) {
    const ir::Label extent = code_.label();
    const ir::Label without = code_.label();
    const ir::Label ethernet = code_.label();
    const ir::Label other = code_.label();
    const ir::Label by_data = code_.label();
    const Operand network = hook_.read(packet, "sk_buff.network_header");
    const Operand head = hook_.read(packet, "sk_buff.head");
    const ir::Reg first = code_.reg();  // of the bytes, from sk_buff.head
    const ir::Label nothing = code_.label();
    // There is room before the first header: 0 means that the packet has got none yet, and matches no filter that looks
    // at it.
    code_.branch(Cond::eq, network, number(0), nothing);
    const KernelPointer device = hook_.row().roots.find(View::device) != nullptr ? hook_.thing(View::device)
                                                                                 : hook_.follow(packet, "sk_buff.dev");
    code_.branch(Cond::eq, device.value, number(0), without);
    const Operand link = hook_.read(packet, "sk_buff.mac_header");
    code_.branch(Cond::eq, link, number(mac_header_unset), without);
    const Operand type = hook_.read(device, "net_device.type");
    const Operand of_network = code_.binary(Op::sub, network, link);
    code_.branch(Cond::eq, type, number(ARPHRD_ETHER), ethernet);
    code_.branch(Cond::eq, type, number(ARPHRD_LOOPBACK), ethernet);
    code_.branch(Cond::ne, type, number(0), other);
    code_.branch(Cond::eq, of_network, number(ethernet_header_size), ethernet);
    code_.place(other);
    // Another link header is passed over: up to the network header, or where the kernel works if it has not looked for
    // that yet.
    const Operand of_data =
        code_.binary(Op::sub, hook_.read(packet, "sk_buff.data"), code_.binary(Op::add, head, link));
    code_.branch(Cond::sle, of_network, number(0), by_data);
    code_.branch(Cond::sle, of_data, number(0), without);
    code_.branch(Cond::sle, of_network, of_data, without);
    code_.place(by_data);
    code_.set(first, link);
    code_.branch(Cond::sle, of_data, number(0), extent);
    code_.set(first, code_.binary(Op::add, link, of_data));
    code_.jump(extent);
    code_.place(without);
    code_.set(first, network);
    code_.jump(extent);
    code_.place(ethernet);
    code_.set(first, link);
    code_.set(ethernet_, number(1));
    code_.place(extent);
    const PacketExtent found = extent_of(hook_, packet, Operand::of(first));
    code_.set(begin_, found.begin);
    code_.set(length_, found.wire_length);
    code_.set(at_hand_, code_.binary(Op::sub, found.wire_length, hook_.read(packet, "sk_buff.data_len")));
    code_.place(nothing);
}

void FilteredPacket::take_first_bytes(KernelPointer packet) {
    const ir::Label done = code_.label();
    const ir::Label few = code_.label();
    const ir::Label known = code_.label();
    const Operand at_hand = Operand::of(at_hand_);
    code_.branch(Cond::sle, at_hand, number(0), done);
    static_assert((head_bytes & (head_bytes - 1)) == 0);
    const ir::Reg size = code_.reg();
    code_.branch(Cond::ult, at_hand, number(head_bytes), few);
    code_.set(size, number(head_bytes));
    code_.jump(known);
    code_.place(few);
    // The verifier knows the bound of what an `and` gives, wherever the register lies.
    code_.set(size, code_.binary(Op::and_, at_hand, number(head_bytes - 1)));
    code_.place(known);
    const ir::Label read = code_.label();
    const Operand failed = code_.call(BPF_FUNC_probe_read_kernel,
                                      {code_.address(code_.in_slot(head_)), Operand::of(size), Operand::of(begin_)});
    code_.branch(Cond::eq, failed, number(0), read);
    code_.set(at_hand_, number(0));
    code_.jump(done);
    code_.place(read);
    code_.branch(Cond::eq, Operand::of(ethernet_), number(0), done);
    code_.branch(Cond::ult, at_hand, number(ethernet_type_at), done);
    code_.branch(Cond::eq, vlan_tag(hook_, packet), number(0), done);
    const auto at = [&](int32_t offset) { return code_.in_slot(head_, offset); };
    constexpr int32_t word = 4;
    static_assert(vlan_tag_size == word);
    for (auto from = static_cast<int32_t>(head_bytes) - 2 * word; from >= ethernet_type_at; from -= word)
        code_.store(at(from + word), word, code_.load(at(from), word));
    code_.store(at(ethernet_type_at), 2, hook_.read(packet, "sk_buff.vlan_proto"));
    code_.store(at(ethernet_type_at + 2), 2, code_.swap(hook_.read(packet, "sk_buff.vlan_tci"), 2));
    code_.set(put_in_, number(vlan_tag_size));
    code_.set(at_hand_, code_.binary(Op::add, at_hand, number(vlan_tag_size)));
    code_.set(length_, code_.binary(Op::add, Operand::of(length_), number(vlan_tag_size)));
    code_.place(done);
}

void FilteredPacket::write(const EventFilter& filter, ir::Label other) const {
    const ir::Label matched = code_.label();
    const ir::Label without_link = code_.label();
    const FilterCode::Packet packet{begin_, at_hand_, length_, put_in_, head_, scratch_};
    code_.branch(Cond::eq, Operand::of(ethernet_), number(0), without_link);
    FilterCode(code_, filter.ethernet, matched, other).write(packet);
    code_.place(without_link);
    if (!filter.raw.empty()) {
        FilterCode(code_, filter.raw, matched, other).write(packet);
    } else {
        count_loss(code_, KernelLoss::filters);
        code_.jump(other);
    }
    code_.place(matched);
}

}  // namespace probevue
