// JSON of the protocol (RFC 8259), by nlohmann-json, and what clients got wrong.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace probevue::lsp {

using Json = nlohmann::json;

// Codes of JSON-RPC 2.0 and of the Language Server Protocol.
enum class ErrorCode : int {
    parse_error = -32700,
    invalid_request = -32600,
    method_not_found = -32601,
    invalid_params = -32602,
    internal_error = -32603,
    not_initialized = -32002,
    cancelled = -32800,
};

// What a request is answered with instead of a result. Thrown by handlers, caught in one place (server.cpp).
struct RequestError {
    ErrorCode code = ErrorCode::invalid_params;
    std::string message;
};

// Members of parameters; throw RequestError when there is none of that name, or it is of another type. A number is one
// of the protocol's `uinteger`: from 0 to 2^31 - 1.
const Json& member(const Json& of, std::string_view name);
const std::string& text(const Json& of, std::string_view name);
uint32_t number(const Json& of, std::string_view name);
// Null when there is none.
const Json* find(const Json& of, std::string_view name);

// Reads one message. Throws RequestError (parse_error) when it is no JSON, or deeper than anything in the protocol is.
Json parse(std::string_view body);
// Bytes that are no UTF-8 become U+FFFD.
std::string write(const Json& value);

}  // namespace probevue::lsp
