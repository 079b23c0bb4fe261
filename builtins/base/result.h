// Result<T>: a value, or an error that says what, where and what to do. (The standard library of g++ 12 with clang 14
// has no std::expected, and Debian 12 packages none.)
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace probevue {

// Exit statuses of the command (docs/command.md). An Error carries the one it leads to.
enum class ExitStatus : int {
    ok = 0,
    run_time = 1,    // run-time failure: a file cut off, a write that failed
    usage = 2,       // usage or compile error
    permission = 3,  // permission missing, or the kernel refuses
    loss = 4,        // something was lost and --fail-on-loss was given
};

// One clear message. `message` is lower case without a full stop; `hint` (may be empty) says what to do.
struct Error {
    std::string message;
    std::string hint;
    ExitStatus status = ExitStatus::run_time;
};

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T& value() & { return assert(has_value()), *std::get_if<0>(&state_); }
    const T& value() const& { return assert(has_value()), *std::get_if<0>(&state_); }
    T&& value() && { return assert(has_value()), std::move(*std::get_if<0>(&state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const { return assert(!has_value()), *std::get_if<1>(&state_); }

private:
    std::variant<T, Error> state_;
};

// The outcome of something that gives no value.
class [[nodiscard]] Status {
public:
    Status() = default;
    Status(Error error) : error_(std::move(error)) {}

    explicit operator bool() const { return !error_.has_value(); }
    const Error& error() const { return assert(error_.has_value()), *error_; }

private:
    std::optional<Error> error_;
};

inline Error fail(std::string message, std::string hint = {}, ExitStatus status = ExitStatus::run_time) {
    return Error{std::move(message), std::move(hint), status};
}

}  // namespace probevue
