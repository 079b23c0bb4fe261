// The syntax tree of a script, as written: names are not resolved, types are not known.
// Plain values; every node knows its span in Source::text().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/source/source.h"

namespace probevue::ast {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

enum class UnaryOp : uint8_t {
    plus,
    minus,
    logical_not,
    bit_not,
    dereference,
    address_of,
    pre_increment,
    pre_decrement,
    post_increment,
    post_decrement
};

enum class BinaryOp : uint8_t {
#define ARITHMETIC(id, ...) id,
#define COMPARISON(id, ...) id,
#define LOGICAL(id, ...) id,
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
};
// As it is written: `<<`.
std::string_view spelling(BinaryOp op);

// The class prefix of a name (`thread:x`) or of a declaration (`__thread int x;`).
enum class StorageClass : uint8_t { none, automatic, thread, global, kernel };

// --- types as written -------------------------------------------------------------------------------------------

struct Declaration;

// `packed`, `aligned(8)`: what C compilers take from `__attribute__((...))` and `_Alignas(...)`.
struct Attribute {
    std::string name;  // without the underscores around it
    ExprPtr argument;  // the first one; null when there is none
    Span span;
};

struct Enumerator {
    std::string name;
    ExprPtr value;  // null: one more than the enumerator before
    Span span;
};

// `unsigned long`, `struct ether_header`, `struct { ... }`, `String`, `mac_addr_t`, a typedef name.
struct TypeSpec {
    enum class Kind : uint8_t {
        none,       // untyped: `__auto v;`, or a prototype without a return type
        words,      // C's own: `words` holds them in source order (`unsigned`, `long`, `long`)
        named,      // one name: a Vue type (String, ip_addr_t, __list ...) or a typedef; in `name`
        structure,  // struct `name` { members }
        union_,
        enumeration,
    };
    Kind kind = Kind::none;
    std::vector<std::string> words;
    std::string name;       // tag (may be empty) or type name
    bool has_body = false;  // struct, union, enum: was there a `{ ... }`
    std::vector<Declaration> members;
    std::vector<Enumerator> enumerators;
    std::vector<Attribute> attributes;  // of a structure, union or enumeration: behind its keyword or its `}`
    uint32_t packing = 0;               // bytes, `#pragma pack` at the end of the type; 0: as the members are
    Span span;
};

// One name of a declaration with what stands around it. A parameter or a cast has an empty name.
struct Declarator {
    std::string name;
    Span name_span;
    uint32_t pointers = 0;            // stars
    std::vector<ExprPtr> dimensions;  // `[n]` in order; null stands for `[]`
    ExprPtr bits;                     // bit-field width
    ExprPtr initializer;
    bool is_function = false;          // prototype: `name(parameters)`
    bool is_function_pointer = false;  // `(*name)(...)`: laid out as a pointer
    bool variadic = false;
    std::vector<Declaration> parameters;
    std::vector<Attribute> attributes;
    Span span;
};

struct Declaration {
    StorageClass storage = StorageClass::none;
    bool is_typedef = false;
    std::vector<std::string> ignored;  // auto const extern register static volatile, as written
    TypeSpec type;
    std::vector<Declarator> declarators;
    std::vector<Attribute> attributes;  // before the names: of each of them
    Span span;
};

// --- expressions ------------------------------------------------------------------------------------------------

struct IntegerLiteral {
    uint64_t value = 0;
    bool is_decimal = true;
    bool has_unsigned_suffix = false;
    uint8_t long_suffixes = 0;  // 0, 1 (L) or 2 (LL)
    bool too_large = false;     // did not fit 64 bits
};
struct CharacterLiteral {
    uint8_t value = 0;
};
struct FloatingLiteral {
    double value = 0;
    bool is_float = false;  // suffix f
};
struct StringLiteral {
    std::string value;  // escapes replaced
};
// A variable, constant, built-in or array name, perhaps with a class prefix.
struct Name {
    StorageClass storage = StorageClass::none;
    std::string text;  // without the prefix
};
struct Unary {
    UnaryOp op;
    ExprPtr operand;
};
struct Binary {
    BinaryOp op;
    ExprPtr left;
    ExprPtr right;
    Span op_span;
};
// `=` when op is empty, `+=` and the like otherwise.
struct Assign {
    std::optional<BinaryOp> op;
    ExprPtr target;
    ExprPtr value;
    Span op_span;
};
struct Conditional {
    ExprPtr condition;
    ExprPtr then;
    ExprPtr otherwise;
};
struct Call {
    std::string function;
    Span function_span;
    std::vector<ExprPtr> arguments;
};
struct Index {
    ExprPtr base;
    ExprPtr index;
};
struct Member {
    ExprPtr base;
    bool arrow = false;  // `->` or `.`
    std::string name;
    Span name_span;
};
struct Cast {
    std::unique_ptr<Declaration> type;  // one declarator without a name
    ExprPtr operand;
};
struct SizeofType {
    std::unique_ptr<Declaration> type;
};
struct AlignofType {
    std::unique_ptr<Declaration> type;
};
struct SizeofExpr {
    ExprPtr operand;
};

struct Expr {
    std::variant<IntegerLiteral, CharacterLiteral, FloatingLiteral, StringLiteral, Name, Unary, Binary, Assign,
                 Conditional, Call, Index, Member, Cast, SizeofType, SizeofExpr, AlignofType>
        node;
    Span span;
    bool parenthesized = false;
};

// --- statements and clauses ---------------------------------------------------------------------------------------

struct Stmt;

struct Block {
    std::vector<Stmt> statements;
    Span span;
};
struct ExprStmt {
    ExprPtr expr;  // null: the empty statement
};
struct IfStmt {
    ExprPtr condition;
    std::unique_ptr<Stmt> then;
    std::unique_ptr<Stmt> otherwise;  // may be null
};
struct ReturnStmt {};
struct DeclStmt {
    Declaration declaration;
};

struct Stmt {
    std::variant<ExprStmt, IfStmt, ReturnStmt, Block, DeclStmt> node;
    Span span;
};

// One field of `@@net:bpf:eth0|eth1:tcp:"port 80"`, blanks trimmed, quotes removed and their escapes replaced. `span`
// covers the text inside the quotes when the field is quoted, and the colon before it when it was left out.
struct TupleField {
    std::string text;
    bool quoted = false;
    Span span;
};

// fields[0] is the probe type ("net", "BEGIN").
struct ProbeTuple {
    std::vector<TupleField> fields;
    Span span;
};

struct Clause {
    std::vector<ProbeTuple> tuples;
    ExprPtr predicate;  // null when there is none
    Span when_span;
    Block body;
    Span span;
};

struct Script {
    // In text order.
    std::vector<std::variant<Declaration, Clause>> items;
};

}  // namespace probevue::ast
