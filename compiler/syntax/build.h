// From ANTLR's tree to ours. Reports what the grammar lets pass and Vue does not have. Wherever the parser has
// recovered from an error, parts of its tree are missing: what needs them is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/messages.h"
#include "compiler/syntax/antlr.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/tokens.h"

namespace probevue::syntax {

class Builder {
public:
    Builder(const Source& source, Diagnostics& diagnostics) : source_(source), diagnostics_(diagnostics) {}

    ast::Script script(Parser::ScriptContext* tree);
    std::vector<ast::Declaration> header(Parser::HeaderContext* tree);

private:
    class StatementVisitor;

    // Clauses and statements: build_clause.cpp, build_statement.cpp
    void script_item(Parser::ScriptItemContext* tree, ast::Script& script);
    ast::Clause clause(Parser::ClauseContext* tree);
    ast::ProbeTuple probe(Parser::ProbeContext* tree);
    std::optional<ast::TupleField> field(Parser::FieldContext* tree, Span at);
    void check_gap(const antlr4::Token* piece, const antlr4::Token* next);
    ast::Block block(Parser::BlockContext* tree);
    std::optional<ast::Stmt> statement(Parser::StatementContext* tree);
    std::unique_ptr<ast::Stmt> body(Parser::StatementContext* tree);

    // Expressions: build_expression.cpp
    ast::ExprPtr expression(Parser::ExpressionContext* tree);
    ast::ExprPtr single(Parser::ExpressionsContext* tree, std::string_view hint);
    ast::ExprPtr operation(Parser::OperationContext* tree);
    ast::ExprPtr operand(Parser::OperandContext* tree);
    ast::ExprPtr parenthesized(Parser::ParenthesizedContext* tree);
    ast::ExprPtr primary(Parser::PrimaryContext* tree);
    ast::ExprPtr with_suffixes(ast::ExprPtr base, const std::vector<Parser::SuffixContext*>& suffixes);
    ast::ExprPtr with_suffix(ast::ExprPtr base, Parser::SuffixContext* tree, Span where);
    ast::ExprPtr call(ast::ExprPtr callee, Parser::CallContext* tree, Span where);

    // Declarations: build_declaration.cpp
    std::optional<ast::Declaration> declaration(Parser::DeclarationContext* tree);
    std::optional<ast::Declaration> declaration(Parser::UnknownTypeDeclarationContext* tree);
    std::optional<ast::Declaration> bare_prototype(Parser::BarePrototypeContext* tree);
    std::unique_ptr<ast::Declaration> type_name(Parser::TypeNameContext* tree);
    // Takes from the children of `tree` what belongs to the type.
    void specifiers(antlr4::ParserRuleContext* tree, ast::Declaration& declaration);
    void qualifier(Parser::QualifierContext* tree, ast::Declaration& declaration);
    void type(Parser::TypeContext* tree, ast::Declaration& declaration);
    void attribute(Parser::AttributeContext* tree, std::vector<ast::Attribute>& attributes);
    void record(Parser::RecordContext* tree, ast::TypeSpec& type);
    void enumeration(Parser::EnumerationContext* tree, ast::TypeSpec& type);
    std::optional<ast::Declaration> member_item(Parser::MemberItemContext* tree);
    ast::Declarator member(Parser::MemberContext* tree);
    bool declarators(Parser::DeclaratorsContext* tree, bool has_body, ast::Declaration& declaration);
    ast::ExprPtr initializer(Parser::InitializerContext* tree);
    template <typename Tree>
    ast::Declarator declarator(Tree* tree);
    void function_pointer(Parser::FunctionPointerContext* tree, ast::Declarator& declarator);
    void dimension(Parser::DimensionContext* tree, ast::Declarator& declarator);
    void parameters(Parser::ParametersContext* tree, ast::Declarator& declarator);
    template <typename Tree>
    ast::Declaration parameter(Tree* tree);
    void set_name(Parser::AnyNameContext* tree, ast::Declarator& declarator);

    Span span(const antlr4::ParserRuleContext* tree) const;
    static Span span(const antlr4::Token* token);
    std::string text(antlr4::tree::ParseTree* tree) const;
    std::string text(const antlr4::Token* token) const { return std::string(text_of(source_, span(token))); }

    const Source& source_;
    Diagnostics& diagnostics_;
    bool in_header_ = false;
    uint32_t last_clause_ = 0;  // where it begins
};

// Did the parser find everything of this node?
inline bool whole(const antlr4::ParserRuleContext* tree) { return tree != nullptr && !tree->exception; }

}  // namespace probevue::syntax
