#include "runtime/engine/prototype.h"

#include <fmt/format.h>

#include <cctype>

#include "builtins/base/text.h"

namespace probevue {

namespace {

bool has_word(std::string_view text, std::string_view word) {
    const auto inside = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const size_t end = at + word.size();
        if ((at == 0 || !inside(text[at - 1])) && (end == text.size() || !inside(text[end]))) return true;
    }
    return false;
}

// A value of a parameter declared as `declaration` ("unsigned int count").
std::string value_text(std::string_view declaration, uint64_t value) {
    if (declaration.find_first_of("*[") != std::string_view::npos) return fmt::format("{:#x}", value);
    const bool is_unsigned = has_word(declaration, "unsigned") || has_word(declaration, "size_t");
    unsigned bits = 32;
    if (has_word(declaration, "long") || has_word(declaration, "size_t") || has_word(declaration, "ssize_t") ||
        has_word(declaration, "off_t")) {
        bits = 64;
    } else if (has_word(declaration, "short")) {
        bits = 16;
    } else if (has_word(declaration, "char")) {
        return fmt::format("{}", value & 0xff);
    }
    const uint64_t cut = value << (64 - bits);
    return is_unsigned ? fmt::format("{}", cut >> (64 - bits))
                       : fmt::format("{}", static_cast<int64_t>(cut) >> (64 - bits));
}

// The last word before the parameters, and what stands before it.
std::string_view function_name(std::string_view head, std::string_view& result_type) {
    head = trim(head);
    const size_t begin = head.find_last_of(" *\t\n") + 1;  // npos + 1 is 0
    result_type = trim(head.substr(0, begin));
    return head.substr(begin);
}

}  // namespace

std::string call_text(std::string_view prototype, const CallValues& values) {
    const size_t open = prototype.find('(');
    if (open == std::string_view::npos) {
        if (values.result) return fmt::format("{}() = {:#x}\n", values.function, *values.result);
        std::string shown;
        for (size_t i = 0; i < 6; ++i) shown += fmt::format("{}{:#x}", i == 0 ? "" : ", ", values.arguments[i]);
        return fmt::format("{}({})\n", values.function, shown);
    }
    std::string_view result_type;
    const std::string_view name = function_name(prototype.substr(0, open), result_type);
    if (values.result) {
        if (result_type == "void") return fmt::format("{}()\n", name);
        return fmt::format("{}() = {}\n", name, value_text(result_type, *values.result));
    }
    const size_t close = prototype.rfind(')');
    const std::string_view parameters = trim(prototype.substr(open + 1, close - open - 1));
    std::string shown;
    if (!parameters.empty() && parameters != "void") {
        size_t i = 0;
        for (const std::string_view declaration : split(parameters, ',')) {
            const std::string_view separator = i == 0 ? "" : ", ";
            if (i == values.arguments.size() || trim(declaration) == "...") {
                shown += fmt::format("{}...", separator);
                break;
            }
            shown += fmt::format("{}{}", separator, value_text(declaration, values.arguments[i]));
            ++i;
        }
    }
    return fmt::format("{}({})\n", name, shown);
}

}  // namespace probevue
