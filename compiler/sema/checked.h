// The checked program: names resolved, types known, every conversion explicit, every rule of the language verified.
// What comes behind it (compiler/ir) reports no errors about the script.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "builtins/base/address.h"
#include "builtins/builtin.h"
#include "builtins/function.h"
#include "builtins/probe.h"
#include "compiler/program/program.h"
#include "compiler/sema/type.h"
#include "compiler/source/source.h"

namespace probevue::checked {

// --- symbols ----------------------------------------------------------------------------------------------------

enum class VariableClass : uint8_t { automatic, thread, global, kernel };

// A variable of scalar or memory type. Lists, ranges and associative arrays are symbols of their own.
struct Variable {
    std::string name;
    VariableClass storage = VariableClass::global;
    TypeRef type = nullptr;
    uint32_t clause = 0;  // automatic: the clause that it belongs to
    Span declared;
    Unit unit = Unit::none;
    VariableFacts facts = {};  // of global ones, from describe_variables() on
};

struct ListVariable {
    std::string name;
    Unit unit = Unit::none;  // of what it gathers
    VariableFacts facts = {};
};
struct RangeVariable {
    std::string name;
};
struct AssociativeArray {
    std::string name;
    std::vector<TypeRef> keys;  // String keys have the largest length of any use
    TypeRef value = nullptr;    // scalar or memory type, list, range, dist or distinct
    Span declared;
    std::vector<Unit> key_units;              // empty until infer_units()
    Unit unit = Unit::none;                   // of the values, or of what they gather
    bool bare = false;                        // one value without a key: `d` of add_dist(d, value)
    bool counted = false;                     // dist, distinct: something is added to it
    bool printed = false;                     // some clause prints it as a whole
    std::vector<std::string> key_names = {};  // as in ArrayLayout, from describe_variables() on
    VariableFacts facts = {};

