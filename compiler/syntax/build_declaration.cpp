#include <fmt/format.h>

#include "compiler/syntax/build.h"

namespace probevue::syntax {

namespace {

ast::StorageClass storage_class(size_t kind) {
    switch (kind) {
        case Lexer::ClassAuto: return ast::StorageClass::automatic;
        case Lexer::ClassThread: return ast::StorageClass::thread;
        case Lexer::ClassGlobal: return ast::StorageClass::global;
        case Lexer::ClassKernel: return ast::StorageClass::kernel;
        default: return ast::StorageClass::none;
    }
}

// A `(void)` list of parameters is an empty one.
bool is_lone_void(const std::vector<ast::Declaration>& parameters) {
    if (parameters.size() != 1) return false;
    const ast::Declaration& only = parameters.front();
    const ast::Declarator& declarator = only.declarators.front();
    return only.type.kind == ast::TypeSpec::Kind::words && only.type.words == std::vector<std::string>{"void"} &&
           declarator.pointers == 0 && declarator.name.empty() && !declarator.is_function_pointer;
}

}  // namespace

std::optional<ast::Declaration> Builder::declaration(Parser::DeclarationContext* tree) {
    if (!whole(tree)) return std::nullopt;
    ast::Declaration made;
    made.span = span(tree);
    if (tree->knownSpecifiers() != nullptr) collect_specifiers(tree->knownSpecifiers(), made);
    if (tree->namedSpecifiers() != nullptr) collect_specifiers(tree->namedSpecifiers(), made);
    if (tree->storage() != nullptr) set_storage(tree->storage(), made);
    if (tree->initDeclarators() != nullptr) init_declarators(tree->initDeclarators()->initDeclarator(), made);
    if (tree->functionBody() != nullptr && !in_header_) {
        diagnostics_.error(made.span, "functions cannot be defined in Vue", "a prototype ends with `;`");
        return std::nullopt;
    }
    return made;
}

std::optional<ast::Declaration> Builder::bare_prototype(Parser::BarePrototypeContext* tree) {
    if (!whole(tree) || tree->knownParameter() == nullptr || tree->Identifier() == nullptr) return std::nullopt;
    ast::Declaration made;
    made.span = span(tree);
    ast::Declarator declarator;
    declarator.span = made.span;
    declarator.name = text(tree->Identifier());
    declarator.name_span = span(tree->Identifier()->getSymbol());
    declarator.is_function = true;
    declarator.variadic = tree->Ellipsis() != nullptr;
    declarator.parameters.push_back(parameter(tree->knownParameter()));
    for (Parser::ParameterContext* one : tree->parameter()) declarator.parameters.push_back(parameter(one));
    if (is_lone_void(declarator.parameters)) declarator.parameters.clear();
    made.declarators.push_back(std::move(declarator));
    return made;
}

std::unique_ptr<ast::Declaration> Builder::type_name(Parser::TypeNameContext* tree) {
    if (!whole(tree) || tree->knownSpecifiers() == nullptr) return nullptr;
    auto made = std::make_unique<ast::Declaration>();
    made->span = span(tree);
    collect_specifiers(tree->knownSpecifiers(), *made);
    ast::Declarator declarator;
    declarator.span = made->span;
    declarator.pointers = static_cast<uint32_t>(tree->pointer().size());
    // One `[` for each dimension, with or without a size.
    for (antlr4::tree::ParseTree* child : tree->children) {
        auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child);
        if (terminal != nullptr && terminal->getSymbol()->getType() == Lexer::LeftBracket) declarator.dimensions.emplace_back();
        auto* size = dynamic_cast<Parser::ExpressionContext*>(child);
        if (size != nullptr && !declarator.dimensions.empty()) declarator.dimensions.back() = expression(size);
    }
    made->declarators.push_back(std::move(declarator));
    return made;
}

// -------------------------------------------------------------------------------------------------------- specifiers

