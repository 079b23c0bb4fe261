// Functions on addresses: the network that one lies in, and whether it lies in given ones. All of it is comparisons of
// words, which programs for the kernel can do too. Groups of reports.
#include "builtins/base/address.h"
#include "compiler/ir/builder.h"
#include "compiler/sema/arithmetic.h"

namespace probevue::ir {
namespace {

// ::ffff:a.b.c.d: the four bytes before the IPv4 address, as the lower half of a word of memory.
constexpr int64_t mapped_half = 0xffff0000;
constexpr int64_t lower_half = 0xffffffff;

}  // namespace

// An address in registers. Code for each version stands behind its label; an IPv4 address is in `four` there, also
// where it came as ::ffff:a.b.c.d.
struct Builder::IpWords {
    Address at;
    Operand first;
    Operand second;
    Reg four = no_reg;
    Operand length;  // of a subnet, else more than any
    Label is_four = no_label;
    Label is_six = no_label;
};

// Ends in jumps to the labels.
Builder::IpWords Builder::ip_words(const checked::Expr& expr) {
    IpWords out;
    out.at = address(expr);
    out.is_four = label();
    out.is_six = label();
    out.four = reg();
    const auto word = [&](int32_t at) { return load_from({out.at.base, out.at.offset + at}, 8, false); };
    out.first = word(0);
    out.second = word(8);
    const Operand family = word(static_cast<int32_t>(offsetof(IpAddress, family)));
    const Operand kept = binary(Op::lshr, 8, family, Operand::of_imm(IpAddress::length_shift));
    out.length = binary(Op::sub, 8, kept, Operand::of_imm(1));
    const Operand version = binary(Op::and_, 8, family, Operand::of_imm(IpAddress::version_bits));
    move(out.four, out.first);
    branch(Cond::ne, version, Operand::of_imm(IpAddress::v6), out.is_four);
    branch(Cond::ne, out.first, Operand::of_imm(0), out.is_six);
    const Operand before = binary(Op::and_, 8, out.second, Operand::of_imm(lower_half));
    branch(Cond::ne, before, Operand::of_imm(mapped_half), out.is_six);
    move(out.four, binary(Op::lshr, 8, out.second, Operand::of_imm(32)));
    jump(out.is_four);
    return out;
}

std::vector<IpAddress> Builder::network_argument(const checked::Call& node) {
    return {*parse_subnet(std::get<checked::StringConstant>(node.arguments[1]->node).value)};
}

// A subnet lies in a network when that has no more bits in common than it has itself.
Operand Builder::lies_in(const checked::Expr& tested, const std::vector<IpAddress>& networks) {
    const Reg out = reg();
    const Label end = label();
    move(out, Operand::of_imm(0));
    const IpWords words = ip_words(tested);
    const auto in_one = [&](uint64_t version) {
        for (const IpAddress& network : networks) {
            if (network.version() != version) continue;
            const unsigned length = network.length().value_or(IpAddress::bits(version));
            const Label next = label();
            const std::array<uint64_t, 2> mask = leading_bits(length);
            const std::array<uint64_t, 2> wanted = address_words(network);
            const std::array<Operand, 2> given = {version == IpAddress::v6 ? words.first : Operand::of(words.four),
                                                  words.second};
            for (size_t i = 0; i < mask.size(); ++i) {
                if (mask[i] == 0) continue;
                const Operand kept = binary(Op::and_, 8, given[i], Operand::of_imm(static_cast<int64_t>(mask[i])));
                branch(Cond::ne, kept, Operand::of_imm(static_cast<int64_t>(wanted[i])), next);
            }
            branch(Cond::ult, words.length, Operand::of_imm(length), next);
            move(out, Operand::of_imm(1));
            jump(end);
            place_label(next);
        }
    };
    place_label(words.is_four);
    in_one(IpAddress::v4);
    jump(end);
    place_label(words.is_six);
    in_one(IpAddress::v6);
    place_label(end);
    return Operand::of(out);
}

// What is a subnet of fewer bits stays that.
Address Builder::subnet(const checked::Call& node) {
    const auto length = [&](size_t argument) {
        return static_cast<unsigned>(sema::constant_value(*node.arguments[argument]).value_or(0));
    };
    const Address out = slot(sizeof(IpAddress), "subnet");
    const IpWords words = ip_words(*node.arguments[0]);
    const Label kept = label();
    const Label end = label();
    const auto cut = [&](uint64_t version, unsigned bits) {
        const std::array<uint64_t, 2> mask = leading_bits(bits);
        const auto masked = [&](Operand word, uint64_t by) {
            return by == 0 ? Operand::of_imm(0) : binary(Op::and_, 8, word, Operand::of_imm(static_cast<int64_t>(by)));
        };
        const bool six = version == IpAddress::v6;
        branch(Cond::ult, words.length, Operand::of_imm(bits), kept);
        store_to(out, 8, masked(six ? words.first : Operand::of(words.four), mask[0]));
        store_to({out.base, 8}, 8, six ? masked(words.second, mask[1]) : Operand::of_imm(0));
        store_to({out.base, 16}, 8, Operand::of_imm(static_cast<int64_t>(IpAddress::subnet_family(version, bits))));
        jump(end);
    };
    place_label(words.is_four);
    cut(IpAddress::v4, std::min(length(1), IpAddress::bits(IpAddress::v4)));
    place_label(words.is_six);
    cut(IpAddress::v6, length(node.arguments.size() - 1));
    place_label(kept);
    copy_words(out, words.at, sizeof(IpAddress));
    place_label(end);
    return out;
}

Address Builder::address_text(const checked::Call& node, uint32_t size) {
    const Operand from = materialize(address(*node.arguments[0]));
    const Address out = slot(size, "address");
    call_helper(Helper::address_text, {out.base, Operand::of_imm(size), from}, false);
    return out;
}

// 0 where nobody knows, and said once.
Operand Builder::is_local(const checked::Call& node) {
    const Reg out = reg();
    const Label end = label();
    move(out, call_helper(Helper::host_address, {materialize(address(*node.arguments[0]))}));
    branch(Cond::ne, Operand::of(out), Operand::of_imm(static_cast<int64_t>(HostAddress::unknown)), end);
    const uint32_t index = site(
        "the addresses of the host are not known, is_local() is 0; a file that `-w` records has those of its "
        "interfaces",
        position_);
    call_helper(Helper::warn, {Operand::of_imm(index)}, false);
    move(out, Operand::of_imm(0));
    place_label(end);
    return Operand::of(out);
}

// The index that a call gives, or one that no record has: behind as many as the report says there are, bytes are no
// records (RFC 3376, 4.2.11).
Operand Builder::record_index(const checked::Call& node, GroupRecordOf of) {
    packet_bytes_ = ~0u;
    const Reg out = reg();
    const Label end = label();
    move(out, argument(node, 0));
    const Layer report = of == GroupRecordOf::igmp ? Layer::igmp_report : Layer::mld_report;
    branch(Cond::ult, Operand::of(out), packet_field({report, 6, 2}), end);
    move(out, Operand::of_imm(no_record));
    place_label(end);
    return Operand::of(out);
}

Operand Builder::group_number(const checked::Call& node, GroupRecordOf of, GroupNumber what) {
    const Operand index = record_index(node, of);
    return call_helper(Helper::group_number,
                       {packet_slot(PacketSlot::group_records), packet_slot(PacketSlot::group_records_size), index,
                        Operand::of_imm(static_cast<int64_t>(of)), Operand::of_imm(static_cast<int64_t>(what))});
}

Address Builder::group_address(const checked::Call& node, GroupRecordOf of) {
    const Operand index = record_index(node, of);
    const Address out = slot(sizeof(IpAddress), "group");
    call_helper(Helper::group_address,
                {out.base, packet_slot(PacketSlot::group_records), packet_slot(PacketSlot::group_records_size), index,
                 Operand::of_imm(static_cast<int64_t>(of))},
                false);
    return out;
}

}  // namespace probevue::ir