    bool has_dimensions() const { return bare || !keys.empty(); }  // some use has said them
};

using VariableId = uint32_t;
using ListId = uint32_t;
using RangeId = uint32_t;
using ArrayId = uint32_t;

// --- expressions ------------------------------------------------------------------------------------------------

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct IntegerConstant {
    int64_t value;
};  // also mac_addr_t, timestamps and pointers
struct FloatingConstant {
    double value;
};
struct StringConstant {
    std::string value;
};
struct IpConstant {
    IpAddress value;
};
struct VariableRef {
    VariableId id;
};
struct BuiltinRef {
    const BuiltinRow* row;
};
struct ListRef {
    ListId id;
};  // type list
struct RangeRef {
    RangeId id;
};  // type range
struct ArgumentRef {
    uint32_t number;
};                         // __arg1 is number 1; type by the prototype
struct ReturnValueRef {};  // __rv
// a[k1][k2]; an rvalue, or the target of an assignment. The value type may be a collection. Without keys: the one value
// of a bare array.
struct ElementRef {
    ArrayId array;
    std::vector<ExprPtr> keys;
};  // keys are converted to the array's key types
// base.field, base being an lvalue or rvalue of structure or net_info type.
struct FieldRef {
    ExprPtr base;
    const Field* field;
};
// base[index] of a C array that lies in a script variable or behind a pointer; index is a 64-bit integer.
struct ArrayIndex {
    ExprPtr base;
    ExprPtr index;
};
// *pointer, pointer->field is FieldRef(Dereference).
struct Dereference {
    ExprPtr pointer;
};
// Conversion to the expression's type: integer to integer (truncate, extend), float to double, array/char* of known
// memory to String, String to longer or shorter String, integer to pointer and back, integer to timestamp and back.
struct Convert {
    ExprPtr operand;
};
// Operands of arithmetic have been converted to the expression's type (shifts: the left one).
struct Unary {
    enum class Op : uint8_t { negate, bit_not, logical_not } op;
    ExprPtr operand;
};
enum class BinaryOp : uint8_t {
#define ARITHMETIC(id, ...) id,
#define COMPARISON(...)
#define LOGICAL(...)
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
};
struct Binary {
    BinaryOp op;
    ExprPtr left;
    ExprPtr right;
};
// Both sides have the same type (Strings: any lengths); the result is int. `type_of_operands` decides signedness.
enum class CompareOp : uint8_t {
#define ARITHMETIC(...)
#define COMPARISON(id, ...) id,
#define LOGICAL(...)
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
};
struct Compare {
    CompareOp op;
    ExprPtr left;
    ExprPtr right;
};
// address == "name": true when equal to any of several addresses.
struct IpAnyOf {
    ExprPtr address;
    std::vector<IpAddress> values;
    bool negated;
};
struct Logical {
    bool is_and;
    ExprPtr left;
    ExprPtr right;
};  // short circuit; operands are conditions, result is int
struct Conditional {
    ExprPtr condition;
    ExprPtr then;
    ExprPtr otherwise;
};
// String concatenation; type is String of the summed length (capped).
struct Concatenate {
    ExprPtr left;
    ExprPtr right;
};
// target = value. For `op=`: target = (T)((C)target op value), computed in `computed` (the common type), target
// evaluated once.
struct Assign {
    ExprPtr target;
    ExprPtr value;
};
struct CompoundAssign {
    BinaryOp op;
    TypeRef computed;
    ExprPtr target;
    ExprPtr value;
};
struct IncDec {
    ExprPtr target;
    int delta;
    bool is_prefix;
};
// A library function. Arguments are converted as its row says. printf and eprintf have a site instead.
struct Call {
    const FunctionRow* function;
    std::vector<ExprPtr> arguments;
};
// printf, eprintf: the format is compiled into a record layout (Program::records), `arguments` fill it in order.
struct Print {
    uint32_t record;
    std::vector<ExprPtr> arguments;
};
// exists(a, k...) and delete(a, k...); a null key is ANY.
struct ElementCall {
    FunctionId function;
    ArrayId array;
    std::vector<ExprPtr> keys;
};
// print, quantize, lquantize, clear, set_aso_print_options with constant options already folded.
struct ArrayCall {
    FunctionId function;
    ArrayId array;
    ArrayPrintOptions options;
};
// print_table
struct TableCall {
    uint32_t table;
};

struct Expr {
    std::variant<IntegerConstant, FloatingConstant, StringConstant, IpConstant, VariableRef, BuiltinRef, ListRef,
                 RangeRef, ArgumentRef, ReturnValueRef, ElementRef, FieldRef, ArrayIndex, Dereference, Convert, Unary,
                 Binary, Compare, IpAnyOf, Logical, Conditional, Concatenate, Assign, CompoundAssign, IncDec, Call,
                 Print, ElementCall, ArrayCall, TableCall>
        node;
    TypeRef type = nullptr;
    Span span;
};

// --- statements and clauses ---------------------------------------------------------------------------------------

struct Stmt;
struct Block {
    std::vector<Stmt> statements;
};
struct ExprStmt {
    ExprPtr expr;
};
struct IfStmt {
    ExprPtr condition;
    Block then;
    Block otherwise;
};
struct ReturnStmt {};

struct Stmt {
    std::variant<ExprStmt, IfStmt, ReturnStmt, Block> node;
    Span span;
};

struct Clause {
    std::vector<ProbeRequest> probes;  // in text order
    ExprPtr predicate;                 // null: always
    // Thread-locals that the predicate reads: it is false while one of them has not been instantiated (spec 3.3).
    std::vector<VariableId> predicate_thread_locals;
    Block body;
    Span span;
    std::string prototype;  // of the only function that it probes, as text; empty: not known
};

// What a print_table site shows. The columns of the layout have no maps yet: the arrays stand beside them.
struct Table {
    TableLayout layout;
    std::vector<ArrayId> arrays;  // by column
};

struct Script {
    TypeTable types;
    std::vector<Variable> variables;
    std::vector<ListVariable> lists;
    std::vector<RangeVariable> ranges;
    std::vector<AssociativeArray> arrays;
    std::vector<RecordLayout> records;  // one a printf site
    std::vector<Table> tables;          // one a print_table site
    std::vector<Clause> clauses;        // in text order
    bool prints = false;                // some clause writes trace output
};

}  // namespace probevue::checked
