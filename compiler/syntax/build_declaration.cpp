#include <fmt/format.h>

#include <type_traits>

#include "builtins/c_attribute.h"
#include "compiler/syntax/build.h"

namespace probevue::syntax {

namespace {

ast::StorageClass storage_class(size_t kind) {
    switch (kind) {
        case Lexer::ClassAuto:
            return ast::StorageClass::automatic;
        case Lexer::ClassThread:
            return ast::StorageClass::thread;
        case Lexer::ClassGlobal:
            return ast::StorageClass::global;
        case Lexer::ClassKernel:
            return ast::StorageClass::kernel;
        default:
            return ast::StorageClass::none;
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
    specifiers(tree, made);
    for (Parser::UntypedContext* one : tree->untyped()) {
        if (!whole(one) || one->Identifier() == nullptr) continue;
        ast::Declarator declarator;
        declarator.name = text(one->Identifier());
        declarator.name_span = span(one->Identifier()->getSymbol());
        declarator.span = span(one);
        if (one->initializer() != nullptr) declarator.initializer = initializer(one->initializer());
        made.declarators.push_back(std::move(declarator));
    }
    Parser::NamedContext* named = tree->named();
    if (named == nullptr || named->declarators() == nullptr) return made;
    if (!whole(named) || !declarators(named->declarators(), named->functionBody() != nullptr, made))
        return std::nullopt;
    return made;
}

std::optional<ast::Declaration> Builder::declaration(Parser::UnknownTypeDeclarationContext* tree) {
    if (!whole(tree)) return std::nullopt;
    ast::Declaration made;
    made.span = span(tree);
    specifiers(tree, made);
    if (!declarators(tree->declarators(), tree->functionBody() != nullptr, made)) return std::nullopt;
    return made;
}

std::optional<ast::Declaration> Builder::bare_prototype(Parser::BarePrototypeContext* tree) {
    if (!whole(tree) || tree->typedParameter() == nullptr || tree->Identifier() == nullptr) return std::nullopt;
    ast::Declaration made;
    made.span = span(tree);
    ast::Declarator declarator;
    declarator.span = made.span;
    declarator.name = text(tree->Identifier());
    declarator.name_span = span(tree->Identifier()->getSymbol());
    declarator.is_function = true;
    declarator.variadic = !tree->Ellipsis().empty();
    declarator.parameters.push_back(parameter(tree->typedParameter()));
    for (Parser::ParameterContext* one : tree->parameter()) declarator.parameters.push_back(parameter(one));
    if (is_lone_void(declarator.parameters)) declarator.parameters.clear();
    made.declarators.push_back(std::move(declarator));
    return made;
}

std::unique_ptr<ast::Declaration> Builder::type_name(Parser::TypeNameContext* tree) {
    if (!whole(tree) || !whole(tree->type())) return nullptr;
    auto made = std::make_unique<ast::Declaration>();
    made->span = span(tree);
    specifiers(tree, *made);
    ast::Declarator declarator;
    declarator.span = made->span;
    declarator.pointers = static_cast<uint32_t>(tree->pointer().size());
    for (Parser::DimensionContext* one : tree->dimension()) dimension(one, declarator);
    made->declarators.push_back(std::move(declarator));
    return made;
}

// --------------------------------------------------------------------------------------------------------------- types

void Builder::specifiers(antlr4::ParserRuleContext* tree, ast::Declaration& declaration) {
    for (antlr4::tree::ParseTree* child : tree->children) {
        if (auto* word = dynamic_cast<Parser::QualifierContext*>(child)) {
            qualifier(word, declaration);
        } else if (auto* known = dynamic_cast<Parser::TypeContext*>(child)) {
            declaration.type.span = span(known);
            type(known, declaration);
        } else if (auto* unknown = dynamic_cast<Parser::UnknownTypeContext*>(child)) {
            declaration.type.kind = ast::TypeSpec::Kind::named;
            declaration.type.span = span(unknown);
            if (unknown->Identifier() != nullptr) declaration.type.name = text(unknown->Identifier());
            specifiers(unknown, declaration);
        }
    }
}

void Builder::qualifier(Parser::QualifierContext* tree, ast::Declaration& declaration) {
    if (!whole(tree)) return;
    if (tree->attribute() != nullptr) {
        attribute(tree->attribute(), declaration.attributes);
    } else if (tree->Typedef() != nullptr) {
        declaration.is_typedef = true;
    } else if (tree->storage() == nullptr) {
        declaration.ignored.push_back(text(tree));
    } else if (whole(tree->storage())) {
        if (declaration.storage != ast::StorageClass::none) {
            diagnostics_.error(span(tree), fmt::format("second class {} of a declaration", ticked(text(tree))));
        }
        declaration.storage = storage_class(tree->getStart()->getType());
    }
}

void Builder::type(Parser::TypeContext* tree, ast::Declaration& declaration) {
    ast::TypeSpec& type = declaration.type;
    specifiers(tree, declaration);  // qualifiers in between
    type.span = span(tree);
    for (Parser::CTypeContext* word : tree->cType()) {
        type.kind = ast::TypeSpec::Kind::words;
        // Headers spell it `__signed__` too.
        type.words.push_back(word->Signed() != nullptr ? "signed" : text(word));
    }
    if (whole(tree->record())) record(tree->record(), type);
    if (whole(tree->enumeration())) enumeration(tree->enumeration(), type);
    if (tree->TypeName() == nullptr) return;
    type.kind = ast::TypeSpec::Kind::named;
    type.name = text(tree->TypeName());
}

// A list of attributes, or one of a kind of its own.
void Builder::attribute(Parser::AttributeContext* tree, std::vector<ast::Attribute>& attributes) {
    if (!whole(tree)) return;
    if (tree->Alignas() != nullptr) {
        ast::ExprPtr argument = expression(tree->expression());
        if (auto type = type_name(tree->typeName())) {
            argument = std::make_unique<ast::Expr>();
            argument->node = ast::AlignofType{std::move(type)};
            argument->span = span(tree);
        }
        attributes.push_back({"aligned", std::move(argument), span(tree)});
        return;
    }
    for (Parser::AttributeItemContext* item : tree->attributeItem()) {
        if (!whole(item)) continue;
        ast::Attribute made;
        made.name = plain_attribute(text(item->getStart()));
        made.span = span(item);
        if (item->expressions() != nullptr) made.argument = expression(item->expressions()->expression(0));
        attributes.push_back(std::move(made));
    }
}

void Builder::record(Parser::RecordContext* tree, ast::TypeSpec& type) {
    type.kind = tree->Struct() != nullptr ? ast::TypeSpec::Kind::structure : ast::TypeSpec::Kind::union_;
    if (tree->anyName() != nullptr) type.name = text(tree->anyName());
    for (Parser::AttributeContext* one : tree->attribute()) attribute(one, type.attributes);
    type.has_body = tree->members() != nullptr;
    if (!type.has_body) return;
    type.packing = source_.packing(span(tree->members()).end);
    for (Parser::MemberItemContext* item : tree->members()->memberItem()) {
        if (auto made = member_item(item)) type.members.push_back(std::move(*made));
    }
}

void Builder::enumeration(Parser::EnumerationContext* tree, ast::TypeSpec& type) {
    type.kind = ast::TypeSpec::Kind::enumeration;
    if (tree->anyName() != nullptr) type.name = text(tree->anyName());
    for (Parser::AttributeContext* one : tree->attribute()) attribute(one, type.attributes);
    type.has_body = tree->enumerators() != nullptr;
    if (!type.has_body) return;
    for (Parser::EnumeratorContext* one : tree->enumerators()->enumerator()) {
        if (!whole(one) || !whole(one->anyName())) continue;
        type.enumerators.push_back({text(one->anyName()), expression(one->expression()), span(one)});
    }
}

std::optional<ast::Declaration> Builder::member_item(Parser::MemberItemContext* tree) {
    if (!whole(tree) || (tree->type() == nullptr && tree->unknownType() == nullptr)) return std::nullopt;
    ast::Declaration made;
    made.span = span(tree);
    specifiers(tree, made);
    for (Parser::MemberContext* one : tree->member()) {
        if (whole(one)) made.declarators.push_back(member(one));
    }
    return made;
}

ast::Declarator Builder::member(Parser::MemberContext* tree) {
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
    for (Parser::AttributeContext* one : tree->attribute()) attribute(one, made.attributes);
    return made;
}

// ------------------------------------------------------------------------------------------------------- declarators

// False for the definition of a function in a script.
bool Builder::declarators(Parser::DeclaratorsContext* tree, bool has_body, ast::Declaration& declaration) {
    if (!whole(tree)) return false;
    if (has_body && !in_header_) {
        diagnostics_.error(span(tree), "functions cannot be defined in Vue", "a prototype ends with `;`");
        return false;
    }
    for (Parser::InitDeclaratorContext* one : tree->initDeclarator()) {
        if (!whole(one) || !whole(one->declarator())) continue;
        ast::Declarator made = declarator(one->declarator());
        if (one->initializer() != nullptr) {
            made.initializer = initializer(one->initializer());
            made.span = span(one);
        }
        declaration.declarators.push_back(std::move(made));
    }
    return true;
}

ast::ExprPtr Builder::initializer(Parser::InitializerContext* tree) {
    if (!whole(tree)) return nullptr;
    if (tree->LeftBrace() == nullptr) return expression(tree->expression());
    diagnostics_.error(span(tree), "initial values in braces are not supported", "assign the elements one by one");
    return nullptr;
}

// For the rules `declarator` and `abstractDeclarator`.
template <typename Tree>
ast::Declarator Builder::declarator(Tree* tree) {
    ast::Declarator made;
    made.span = span(tree);
    made.pointers = static_cast<uint32_t>(tree->pointer().size());
    set_name(tree->anyName(), made);
    if (whole(tree->functionPointer())) function_pointer(tree->functionPointer(), made);
    for (Parser::DimensionContext* one : tree->dimension()) dimension(one, made);
    for (Parser::ParametersContext* one : tree->parameters()) parameters(one, made);
    for (Parser::PointerContext* one : tree->pointer()) {
        for (Parser::AttributeContext* inner : one->attribute()) attribute(inner, made.attributes);
    }
    if constexpr (std::is_same_v<Tree, Parser::DeclaratorContext>) {
        for (Parser::AttributeContext* one : tree->attribute()) attribute(one, made.attributes);
    }
    return made;
}

// `(*name)(int)`, `(*name[4])(int)`; `(*name)[3]`, a pointer to an array, is laid out alike.
void Builder::function_pointer(Parser::FunctionPointerContext* tree, ast::Declarator& made) {
    set_name(tree->anyName(), made);
    bool inside = true;
    for (antlr4::tree::ParseTree* child : tree->children) {
        auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child);
        if (terminal != nullptr && terminal->getSymbol()->getType() == Lexer::RightParen) inside = false;
        auto* size = dynamic_cast<Parser::DimensionContext*>(child);
        if (size != nullptr && inside) dimension(size, made);
    }
    if (tree->parameters() != nullptr) parameters(tree->parameters(), made);
    // parameters(), where there are some, has taken it for a function.
    made.is_function = false;
    made.is_function_pointer = true;
}

void Builder::dimension(Parser::DimensionContext* tree, ast::Declarator& made) {
    if (whole(tree)) made.dimensions.push_back(expression(tree->expression()));
}

void Builder::parameters(Parser::ParametersContext* tree, ast::Declarator& made) {
    if (!whole(tree)) return;
    made.is_function = true;
    made.variadic = !tree->Ellipsis().empty();
    for (Parser::ParameterContext* one : tree->parameter()) made.parameters.push_back(parameter(one));
    if (is_lone_void(made.parameters)) made.parameters.clear();
}

// For the rules `parameter` and `typedParameter`.
template <typename Tree>
ast::Declaration Builder::parameter(Tree* tree) {
    ast::Declaration made;
    made.span = span(tree);
    specifiers(tree, made);
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
