// Associative arrays: their names, keys and elements.
#include <algorithm>

#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

constexpr size_t max_dimensions = 16;

std::string key_plan(const std::string& array, size_t dimension) {
    return "key " + std::to_string(dimension) + " " + array;
}
std::string value_plan(const std::string& array) { return "value " + array; }

}  // namespace

bool Checker::is_of_language(const std::string& name) {
    return name.starts_with("__") || find_constant(name) != nullptr || is_builtin(name);
}

// Is this `name[key]...` of an associative array? A name that stands for nothing else becomes one by being indexed.
std::optional<Checker::ElementName> Checker::element_name(const ast::Expr& expr) {
    ElementName found;
    const ast::Expr* at = &expr;
    while (const auto* index = std::get_if<ast::Index>(&at->node)) {
        found.keys.insert(found.keys.begin(), index->index.get());
        at = index->base.get();
    }
    const auto* name = std::get_if<ast::Name>(&at->node);
    if (name == nullptr || found.keys.empty()) return std::nullopt;
    if (const Symbol* symbol = find(name->storage, name->text)) {
        if (symbol->kind != Symbol::Kind::array) return std::nullopt;
    } else if (is_of_language(name->text)) {
        return std::nullopt;
    }
    found.name = at;
    return found;
}

// The array of this name, made when it is new. Empty: an error was reported.
std::optional<uint32_t> Checker::array_named(const ast::Name& name, Span span) {
    if (name.storage == ast::StorageClass::automatic || name.storage == ast::StorageClass::thread ||
        name.storage == ast::StorageClass::kernel) {
        error(span, "associative arrays are always global", "write " + shown(name.text));
        return std::nullopt;
    }
    if (const Symbol* symbol = find(name.storage, name.text)) {
        if (symbol->kind == Symbol::Kind::array) return symbol->id;
        if (symbol->kind != Symbol::Kind::broken) error(span, shown(name.text) + " is no associative array");
        return std::nullopt;
    }
    if (!name_is_free(name.text, span)) return std::nullopt;
    const auto id = static_cast<uint32_t>(out_.arrays.size());
    checked::AssociativeArray array;
    array.name = name.text;
    array.declared = span;
    const ArrayPlan& plan = plan_.arrays[name.text];
    for (size_t i = 0; i < plan.keys.size(); ++i) {
        Shape shape = plan.keys[i];
        if (shape.kind == TypeKind::string) shape.length = plan_.begin_string(key_plan(name.text, i), shape.length);
        array.keys.push_back(shape.type(types()));
    }
    array.bare = plan.bare;
    if (plan.value) {
        Shape shape = *plan.value;
        if (shape.kind == TypeKind::string) shape.length = plan_.begin_string(value_plan(name.text), shape.length);
        array.value = shape.type(types());
    }
    out_.arrays.push_back(std::move(array));
    globals_[name.text] = {Symbol::Kind::array, id, 0, span};
    return id;
}

// The type that keys of such values have: integers 64 bits wide, so that every use of an array agrees.
TypeRef Checker::key_type(const checked::Expr& key) {
    switch (key.type->kind) {
        case TypeKind::integer:
            return types().long_long(key.type->is_signed || key.type->size < 8);
        case TypeKind::pointer:
            return types().long_long(false);
        case TypeKind::floating:
            return types().double_type();
        case TypeKind::string:
        case TypeKind::ip:
        case TypeKind::mac:
        case TypeKind::timestamp:
        case TypeKind::path:
        case TypeKind::stack:
            return key.type;
        default:
            return nullptr;
    }
}

// The type that an array holds such values in; null when it cannot. Integers are 64 bits wide, so that sums do not
// overflow.
TypeRef Checker::value_type(const checked::Expr& value) {
    switch (value.type->kind) {
        case TypeKind::list:
        case TypeKind::range:
        case TypeKind::dist:
        case TypeKind::distinct:
            return value.type;
        case TypeKind::pointer:
            return types().pointer(types().void_type(), value.type->space);
        default:
            return key_type(value);
    }
}

