// The rules of C about integer types, as gcc applies them on x86-64 with unsigned plain char.
// The checker follows them, and so does the builder of the representation where operands turn out to be constants.
#pragma once

#include <cstdint>
#include <optional>

#include "compiler/sema/checked.h"
#include "compiler/sema/type.h"
#include "compiler/syntax/ast.h"

namespace probevue::sema {

// Integer promotions (C11 6.3.1.1): what is narrower than int becomes int; an enumeration its int or unsigned int.
TypeRef promoted(const TypeTable& types, TypeRef type);
// The type that an operand has after promotion; bit-fields go by their width.
TypeRef promoted(const TypeTable& types, const checked::Expr& operand);
// Usual arithmetic conversions (C11 6.3.1.8) of two promoted integer types.
TypeRef common_type(const TypeTable& types, TypeRef a, TypeRef b);
// The type of an integer literal (C11 6.4.4.1). A decimal one that fits no signed type is unsigned long long.
TypeRef literal_type(const TypeTable& types, const ast::IntegerLiteral& literal);
// The value as an object of the type holds it: truncated, then extended to 64 bits; of a _Bool 0 or 1.
int64_t wrap(int64_t value, TypeRef type);

// What an operator makes of constants. Empty: divides by zero.
std::optional<int64_t> fold(checked::BinaryOp op, int64_t a, int64_t b, TypeRef type);
int64_t fold(checked::Unary::Op op, int64_t a, TypeRef type);
bool holds(checked::CompareOp op, int64_t a, int64_t b, bool is_signed);

// The value of an integer constant expression; empty when `expr` is none (or divides by zero).
std::optional<int64_t> constant_value(const checked::Expr& expr);

// Of an assignment, an operator of it or a step: the target, whose value it gives; else null.
const checked::Expr* assigned_target(const checked::Expr& expr);

// Is it `a - b`, converted or not?
bool is_difference(const checked::Expr& expr);

// Empty when the operator is no arithmetic one; no comparison.
std::optional<checked::BinaryOp> arithmetic_op(ast::BinaryOp op);
std::optional<checked::CompareOp> compare_op(ast::BinaryOp op);

}  // namespace probevue::sema
