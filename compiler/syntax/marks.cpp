// The house style of scripts: which words begin lines, and which stick to their neighbours.
#include "compiler/syntax/marks.h"

#include "compiler/syntax/tokens.h"

namespace probevue::syntax {

using antlrcpp::Any;

namespace {

// Where a line that is too long is broken first. What binds more loosely breaks earlier, as it is read.
static_assert(Mark::comma == 0);
constexpr uint8_t rank_conditional = 1;

uint8_t rank_of(uint32_t binary_operator) {
    switch (binary_operator) {
        case Lexer::LogicalOr:
            return 2;
        case Lexer::LogicalAnd:
            return 3;
        case Lexer::Bar:
            return 4;
        case Lexer::Caret:
            return 5;
        case Lexer::Ampersand:
            return 6;
        case Lexer::Equal:
        case Lexer::NotEqual:
            return 7;
        case Lexer::Less:
        case Lexer::LessEqual:
        case Lexer::Greater:
        case Lexer::GreaterEqual:
            return 8;
        case Lexer::ShiftLeft:
        case Lexer::ShiftRight:
            return 9;
        case Lexer::Plus:
        case Lexer::Minus:
            return 10;
        default:
            return 11;
    }
}

class Marker : public Visitor {
public:
    explicit Marker(const Source& source) : source_(source) {}

    Marks run(Parser::ScriptContext* tree) {
        see(tree);
        bool apart = false;
        for (Parser::ScriptItemContext* item : tree->scriptItem()) {
            Parser::RecordContext* record = record_of(item);
            const bool large = item->clause() != nullptr || (record != nullptr && record->members() != nullptr);
            begin_line(item->start);
            at(item->start).apart = apart || large;
            top_ = record;
            visit(item);
            apart = large;
        }
        return std::move(marks_);
    }

private:
    // ------------------------------------------------------------------------------------------ clauses and statements

    Any visitClause(Parser::ClauseContext* tree) override {
        for (Parser::ProbeContext* probe : tree->probe()) visit(probe);
        if (tree->predicate() != nullptr) {
            begin_line(tree->predicate()->start, 1);
            visit(tree->predicate());
        }
        begin_line(tree->block()->start);
        return visit(tree->block());
    }

    // The words of a tuple have no blanks between them (and where they have, Builder::check_gap refuses them).
    Any visitProbe(Parser::ProbeContext* tree) override {
        for (antlr4::tree::ParseTree* child : tree->children) tighten(child, tree->start);
        return {};
    }

    void tighten(antlr4::tree::ParseTree* tree, const antlr4::Token* first) {
        if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(tree)) {
            if (terminal->getSymbol() != first) at(terminal->getSymbol()).tight_before = true;
        }
        for (antlr4::tree::ParseTree* child : tree->children) tighten(child, first);
    }

    // Where the `{` stands is up to who visits it.
    Any visitBlock(Parser::BlockContext* tree) override {
        ++level_;
        for (Parser::BlockItemContext* item : tree->blockItem()) {
            begin_line(item->start);
            visit(item);
        }
        --level_;
        end_block(tree->stop);
        return {};
    }

    Any visitIfStatement(Parser::IfStatementContext* tree) override {
        visit(tree->expressions());
        bool in_braces = false;
        for (Parser::StatementContext* branch : tree->statement()) {
            const bool otherwise = branch != tree->statement().front();
            if (otherwise && !in_braces) begin_line(tree->Else()->getSymbol());
            in_braces = dynamic_cast<Parser::BlockStatementContext*>(branch) != nullptr;
            if (in_braces || (otherwise && dynamic_cast<Parser::IfStatementContext*>(branch) != nullptr)) {
                visit(branch);
                continue;
            }
            ++level_;
            begin_line(branch->start);
            visit(branch);
            --level_;
        }
        return {};
    }

    // ---------------------------------------------------------------------------------------------------- declarations

    Any visitRecord(Parser::RecordContext* tree) override {
        if (tree == top_ && tree->members() != nullptr) begin_line(tree->members()->start);
        return visitChildren(tree);
    }

    Any visitMembers(Parser::MembersContext* tree) override {
        ++level_;
        for (Parser::MemberItemContext* item : tree->memberItem()) {
            begin_line(item->start);
            visit(item);
        }
        --level_;
        end_block(tree->stop);
        return {};
    }

    // On one line, or a line each: as the first one was written.
    Any visitEnumerators(Parser::EnumeratorsContext* tree) override {
        const Span gap{static_cast<uint32_t>(tree->start->getStopIndex() + 1),
                       static_cast<uint32_t>(tree->enumerator().front()->start->getStartIndex())};
        if (text_of(source_, gap).find('\n') == std::string_view::npos) return visitChildren(tree);
        ++level_;
        for (Parser::EnumeratorContext* one : tree->enumerator()) {
            begin_line(one->start);
            visit(one);
        }
        --level_;
        end_block(tree->stop);
        return {};
    }

