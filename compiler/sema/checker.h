// Private to compiler/sema: the walk over a script. Its parts stand in files by what they check; expressions that have
// an error are null, and what hangs on them says nothing more.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/builtin.h"
#include "builtins/function.h"
#include "builtins/names.h"
#include "compiler/diag/diag.h"
#include "compiler/sema/checked.h"
#include "compiler/sema/format.h"
#include "compiler/sema/hosts.h"
#include "compiler/sema/imported_types.h"
#include "compiler/sema/layout.h"
#include "compiler/sema/plan.h"
#include "compiler/sema/sema.h"
#include "compiler/syntax/ast.h"

namespace probevue::sema {

using checked::ExprPtr;

// What a name of the script stands for.
struct Symbol {
    enum class Kind : uint8_t { variable, list, range, array, enumerator, broken } kind = Kind::broken;
    uint32_t id = 0;
    int64_t value = 0;  // enumerator
    Span declared;
};

// A name without a class prefix is global, once it is no automatic one.
checked::VariableClass class_of(ast::StorageClass storage);

// What the checker knows of a variable besides checked::Variable (same index).
struct VariableInfo {
    bool assigned = false;  // automatic: has the text given it a value yet
    bool broken = false;    // its declaration has an error: uses say nothing
    uint32_t uses = 0;      // of its value, those of `++` and `op=` apart
    Span counts_from;       // where `++` or `op=` made it, a counter from 0; empty: something else did
    std::string planned;    // key of its String length in the plan; empty when its length was declared
    std::string space;      // key of its address space in the plan
};

struct Prototype {
    TypeRef result = nullptr;  // null: none was written
    std::vector<TypeRef> parameters;
    bool variadic = false;
    bool broken = false;
};

// What the attributes of a declaration ask for.
struct Attributes {
    bool packed = false;
    Span packed_at;
    uint32_t aligned = 0;     // bytes; 0: nothing
    uint32_t mode_bytes = 0;  // size that `mode` gives an integer; 0: its own
    std::string refused;      // what cannot be obeyed, as a message; empty: nothing
};

// What a type is declared for: what it may be differs.
enum class Role : uint8_t { variable, member, parameter, result, alias, operand };

class Checker {
public:
    Checker(checked::Script& out, const Source& source, const CheckOptions& options, Diagnostics& diagnostics,
            Plan& plan, Hosts& hosts);
    void run(const ast::Script& script);

private:
    // clause.cpp: declarations outside clauses, clauses, statements
    void outside(const ast::Declaration& declaration);
    void clause(const ast::Clause& clause);
    void predicate(const ast::Clause& clause, checked::Clause& out);
    void block(const ast::Block& block, checked::Block& out, bool outermost);
    void statement(const ast::Stmt& statement, checked::Block& out);
    void expression_statement(const ast::Expr& expr, Span span, checked::Block& out);
    void if_statement(const ast::IfStmt& statement, Span span, checked::Block& out);
    void warn_without_effect(const ast::Expr& expr);
    void finish();
    void warn_mistyped_counters();
    void warn_uncounted();
    static bool stands_anywhere(const ast::Declaration& declaration);

    // probe.cpp, probe_fields.cpp: tuples
    std::optional<ProbeRequest> probe(const ast::ProbeTuple& tuple);
    const ProbePointRow* match(const ast::ProbeTuple& tuple);
    bool apply(const ast::ProbeTuple& tuple, const ProbePointRow& row, ProbeRequest& request);
    bool apply_field(FieldRule rule, const ast::TupleField& field, ProbeRequest& request);
    bool interfaces(const ast::TupleField& field, ProbeRequest& request);
    bool protocol(const ast::TupleField& field, ProbeRequest& request);
    bool filter(const ast::TupleField& field, ProbeRequest& request);
    bool event_filter(const ast::TupleField& field, ProbeRequest& request);
    bool refuse_filter(const ast::TupleField& field, const FilterError& fault);
    void warn_of_foreign(const ast::TupleField& field, const std::string& filter, ProbeKind kind);
    void warn_of_excluded(const ast::TupleField& field, const std::string& filter, Protocol protocol);
    bool process(const ast::TupleField& field, ProbeRequest& request);
    bool interval(const ast::TupleField& field, ProbeRequest& request);
    bool processors(const ast::TupleField& field, ProbeRequest& request);
    bool function_name(FieldRule rule, const ast::TupleField& field, ProbeRequest& request);
    bool system_call(FieldRule rule, const ast::TupleField& field, SystemCallProbe& probe);

