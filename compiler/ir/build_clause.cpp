// Clauses, statements and conditions: where the walk over a checked clause begins. Conditions become jumps, not values.
#include <fmt/format.h>

#include "compiler/ir/builder.h"
#include "compiler/sema/arithmetic.h"

namespace probevue::ir {
namespace {

Cond cond_of(checked::CompareOp op, bool is_signed) {
    switch (op) {
#define ARITHMETIC(...)
#define COMPARISON(id, text, token, binding, unsigned_cond, signed_cond) \
    case checked::CompareOp::id:                                         \
        return is_signed ? Cond::signed_cond : Cond::unsigned_cond;
#define LOGICAL(...)
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
    }
    return Cond::eq;
}

}  // namespace

Function Builder::run() {
    position_ = position(clause_.span);
    predicate();
    for (size_t id = 0; id < shared_.script.variables.size(); ++id) {
        const checked::Variable& variable = shared_.script.variables[id];
        const bool ours = variable.storage == checked::VariableClass::automatic &&
                          &shared_.script.clauses[variable.clause] == &clause_;
        if (!ours || variable.type == nullptr) continue;
        // Undefined until assigned, says AIX; zero is the one value that surprises nobody.
        if (variable.type->is_scalar()) {
            automatic_regs_[id] = reg();
            move(automatic_regs_[id], Operand::of_imm(0));
        } else {
            automatic_slots_[id] = new_slot(storage_size(variable.type), variable.name);
            zero(slot_address(automatic_slots_[id]), storage_size(variable.type));
        }
    }
    block(clause_.body);
    emit({.op = Op::ret, .a = Operand::of_imm(1)});
    return std::move(function_);
}

void Builder::predicate() {
    if (clause_.predicate == nullptr) return;
    const Label matched = label();
    const Label rejected = label();
    function_.body = matched;
    // Before the expression, in which a variable that was never set would read as 0 and might make it hold.
    if (!clause_.predicate_thread_locals.empty()) {
        const Operand block = call_helper(Helper::thread_find, {event_value(EventField::tid)});
        branch(Cond::eq, block, Operand::of_imm(0), rejected);
        for (checked::VariableId id : clause_.predicate_thread_locals) {
            const Address flag{block, static_cast<int32_t>(shared_.storage.instantiated_offset(id))};
            branch(Cond::eq, load_from(flag, 1, false), Operand::of_imm(0), rejected);
        }
    }
    condition(*clause_.predicate, matched, rejected);
    place_label(rejected);
    emit({.op = Op::ret, .a = Operand::of_imm(0)});
    place_label(matched);
}

void Builder::block(const checked::Block& block) {
    for (const checked::Stmt& inner : block.statements) statement(inner);
}

void Builder::statement(const checked::Stmt& statement) {
    position_ = position(statement.span);
    if (const auto* expr = std::get_if<checked::ExprStmt>(&statement.node)) {
        evaluate(*expr->expr);
    } else if (const auto* branch_stmt = std::get_if<checked::IfStmt>(&statement.node)) {
        const Label then = label();
        const Label otherwise = label();
        condition(*branch_stmt->condition, then, otherwise);
        place_label(then);
        block(branch_stmt->then);
        if (branch_stmt->otherwise.statements.empty()) {
            place_label(otherwise);
        } else {
            const Label end = label();
            jump(end);
            place_label(otherwise);
            block(branch_stmt->otherwise);
            place_label(end);
        }
    } else if (const auto* inner = std::get_if<checked::Block>(&statement.node)) {
        block(*inner);
    } else {
        // What follows in this block cannot be reached; the verifier and lowering pass over it.
        emit({.op = Op::ret, .a = Operand::of_imm(1)});
    }
}

// Ends in jumps: the code behind is reached through `if_true` or `if_false` only.
void Builder::condition(const checked::Expr& expr, Label if_true, Label if_false) {
    if (const auto* logical = std::get_if<checked::Logical>(&expr.node)) {
        const Label second = label();
        if (logical->is_and) {
            condition(*logical->left, second, if_false);
        } else {
            condition(*logical->left, if_true, second);
        }
        place_label(second);
        return condition(*logical->right, if_true, if_false);
    }
    if (const auto* unary_node = std::get_if<checked::Unary>(&expr.node);
        unary_node != nullptr && unary_node->op == checked::Unary::Op::logical_not) {
        return condition(*unary_node->operand, if_false, if_true);
    }
    if (const auto* compare = std::get_if<checked::Compare>(&expr.node))
        return compare_condition(*compare, if_true, if_false);
    if (const auto* any = std::get_if<checked::IpAnyOf>(&expr.node)) return ip_condition(*any, if_true, if_false);
    const Operand tested = value(expr);
    if (tested.is_imm()) return jump(tested.imm != 0 ? if_true : if_false);
    branch(Cond::ne, tested, Operand::of_imm(0), if_true);
    jump(if_false);
}

void Builder::compare_condition(const checked::Compare& compare, Label if_true, Label if_false) {
    const TypeRef type = compare.left->type;
    if (type->kind == TypeKind::ip) {
        const Address a = address(*compare.left);
        const Address b = address(*compare.right);
        const bool negated = compare.op == checked::CompareOp::ne;
        if (!negated && compare.op != checked::CompareOp::eq) return ip_order(compare.op, a, b, if_true, if_false);
        return ip_equal(a, b, negated ? if_false : if_true, negated ? if_true : if_false);
    }
    if (type->kind == TypeKind::floating) return decimal_condition(compare, if_true, if_false);
    Operand a;
    Operand b;
    bool is_signed = type->is_signed;
    if (type->kind == TypeKind::string) {
        const Text left = text(*compare.left);
        const Text right = text(*compare.right);
        const int64_t sizes = packed_sizes(left.size, right.size);
        a = call_helper(Helper::string_compare, {materialize(left.at), materialize(right.at), Operand::of_imm(sizes)});
        b = Operand::of_imm(0);
        is_signed = true;
    } else {
        a = value(*compare.left);
        b = value(*compare.right);
    }
    if (a.is_imm() && b.is_imm()) return jump(sema::holds(compare.op, a.imm, b.imm, is_signed) ? if_true : if_false);
    branch(cond_of(compare.op, is_signed), a, b, if_true);
    jump(if_false);
}

// What is no number is unequal to everything, and neither less nor greater.
void Builder::decimal_condition(const checked::Compare& compare, Label if_true, Label if_false) {
    const Operand a = value(*compare.left);
    const Operand b = value(*compare.right);
    const Operand order = call_helper(Helper::double_compare, {a, b});
    const auto is = [&](DoubleOrder wanted, Label target) {
        branch(Cond::eq, order, Operand::of_imm(static_cast<int64_t>(wanted)), target);
    };
    switch (compare.op) {
        case checked::CompareOp::le:
            is(DoubleOrder::equal, if_true);
            [[fallthrough]];
        case checked::CompareOp::lt:
            is(DoubleOrder::less, if_true);
            break;
        case checked::CompareOp::ge:
            is(DoubleOrder::equal, if_true);
            [[fallthrough]];
        case checked::CompareOp::gt:
            is(DoubleOrder::greater, if_true);
            break;
        case checked::CompareOp::eq:
            is(DoubleOrder::equal, if_true);
            break;
        case checked::CompareOp::ne:
            is(DoubleOrder::equal, if_false);
            return jump(if_true);
    }
    jump(if_false);
}

void Builder::ip_condition(const checked::IpAnyOf& any, Label if_true, Label if_false) {
    const Label yes = any.negated ? if_false : if_true;
    const Label no = any.negated ? if_true : if_false;
    const Address tested = address(*any.address);
    for (const IpAddress& candidate : any.values) {
        const std::string_view bytes(reinterpret_cast<const char*>(&candidate), sizeof candidate);
        const Label next = label();
        ip_equal(tested, memory(rodata_map, shared_.storage.constant(bytes)), yes, next);
        place_label(next);
    }
    jump(no);
}

// As compare() of builtins/base/address.h: the first word that differs decides. Bytes are compared as numbers whose
// first byte counts most.
void Builder::ip_order(checked::CompareOp op, const Address& a, const Address& b, Label if_true, Label if_false) {
    const Reg left = reg();
    const Reg right = reg();
    const Label differs = label();
    const auto word = [&](const Address& of, int32_t at) { return load_from({of.base, of.offset + at}, 8, false); };
    const auto number = [&](const Address& of, int32_t at) {
        return Operand::of(result({.op = Op::swap, .width = 8, .a = word(of, at)}));
    };
    constexpr auto family = static_cast<int32_t>(offsetof(IpAddress, family));
    const Operand left_family = word(a, family);
    const Operand right_family = word(b, family);
    move(left, binary(Op::and_, 8, left_family, Operand::of_imm(IpAddress::version_bits)));
    move(right, binary(Op::and_, 8, right_family, Operand::of_imm(IpAddress::version_bits)));
    branch(Cond::ne, Operand::of(left), Operand::of(right), differs);
    move(left, number(a, 0));
    move(right, number(b, 0));
    branch(Cond::ne, Operand::of(left), Operand::of(right), differs);
    move(left, number(a, 8));
    move(right, number(b, 8));
    branch(Cond::ne, Operand::of(left), Operand::of(right), differs);
    move(left, left_family);
    move(right, right_family);
    place_label(differs);
    branch(cond_of(op, false), Operand::of(left), Operand::of(right), if_true);
    jump(if_false);
}

void Builder::ip_equal(const Address& a, const Address& b, Label if_true, Label if_false) {
    for (int32_t word = 0; word < static_cast<int32_t>(sizeof(IpAddress)); word += 8) {
        const Operand left = load_from({a.base, a.offset + word}, 8, false);
        const Operand right = load_from({b.base, b.offset + word}, 8, false);
        branch(Cond::ne, left, right, if_false);
    }
    jump(if_true);
}

}  // namespace probevue::ir