    Any visitPointer(Parser::PointerContext* tree) override {
        at(tree->start).tight_after = true;
        return visitChildren(tree);
    }

    Any visitParameters(Parser::ParametersContext* tree) override { return stuck(tree); }
    Any visitDimension(Parser::DimensionContext* tree) override { return stuck(tree); }
    Any visitBarePrototype(Parser::BarePrototypeContext* tree) override {
        at(tree->LeftParen()->getSymbol()).tight_before = true;
        return visitChildren(tree);
    }

    // ----------------------------------------------------------------------------------------------------- expressions

    Any visitExpression(Parser::ExpressionContext* tree) override {
        if (tree->Question() != nullptr) {
            at(tree->Question()->getSymbol()).rank = rank_conditional;
            at(tree->Colon()->getSymbol()).rank = rank_conditional;
        }
        if (tree->assignment() != nullptr) at(tree->expression()->start).rank = Mark::value;
        return visitChildren(tree);
    }

    Any visitOperation(Parser::OperationContext* tree) override {
        for (size_t i = 0; i < tree->binaryOperator().size(); ++i) {
            const auto kind = static_cast<uint32_t>(tree->binaryOperator(i)->start->getType());
            at(tree->operand(i + 1)->start).rank = rank_of(kind);
        }
        return visitChildren(tree);
    }

    Any visitPrefixed(Parser::PrefixedContext* tree) override {
        at(tree->start).tight_after = true;
        return visitChildren(tree);
    }

    Any visitParenthesized(Parser::ParenthesizedContext* tree) override {
        if (tree->typeName() != nullptr) at(tree->RightParen()->getSymbol()).tight_after = true;
        return visitChildren(tree);
    }

    Any visitName(Parser::NameContext* tree) override {
        if (tree->ClassPrefix() != nullptr) at(tree->ClassPrefix()->getSymbol()).tight_after = true;
        return {};
    }

    Any visitSizeof(Parser::SizeofContext* tree) override {
        if (tree->LeftParen() != nullptr) at(tree->LeftParen()->getSymbol()).tight_before = true;
        // `sizeof(x)`: the parentheses belong to the operand.
        if (tree->operand() != nullptr && tree->operand()->start->getType() == Lexer::LeftParen)
            at(tree->operand()->start).tight_before = true;
        return visitChildren(tree);
    }

    Any visitAlignof(Parser::AlignofContext* tree) override {
        at(tree->LeftParen()->getSymbol()).tight_before = true;
        return visitChildren(tree);
    }

    Any visitCall(Parser::CallContext* tree) override { return stuck(tree); }
    Any visitIndex(Parser::IndexContext* tree) override { return stuck(tree); }
    Any visitStep(Parser::StepContext* tree) override { return stuck(tree); }
    Any visitSelect(Parser::SelectContext* tree) override {
        at(tree->start).tight_after = true;
        return stuck(tree);
    }

    // ----------------------------------------------------------------------------------------------------------- marks

    Any stuck(antlr4::ParserRuleContext* tree) {
        at(tree->start).tight_before = true;
        return visitChildren(tree);
    }

    // Every word that the parser has seen has a mark.
    void see(antlr4::tree::ParseTree* tree) {
        if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(tree)) at(terminal->getSymbol());
        for (antlr4::tree::ParseTree* child : tree->children) see(child);
    }

    Mark& at(const antlr4::Token* token) { return marks_[static_cast<uint32_t>(token->getStartIndex())]; }

    void begin_line(const antlr4::Token* token, uint16_t deeper = 0) {
        Mark& mark = at(token);
        mark.begins_line = true;
        mark.level = static_cast<uint16_t>(level_ + deeper);
    }

    void end_block(const antlr4::Token* brace) {
        begin_line(brace);
        at(brace).closes_block = true;
    }

    static Parser::RecordContext* record_of(Parser::ScriptItemContext* item) {
        if (item->declaration() == nullptr || item->declaration()->type() == nullptr) return nullptr;
        return item->declaration()->type()->record();
    }

    const Source& source_;
    Marks marks_;
    uint16_t level_ = 0;
    Parser::RecordContext* top_ = nullptr;  // the structure outside clauses that is visited
};

}  // namespace

Marks mark_layout(Parser::ScriptContext* tree, const Source& source) { return Marker(source).run(tree); }

}  // namespace probevue::syntax
