// The state of a conversation with an editor: from messages to handlers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/lsp/document.h"
#include "runtime/lsp/features.h"
#include "runtime/lsp/json.h"

namespace probevue::lsp {

class Server {
public:
    // `send` is given the body of each message.
    Server(Options options, std::function<void(const Json&)> send)
        : checker_(std::move(options)), send_(std::move(send)) {}

    // A message has come. It waits for serve(), so that what comes behind it can cancel it.
    void take(std::string_view body);
    // Messages that wait for serve().
    size_t waiting() const { return waiting_.size(); }
    // Handles the one that has waited longest.
    void serve();
    // Checks one document whose client does not know yet what it is found to be. False: there is none.
    bool check_one();
    // Tells the client that its messages cannot be read any more.
    void refuse(const std::string& why);

    bool left() const { return left_; }
    bool was_shut_down() const { return state_ == State::shut_down; }

private:
    enum class State : uint8_t { fresh, running, shut_down };
    struct Method;
    static const Method* methods();  // the last one has no name
    static const Method* find_method(std::string_view name);

    void serve_request(const std::string& method, const Json& id, const Json& params);
    Json result_of(const Method& method, const Json& params);
    void serve_notification(const std::string& method, const Json& params);
    void answer(const Json& id, Json result);
    void refuse(const Json& id, const RequestError& error);
    bool is_cancelled(const Json& id);

    Json initialize(const Json& params);
    Json shut_down(const Json& params);
    void did_open(const Json& params);
    void did_change(const Json& params);
    void did_close(const Json& params);

    Document& document(const Json& params);

    ScriptChecker checker_;
    std::function<void(const Json&)> send_;
    ClientAbilities client_;
    State state_ = State::fresh;
    bool left_ = false;
    std::map<std::string, Document, std::less<>> documents_;  // by URI
    std::deque<Json> waiting_;
};

}  // namespace probevue::lsp