bool Checker::array_keys(uint32_t array, const std::vector<const ast::Expr*>& keys, Span span, bool any_allowed,
                         std::vector<ExprPtr>& out) {
    bool right = true;
    for (const ast::Expr* key : keys) {
        const auto* name = std::get_if<ast::Name>(&key->node);
        if (any_allowed && name != nullptr && name->text == "ANY" &&
            find(ast::StorageClass::none, name->text) == nullptr) {
            out.push_back(nullptr);
            continue;
        }
        ExprPtr checked_key = value(*key);
        if (checked_key != nullptr) checked_key = text(std::move(checked_key));
        if (checked_key == nullptr) {
            right = false;
        } else if (key_type(*checked_key) == nullptr) {
            error(key->span, shown(checked_key->type) + " cannot be a key of an associative array");
            right = false;
        }
        out.push_back(std::move(checked_key));
    }
    if (!right) {
        unsure_arrays_.insert(array);
        return false;
    }
    const std::string name = out_.arrays[array].name;
    ArrayPlan& plan = plan_.arrays[name];
    if (out_.arrays[array].bare) {
        lacks(span,
              shown(name) + " has no keys, " + std::to_string(keys.size()) +
                  (keys.size() == 1 ? " is given here" : " are given here"),
              "where it is used first it stands alone");
        return false;
    }
    if (out_.arrays[array].keys.empty()) {
        if (keys.size() > max_dimensions) {
            error(span, "an associative array has at most " + std::to_string(max_dimensions) + " dimensions");
            return false;
        }
        if (std::find(out.begin(), out.end(), nullptr) != out.end()) {  // ANY says no type
            pending_.push_back({array, span, true});
            return false;
        }
        for (size_t i = 0; i < out.size(); ++i) {
            TypeRef type = key_type(*out[i]);
            if (type->kind == TypeKind::string)
                type = types().string(plan_.begin_string(key_plan(name, i), type->count));
            out_.arrays[array].keys.push_back(type);
            plan.keys.push_back(Shape::of(type));
        }
    }
    const size_t dimensions = out_.arrays[array].keys.size();
    if (keys.size() != dimensions) {
        lacks(span, shown(name) + " has " + std::to_string(dimensions) +
                        (dimensions == 1 ? " dimension, " : " dimensions, ") + std::to_string(keys.size()) +
                        (keys.size() == 1 ? " is given here" : " are given here"));
        return false;
    }
    for (size_t i = 0; i < out.size(); ++i) {
        if (out[i] == nullptr) continue;
        out[i] = array_key(array, i, std::move(out[i]));
        right = right && out[i] != nullptr;
    }
    return right;
}

ExprPtr Checker::array_key(uint32_t array, size_t dimension, ExprPtr key) {
    const TypeRef to = out_.arrays[array].keys[dimension];
    const std::string& name = out_.arrays[array].name;
    if (to->kind == TypeKind::string && key->type->kind == TypeKind::string) {
        plan_.widen_string(key_plan(name, dimension), key->type->count);
        return convert(std::move(key), to);
    }
    const TypeKind kind = key->type->kind;
    const bool numbers =
        (to->is_integer() && (kind == TypeKind::integer || kind == TypeKind::pointer || kind == TypeKind::timestamp)) ||
        (to->kind == TypeKind::timestamp && kind == TypeKind::integer) ||
        (to->kind == TypeKind::floating && (kind == TypeKind::integer || kind == TypeKind::floating));
    if (numbers) return convert(std::move(key), to);
    if (to == key->type) return key;
    if ((to->kind == TypeKind::ip || to->kind == TypeKind::mac) &&
        std::holds_alternative<checked::StringConstant>(key->node)) {
        return implicit(std::move(key), to, "a key of " + shown(name));
    }
    error(key->span,
          "key " + std::to_string(dimension + 1) + " of " + shown(name) + " is " + sort_of(to) + ", this is " +
              sort_of(key->type),
          "all uses of an array have the types of its first use");
    return nullptr;
}

