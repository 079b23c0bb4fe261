// What attributes of C ask of a layout: obeyed, or refused by name. Those of types that only a header knows are refused
// where a script uses the type.
#include <algorithm>

#include "builtins/c_attribute.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

constexpr uint32_t widest_alignment = 16;     // bytes, of `aligned` without a number on x86-64
constexpr int64_t max_alignment = 1ll << 20;  // bytes

bool is_power_of_two(int64_t number) { return number > 0 && (number & (number - 1)) == 0; }

}  // namespace

// What is asked for by `before` and by these.
Attributes Checker::attributes(const std::vector<ast::Attribute>& written, Attributes before) {
    for (const ast::Attribute& one : written) attribute(one, before);
    return before;
}

void Checker::attribute(const ast::Attribute& written, Attributes& out) {
    const CAttributeRow* row = find_c_attribute(written.name);
    if (row == nullptr) return refuse_attribute(written, out, "attribute " + shown(written.name) + " is not known");
    switch (row->effect) {
        case CAttributeEffect::none:
            return;
        case CAttributeEffect::packed:
            out.packed = true;
            out.packed_at = written.span;
            return;
        case CAttributeEffect::aligned: {
            if (written.argument == nullptr) {
                out.aligned = std::max(out.aligned, widest_alignment);
                return;
            }
            const std::optional<int64_t> bytes = constant(*written.argument, "an alignment");
            if (!bytes) return;
            if (!is_power_of_two(*bytes) || *bytes > max_alignment)
                return refuse_attribute(written, out, "an alignment is a power of two, up to 1048576");
            out.aligned = std::max(out.aligned, static_cast<uint32_t>(*bytes));
            return;
        }
        case CAttributeEffect::mode: {
            const auto* name = written.argument == nullptr ? nullptr : std::get_if<ast::Name>(&written.argument->node);
            out.mode_bytes = name == nullptr ? 0 : bytes_of_mode(plain_attribute(name->text));
            if (out.mode_bytes == 0)
                refuse_attribute(written, out, "there are no integers of the mode that this attribute names");
            return;
        }
    }
}

void Checker::refuse_attribute(const ast::Attribute& written, Attributes& out, const std::string& why) {
    out.refused = why;
    if (!in_header_) error(written.span, why, "`packed`, `aligned(n)` and `mode(DI)` are obeyed");
}

// C compilers ignore `packed` on what is no definition, with a warning. They do so in headers, which we read as they
// would; in a script it is a mistake.
void Checker::misplaced_packed(const Attributes& attributes) {
    if (!attributes.packed || in_header_) return;
    error(attributes.packed_at, "`packed` has no effect here",
          "write it behind `struct`, or behind the `}` that ends the members");
}

TypeRef Checker::of_mode(TypeRef type, const Attributes& attributes) {
    if (type == nullptr || attributes.mode_bytes == 0 || !type->is_integer()) return type;
    return types().integer(attributes.mode_bytes, type->is_signed);
}

// Alignment that a typedef gives what is declared with it; 0: that of its type.
uint32_t Checker::typedef_align(const ast::TypeSpec& spec, const ast::Declarator& declarator) const {
    if (spec.kind != ast::TypeSpec::Kind::named || declarator.pointers != 0 || declarator.is_function_pointer) return 0;
    const auto found = typedef_aligns_.find(spec.name);
    return found == typedef_aligns_.end() ? 0 : found->second;
}

ExprPtr Checker::align_of(const ast::Declaration& declaration, Span span) {
    const TypeRef type = whole_type(declaration, Role::operand);
    if (type == nullptr || size_of(type, span) == nullptr) return nullptr;
    const uint32_t own =
        declaration.declarators.empty() ? 0 : typedef_align(declaration.type, declaration.declarators.front());
    return integer(own != 0 ? own : type->align, types().integer(8, false), span);
}

// Why a type has no layout, for the end of a sentence.
std::string Checker::why_unknown(TypeRef type) const {
    return type->refused.empty() ? "it was never defined" : type->refused;
}

}  // namespace probevue::sema
