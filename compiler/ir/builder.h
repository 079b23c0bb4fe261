// Private to compiler/ir: the walk over one clause. The parts stand in build_*.cpp by what they translate.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/ir/build.h"
#include "compiler/ir/storage.h"
#include "compiler/program/helper_arguments.h"

namespace probevue::ir {

// An address: a register that holds it, and bytes to add.
struct Address {
    Operand base{};
    int32_t offset = 0;
};

// A String's bytes: NUL-padded, `size` of them may be read.
struct Text {
    Address at;
    uint32_t size = 0;
};

// A structure that a pointer leads to, perhaps within others.
struct Behind {
    const checked::Expr* pointer = nullptr;  // null: it lies elsewhere
    uint32_t offset = 0;                     // bytes from where the pointer leads
};

// So many of something, `stride` bytes apart.
struct Repeated {
    uint32_t count = 1;
    uint32_t stride = 0;
};

// Something that can be assigned to. Whoever takes one that may be absent places that label behind what uses it
// (finish()).
struct Place {
    enum class Kind : uint8_t { reg, memory, element } kind = Kind::memory;
    TypeRef type = nullptr;
    Reg reg = no_reg;               // automatic scalars
    Address at{};                   // memory, element
    const Field* bits = nullptr;    // a bit-field of the storage unit at `at`
    std::optional<Label> absent{};  // where to go on when the place does not exist (array full, too many threads)
};

// What the clauses of a script share while they are built.
struct Shared {
    const checked::Script& script;
    const Source& source;
    Storage storage;
    Program program;
};

class Builder {
public:
    Builder(Shared& shared, const checked::Clause& clause, uint32_t index);
    // Once: the clause from its predicate to `ret`.
    Function run();
    // Bytes of a packet that the clause may look at.
    uint32_t packet_bytes() const { return packet_bytes_; }

private:
    // build_clause.cpp
    void predicate();
    void block(const checked::Block& block);
    void statement(const checked::Stmt& statement);
    void condition(const checked::Expr& expr, Label if_true, Label if_false);
    void compare_condition(const checked::Compare& compare, Label if_true, Label if_false);
    void ip_condition(const checked::IpAnyOf& any, Label if_true, Label if_false);
    void ip_order(checked::CompareOp op, const Address& a, const Address& b, Label if_true, Label if_false);
    void ip_equal(const Address& a, const Address& b, Label if_true, Label if_false);

    // build_expr.cpp: values that fit a register
    Operand value(const checked::Expr& expr);
    Operand truth(const checked::Expr& expr);
    Operand conditional(const checked::Conditional& node, TypeRef type);
    Operand decimal_arithmetic(checked::BinaryOp op, Operand a, Operand b);
    Operand converted(Operand source, TypeRef from, TypeRef to);
    Operand as_boolean(Operand source, TypeRef from);
    void decimal_condition(const checked::Compare& compare, Label if_true, Label if_false);
    Operand arithmetic(checked::BinaryOp op, Operand a, Operand b, TypeRef type);
    Operand divide(checked::BinaryOp divides, Operand a, Operand b, TypeRef type);
    Operand unary(const checked::Unary& node, TypeRef type);
    Operand convert(const checked::Expr& operand, TypeRef to);
    Operand extend(Operand value, TypeRef type);
    Operand builtin_value(const BuiltinRow& row);
    Operand packet_field(const PacketField& field);
    Operand packet_slot(PacketSlot which);
    Operand assign(const checked::Assign& node);
    Operand compound_assign(const checked::CompoundAssign& node);
    Operand inc_dec(const checked::IncDec& node);
    void evaluate(const checked::Expr& expr);  // for its effect

    // build_memory.cpp: values that lie in memory, and places
    Address address(const checked::Expr& expr);
    Text text(const checked::Expr& expr);
    Address builtin_address(const BuiltinRow& row);
    Address element_copy(const checked::ElementRef& node, TypeRef type);
    Address packet_address(const PacketField& field);
    Address packet_address(const EitherVersion& either);
    Address protocol_name_of(const PacketField& number);
    Address conditional_address(const checked::Conditional& node, TypeRef type);
    Address deref_copy(const checked::Expr& pointer, TypeRef type);
    void read_memory(AddressSpace space, Address to, Operand from, uint32_t size);
    void host_order(TypeRef type, Address at, Repeated times = {});
    void reverse_bytes(Address at, uint32_t size, Repeated times);
    void reverse_bytes(Address at, uint32_t size);
    Address packet_bits(const Type& structure, const Field& field, Operand start);
    Place place(const checked::Expr& expr);
    Place variable_place(checked::VariableId id, bool writes);
    Place element_place(const checked::ElementRef& node);
    static Behind behind_pointer(const checked::Expr& structure);
    Address field_behind_pointer(const Behind& behind, const Type& structure, const Field& field);
    Place source(const checked::Expr& expr);
    Address looked_up(const checked::Expr& expr);
    Address found_or_zeros(Operand found, uint32_t offset, uint32_t size);
    Address indexed(const Type& array, const Address& base, Operand index);
    Operand load(const Place& place);
    void store(const Place& place, Operand value);
    Operand load_bits(const Place& place);
    void store_bits(const Place& place, Operand value);
    Operand held(const Place& place, Operand value);
    static bool adds_in_place(const Place& place);
    Operand add_in_place(const Place& place, Operand added);
    void finish(const Place& place);
    Operand element_value(const checked::ElementRef& node, TypeRef type);
    void assign_memory(const checked::Expr& target, const checked::Expr& value);
    Address assigned(const checked::Expr& target, const checked::Expr& value);
    bool lies_fixed(const checked::Expr& target) const;
    void copy_value(TypeRef type, Address to, const checked::Expr& from);
    void copy_string(TypeRef type, Address to, Text from);
    void copy_words(Address to, Address from, uint32_t size);
    void zero(Address at, uint32_t size);
    Address element_key(checked::ArrayId array, const std::vector<checked::ExprPtr>& keys, uint64_t* any);