    std::string prototype_text(const checked::Clause& clause) const;

    // declare_type.cpp, declare_tag.cpp: types as written. Null: there was an error.
    TypeRef type_of(const ast::TypeSpec& spec);
    TypeRef type_of_words(const ast::TypeSpec& spec);
    TypeRef named_type(const ast::TypeSpec& spec);
    TypeRef structure_type(const ast::TypeSpec& spec);
    void structure_body(const ast::TypeSpec& spec, Type& structure);
    void member(const ast::Declaration& declaration, std::vector<MemberPlan>& members, std::string& refused);
    std::optional<uint32_t> bit_width(const ast::Declarator& declarator, TypeRef type);
    TypeRef enumeration_type(const ast::TypeSpec& spec);
    TypeRef declared_type(TypeRef base, const ast::Declarator& declarator, Role role);
    TypeRef string_type(const ast::Declarator& declarator, Role role);
    TypeRef array_type(TypeRef of, const ast::Declarator& declarator, Role role);
    bool usable(TypeRef type, const ast::Declarator& declarator, Role role);
    TypeRef whole_type(const ast::Declaration& declaration, Role role);
    std::optional<int64_t> constant(const ast::Expr& expr, std::string_view what);

    // attributes.cpp: of layout
    Attributes attributes(const std::vector<ast::Attribute>& written, Attributes before = {});
    void attribute(const ast::Attribute& written, Attributes& out);
    void refuse_attribute(const ast::Attribute& written, Attributes& out, const std::string& why);
    void misplaced_packed(const Attributes& attributes);
    TypeRef of_mode(TypeRef type, const Attributes& attributes);
    uint32_t typedef_align(const ast::TypeSpec& spec, const ast::Declarator& declarator) const;
    ExprPtr align_of(const ast::Declaration& declaration, Span span);
    std::string why_unknown(TypeRef type) const;

    // declare_name.cpp: variables, prototypes, typedefs
    void declare(const ast::Declaration& declaration, checked::Block* statements);
    TypeRef refused_type(const std::string& name, const std::string& why);
    void declare_typedef(const ast::Declaration& declaration, TypeRef base);
    void declare_prototype(const ast::Declarator& declarator, TypeRef base, bool untyped);
    void declare_variable(const ast::Declaration& declaration, const ast::Declarator& declarator, TypeRef base,
                          checked::Block* statements);
    void declare_summary(const ast::Declarator& declarator, TypeRef type);
    bool class_allows(checked::VariableClass storage, TypeRef type, const ast::Declarator& declarator);
    bool name_is_free(const std::string& name, Span span);
    std::optional<uint32_t> new_variable(const std::string& name, checked::VariableClass storage, TypeRef type,
                                         Span span);
    void initialize(const ast::Declarator& declarator, checked::Block* statements);
    void broken_name(const std::string& name, ast::StorageClass storage, Span span);

