// Types as they are written in declarations, casts and sizeof.
#include <algorithm>

#include "builtins/base/text.h"
#include "builtins/c_type.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

constexpr uint32_t open_length = 0;  // of the type that `String` stands for before its length has been read

// Types that stand for more than bytes: no arrays of them, no pointers to them, no members (AIX: probevue_var_fpath and
// others).
bool is_abstract(TypeRef type) {
    switch (type->kind) {
        case TypeKind::mac:
        case TypeKind::ip:
        case TypeKind::path:
        case TypeKind::stack:
        case TypeKind::net_info:
        case TypeKind::list:
        case TypeKind::range:
        case TypeKind::dist:
        case TypeKind::distinct:
            return true;
        default:
            return false;
    }
}

struct Words {
    int signed_ = 0;
    int unsigned_ = 0;
    int short_ = 0;
    int long_ = 0;
    std::string base;  // char int float double void _Bool
    bool conflict = false;
};

Words count_words(const std::vector<std::string>& words) {
    Words count;
    for (const std::string& word : words) {
        if (word == "signed")
            ++count.signed_;
        else if (word == "unsigned")
            ++count.unsigned_;
        else if (word == "short")
            ++count.short_;
        else if (word == "long")
            ++count.long_;
        else if (count.base.empty())
            count.base = word;
        else
            count.conflict = true;
    }
    const bool sign = count.signed_ + count.unsigned_ > 0;
    const bool width = count.short_ + count.long_ > 0;
    const bool integral = count.base.empty() || count.base == "int" || count.base == "char";
    count.conflict = count.conflict || count.signed_ + count.unsigned_ > 1 || count.short_ > 1 || count.long_ > 2 ||
                     (count.short_ > 0 && count.long_ > 0) || (sign && !integral) ||
                     (width && (!integral || count.base == "char"));
    return count;
}

}  // namespace

TypeRef Checker::type_of(const ast::TypeSpec& spec) {
    switch (spec.kind) {
        case ast::TypeSpec::Kind::none:
            return nullptr;
        case ast::TypeSpec::Kind::words:
            return type_of_words(spec);
        case ast::TypeSpec::Kind::named:
            return named_type(spec);
        case ast::TypeSpec::Kind::structure:
        case ast::TypeSpec::Kind::union_:
            return structure_type(spec);
        case ast::TypeSpec::Kind::enumeration:
            return enumeration_type(spec);
    }
    return nullptr;
}

TypeRef Checker::type_of_words(const ast::TypeSpec& spec) {
    const Words words = count_words(spec.words);
    std::string text;
    for (const std::string& word : spec.words) text += (text.empty() ? "" : " ") + word;
    // <linux/types.h> names it since Linux 6.9.
    if (words.base == "__int128" && in_header_) return refused_type(text, "there are no integers of 16 bytes");
    if (words.conflict || words.base == "__int128") {
        error(spec.span, shown(text) + " is no type", text == "long double" ? "use double" : "");
        return nullptr;
    }
    if (words.base == "void") return types().void_type();
    if (words.base == "float") return types().float_type();
    if (words.base == "double") return types().double_type();
    const bool is_signed = words.unsigned_ == 0;
    if (words.base == "char") return types().integer(1, words.signed_ > 0);  // plain char is unsigned
    if (words.base == "_Bool") return types().boolean();
    if (words.short_ > 0) return types().integer(2, is_signed);
    if (words.long_ == 1) return types().integer(8, is_signed);
    if (words.long_ == 2) return types().long_long(is_signed);
    return types().integer(4, is_signed);
}

TypeRef Checker::named_type(const ast::TypeSpec& spec) {
    const auto alias = typedefs_.find(spec.name);
    if (alias != typedefs_.end()) return alias->second;
    if (spec.name == "String") return types().string(open_length);
    for (const TypeKind kind :
         {TypeKind::mac, TypeKind::ip, TypeKind::timestamp, TypeKind::path, TypeKind::stack, TypeKind::net_info,
          TypeKind::list, TypeKind::range, TypeKind::dist, TypeKind::distinct}) {
        if (types().simple(kind)->name == spec.name) return types().simple(kind);
    }
    if (const CTypeRow* row = find_c_type(spec.name)) {
        ast::TypeSpec same;
        same.span = spec.span;
        for (std::string_view word : split(row->same_as, ' ')) same.words.emplace_back(word);
        return type_of_words(same);
    }
    std::vector<std::string_view> names;
    for (const TypeNameRow& row : type_names()) names.push_back(row.name);
    for (const CTypeRow& row : c_types()) names.push_back(row.name);
    for (const auto& [name, type] : typedefs_) names.push_back(name);
    std::string hint = did_you_mean(spec.name, names);
    if (hint.empty()) hint = "types of C headers are read with -I, or declared with typedef";
    lacks(spec.span, "there is no type " + shown(spec.name), std::move(hint));
    typedefs_[spec.name] = nullptr;  // said once
    return nullptr;
}

