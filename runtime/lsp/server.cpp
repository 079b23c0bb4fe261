#include "runtime/lsp/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace probevue::lsp {
namespace {

bool is_id(const Json& json) { return json.is_string() || json.is_number_integer(); }

// Does a list of strings have the word?
bool lists(const Json* list, std::string_view word) {
    return list != nullptr && list->is_array() &&
           std::any_of(list->begin(), list->end(), [&](const Json& one) { return one.is_string() && one == word; });
}

const Json* find(const Json& of, std::initializer_list<std::string_view> path) {
    const Json* at = &of;
    for (const std::string_view name : path) {
        at = at == nullptr ? nullptr : lsp::find(*at, name);
    }
    return at;
}

bool is_true(const Json* json) { return json != nullptr && json->is_boolean() && json->get<bool>(); }

ClientAbilities abilities_of(const Json& params) {
    ClientAbilities out;
    const Json* all = find(params, {"capabilities"});
    if (all == nullptr) return out;
    const bool utf8 = lists(find(*all, {"general", "positionEncodings"}), "utf-8");
    out.encoding = utf8 ? Encoding::utf8 : Encoding::utf16;
    const Json* text = find(*all, {"textDocument"});
    if (text == nullptr) return out;
    out.markdown_hover = lists(find(*text, {"hover", "contentFormat"}), "markdown");
    out.markdown_items = lists(find(*text, {"completion", "completionItem", "documentationFormat"}), "markdown");
    out.related_notes = is_true(find(*text, {"publishDiagnostics", "relatedInformation"}));
    out.symbol_tree = is_true(find(*text, {"documentSymbol", "hierarchicalDocumentSymbolSupport"}));
    out.label_offsets =
        is_true(find(*text, {"signatureHelp", "signatureInformation", "parameterInformation", "labelOffsetSupport"}));
    return out;
}

}  // namespace

// All that the server does. A row has one of the handlers; `capability` is what `initialize` says of it.
struct Server::Method {
    std::string_view name;
    Json (*of_script)(const Asked&) = nullptr;
    Json (Server::*request)(const Json&) = nullptr;
    void (Server::*notification)(const Json&) = nullptr;
    std::string_view capability = {};
    std::string_view value = {};  // JSON
};

