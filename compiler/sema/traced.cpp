// Arguments of tracepoints: they need no prototype, because the kernel's own type information has their types. A
// prototype or a structure that a script declares all the same must say what the kernel says.
#include <fmt/format.h>

#include <algorithm>

#include "builtins/base/text.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

constexpr std::string_view no_types = "the running kernel has no type information (/sys/kernel/btf/vmlinux)";

uint64_t first_bit(const Field& field) { return uint64_t{field.offset} * 8 + field.bit_offset; }

// "byte 4", or "bit 3 of byte 4".
std::string place_of(const Field& field) {
    const uint64_t bit = first_bit(field);
    if (field.bit_width == 0) return fmt::format("byte {}", bit / 8);
    return fmt::format("bit {} of byte {}", bit % 8, bit / 8);
}

std::string held_by(const Field& field) {
    return field.bit_width == 0 ? shown(field.type) : fmt::format("{} bits of {}", field.bit_width, shown(field.type));
}

bool is_bytes(TypeRef type) { return type->kind == TypeKind::array && type->element->size == 1; }

// What scripts fill holes with.
bool is_padding(const Field& field) { return is_bytes(field.type) || (field.bit_width != 0 && field.name.empty()); }

}  // namespace

// Null: there is no type information of a kernel. Looked for only where a script needs it, because it takes time.
ImportedTypes* Checker::kernel_types() {
    if (imported_) return &*imported_;
    if (options_.types == nullptr || options_.replay || !options_.types->has_types()) return nullptr;
    return &imported_.emplace(types(), *options_.types);
}

bool Checker::is_traced() const {
    return clause_ != nullptr && clause_->probes.size() == 1 && clause_->probes.front().kind == ProbeKind::systrace;
}

// An argument of a tracepoint of which the script has written no prototype: by itself it is a number.
bool Checker::is_untyped_argument(const checked::Expr& expr) const {
    return std::holds_alternative<checked::ArgumentRef>(expr.node) && is_traced() &&
           !prototypes_.contains(clause_->probes.front().name());
}

// Has the tracepoint so many arguments? What is not known is left to attaching.
bool Checker::argument_exists(uint32_t number, const std::string& name, Span span) {
    if (kernel_types() == nullptr) return true;
    const std::string& tracepoint = clause_->probes.front().name();
    const std::optional<probevue::Prototype> known = options_.types->tracepoint(tracepoint);
    if (!known || known->types.empty() || number <= known->types.size()) return true;
    error(span,
          fmt::format("{} does not exist: the tracepoint {} has {} argument{}", shown(name), shown(tracepoint),
                      known->types.size(), known->types.size() == 1 ? "" : "s"),
          fmt::format("`probevue -l -v @@systrace:*:{}` shows them with their types", tracepoint));
    return false;
}

// Null: it is not known, or nothing but a number.
TypeRef Checker::kernel_type_of(const checked::Expr& argument) {
    const auto number = std::get<checked::ArgumentRef>(argument.node).number;
    if (options_.record || kernel_types() == nullptr) return nullptr;
    const std::optional<probevue::Prototype> known = options_.types->tracepoint(clause_->probes.front().name());
    if (!known || number > known->types.size() || known->types[number - 1] == 0) return nullptr;
    const TypeRef type = imported_->import(known->types[number - 1]);
    return type->kind == TypeKind::pointer ? type : nullptr;
}

// Where something is reached through an argument it has the kernel's type. Everywhere else it stays a number: so a
// script means the same on recorded events, for which there are no types.
ExprPtr Checker::typed_argument(ExprPtr expr) {
    if (!is_untyped_argument(*expr)) return expr;
    const TypeRef type = kernel_type_of(*expr);
    return type == nullptr ? std::move(expr) : convert(std::move(expr), type);
}

// Says why nothing is reached through an argument; false: it is simply a number.
bool Checker::refuse_untyped(const checked::Expr& argument, Span span) {
    if (!is_untyped_argument(argument)) return false;
    const std::string& tracepoint = clause_->probes.front().name();
    const std::string name = fmt::format("__arg{}", std::get<checked::ArgumentRef>(argument.node).number);
    const std::string declare = fmt::format("declare its structure and a prototype of {}", shown(tracepoint));
    if (options_.replay || options_.record) {
        error(span, fmt::format("{} has no type here: recordings do not hold the types of the kernel", shown(name)),
              declare);
        return true;
    }
    if (options_.types == nullptr) {
        error(span, fmt::format("{} has no type: there is no kernel to ask for it", shown(name)), declare);
        return true;
    }
    if (!options_.types->has_types()) {
        error(span, fmt::format("{} has no type: {}", shown(name), no_types), declare);
        return true;
    }
    if (options_.types->tracepoint(tracepoint))
        return !argument_exists(std::get<checked::ArgumentRef>(argument.node).number, name, span);
    const std::vector<std::string> all = options_.types->tracepoints();
    const std::vector<std::string_view> names(all.begin(), all.end());
    error(span, fmt::format("{} has no type: the kernel has no tracepoint {}", shown(name), shown(tracepoint)),
          did_you_mean(tracepoint, names));
    return true;
}