    // names.cpp: what names stand for
    Symbol* find(ast::StorageClass storage, const std::string& name);
    ExprPtr name(const ast::Name& name, Span span);
    ExprPtr symbol_value(const Symbol& symbol, const ast::Name& name, Span span);
    ExprPtr variable(uint32_t id, const ast::Name& name, Span span, bool stored);
    bool predicate_allows(const checked::Variable& variable, uint32_t id, const ast::Name& name, Span span);
    ExprPtr enumerator(int64_t value, Span span);
    ExprPtr constant_name(const std::string& name, Span span);
    ExprPtr constant_row(const ConstantRow& written, Span span);
    ExprPtr argument_or_return(const std::string& name, Span span);
    const Prototype* probed_prototype(const std::string& name, Span span, ProbeSet where, std::string_view when);
    ExprPtr argument_value(const std::string& name, Span span);
    ExprPtr return_value(Span span);
    ExprPtr builtin(const std::string& name, const std::string& member, Span name_span, Span member_span, Span span);
    bool builtin_fits(const BuiltinRow& row, const std::string& shown, Span span, bool called = false);
    void warn_of_nobody(const BuiltinRow& row, const std::string& shown, Span span);
    void unknown_name(const ast::Name& name, Span span);
    std::vector<std::string_view> names_in_scope() const;

    // traced.cpp: arguments of tracepoints, and structures, by the kernel's type information
    ImportedTypes* kernel_types();
    bool is_traced() const;
    bool is_untyped_argument(const checked::Expr& expr) const;
    bool argument_exists(uint32_t number, const std::string& name, Span span);
    TypeRef kernel_type_of(const checked::Expr& argument);
    ExprPtr typed_argument(ExprPtr expr);
    bool refuse_untyped(const checked::Expr& argument, Span span);
    TypeRef known_structure(TypeRef type);
    std::string hint_of_unknown(TypeRef type) const;
    bool prototype_fits(const std::string& tracepoint, const Prototype& prototype, Span span);
    std::string misfit(TypeRef here, TypeRef there) const;
    void structure_fits(TypeRef declared, Span span);

    // expr.cpp: dispatch, literals, operators
    ExprPtr expr(const ast::Expr& expr);
    ExprPtr value(const ast::Expr& expr);  // something that has a value: no list, no range, not void
    ExprPtr condition(const ast::Expr& expr);
    ExprPtr truth(ExprPtr value);
    ExprPtr integer_literal(const ast::IntegerLiteral& literal, Span span);
    ExprPtr string_literal(const std::string& text, Span span);
    ExprPtr unary(const ast::Unary& unary, Span span);
    ExprPtr binary(const ast::Binary& binary, Span span);
    ExprPtr logical(const ast::Binary& binary, Span span);
    static bool decimals(const checked::Expr& a, const checked::Expr& b);
    static bool computes_decimals(ast::BinaryOp op, const checked::Expr& a, const checked::Expr& b);
    ExprPtr arithmetic(ast::BinaryOp op, ExprPtr left, ExprPtr right, Span span, Span op_span);
    ExprPtr concatenate(ExprPtr left, ExprPtr right, Span span, Span op_span);
    ExprPtr pointer_arithmetic(ast::BinaryOp op, ExprPtr left, ExprPtr right, Span span, Span op_span);
    ExprPtr conditional(const ast::Conditional& conditional, Span span);
    bool join(ExprPtr& a, ExprPtr& b, Span span);
    ExprPtr cast(const ast::Cast& cast, Span span);
    ExprPtr size_of(TypeRef type, Span span);
    bool integer_operand(const checked::Expr& operand, std::string_view op);
    void warn_shift(const checked::Expr& count, TypeRef type);

    // expr_compare.cpp
    ExprPtr compare(checked::CompareOp op, ExprPtr left, ExprPtr right, Span span, Span op_span);
    ExprPtr compare_address(checked::CompareOp op, ExprPtr address, const checked::Expr& text, Span span);
    ExprPtr quoted_number(const checked::Expr& text, TypeRef type);

    // warn_known.cpp: results that are known before anything happens
    std::string written(const checked::Expr& expr) const;
    std::string known_hint(const checked::Expr& expr, const std::string& values) const;
    void warn_of_length(const checked::Compare& compare, Span span);
    void warn_of_outcome(const checked::Compare& compare, Span span);
    void warn_of_nothing_left(const checked::Expr& expr);
    void warn_of_truth(const checked::Expr& expr);
    void warn_of_version(const checked::Expr& address, const std::vector<IpAddress>& values, checked::CompareOp op,
                         Span span);