void Builder::specifiers(Parser::SpecifiersContext* tree, ast::Declaration& declaration) {
    if (tree->knownSpecifiers() != nullptr) collect_specifiers(tree->knownSpecifiers(), declaration);
    if (tree->namedSpecifiers() != nullptr) collect_specifiers(tree->namedSpecifiers(), declaration);
}

void Builder::collect_specifiers(antlr4::ParserRuleContext* tree, ast::Declaration& declaration) {
    declaration.type.span = span(tree);
    for (antlr4::tree::ParseTree* child : tree->children) specifier(child, declaration);
}

void Builder::specifier(antlr4::tree::ParseTree* child, ast::Declaration& declaration) {
    ast::TypeSpec& type = declaration.type;
    if (auto* qualifier = dynamic_cast<Parser::QualifierContext*>(child)) {
        if (qualifier->storage() != nullptr) return set_storage(qualifier->storage(), declaration);
        if (qualifier->Typedef() != nullptr) {
            declaration.is_typedef = true;
        } else {
            declaration.ignored.push_back(text(qualifier));
        }
    } else if (auto* word = dynamic_cast<Parser::CTypeContext*>(child)) {
        type.kind = ast::TypeSpec::Kind::words;
        std::string spelling = text(word);
        if (word->Signed() != nullptr) spelling = "signed";  // `__signed__` of headers
        type.words.push_back(std::move(spelling));
    } else if (auto* known = dynamic_cast<Parser::KnownTypeContext*>(child)) {
        if (known->record() != nullptr) return record(known->record(), type);
        if (known->enumeration() != nullptr) return enumeration(known->enumeration(), type);
        type.kind = ast::TypeSpec::Kind::named;
        type.name = text(known);
    } else if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
        type.kind = ast::TypeSpec::Kind::named;
        type.name = text(terminal);
    }
}

void Builder::set_storage(Parser::StorageContext* tree, ast::Declaration& declaration) {
    if (!whole(tree)) return;
    const ast::StorageClass found = storage_class(tree->getStart()->getType());
    if (declaration.storage != ast::StorageClass::none) {
        diagnostics_.error(span(tree), fmt::format("second class {} of a declaration", ticked(text(tree))));
    }
    declaration.storage = found;
}

void Builder::record(Parser::RecordContext* tree, ast::TypeSpec& type) {
    type.kind = tree->Struct() != nullptr ? ast::TypeSpec::Kind::structure : ast::TypeSpec::Kind::union_;
    if (tree->anyName() != nullptr) type.name = text(tree->anyName());
    type.has_body = tree->LeftBrace() != nullptr;
    for (Parser::MemberItemContext* item : tree->memberItem()) {
        if (auto member = member_item(item)) type.members.push_back(std::move(*member));
    }
}

void Builder::enumeration(Parser::EnumerationContext* tree, ast::TypeSpec& type) {
    type.kind = ast::TypeSpec::Kind::enumeration;
    if (tree->anyName() != nullptr) type.name = text(tree->anyName());
    type.has_body = tree->LeftBrace() != nullptr;
    for (Parser::EnumeratorContext* one : tree->enumerator()) {
        if (!whole(one) || one->anyName() == nullptr) continue;
        type.enumerators.push_back({text(one->anyName()), expression(one->expression()), span(one)});
    }
}

std::optional<ast::Declaration> Builder::member_item(Parser::MemberItemContext* tree) {
    if (!whole(tree) || tree->specifiers() == nullptr) return std::nullopt;
    ast::Declaration made;
    made.span = span(tree);
    specifiers(tree->specifiers(), made);
    for (Parser::MemberDeclaratorContext* one : tree->memberDeclarator()) {
        if (whole(one)) made.declarators.push_back(member_declarator(one));
    }
    return made;
}

