// Lines of JSON besides those of records: of tests and of checks.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "runtime/sinks/json_text.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {

// Members of an object, written into a buffer; the braces are the caller's.
class JsonObject {
public:
    explicit JsonObject(TextBuffer& to) : text_(to) {}

    void key(std::string_view name) {
        if (!first_) text_.push(',');
        first_ = false;
        append_json_string(text_, name);
        text_.push(':');
    }
    void string(std::string_view name, std::string_view value) {
        key(name);
        append_json_string(text_, value);
    }
    template <typename Number>
    void number(std::string_view name, Number value) {
        key(name);
        text_.append(fmt::format("{}", value));
    }
    void boolean(std::string_view name, bool value) {
        key(name);
        text_.append(value ? "true" : "false");
    }
    template <typename Strings>
    void strings(std::string_view name, const Strings& values) {
        key(name);
        text_.push('[');
        append_all(text_, values, [&](const std::string& value) { append_json_string(text_, value); });
    }
    // An array of objects; `append` writes the members of one.
    template <typename Items, typename Append>
    void objects(std::string_view name, const Items& items, Append&& append) {
        key(name);
        text_.push('[');
        append_all(text_, items, [&](const auto& item) {
            text_.push('{');
            JsonObject object(text_);
            append(object, item);
            text_.push('}');
        });
    }
    TextBuffer& buffer() { return text_; }

private:
    TextBuffer& text_;
    bool first_ = true;
};

// An object on a line of its own.
class JsonLine : private TextBuffer, public JsonObject {
public:
    explicit JsonLine(std::string_view type) : JsonObject(static_cast<TextBuffer&>(*this)) {
        push('{');
        string("type", type);
    }

    std::string take() {
        append("}\n");
        return std::string(view());
    }
};

}  // namespace probevue