    // expr_memory.cpp: members, indexes, pointers
    ExprPtr member(const ast::Member& member, Span span, bool stored);
    ExprPtr member_of(ExprPtr base, const ast::Member& member, Span span);
    ExprPtr index(const ast::Index& index, Span span, bool stored);
    ExprPtr index_of(ExprPtr base, ExprPtr index, Span span);
    ExprPtr dereference(ExprPtr pointer, Span span);
    ExprPtr address_of(ExprPtr place, Span span);
    bool resolve_space(checked::Expr& pointer);
    ExprPtr offset_pointer(ExprPtr pointer, ExprPtr bytes, TypeRef type, Span span);
    ExprPtr decay(ExprPtr array);
    TypeRef in_space(TypeRef type, AddressSpace space);

    // expr_element.cpp: associative arrays
    enum class Use : uint8_t { fetch, update, update_decimals, list, range, dist, distinct };
    struct ElementName {
        const ast::Expr* name = nullptr;
        std::vector<const ast::Expr*> keys;
    };
    // Is it a constant, a built-in or a name that is kept for one, so that no variable can be called so?
    static bool is_of_language(const std::string& name);
    std::optional<ElementName> element_name(const ast::Expr& expr);
    std::optional<uint32_t> array_named(const ast::Name& name, Span span);
    std::optional<uint32_t> bare_array(const ast::Name& name, Span span);
    static std::optional<TypeKind> collection_of(Use use);
    bool array_keys(uint32_t array, const std::vector<const ast::Expr*>& keys, Span span, bool any_allowed,
                    std::vector<ExprPtr>& out);
    ExprPtr array_key(uint32_t array, size_t dimension, ExprPtr key);
    TypeRef key_type(const checked::Expr& key);
    TypeRef value_type(const checked::Expr& value);
    bool plan_value(uint32_t array, TypeRef type, Span span);
    ExprPtr element(const ElementName& element, Span span, Use use);
    ExprPtr element_for(const ElementName& element, Span span, ExprPtr& stored);

    // expr_assign.cpp
    ExprPtr assign(const ast::Assign& assign, Span span);
    ExprPtr store(const ast::Expr& target, ExprPtr value, Span span);
    ExprPtr store_name(const ast::Expr& target, const ast::Name& name, ExprPtr value, Span span);
    ExprPtr implicit_variable(const ast::Name& name, ExprPtr& value, Span at, Span span);
    ExprPtr finish_store(ExprPtr target, ExprPtr value, Span span);
    void take_type(uint32_t variable, const checked::Expr& value);
    void take_space(uint32_t variable, const checked::Expr& value, Span span);
    ExprPtr compound_assign(const ast::Assign& assign, Span span);
    ExprPtr increment(const ast::Unary& unary, Span span);
    bool counts_from_zero(const ast::Name& name);
    // What can be assigned to; null: an error was reported. `counted`: what a name that is new holds when it is read
    // first (null: it is not read).
    ExprPtr place(const ast::Expr& expr, TypeRef counted = nullptr);
    bool writable(const checked::Expr& place);
    void assigned_now(const ast::Expr& target);

    // convert.cpp
    ExprPtr make(decltype(checked::Expr::node) node, TypeRef type, Span span) const;
    ExprPtr integer(int64_t value, TypeRef type, Span span) const;
    ExprPtr convert(ExprPtr expr, TypeRef to);
    // As `=` converts. `what` ends the message "... cannot be <what>".
    ExprPtr implicit(ExprPtr expr, TypeRef to, const std::string& what);
    ExprPtr implicit_integer(ExprPtr expr, TypeRef to, const std::string& what);
    ExprPtr implicit_pointer(ExprPtr expr, TypeRef to, const std::string& what);
    ExprPtr implicit_text(ExprPtr expr, TypeRef to, const std::string& what);
    ExprPtr mismatch(const checked::Expr& expr, TypeRef to, const std::string& what);
    bool is_text(TypeRef type) const;
    ExprPtr text(ExprPtr expr);  // a char array or char pointer becomes a String; the rest stays
    ExprPtr ip_constant(const checked::Expr& text, TypeRef type);
    ExprPtr mac_constant(const checked::Expr& text);