// A structure that the script names without declaring it is the kernel's.
TypeRef Checker::known_structure(TypeRef type) {
    if (type->kind != TypeKind::structure || type->complete || !type->refused.empty()) return type;
    if (options_.record || kernel_types() == nullptr) return type;
    const TypeRef found = imported_->structure(type->name);
    return found == nullptr ? type : found;
}

std::string Checker::hint_of_unknown(TypeRef type) const {
    if (imported_ && imported_->owns(type)) return {};
    return "define it, or read its header with -I";
}

// How a type of the script differs from the kernel's; empty: it reads the same.
std::string Checker::misfit(TypeRef here, TypeRef there) const {
    const auto differs = [&] { return fmt::format("{} there, {} here", shown(there), shown(here)); };
    const bool number_here = here->is_integer();
    if (there->is_integer() || (there->kind == TypeKind::pointer && number_here)) {
        if (!number_here && !(here->kind == TypeKind::pointer && there->size == 8)) return differs();
        if (here->size != there->size) return differs();
        const bool sign_matters = number_here && there->is_integer() && here->size > 1;
        return sign_matters && here->is_signed != there->is_signed ? differs() : std::string();
    }
    if (here->size != there->size) return differs();
    if (there->kind != TypeKind::pointer || here->kind != TypeKind::pointer) {
        const bool same = here->kind == there->kind || is_bytes(here) || is_bytes(there);
        return same ? std::string() : differs();
    }
    // Pointers to structures of two names, both of which the kernel has.
    const TypeRef to_here = here->element;
    const TypeRef to_there = there->element;
    if (to_here->kind != TypeKind::structure || to_there->kind != TypeKind::structure ||
        to_here->name == to_there->name)
        return {};
    const std::string_view name = to_here->name;
    const size_t blank = name.find(' ');
    return options_.types->structure(name.substr(blank + 1), to_here->is_union) ? differs() : std::string();
}

// Of a tracepoint's prototype in the script; asked each time an argument is used, told once.
bool Checker::prototype_fits(const std::string& tracepoint, const Prototype& prototype, Span span) {
    if (!options_.for_kernel || kernel_types() == nullptr) return true;
    const auto [at, fresh] = prototypes_fit_.try_emplace(tracepoint, true);
    if (!fresh) return at->second;
    const std::optional<probevue::Prototype> known = options_.types->tracepoint(tracepoint);
    if (!known || known->types.empty()) return true;
    const std::string hint = "leave the prototype out: the types of the arguments are known";
    if (prototype.parameters.size() > known->types.size()) {
        error(span,
              fmt::format("the prototype of {} does not fit this kernel: {} parameters here, {} there",
                          shown(tracepoint), prototype.parameters.size(), known->types.size()),
              hint);
        return at->second = false;
    }
    for (size_t i = 0; i < prototype.parameters.size(); ++i) {
        if (known->types[i] == 0) continue;
        const std::string difference = misfit(prototype.parameters[i], imported_->import(known->types[i]));
        if (difference.empty()) continue;
        error(span,
              fmt::format("the prototype of {} does not fit this kernel: argument {} is {}", shown(tracepoint), i + 1,
                          difference),
              hint);
        return at->second = false;
    }
    return true;
}

// A structure of the script that the kernel has, too, must have its members where they are there.
void Checker::structure_fits(TypeRef declared, Span span) {
    if (!options_.for_kernel || declared->kind != TypeKind::structure || !is_traced() || kernel_types() == nullptr ||
        imported_->owns(declared) || !compared_.insert(declared).second)
        return;
    const TypeRef there = imported_->structure(declared->name);
    if (there == nullptr) return;
    imported_->fill(there);
    for (const Field& field : declared->fields) {
        const Field* real = there->find_field(field.name);
        std::string difference;
        if (real == nullptr) {
            if (!is_padding(field)) difference = "is not there";
        } else if (first_bit(*real) != first_bit(field)) {
            difference = fmt::format("is at {} there, at {} here", place_of(*real), place_of(field));
        } else if (real->bit_width != field.bit_width) {
            difference = fmt::format("is {} there, {} here", held_by(*real), held_by(field));
        } else if (const std::string types_differ = misfit(field.type, real->type);
                   real->bit_width == 0 && !types_differ.empty()) {
            difference = "is " + types_differ;
        }
        if (difference.empty()) continue;
        error(span,
              fmt::format("{} does not fit this kernel: {} {}", shown(declared->name), shown(field.name), difference),
              "leave its declaration out: the kernel's own structures are known");
        return;
    }
}

}  // namespace probevue::sema
