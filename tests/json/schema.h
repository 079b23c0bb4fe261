// Checks JSON against the part of JSON Schema that docs/json-schema.json uses. A keyword that is not known here fails
// the check, so that the schema cannot outgrow it.
#pragma once

#include <cctype>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace json_test {

// --- a small JSON reader; numbers keep their text -------------------------------------------------------------------

struct Json {
    enum class Kind { null, boolean, number, string, array, object };
    Kind kind = Kind::null;
    std::string text;                // number, string; "true" and "false"
    std::vector<Json> items;         // of an array; of an object its values
    std::vector<std::string> names;  // of an object

    const Json* find(std::string_view name) const {
        for (size_t i = 0; i < names.size(); ++i) {
            if (names[i] == name) return &items[i];
        }
        return nullptr;
    }
    const Json& operator[](std::string_view name) const {
        const Json* found = find(name);
        if (found == nullptr) throw std::runtime_error("no member " + std::string(name));
        return *found;
    }
};

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    static Json read(std::string_view text) {
        Reader reader(text);
        Json json = reader.value();
        reader.blanks();
        if (reader.at_ != text.size()) reader.refuse("text behind the value");
        return json;
    }

private:
    [[noreturn]] void refuse(const std::string& why) const {
        throw std::runtime_error(why + " at " + std::to_string(at_) + " of " + std::string(text_));
    }
    void blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }
    char peek() {
        blanks();
        if (at_ >= text_.size()) refuse("end");
        return text_[at_];
    }
    bool take(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }
    void need(char c) {
        if (!take(c)) refuse(std::string("no ") + c);
    }

    Json value() {
        Json json;
        const char c = peek();
        if (c == '{') {
            json.kind = Json::Kind::object;
            need('{');
            if (take('}')) return json;
            do {
                peek();
                json.names.push_back(string());
                need(':');
                json.items.push_back(value());
            } while (take(','));
            need('}');
        } else if (c == '[') {
            json.kind = Json::Kind::array;
            need('[');
            if (take(']')) return json;
            do {
                json.items.push_back(value());
            } while (take(','));
            need(']');
        } else if (c == '"') {
            json.kind = Json::Kind::string;
            json.text = string();
        } else if (c == 't' || c == 'f') {
            json.kind = Json::Kind::boolean;
            json.text = c == 't' ? "true" : "false";
            if (text_.substr(at_, json.text.size()) != json.text) refuse("no value");
            at_ += json.text.size();
        } else {
            json.kind = Json::Kind::number;
            static const std::regex number("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
            std::cmatch match;
            if (!std::regex_search(text_.data() + at_, text_.data() + text_.size(), match, number,
                                   std::regex_constants::match_continuous)) {
                refuse("no value");
            }
            json.text = match.str();
            at_ += json.text.size();
        }
        return json;
    }

    // Escapes \uXXXX stay as they are written, which the tests compare.
    std::string string() {
        if (at_ >= text_.size() || text_[at_] != '"') refuse("no string");
        ++at_;
        std::string out;
        while (true) {
            if (at_ >= text_.size()) refuse("open string");
            const char c = text_[at_++];
            if (c == '"') return out;
            if (static_cast<unsigned char>(c) < 0x20) refuse("bare control character");
            if (c != '\\') {
                out += c;
                continue;
            }
            const char escape = at_ < text_.size() ? text_[at_++] : '\0';
            switch (escape) {
                case 'n':
                    out += '\n';
                    break;
                case 't':
                    out += '\t';
                    break;
                case 'r':
                    out += '\r';
                    break;
                case '"':
                case '\\':
                    out += escape;
                    break;
                case 'u':
                    out += "\\u";
                    break;
                default:
                    refuse("unknown escape");
            }
        }
    }

    std::string_view text_;
    size_t at_ = 0;
};

// --- the part of JSON Schema that ours uses --------------------------------------------------------------------------

class Schema {
public:
    explicit Schema(Json root) : root_(std::move(root)) {}

    // Empty, or why `json` does not follow the schema.
    std::string check(const Json& json) const { return check(root_, json); }

private:
    static bool has_type(const Json& json, const std::string& type) {
        switch (json.kind) {
            case Json::Kind::object:
                return type == "object";
            case Json::Kind::array:
                return type == "array";
            case Json::Kind::string:
                return type == "string";
            case Json::Kind::number:
                return type == "number" || (type == "integer" && json.text.find_first_of(".eE") == std::string::npos);
            case Json::Kind::boolean:
                return type == "boolean";
            default:
                return false;
        }
    }

    std::string check(const Json& schema, const Json& json) const {
        static const std::set<std::string> known = {
            "$schema", "title",      "description", "$defs",   "$ref",
            "oneOf",   "anyOf",      "type",        "const",   "enum",
            "pattern", "properties", "required",    "minimum", "additionalProperties",
            "items",   "minItems"};
        for (const std::string& name : schema.names) {
            if (!known.contains(name)) return "keyword " + name + " is not understood";
            const std::string problem = keyword(schema, name, schema[name], json);
            if (!problem.empty()) return problem;
        }
        return {};
    }

    std::string keyword(const Json& schema, const std::string& name, const Json& value, const Json& json) const {
        if (name == "$ref") return check(root_["$defs"][value.text.substr(std::string("#/$defs/").size())], json);
        if (name == "oneOf" || name == "anyOf") return alternatives(name, value, json);
        if (name == "type") {
            if (value.kind == Json::Kind::string) return has_type(json, value.text) ? "" : "not of type " + value.text;
            for (const Json& type : value.items) {
                if (has_type(json, type.text)) return {};
            }
            return "of no listed type";
        }
        if (name == "const") return json.text == value.text ? "" : "not " + value.text;
        if (name == "enum") {
            for (const Json& choice : value.items) {
                if (choice.text == json.text) return {};
            }
            return json.text + " is not in the enum";
        }
        if (name == "pattern")
            return std::regex_search(json.text, std::regex(value.text)) ? "" : json.text + " fits no pattern";
        if (name == "minimum") return json.text.starts_with('-') ? "negative" : "";
        if (name == "minItems") return json.items.size() >= std::stoul(value.text) ? "" : "too few items";
        if (name == "items") {
            for (const Json& item : json.items) {
                const std::string problem = check(value, item);
                if (!problem.empty()) return problem;
            }
        }
        if (name == "required") {
            for (const Json& member : value.items) {
                if (json.find(member.text) == nullptr) return "no " + member.text;
            }
        }
        if (name == "properties") {
            for (const std::string& member : value.names) {
                const Json* found = json.find(member);
                const std::string problem = found == nullptr ? "" : check(value[member], *found);
                if (!problem.empty()) return member + ": " + problem;
            }
        }
        if (name == "additionalProperties") {
            for (const std::string& member : json.names) {
                if (schema["properties"].find(member) == nullptr) return "surplus member " + member;
            }
        }
        return {};
    }

    std::string alternatives(const std::string& name, const Json& choices, const Json& json) const {
        size_t fitting = 0;
        std::string problems;
        for (const Json& choice : choices.items) {
            const std::string problem = check(choice, json);
            if (problem.empty()) ++fitting;
            problems += problem + "; ";
        }
        if (fitting == 1 || (name == "anyOf" && fitting > 0)) return {};
        return fitting == 0 ? problems : "fits several alternatives";
    }

    Json root_;
};

}  // namespace json_test
