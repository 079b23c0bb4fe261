// printf, eprintf and trace: formats against arguments, and the records that they emit.
#include "builtins/describe.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"
#include "compiler/sema/known.h"
#include "compiler/sema/literal.h"

namespace probevue::sema {

namespace {

// The conversion as it is written.
std::string shown_at(const Source& source, Span span) {
    return shown(std::string_view(source.text()).substr(span.begin, span.end - span.begin));
}

// What a column of values is called: the expression, its line ends and blanks as one blank each.
std::string on_one_line(const Source& source, Span span) {
    std::string out;
    for (const char c : std::string_view(source.text()).substr(span.begin, span.end - span.begin)) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    return out;
}

}  // namespace

// The format that a call begins with. Null: an error was reported.
const ast::StringLiteral* Checker::format_literal(const FunctionRow& row, const ast::Call& node) {
    const ast::Expr& first = *node.arguments.front();
    const auto* literal = std::get_if<ast::StringLiteral>(&first.node);
    if (literal == nullptr) {
        // `-e "... printf("hi") ..."`: the shell has taken the quotes.
        const auto* name = std::get_if<ast::Name>(&first.node);
        const bool lost = name != nullptr && find(name->storage, name->text) == nullptr;
        error(first.span, "the format of " + shown(row.name) + " must be a quoted String",
              lost ? "texts stand in double quotes, and in a shell the program of -e in single ones: -e '...'"
              : row.id == FunctionId::print_table ? readable_prototype(row)
                                                  : std::string(row.name) + "(\"%s\", ...) prints a String");
    }
    return literal;
}

// Reports what is wrong in the format itself; true: nothing.
bool Checker::format_faults(Format& format, Span span) {
    for (FormatFault& fault : format.faults) {
        error(span_in_literal(source_, span, fault.at, fault.length), std::move(fault.text), std::move(fault.hint));
    }
    return format.faults.empty();
}

ExprPtr Checker::print_call(const FunctionRow& row, const ast::Call& node, Span span) {
    const ast::Expr& first = *node.arguments.front();
    const ast::StringLiteral* literal = format_literal(row, node);
    if (literal == nullptr) {
        for (size_t i = 1; i < node.arguments.size(); ++i) (void)expr(*node.arguments[i]);
        return nullptr;
    }
    Format format = parse_format(literal->value);
    bool right = format_faults(format, first.span);
    RecordLayout record;
    record.kind = row.id == FunctionId::eprintf ? RecordKind::error_text : RecordKind::text;
    record.position = position(span.begin);
    std::vector<ExprPtr> arguments;
    const size_t given = node.arguments.size() - 1;
    for (size_t i = 0; i < format.conversions.size(); ++i) {
        Conversion& conversion = format.conversions[i];
        const Span place_of = span_in_literal(source_, first.span, conversion.at, conversion.length);
        if (i >= given) {
            if (right || format.faults.empty()) {
                error(place_of, shown_at(source_, place_of) + " has no argument",
                      i + 1 == format.conversions.size()
                          ? "give it one behind the format; `%%` prints a percent sign"
                          : "nor have the conversions behind it: each wants one behind the format");
            }
            right = false;
            break;
        }
        const ast::Expr& written = *node.arguments[i + 1];
        // Where one is missing or too many, those behind it meet a conversion that was not meant for them.
        const bool paired = given == format.conversions.size();
        ExprPtr found = paired ? print_argument(conversion, written) : expr(written);
        if (found == nullptr || !paired) {
            right = false;
            continue;
        }
        const Fit fit = conversion_fits(conversion.piece.conversion, found->type);
        if (!fit.fits) {
            error(written.span, shown(found->type) + " cannot be printed with " + shown_at(source_, place_of),
                  fit.hint);
            right = false;
            continue;
        }
        conversion.piece.bytes = printed_bytes(conversion, found->type);
        warn_of_specifier(conversion, *found, written.span, shown_at(source_, place_of));
        conversion.piece.field = add_field(record, found->type);
        record.names.push_back(on_one_line(source_, written.span));
        record.pieces.push_back(std::move(conversion.piece));
        arguments.push_back(std::move(found));
    }
    for (size_t i = format.conversions.size(); i < given; ++i) {
        if (format.faults.empty())
            error(node.arguments[i + 1]->span, "this argument has no conversion in the format",
                  "add one, such as %d or %s");
        (void)expr(*node.arguments[i + 1]);
        right = false;
    }
    if (record.size > max_record_size) {
        error(span, "this prints more than " + std::to_string(max_record_size) + " bytes at once", "split it");
        right = false;
    }
    if (!right) return nullptr;
    if (!format.tail.empty()) {
        FormatPiece tail;
        tail.literal = std::move(format.tail);
        record.pieces.push_back(std::move(tail));
    }
    const auto id = static_cast<uint32_t>(out_.records.size());
    out_.records.push_back(std::move(record));
    return make(checked::Print{id, std::move(arguments)}, types().void_type(), span);
}

// An unsigned value that the conversion would print as a negative number or without its upper bits. Differences are
// left alone: `%d` is how a negative one is meant to be seen.
void Checker::warn_of_specifier(const Conversion& conversion, const checked::Expr& value, Span span,
                                const std::string& written) {
    const char letter = conversion.piece.conversion;
    if (!value.type->is_integer() || value.type->is_signed || is_difference(value)) return;
    // An enumeration is unsigned only because none of its constants is negative.
    const bool plain = value.type == types().integer(value.type->size, false) || value.type == types().long_long(false);
    if (!plain) return;
    const uint32_t bytes = conversion.piece.bytes;
    if (bytes >= 8 || std::string_view("duxXo").find(letter) == std::string_view::npos) return;
    const auto most = static_cast<uint64_t>(known(value).most);
    const uint64_t printed = (uint64_t{1} << (bytes * 8 - (letter == 'd' ? 1 : 0))) - 1;
    if (most <= printed) return;
    const bool fits_unsigned = most < uint64_t{1} << (bytes * 8);
    std::string right = letter == 'd' ? "u" : std::string(1, letter);
    if (!fits_unsigned)
        right = (value.type->size == 8 ? "ll" : "") + right;
    else if (letter == 'd')
        right = (bytes == 1 ? "hhu" : bytes == 2 ? "hu" : "u");
    warning(span,
            written + " prints values above " + std::to_string(printed) +
                (fits_unsigned ? " as negative numbers: this is " : " without their upper bits: this is ") +
                shown(value.type),
            "print it with " + shown("%" + right));
}

// An argument, converted to what its conversion prints where that goes without saying.
ExprPtr Checker::print_argument(const Conversion& conversion, const ast::Expr& written) {
    ExprPtr found = expr(written);
    if (found == nullptr) return nullptr;
    if (found->type->kind == TypeKind::void_) return value(written);
    const char letter = conversion.piece.conversion;
    if (letter == 's') return text(std::move(found));
    if ((letter == 'I' || letter == 'H') && std::holds_alternative<checked::StringConstant>(found->node))
        return ip_constant(*found, types().simple(TypeKind::ip));
    const bool date = letter == 'A' || letter == 'W';
    if (date && found->type->is_integer() && found->type->size == 8)
        return convert(std::move(found), types().simple(TypeKind::timestamp));
    return found;
}

ExprPtr Checker::trace_call(const FunctionRow&, const ast::Call& node, Span span) {
    ExprPtr found = expr(*node.arguments.front());
    if (found == nullptr) return nullptr;
    if (found->type->kind == TypeKind::void_ || found->type->is_handle()) {
        error(node.arguments.front()->span, shown(found->type) + " cannot be printed");
        return nullptr;
    }
    RecordLayout record;
    record.kind = RecordKind::trace;
    record.position = position(span.begin);
    add_field(record, found->type);
    record.names.push_back(on_one_line(source_, node.arguments.front()->span));
    if (record.size > max_record_size) {
        error(span, "this prints more than " + std::to_string(max_record_size) + " bytes at once");
        return nullptr;
    }
    const auto id = static_cast<uint32_t>(out_.records.size());
    out_.records.push_back(std::move(record));
    std::vector<ExprPtr> arguments;
    arguments.push_back(std::move(found));
    return make(checked::Print{id, std::move(arguments)}, types().void_type(), span);
}

}  // namespace probevue::sema