ast::Declarator Builder::member_declarator(Parser::MemberDeclaratorContext* tree) {
    ast::Declarator made;
    if (whole(tree->declarator())) made = declarator(tree->declarator());
    made.span = span(tree);
    if (tree->ClassPrefix() != nullptr) {  // `thread:1`
        made.name = text(tree->ClassPrefix());
        made.name.pop_back();
        made.name_span = span(tree->ClassPrefix()->getSymbol());
        --made.name_span.end;
    }
    made.bits = expression(tree->expression());
    return made;
}

// ------------------------------------------------------------------------------------------------------- declarators

void Builder::init_declarators(const std::vector<Parser::InitDeclaratorContext*>& trees, ast::Declaration& declaration) {
    for (Parser::InitDeclaratorContext* tree : trees) {
        if (!whole(tree) || !whole(tree->declarator())) continue;
        ast::Declarator made = declarator(tree->declarator());
        if (tree->initializer() != nullptr) {
            made.initializer = expression(tree->initializer()->expression());
            made.span = span(tree);
            if (tree->initializer()->LeftBrace() != nullptr) {
                diagnostics_.error(span(tree->initializer()), "initial values in braces are not supported", "assign the elements one by one");
            }
        }
        declaration.declarators.push_back(std::move(made));
    }
}

// For the rules `declarator` and `abstractDeclarator`.
template <typename Tree>
ast::Declarator Builder::declarator(Tree* tree) {
    ast::Declarator made;
    made.span = span(tree);
    made.pointers = static_cast<uint32_t>(tree->pointer().size());
    set_name(tree->anyName(), made);
    if (whole(tree->functionPointer())) function_pointer(tree->functionPointer(), made);
    for (Parser::SuffixContext* one : tree->suffix()) suffix(one, made);
    return made;
}

// `(*name)(int)`, `(*name[4])(int)`; `(*name)[3]`, a pointer to an array, is laid out alike.
void Builder::function_pointer(Parser::FunctionPointerContext* tree, ast::Declarator& made) {
    set_name(tree->anyName(), made);
    const auto suffixes = tree->suffix();
    for (Parser::SuffixContext* one : suffixes) {
        const bool behind = one == suffixes.back();
        if (!behind || one->LeftParen() != nullptr) suffix(one, made);
    }
    made.is_function = false;
    made.is_function_pointer = true;
}

void Builder::suffix(Parser::SuffixContext* tree, ast::Declarator& made) {
    if (!whole(tree)) return;
    if (tree->LeftBracket() != nullptr) {
        made.dimensions.push_back(expression(tree->expression()));
        return;
    }
    made.is_function = true;
    if (tree->parameters() != nullptr) parameters(tree->parameters(), made);
}

void Builder::parameters(Parser::ParametersContext* tree, ast::Declarator& made) {
    made.variadic = tree->Ellipsis() != nullptr;
    for (Parser::ParameterContext* one : tree->parameter()) made.parameters.push_back(parameter(one));
    if (is_lone_void(made.parameters)) made.parameters.clear();
}

template <typename Tree>
ast::Declaration Builder::parameter(Tree* tree) {
    ast::Declaration made;
    made.span = span(tree);
    if constexpr (std::is_same_v<Tree, Parser::ParameterContext>) {
        if (tree->specifiers() != nullptr) specifiers(tree->specifiers(), made);
    } else {
        if (tree->knownSpecifiers() != nullptr) collect_specifiers(tree->knownSpecifiers(), made);
    }
    Parser::AbstractDeclaratorContext* inner = tree->abstractDeclarator();
    const bool empty = !whole(inner) || inner->children.empty();
    made.declarators.push_back(empty ? ast::Declarator{} : declarator(inner));
    if (empty) made.declarators.back().span = made.span;
    return made;
}

void Builder::set_name(Parser::AnyNameContext* tree, ast::Declarator& made) {
    if (!whole(tree)) return;
    made.name = text(tree);
    made.name_span = span(tree);
}

}  // namespace probevue::syntax