    // build_call.cpp: what calls.def names
    std::variant<Operand, Address> written(const checked::Call& node, TypeRef type);
    Operand call(const checked::Call& node, TypeRef type);
    Address call_address(const checked::Call& node, TypeRef type);
    Operand action(Helper helper, std::vector<Operand> arguments);
    Operand argument(const checked::Call& node, size_t number);
    Operand argument_or_all(const checked::Call& node);
    Operand optional_argument(const checked::Call& node, size_t number);
    std::vector<Operand> text_argument(const checked::Call& node);
    Operand range_argument(const checked::Call& node, size_t number);
    Operand context_word(ContextWord word);
    Operand swapped(const checked::Call& node, uint8_t width);
    Operand exit_session();
    Operand diff_time(const checked::Call& node);
    Operand find_string(const checked::Call& node);
    Operand tentative(const checked::Call& node, Helper helper);
    Address probe_text(uint32_t size);
    Address string_from(const checked::Call& node, Helper helper, uint32_t size);
    Address thread_indent(const checked::Call& node, uint32_t size);
    Address symbol(const checked::Call& node, uint32_t size);
    Operand hexdump(const checked::Call& node);
    Address descriptor_text(const checked::Call& node, DescriptorText what, uint32_t size);
    Operand descriptor_number(const checked::Call& node, DescriptorNumber what, TypeRef type);
    Address ip4_address(const checked::Call& node);
    Address ip6_address(const checked::Call& node);
    Place list_place(const checked::Expr& expr);
    Address list_address(const checked::Expr& expr);
    Address empty_list();
    Operand list_member(const checked::Call& node, size_t offset);
    Operand list_average(const checked::Call& node);
    Operand aggregate(const checked::Call& node, ArrayPrintOptions::ListValue wanted);
    Operand add_to_distribution(const checked::Call& node);
    Operand add_to_distinct(const checked::Call& node);
    Operand append(const checked::Call& node);
    Address assign_list(const checked::Expr& target, const checked::Expr& value);
    Operand set_range(const checked::Call& node);
    Operand add_range(const checked::Call& node);
    Operand count_in_range(const checked::Call& node);
    Operand copy_data(const checked::Call& node, bool user);
    Operand attribute(const checked::Call& node, AttributeOf of);
    Operand working_directory(const checked::Call& node);
    void print(const checked::Print& node);
    Operand element_call(const checked::ElementCall& node);
    void array_call(const checked::ArrayCall& node);
    void table_call(const checked::TableCall& node);

    // build_text.cpp: parts of Strings, names in payload
    struct Bytes {
        Operand start;
        Operand size;
    };
    static const checked::Expr& undecayed(const checked::Expr& pointer);
    Operand bounded(Operand wanted, Cond fits, int64_t most);
    Bytes readable_bytes(const checked::Call& node);
    Address text_copy(const checked::Expr& from, uint32_t size);
    Address string_part(const checked::Call& node, uint32_t size);
    Address string_piece(const checked::Call& node, uint32_t size);
    Address string_lower(const checked::Call& node, uint32_t size);
    Address address_text(const checked::Call& node, uint32_t size);
    Address number_name(const checked::Call& node, uint32_t size);
    Address payload_name(const checked::Call& node, Helper helper, uint32_t size);
    Address http_field(const checked::Call& node, uint32_t size);

    // build_address.cpp: functions on addresses
    struct IpWords;
    IpWords ip_words(const checked::Expr& address);
    static std::vector<IpAddress> network_argument(const checked::Call& node);
    Operand lies_in(const checked::Expr& address, const std::vector<IpAddress>& networks);
    Address subnet(const checked::Call& node);
    Operand is_local(const checked::Call& node);
    Operand record_index(const checked::Call& node, GroupRecordOf of);
    Operand group_number(const checked::Call& node, GroupRecordOf of, GroupNumber what);
    Address group_address(const checked::Call& node, GroupRecordOf of);

    // builder.cpp: emitting
    Reg reg() { return function_.registers++; }
    Label label() { return function_.labels++; }
    Inst& emit(Inst inst);
    Reg result(Inst inst);  // gives the instruction a new destination
    Reg as_reg(Operand operand);
    Operand binary(Op op, uint8_t width, Operand a, Operand b);
    void place_label(Label label);
    void jump(Label label);
    void branch(Cond cond, Operand a, Operand b, Label target);
    void move(Reg to, Operand from);
    Operand load_from(Address at, uint8_t width, bool is_signed);
    void store_to(Address at, uint8_t width, Operand value);
    Operand call_helper(Helper helper, std::vector<Operand> args, bool has_result = true);
    Operand map_operand(uint32_t map);
    Operand materialize(Address at);
    Address memory(uint32_t map, uint32_t offset);
    Slot new_slot(uint32_t size, std::string_view name);
    Address slot_address(Slot slot);
    Address slot(uint32_t size, std::string_view name) { return slot_address(new_slot(size, name)); }
    uint32_t site(std::string text, SourcePosition position, Fault fault = Fault::none);
    SourcePosition position(Span span) const;
    Operand event_value(EventField field);

    Shared& shared_;
    const checked::Clause& clause_;
    Function function_;
    SourcePosition position_;
    std::vector<Reg> automatic_regs_;    // by variable id; no_reg when it lies in memory
    std::vector<Slot> automatic_slots_;  // by variable id: those that lie in memory
    uint32_t packet_bytes_ = 0;
};

}  // namespace probevue::ir
