#include "runtime/lsp/json.h"

#include <fmt/format.h>

#include <utility>

namespace probevue::lsp {
namespace {

// No message of the protocol comes near it; what goes over a value is recursive.
constexpr int deepest = 100;

RequestError wrong(std::string_view name, std::string_view what) {
    return {ErrorCode::invalid_params, fmt::format("`{}` {}", name, what)};
}

}  // namespace

const Json* find(const Json& of, std::string_view name) {
    if (!of.is_object()) return nullptr;
    const auto at = of.find(name);
    return at == of.end() ? nullptr : &*at;
}

const Json& member(const Json& of, std::string_view name) {
    const Json* found = find(of, name);
    if (found == nullptr) throw wrong(name, "is missing");
    return *found;
}

const std::string& text(const Json& of, std::string_view name) {
    const Json& found = member(of, name);
    if (!found.is_string()) throw wrong(name, "is no string");
    return found.get_ref<const std::string&>();
}

uint32_t number(const Json& of, std::string_view name) {
    // `uinteger` of the protocol.
    constexpr uint64_t most = INT32_MAX;
    const Json& found = member(of, name);
    if (!found.is_number_unsigned() || found.get<uint64_t>() > most)
        throw wrong(name, "is no number from 0 to 2147483647");
    return found.get<uint32_t>();
}

Json parse(std::string_view body) {
    const auto bound = [](int depth, Json::parse_event_t event, Json&) {
        const bool opens = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
        if (opens && depth > deepest)
            throw RequestError{ErrorCode::parse_error, fmt::format("JSON is nested more than {} deep", deepest)};
        return true;
    };
    try {
        return Json::parse(body.begin(), body.end(), bound);
    } catch (const Json::exception&) {
        throw RequestError{ErrorCode::parse_error, "the message is no JSON"};
    }
}

// Scripts and names of files may hold bytes that are no UTF-8: better a mark in their place than no answer.
std::string write(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace probevue::lsp