// The type of one declarator: stars, dimensions and the length of a String applied to what stands before the names.
TypeRef Checker::declared_type(TypeRef base, const ast::Declarator& declarator, Role role) {
    if (base == nullptr) return nullptr;
    if (declarator.is_function_pointer) return types().pointer(types().void_type(), AddressSpace::none);
    if (base->kind == TypeKind::string && base->count == open_length && declarator.pointers == 0)
        return string_type(declarator, role);
    TypeRef type = base;
    if (declarator.pointers > 0 && (is_abstract(base) || base->kind == TypeKind::string)) {
        error(declarator.span,
              "there are no pointers to " + (base->kind == TypeKind::string ? "`String`" : shown(base)));
        return nullptr;
    }
    for (uint32_t i = 0; i < declarator.pointers; ++i) type = types().pointer(type, AddressSpace::none);
    if (!declarator.dimensions.empty()) type = array_type(type, declarator, role);
    return type != nullptr && usable(type, declarator, role) ? type : nullptr;
}

TypeRef Checker::string_type(const ast::Declarator& declarator, Role role) {
    const std::string name = declarator.name.empty() ? "name" : declarator.name;
    if (role == Role::operand || role == Role::parameter || role == Role::result) {
        if (role == Role::operand && !declarator.dimensions.empty() && declarator.dimensions.front() != nullptr) {
            if (const auto length = constant(*declarator.dimensions.front(), "the length of a String")) {
                if (*length >= 1 && *length <= max_string) return types().string(static_cast<uint32_t>(*length));
            }
        }
        error(declarator.span, "`String` cannot stand here",
              role == Role::operand ? "" : "functions of programs take `char *`");
        return nullptr;
    }
    if (declarator.dimensions.size() != 1 || declarator.dimensions.front() == nullptr) {
        error(declarator.span,
              declarator.dimensions.size() > 1 ? "there are no arrays of Strings" : "a String needs its longest length",
              "String " + name + "[40];");
        return nullptr;
    }
    const std::optional<int64_t> length = constant(*declarator.dimensions.front(), "the length of a String");
    if (!length) return nullptr;
    if (*length < 1 || *length > max_string) {
        error(declarator.dimensions.front()->span,
              "the length of a String goes from 1 to " + std::to_string(max_string), "String " + name + "[40];");
        return nullptr;
    }
    return types().string(static_cast<uint32_t>(*length));
}

TypeRef Checker::array_type(TypeRef of, const ast::Declarator& declarator, Role role) {
    if (is_abstract(of) || of->kind == TypeKind::string) {
        error(declarator.span, "there are no arrays of " + shown(of),
              "associative arrays hold them: " + declarator.name + "[key] = value");
        return nullptr;
    }
    if (of->kind == TypeKind::void_ || !of->complete) {
        error(declarator.span,
              "the size of " + shown(of) + " is not known" + (of->complete ? std::string() : ": " + why_unknown(of)));
        return nullptr;
    }
    TypeRef type = of;
    for (size_t i = declarator.dimensions.size(); i-- > 0;) {
        const ast::ExprPtr& dimension = declarator.dimensions[i];
        const bool outermost = i == 0;
        if (role == Role::parameter && outermost) return types().pointer(type, AddressSpace::none);
        if (dimension == nullptr) {
            if (role == Role::member && outermost) return types().array(type, 0);  // open end of a structure
            error(declarator.span, "an array needs its size", "write the number of elements between the brackets");
            return nullptr;
        }
        const std::optional<int64_t> count = constant(*dimension, "the size of an array");
        if (!count) return nullptr;
        const int64_t least = role == Role::member ? 0 : 1;
        if (*count < least || *count * int64_t{std::max(1u, type->size)} > max_object_size ||
            *count > max_object_size) {
            error(dimension->span, *count < least
                                       ? "an array has at least one element"
                                       : "this array is larger than " + std::to_string(max_object_size) + " bytes");
            return nullptr;
        }
        type = types().array(type, static_cast<uint32_t>(*count));
    }
    return type;
}

// Reports types that cannot be used for what they are declared for.
bool Checker::usable(TypeRef type, const ast::Declarator& declarator, Role role) {
    if (role == Role::alias || role == Role::result) return true;
    if (type->kind == TypeKind::void_) {
        if (role == Role::operand || role == Role::parameter) return true;
        error(declarator.span, shown(declarator.name) + " cannot be `void`", "`void *` is a pointer to anything");
        return false;
    }
    if (!type->complete && role != Role::parameter) {
        if (type->refused.empty())
            lacks(declarator.span, shown(type) + " was never defined", "define it, or read its header with -I");
        else
            lacks(declarator.span, shown(type) + " cannot be used: " + type->refused);
        return false;
    }
    if (role == Role::member && is_abstract(type)) {
        error(declarator.span, shown(type) + " cannot be a member");
        return false;
    }
    if (role == Role::parameter && is_abstract(type)) {
        error(declarator.span, shown(type) + " cannot be a parameter");
        return false;
    }
    return true;
}

// The type of a cast or of sizeof.
TypeRef Checker::whole_type(const ast::Declaration& declaration, Role role) {
    const TypeRef base = type_of(declaration.type);
    if (base == nullptr) return nullptr;
    if (declaration.declarators.empty()) {
        ast::Declarator none;
        none.span = declaration.span;
        return declared_type(base, none, role);
    }
    return declared_type(base, declaration.declarators.front(), role);
}

// The value of an integer constant expression; empty after an error.
std::optional<int64_t> Checker::constant(const ast::Expr& written, std::string_view what) {
    const bool before = constants_only_;
    constants_only_ = true;
    const ExprPtr checked_expr = value(written);
    constants_only_ = before;
    if (checked_expr == nullptr) return std::nullopt;
    const std::optional<int64_t> found = constant_value(*checked_expr);
    if (!found) error(written.span, std::string(what) + " must be an integer constant");
    return found;
}

}  // namespace probevue::sema