    // call.cpp, call_argument.cpp, call_array.cpp, call_name.cpp, call_print.cpp, call_table.cpp
    ExprPtr call(const ast::Call& call, Span span);
    ExprPtr unknown_function(const ast::Call& call);
    bool function_fits(const FunctionRow& row, Span span);
    bool argument_count(const FunctionRow& row, const ast::Call& call, Span span);
    ExprPtr generic_call(const FunctionRow& row, const ast::Call& call, Span span);
    TypeRef result_of(const FunctionRow& row, const std::vector<ExprPtr>& arguments);
    bool call_rules(const FunctionRow& row, std::vector<ExprPtr>& arguments, Span span);
    bool dump_rules(const FunctionRow& row, const std::vector<ExprPtr>& arguments);
    bool piece_rules(const FunctionRow& row, const std::vector<ExprPtr>& arguments);
    bool field_rules(const std::vector<ExprPtr>& arguments);
    bool has_rates(uint32_t array, Span span);
    bool is_foldable(const FunctionRow& row, Span span, uint32_t array);
    ExprPtr name_call(const FunctionRow& row, const ast::Call& call, Span span);
    std::optional<NameSet> said_set(const checked::Expr& said);
    bool knows_thread(Span span);
    bool range_rules(const std::vector<ExprPtr>& arguments, Span span);
    bool network_rules(const std::vector<ExprPtr>& arguments, Span span);
    bool subnet_rules(const std::vector<ExprPtr>& arguments);
    bool distinct_rules(std::vector<ExprPtr>& arguments);
    bool copy_rules(const FunctionRow& row, const std::vector<ExprPtr>& arguments);
    ExprPtr argument(const Parameter& parameter, const ast::Expr& argument, const std::string& what);
    ExprPtr list_argument(const ast::Expr& argument, const std::string& what, Use use);
    ExprPtr kept_list(ExprPtr list, const std::string& what);
    ExprPtr summary_argument(const ast::Expr& argument, const std::string& what, Use use);
    ExprPtr list_or_dist_argument(const ast::Expr& argument, const std::string& what);
    ExprPtr fraction_argument(const ast::Expr& argument, const std::string& what);
    ExprPtr filled_argument(const Parameter& parameter, const ast::Expr& argument, const std::string& what);
    ExprPtr address_argument(const ast::Expr& argument, const std::string& what);
    ExprPtr group_argument(const Parameter& parameter, const ast::Expr& argument, const std::string& what);
    bool in_group(const ast::Expr& expr, std::string_view group) const;
    ExprPtr element_call(const FunctionRow& row, const ast::Call& call, Span span);
    ExprPtr array_call(const FunctionRow& row, const ast::Call& call, Span span);
    bool print_options(const FunctionRow& row, const ast::Call& call, size_t from, ArrayPrintOptions& options);
    std::optional<uint32_t> array_argument(const FunctionRow& row, const ast::Expr& argument);
    std::optional<uint64_t> print_limit(const ast::Expr& argument);
    struct TableValue {  // a column of values, as it is given
        uint32_t array = 0;
        TableColumn column;
        Span span;
        TypeRef type = nullptr;
    };
    ExprPtr table_call(const FunctionRow& row, const ast::Call& call, Span span);
    bool is_column(const ast::Expr& argument) const;
    bool table_column(const FunctionRow& row, const ast::Expr& argument, TableValue& out);
    bool column_number(const ast::Call& call, Span span, TableColumn& out);
    bool table_value_fits(TableValue& value);
    bool table_keys(const std::vector<TableValue>& values, std::vector<TypeRef>& out);
    bool table_format(const ast::Expr& argument, const std::vector<TableValue>& values, std::vector<TypeRef> types,
                      TableLayout& out);
    bool table_order(const ast::Expr& argument, const Format& format, size_t count, std::vector<size_t>& order);
    bool table_header(const ast::Expr& argument, TableLayout& out);
    bool table_options(const FunctionRow& row, const ast::Call& call, size_t from, TableLayout& out);
    bool table_sorting(const ast::Expr& argument, bool& sorted, TableLayout& out);
    bool table_flags(int64_t flags, bool sorted, Span span, TableLayout& out);
    const ast::StringLiteral* format_literal(const FunctionRow& row, const ast::Call& call);
    bool format_faults(Format& format, Span span);
    ExprPtr print_call(const FunctionRow& row, const ast::Call& call, Span span);
    ExprPtr print_argument(const Conversion& conversion, const ast::Expr& argument);
    void warn_of_specifier(const Conversion& conversion, const checked::Expr& value, Span span,
                           const std::string& written);
    ExprPtr trace_call(const FunctionRow& row, const ast::Call& call, Span span);