// Makes `type` the type of the array's values, or checks it against what they are. Values themselves are converted
// later.
bool Checker::plan_value(uint32_t array, TypeRef type, Span span) {
    checked::AssociativeArray& entry = out_.arrays[array];
    ArrayPlan& plan = plan_.arrays[entry.name];
    if (entry.value == nullptr) {
        if (type->kind == TypeKind::string)
            type = types().string(plan_.begin_string(value_plan(entry.name), type->count));
        entry.value = type;
        plan.value = Shape::of(type);
        return true;
    }
    if (entry.value->kind == TypeKind::string && type->kind == TypeKind::string)
        plan_.widen_string(value_plan(entry.name), type->count);
    if (type->is_collection() && entry.value->kind != type->kind) {
        error(span, "each value of " + shown(entry.name) + " is " + sort_of(entry.value) + ", not " + sort_of(type),
              "all uses of an array have the types of its first use");
        return false;
    }
    return true;
}

// What kind of collection the use makes of a value that has no type yet.
std::optional<TypeKind> Checker::collection_of(Use use) {
    switch (use) {
        case Use::list:
            return TypeKind::list;
        case Use::range:
            return TypeKind::range;
        case Use::dist:
            return TypeKind::dist;
        case Use::distinct:
            return TypeKind::distinct;
        default:
            return std::nullopt;
    }
}

// `d` alone, where it is the one value of the name. Empty: an error was reported.
std::optional<uint32_t> Checker::bare_array(const ast::Name& name, Span span) {
    const std::optional<uint32_t> array = array_named(name, span);
    if (!array) return std::nullopt;
    checked::AssociativeArray& entry = out_.arrays[*array];
    if (!entry.keys.empty()) {
        lacks(span,
              shown(entry.name) + " has " + std::to_string(entry.keys.size()) +
                  (entry.keys.size() == 1 ? " dimension" : " dimensions") + ", and no key is given here",
              "write " + entry.name + "[key]");
        return std::nullopt;
    }
    entry.bare = plan_.arrays[entry.name].bare = true;
    return array;
}

// An element for reading (fetch), for `++` and `op=` (update), or for collections to be worked on.
ExprPtr Checker::element(const ElementName& written, Span span, Use use) {
    const std::optional<uint32_t> array = array_named(std::get<ast::Name>(written.name->node), written.name->span);
    std::vector<ExprPtr> keys;
    if (!array) return nullptr;
    // What the use says of the values is known also where a key waits for it: n[n[1]]++.
    const bool right = array_keys(*array, written.keys, span, false, keys);
    if ((use == Use::update || use == Use::update_decimals) && out_.arrays[*array].value == nullptr)
        plan_value(*array, use == Use::update ? types().long_long(true) : types().double_type(), span);
    const std::optional<TypeKind> collection = collection_of(use);
    if (collection && !plan_value(*array, types().simple(*collection), span)) return nullptr;
    if (!right) return nullptr;
    const TypeRef type = out_.arrays[*array].value;
    if (type == nullptr) {  // nothing has been stored yet: what is stored later in the text decides
        pending_.push_back({*array, span, false});
        return nullptr;
    }
    if (in_predicate_ && type->kind == TypeKind::floating) {
        error(span, "a floating point value cannot stand in a predicate");
        return nullptr;
    }
    return make(checked::ElementRef{*array, std::move(keys)}, type, span);
}

// The element that `stored` is assigned to.
ExprPtr Checker::element_for(const ElementName& written, Span span, ExprPtr& stored) {
    const std::optional<uint32_t> array = array_named(std::get<ast::Name>(written.name->node), written.name->span);
    std::vector<ExprPtr> keys;
    const bool right = array && array_keys(*array, written.keys, span, false, keys);
    if (array && stored == nullptr) unsure_arrays_.insert(*array);
    if (!array || stored == nullptr) return nullptr;
    stored = text(std::move(stored));
    if (stored == nullptr) return nullptr;
    const TypeRef type = value_type(*stored);
    if (type == nullptr || type->is_handle()) {
        error(stored->span, shown(stored->type) + " cannot be a value of an associative array");
        return nullptr;
    }
    if (!plan_value(*array, type, stored->span) || !right) return nullptr;
    return make(checked::ElementRef{*array, std::move(keys)}, out_.arrays[*array].value, span);
}

}  // namespace probevue::sema
