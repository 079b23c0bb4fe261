// The bridge: tokens through the generated parser into the syntax tree.
#include <memory>

#include "compiler/syntax/antlr.h"
#include "compiler/syntax/build.h"
#include "compiler/syntax/pieces.h"
#include "compiler/syntax/strategy.h"
#include "compiler/syntax/syntax.h"
#include "compiler/syntax/tokens.h"

namespace probevue {

namespace syntax {
namespace {

antlr4::ListTokenSource token_source(const TokenList& list, size_t text_size) {
    std::vector<std::unique_ptr<antlr4::Token>> tokens;
    tokens.reserve(list.tokens.size() + 1);
    const auto add = [&](size_t kind, Span span) {
        auto token = std::make_unique<antlr4::CommonToken>(kind);
        token->setStartIndex(span.begin);
        token->setStopIndex(size_t{span.end} - 1);  // empty spans wrap at 0 and back
        tokens.push_back(std::move(token));
    };
    for (const Token& token : list.tokens) add(token.kind, token.span);
    const auto end = static_cast<uint32_t>(text_size);
    add(antlr4::Token::EOF, {end, end});
    return antlr4::ListTokenSource(std::move(tokens));
}

TokenList prepare_tokens(const Source& source, std::span<const std::string> type_names, Diagnostics& diagnostics) {
    TokenList list = read_tokens(source, diagnostics);
    if (!list.complete) return list;
    match_brackets(list, source);
    check_limits(list, diagnostics);
    mark_type_names(list, source, type_names);
    return list;
}

// Runs `rule` of the generated parser and gives its tree to `build`. No exception passes.
template <typename Rule, typename Build>
void parse(const Source& source, std::span<const std::string> type_names, Diagnostics& diagnostics, Rule rule,
           Build build) {
    const TokenList list = prepare_tokens(source, type_names, diagnostics);
    if (!list.complete) return;
    antlr4::ListTokenSource tokens = token_source(list, source.text().size());
    antlr4::CommonTokenStream stream(&tokens);
    Parser parser(&stream);
    parser.removeErrorListeners();
    parser.setErrorHandler(std::make_shared<ErrorStrategy>(list, source, diagnostics));
    parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(antlr4::atn::PredictionMode::SLL);
    try {
        build(rule(parser));
    } catch (const antlr4::ParseCancellationException&) {
        // Too many errors: all were reported.
    } catch (const std::exception& e) {
        diagnostics.error({}, std::string("the script cannot be parsed: ") + e.what());
    }
    report_lone_braces(list, diagnostics);
}

}  // namespace
}  // namespace syntax

ast::Script parse_script(const Source& source, Diagnostics& diagnostics, std::span<const std::string> type_names) {
    ast::Script script;
    syntax::parse(
        source, type_names, diagnostics, [](syntax::Parser& parser) { return parser.script(); },
        [&](syntax::Parser::ScriptContext* tree) { script = syntax::Builder(source, diagnostics).script(tree); });
    return script;
}

std::optional<std::string> format_script(const Source& source, Diagnostics& diagnostics,
                                         std::span<const std::string> type_names) {
    syntax::Marks marks;
    syntax::parse(
        source, type_names, diagnostics, [](syntax::Parser& parser) { return parser.script(); },
        [&](syntax::Parser::ScriptContext* tree) {
            static_cast<void>(syntax::Builder(source, diagnostics).script(tree));  // reports what the grammar lets pass
            if (!diagnostics.has_errors()) marks = syntax::mark_layout(tree, source);
        });
    if (diagnostics.has_errors()) return std::nullopt;
    return syntax::write_pieces(syntax::read_pieces(source, marks));
}

std::vector<ast::Declaration> parse_header(const Source& source, Diagnostics& diagnostics,
                                           std::span<const std::string> type_names) {
    std::vector<ast::Declaration> declarations;
    syntax::parse(
        source, type_names, diagnostics, [](syntax::Parser& parser) { return parser.header(); },
        [&](syntax::Parser::HeaderContext* tree) { declarations = syntax::Builder(source, diagnostics).header(tree); });
    return declarations;
}

}  // namespace probevue