    TypeTable& types() { return out_.types; }
    const TypeTable& types() const { return out_.types; }
    TypeRef int_type() const { return out_.types.integer(4, true); }
    void error(Span span, std::string text, std::string hint = {});
    // Something is not there: an error, unless it may have stood in a statement that is missing for its own errors.
    void lacks(Span span, std::string text, std::string hint = {});
    void warning(Span span, std::string text, std::string hint = {});
    SourcePosition position(uint32_t offset) const;

    checked::Script& out_;
    const Source& source_;
    const CheckOptions& options_;
    Diagnostics& diagnostics_;
    Plan& plan_;
    Hosts& hosts_;

    std::map<std::string, Symbol, std::less<>> globals_;
    std::map<std::string, Symbol, std::less<>> automatics_;  // of the clause that is checked
    std::vector<VariableInfo> infos_;
    std::map<std::string, TypeRef, std::less<>> typedefs_;
    std::map<std::string, uint32_t, std::less<>>
        typedef_aligns_;                              // bytes, of those that have an alignment of their own
    std::map<std::string, Type*, std::less<>> tags_;  // "struct x", "union x"
    std::map<std::string, TypeRef, std::less<>> enums_;
    std::map<std::string, Prototype, std::less<>> prototypes_;
    std::optional<ImportedTypes> imported_;       // made where it is first asked for (kernel_types())
    std::set<TypeRef> compared_;                  // structures of the script that have been compared with the kernel's
    std::map<std::string, bool> prototypes_fit_;  // of tracepoints
    struct Pending {                              // an array that is used before anything says its keys or values
        uint32_t array;
        Span span;
        bool keys;
    };
    std::vector<Pending> pending_;
    std::set<uint32_t> unsure_arrays_;  // used with a key or a value that has an error
    checked::Block initializers_;       // of declarations outside clauses
    Span first_initializer_;

    // Where the walk is.
    bool in_header_ = false;
    bool seen_clause_ = false;
    checked::Clause* clause_ = nullptr;  // null outside clauses
    uint32_t clause_index_ = 0;
    ProbeSet probes_;           // kinds of the clause's tuples
    bool probes_known_ = true;  // false: a tuple has an error, what depends on it is not checked
    bool in_predicate_ = false;
    bool nobody_told_ = false;  // that the clause reads a process where there is none
    bool constants_only_ = false;
    std::string_view group_;  // constants of this group are known besides the others
};

// Names of types as messages show them ("`int`").
std::string shown(TypeRef type);
// "an integer", "a String", or the name of the type: for what holds values of any size.
std::string sort_of(TypeRef type);
// "`x`"
std::string shown(std::string_view name);

}  // namespace probevue::sema
