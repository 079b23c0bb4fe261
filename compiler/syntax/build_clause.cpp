// Scripts, headers, clauses and probe specifications.
#include <fmt/format.h>

#include "compiler/syntax/build.h"
#include "compiler/syntax/literals.h"

namespace probevue::syntax {

ast::Script Builder::script(Parser::ScriptContext* tree) {
    ast::Script made;
    for (Parser::ScriptItemContext* item : tree->scriptItem()) script_item(item, made);
    return made;
}

void Builder::script_item(Parser::ScriptItemContext* tree, ast::Script& script) {
    if (tree->clause() != nullptr) {
        last_clause_ = span(tree->clause()).begin;
        if (tree->clause()->block() != nullptr) script.items.emplace_back(clause(tree->clause()));
    } else if (auto declared = declaration(tree->declaration())) {
        script.items.emplace_back(std::move(*declared));
    } else if (auto prototype = bare_prototype(tree->barePrototype())) {
        script.items.emplace_back(std::move(*prototype));
    } else if (whole(tree->statement()) && dynamic_cast<Parser::EmptyStatementContext*>(tree->statement()) == nullptr) {
        // An error in the clause before may have ended it too early, and of several statements the first is enough.
        const Span where = span(tree->statement());
        if (diagnostics_.has_error_within({last_clause_, where.begin})) return;
        // What stands for a loop is to be known first: there is nothing to put into a clause.
        if (dynamic_cast<Parser::LoopStatementContext*>(tree->statement()) != nullptr) {
            static_cast<void>(statement(tree->statement()));
            return;
        }
        diagnostics_.error(where, "statement outside a clause",
                           script.items.empty() ? "put it into `@@BEGIN { ... }`"
                                                : "put it into `@@BEGIN { ... }`, or take out a `}` before it");
    }
}

std::vector<ast::Declaration> Builder::header(Parser::HeaderContext* tree) {
    in_header_ = true;
    std::vector<ast::Declaration> made;
    for (Parser::HeaderItemContext* item : tree->headerItem()) {
        if (auto declared = declaration(item->declaration())) {
            made.push_back(std::move(*declared));
        } else if (auto unknown = declaration(item->unknownTypeDeclaration())) {
            made.push_back(std::move(*unknown));
        } else if (auto prototype = bare_prototype(item->barePrototype())) {
            made.push_back(std::move(*prototype));
        }
    }
    return made;
}

ast::Clause Builder::clause(Parser::ClauseContext* tree) {
    ast::Clause made;
    made.span = span(tree);
    for (Parser::ProbeContext* one : tree->probe()) {
        ast::ProbeTuple tuple = probe(one);
        if (!tuple.fields.empty()) made.tuples.push_back(std::move(tuple));
    }
    if (tree->predicate() != nullptr) {
        if (tree->predicate()->When() != nullptr) made.when_span = span(tree->predicate()->When()->getSymbol());
        if (whole(tree->predicate())) made.predicate = single(tree->predicate()->expressions(), "write `&&` or `||`");
    }
    made.body = block(tree->block());
    return made;
}

ast::ProbeTuple Builder::probe(Parser::ProbeContext* tree) {
    ast::ProbeTuple made;
    made.span = span(tree);
    // AIX: probevue_con_point.
    if (made.span.end - made.span.begin > SyntaxLimits::tuple) {
        diagnostics_.error({made.span.begin, made.span.begin + 2},
                           fmt::format("probe specification is longer than {} characters", SyntaxLimits::tuple));
        return made;
    }
    if (tree->At() == nullptr || text(tree->At()).empty()) return made;  // the parser has said so
    const size_t errors = diagnostics_.error_count();
    // Each field stands behind `@@` or a colon; an empty one has no place of its own.
    Span separator{made.span.begin, made.span.begin + 2};
    for (antlr4::tree::ParseTree* child : tree->children) {
        if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
            separator = span(terminal->getSymbol());
        } else if (auto* one = dynamic_cast<Parser::FieldContext*>(child)) {
            if (auto built = field(one, separator)) made.fields.push_back(std::move(*built));
            if (diagnostics_.error_count() != errors) break;
        }
    }
    if (diagnostics_.error_count() != errors) diagnostics_.silence(made.span);
    return made;
}

std::optional<ast::TupleField> Builder::field(Parser::FieldContext* tree, Span at) {
    std::vector<const antlr4::Token*> pieces;
    for (antlr4::tree::ParseTree* child : tree->children) {
        if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child)) pieces.push_back(terminal->getSymbol());
    }
    if (pieces.empty()) {
        if (tree->exception) return std::nullopt;
        if (text_of(source_, at) == ":") return ast::TupleField{{}, false, at};  // some may be left out
        diagnostics_.error(at, "no probe type behind `@@`", "`*` stands for every value");
        return std::nullopt;
    }
    ast::TupleField made;
    made.quoted = pieces.size() == 1 &&
                  (pieces[0]->getType() == Lexer::TupleString || pieces[0]->getType() == Lexer::StringLiteral);
    made.span = {span(pieces.front()).begin, span(pieces.back()).end};
    bool blanks = false;
    for (size_t i = 0; i < pieces.size(); ++i) {
        const bool string = pieces[i]->getType() == Lexer::TupleString || pieces[i]->getType() == Lexer::StringLiteral;
        made.text += string ? field_value(text(pieces[i])) : text(pieces[i]);
        if (i + 1 == pieces.size() || blanks) continue;
        blanks =
            span(pieces[i]).end != span(pieces[i + 1]).begin && text(pieces[i]) != "|" && text(pieces[i + 1]) != "|";
        if (blanks) check_gap(pieces[i], pieces[i + 1]);
    }
    if (made.quoted) {
        ++made.span.begin;
        if (made.span.end > made.span.begin) --made.span.end;
    }
    return made;
}

// Two pieces of a field with blanks between them: a forgotten quote, `when`, or `{`.
void Builder::check_gap(const antlr4::Token* piece, const antlr4::Token* next) {
    const Span gap{span(piece).end, span(next).begin};
    const bool new_line = text_of(source_, gap).find('\n') != std::string_view::npos;
    if (text(next) == "(" || text(next) == "if" || text(next).starts_with('/')) {
        diagnostics_.error(span(next),
                           fmt::format("expected `when` or `{{` behind the probe, found {}", ticked(text(next))),
                           "a predicate is written `when (...)`");
    } else if (new_line) {
        diagnostics_.error(span(next),
                           fmt::format("expected `when` or `{{` behind the probe, found {}", ticked(text(next))));
    } else {
        diagnostics_.error(
            span(next),
            fmt::format("unexpected {} behind {} in a probe specification", ticked(text(next)), ticked(text(piece))),
            "a field with blanks stands in double quotes; another probe follows behind `,`");
    }
}

// ------------------------------------------------------------------------------------------------------------- places

Span Builder::span(const antlr4::Token* token) {
    if (token == nullptr) return {};
    return {static_cast<uint32_t>(token->getStartIndex()), static_cast<uint32_t>(token->getStopIndex() + 1)};
}

Span Builder::span(const antlr4::ParserRuleContext* tree) const {
    const Span begin = span(tree->start);
    const Span end = tree->stop == nullptr ? begin : span(tree->stop);
    return {begin.begin, std::max(begin.begin, end.end)};
}

std::string Builder::text(antlr4::tree::ParseTree* tree) const {
    if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(tree)) return text(terminal->getSymbol());
    if (auto* node = dynamic_cast<antlr4::ParserRuleContext*>(tree)) return std::string(text_of(source_, span(node)));
    return {};
}

}  // namespace probevue::syntax