const Server::Method* Server::methods() {
    static const Method rows[] = {
        {"initialize", nullptr, &Server::initialize},
        {"shutdown", nullptr, &Server::shut_down},
        {"textDocument/didOpen", nullptr, nullptr, &Server::did_open, "textDocumentSync",
         R"({"openClose": true, "change": 2})"},
        {"textDocument/didChange", nullptr, nullptr, &Server::did_change},
        {"textDocument/didClose", nullptr, nullptr, &Server::did_close},
        {"textDocument/hover", hover, nullptr, nullptr, "hoverProvider", "true"},
        {"textDocument/completion", completion, nullptr, nullptr, "completionProvider",
         R"({"triggerCharacters": ["@", ":", ">", "."]})"},
        {"textDocument/signatureHelp", signature_help, nullptr, nullptr, "signatureHelpProvider",
         R"({"triggerCharacters": ["(", ","]})"},
        {"textDocument/definition", definition, nullptr, nullptr, "definitionProvider", "true"},
        {"textDocument/references", references, nullptr, nullptr, "referencesProvider", "true"},
        {"textDocument/documentHighlight", highlights, nullptr, nullptr, "documentHighlightProvider", "true"},
        {"textDocument/documentSymbol", document_symbols, nullptr, nullptr, "documentSymbolProvider", "true"},
        {"textDocument/formatting", formatting, nullptr, nullptr, "documentFormattingProvider", "true"},
        {},
    };
    return rows;
}

const Server::Method* Server::find_method(std::string_view name) {
    for (const Method* method = methods(); !method->name.empty(); ++method) {
        if (method->name == name) return method;
    }
    return nullptr;
}

void Server::take(std::string_view body) {
    Json message;
    try {
        message = parse(body);
    } catch (const RequestError& error) {
        return refuse(nullptr, error);
    }
    const Json* method = lsp::find(message, "method");
    const Json* id = lsp::find(message, "id");
    const Json* version = lsp::find(message, "jsonrpc");
    const bool is_response = method == nullptr && id != nullptr &&
                             (lsp::find(message, "result") != nullptr || lsp::find(message, "error") != nullptr);
    if (is_response) return;  // nothing is asked of clients
    const bool known = version != nullptr && *version == "2.0" && method != nullptr && method->is_string() &&
                       (id == nullptr || is_id(*id));
    if (!known) {
        return refuse(id != nullptr && is_id(*id) ? *id : Json(),
                      {ErrorCode::invalid_request, "the message is no request of JSON-RPC 2.0"});
    }
    if (*method == "$/cancelRequest") {
        const Json* which = find(message, {"params", "id"});
        const auto at = std::find_if(waiting_.begin(), waiting_.end(), [&](const Json& one) {
            const Json* of = lsp::find(one, "id");
            return which != nullptr && of != nullptr && *of == *which;
        });
        if (at == waiting_.end()) return;
        const Json cancelled = member(*at, "id");
        waiting_.erase(at);
        return refuse(cancelled, {ErrorCode::cancelled, "the request has been cancelled"});
    }
    waiting_.push_back(std::move(message));
}

void Server::serve() {
    const Json message = std::move(waiting_.front());
    waiting_.pop_front();
    static const Json none = Json::object();
    const Json* params = lsp::find(message, "params");
    const std::string& method = text(message, "method");
    const Json* id = lsp::find(message, "id");
    if (id != nullptr) {
        serve_request(method, *id, params == nullptr ? none : *params);
    } else {
        serve_notification(method, params == nullptr ? none : *params);
    }
}

void Server::serve_request(const std::string& name, const Json& id, const Json& params) {
    try {
        const Method* method = find_method(name);
        if (state_ == State::fresh && name != "initialize")
            throw RequestError{ErrorCode::not_initialized, fmt::format("`{}` comes before `initialize`", name)};
        if (state_ == State::shut_down)
            throw RequestError{ErrorCode::invalid_request, fmt::format("`{}` comes after `shutdown`", name)};
        if (method == nullptr || method->notification != nullptr)
            throw RequestError{ErrorCode::method_not_found, fmt::format("there is no request `{}`", name)};
        answer(id, result_of(*method, params));
    } catch (const RequestError& error) {
        refuse(id, error);
    } catch (const std::exception& error) {
        refuse(id, {ErrorCode::internal_error, fmt::format("internal error: {}", error.what())});
    }
}

Json Server::result_of(const Method& method, const Json& params) {
    if (method.request != nullptr) return (this->*method.request)(params);
    Document& asked = document(params);
    const Analysis& analysis = asked.analysis(checker_);
    return method.of_script({asked, analysis, checker_, params, client_});
}

// Those that nobody knows are passed over, as the protocol wants it; what is wrong with others is told in the log of
// the client, as there is no answer to a notification.
void Server::serve_notification(const std::string& name, const Json& params) {
    if (name == "exit") {
        left_ = true;
        return;
    }
    const Method* method = find_method(name);
    if (state_ != State::running || method == nullptr || method->notification == nullptr) return;
    try {
        (this->*method->notification)(params);
    } catch (const RequestError& error) {
        constexpr int as_error = 1;
        send_({{"jsonrpc", "2.0"},
               {"method", "window/logMessage"},
               {"params", {{"type", as_error}, {"message", fmt::format("{}: {}", name, error.message)}}}});
    }
}

void Server::answer(const Json& id, Json result) {
    send_({{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}});
}

void Server::refuse(const Json& id, const RequestError& error) {
    send_({{"jsonrpc", "2.0"},
           {"id", id},
           {"error", {{"code", static_cast<int>(error.code)}, {"message", error.message}}}});
}

void Server::refuse(const std::string& why) { refuse(nullptr, {ErrorCode::parse_error, why}); }

bool Server::check_one() {
    if (state_ != State::running) return false;
    for (auto& [uri, open] : documents_) {
        if (!open.unsaid) continue;
        const Analysis& analysis = open.analysis(checker_);
        open.unsaid = false;
        send_({{"jsonrpc", "2.0"},
               {"method", "textDocument/publishDiagnostics"},
               {"params", diagnostics(open, analysis, client_)}});
        return true;
    }
    return false;
}

// --- what belongs to the conversation --------------------------------------------------------------------------------

Json Server::initialize(const Json& params) {
    if (state_ != State::fresh) throw RequestError{ErrorCode::invalid_request, "`initialize` comes a second time"};
    if (!params.is_object()) throw RequestError{ErrorCode::invalid_params, "`params` is no object"};
    client_ = abilities_of(params);
    state_ = State::running;
    Json capabilities = {{"positionEncoding", client_.encoding == Encoding::utf8 ? "utf-8" : "utf-16"}};
    for (const Method* method = methods(); !method->name.empty(); ++method) {
        if (!method->capability.empty()) capabilities[std::string(method->capability)] = Json::parse(method->value);
    }
    return {{"capabilities", std::move(capabilities)},
            {"serverInfo", {{"name", "probevue"}, {"version", PROBEVUE_VERSION}}}};
}

Json Server::shut_down(const Json&) {
    state_ = State::shut_down;
    return nullptr;
}

Document& Server::document(const Json& params) {
    const std::string& uri = text(member(params, "textDocument"), "uri");
    const auto at = documents_.find(uri);
    if (at == documents_.end())
        throw RequestError{ErrorCode::invalid_params, fmt::format("the document `{}` is not open", uri)};
    return at->second;
}

namespace {

std::optional<int64_t> version_of(const Json& document) {
    const Json* version = find(document, {"version"});
    if (version == nullptr || !version->is_number_integer()) return std::nullopt;
    return version->get<int64_t>();
}

}  // namespace

void Server::did_open(const Json& params) {
    const Json& opened = member(params, "textDocument");
    const std::string& uri = text(opened, "uri");
    documents_.insert_or_assign(uri, Document(uri, version_of(opened), text(opened, "text"), client_.encoding));
}

// Changes hold all together: of several the first may be right and the second wrong.
void Server::did_change(const Json& params) {
    Document& changed = document(params);
    const Json& changes = member(params, "contentChanges");
    if (!changes.is_array()) throw RequestError{ErrorCode::invalid_params, "`contentChanges` is no array"};
    Document next = changed;
    for (const Json& change : changes) next.change(change);
    next.version(version_of(member(params, "textDocument")));
    changed = std::move(next);
}

void Server::did_close(const Json& params) {
    const std::string uri = document(params).uri();
    documents_.erase(uri);
    send_({{"jsonrpc", "2.0"},
           {"method", "textDocument/publishDiagnostics"},
           {"params", {{"uri", uri}, {"diagnostics", Json::array()}}}});
}

}  // namespace probevue::lsp
