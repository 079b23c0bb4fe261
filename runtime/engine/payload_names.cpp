#include "runtime/engine/payload_names.h"

#include <algorithm>
#include <array>
#include <optional>

#include "builtins/http_names.h"

namespace probevue {
namespace {

// Bytes of which lengths in front of them said how many there are; fewer may have been captured.
class Reader {
public:
    Reader(std::span<const uint8_t> there, size_t said)
        : there_(there.first(std::min(there.size(), said))), said_(said) {}
    explicit Reader(std::span<const uint8_t> there) : Reader(there, there.size()) {}

    // Big-endian. Nothing where it is not there whole, and from then on.
    std::optional<uint32_t> number(size_t width) {
        if (width > there_.size()) return std::nullopt;
        uint32_t value = 0;
        for (const uint8_t byte : there_.first(width)) value = value << 8 | byte;
        skip(width);
        return value;
    }

    // The next `size` bytes, as far as they are there; nothing when they cannot be inside of these.
    std::optional<Reader> part(std::optional<size_t> size) {
        if (!size || *size > said_) return std::nullopt;
        const Reader out(there_, *size);
        skip(*size);
        return out;
    }
    // The same with the size, a number of so many bytes, in front of them.
    std::optional<Reader> sized_part(size_t width) { return part(number(width)); }

    bool whole() const { return there_.size() == said_; }
    std::span<const uint8_t> there() const { return there_; }

private:
    void skip(size_t size) {
        said_ -= size;
        there_ = there_.subspan(std::min(size, there_.size()));
    }

    std::span<const uint8_t> there_;
    size_t said_;
};

void append_byte(std::string& to, uint8_t byte, std::string_view escaped, uint8_t least) {
    if (byte < least || byte > '~') {
        const std::array<char, 4> code = {'\\', static_cast<char>('0' + byte / 100),
                                          static_cast<char>('0' + byte / 10 % 10), static_cast<char>('0' + byte % 10)};
        to.append(code.data(), code.size());
        return;
    }
    const char c = static_cast<char>(byte);
    if (escaped.find(c) != std::string_view::npos) to += '\\';
    to += c;
}

// --- DNS ---

constexpr size_t dns_header = 12;
constexpr size_t longest_name = 255;  // in octets, those of lengths and the root included
constexpr size_t longest_label = 63;

// Query, IQuery, Status, Notify, Update, stateful operations (RFC 6895, 8490).
bool is_opcode(uint32_t opcode) { return opcode <= 6 && opcode != 3; }

// IN, CH, HS, NONE, ANY (RFC 6895); the first bit is no part of it in multicast DNS (RFC 6762, 18.12).
bool is_class(uint32_t number) {
    const uint32_t of = number & 0x7fff;
    return of == 1 || of == 3 || of == 4 || of == 254 || of == 255;
}

// A pointer leads to a name that stood before (RFC 1035, 4.1.4). Before the first there is none, so that a pointer here
// can only lead in a circle or astray.
std::optional<std::string> first_name(Reader& message) {
    std::string out;
    size_t octets = 1;
    for (;;) {
        const std::optional<uint32_t> size = message.number(1);
        if (!size || *size > longest_label) return std::nullopt;
        if (*size == 0) return out.empty() ? "." : out;
        octets += 1 + *size;
        const std::optional<Reader> label = message.part(*size);
        if (octets > longest_name || !label || !label->whole()) return std::nullopt;
        if (!out.empty()) out += '.';
        for (const uint8_t byte : label->there()) append_byte(out, byte, ".\\", '!');
    }
}

std::optional<std::string> question_of(Reader message) {
    std::optional<Reader> header = message.part(dns_header);
    if (!header || !header->whole()) return std::nullopt;
    header->number(2);  // identifier
    const uint32_t flags = header->number(2).value_or(0);
    if (!is_opcode(flags >> 11 & 15) || header->number(2) == 0U) return std::nullopt;
    std::optional<std::string> name = first_name(message);
    const std::optional<uint32_t> type = message.number(2);
    const std::optional<uint32_t> of_class = message.number(2);
    if (!type || !of_class || !is_class(*of_class)) return std::nullopt;
    return name;
}

// --- TLS ---

constexpr uint32_t record_of_handshake = 22;
constexpr uint32_t longest_record = 1 << 14;
constexpr uint32_t client_hello = 1;
constexpr uint32_t server_name_extension = 0;
constexpr uint32_t host_name = 0;
constexpr size_t longest_host = 255;

// What a ClientHello has of extensions; nothing when it is none.
std::optional<Reader> hello_extensions(Reader stream) {
    const std::optional<uint32_t> type = stream.number(1);
    const std::optional<uint32_t> version = stream.number(2);
    const std::optional<uint32_t> length = stream.number(2);
    if (type != record_of_handshake || !version || *version >> 8 != 3 || !length || *length > longest_record)
        return std::nullopt;
    Reader record(stream.there(), *length);
    const std::optional<uint32_t> message = record.number(1);
    const std::optional<uint32_t> size = record.number(3);
    if (message != client_hello || !size) return std::nullopt;
    Reader hello(record.there(), *size);  // further records may have the rest
    const std::optional<uint32_t> highest = hello.number(2);
    if (!highest || *highest >> 8 != 3 || !hello.part(32)) return std::nullopt;  // random
    if (!hello.sized_part(1) || !hello.sized_part(2) || !hello.sized_part(1)) return std::nullopt;
    return hello.sized_part(2);  // behind session, cipher suites and compression
}

std::string host_of(Reader extension) {
    std::optional<Reader> names = extension.sized_part(2);
    while (names) {
        const std::optional<uint32_t> type = names->number(1);
        const std::optional<Reader> name = names->sized_part(2);
        if (!type || !name) break;
        if (*type != host_name) continue;
        std::string out;
        if (!name->whole() || name->there().size() > longest_host) break;
        for (const uint8_t byte : name->there()) append_byte(out, byte, "\\", '!');
        return out;
    }
    return {};
}

// --- HTTP ---

bool same_letters(std::string_view a, std::string_view b) {
    const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, small, small);
}

std::string_view without_blanks(std::string_view text) {
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The next line, which is taken off; nothing when its end is not there.
std::optional<std::string_view> next_line(std::string_view& text) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    text.remove_prefix(end + 1);
    return line;
}

bool is_version(std::string_view word) {
    const auto digit = [&](size_t at) { return word[at] >= '0' && word[at] <= '9'; };
    return word.size() == 8 && word.starts_with("HTTP/") && word[6] == '.' && digit(5) && digit(7);
}

// The first line of a message: its first two words and what is behind them.
struct FirstLine {
    std::array<std::string_view, 3> words;
    bool is_answer = false;
};

std::optional<FirstLine> first_line(std::string_view line) {
    FirstLine out;
    for (size_t i = 0; i < 2; ++i) {
        const size_t end = std::min(line.find(' '), line.size());
        out.words[i] = line.substr(0, end);
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    out.words[2] = line;
    out.is_answer = is_version(out.words[0]);
    const std::string_view status = out.words[1];
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (out.is_answer ? status.size() != 3 || !std::ranges::all_of(status, digit)
                      : !is_http_token(out.words[0]) || status.empty() || !is_version(out.words[2]))
        return std::nullopt;
    return out;
}

// A value goes on in lines that begin with white space (RFC 9112, 5.2): one blank stands for what is between.
std::string whole_value(std::string_view value, std::string_view rest) {
    std::string out(without_blanks(value));
    while (rest.starts_with(' ') || rest.starts_with('\t')) {
        const std::optional<std::string_view> more = next_line(rest);
        if (!more) return {};
        out += ' ';
        out += without_blanks(*more);
    }
    return out;
}

std::string field_of(std::string_view text, std::string_view name) {
    const std::optional<std::string_view> start = next_line(text);
    const std::optional<FirstLine> first = start ? first_line(*start) : std::nullopt;
    if (!first) return {};
    if (const HttpPart* part = find_http_part(name))
        return part->of_answer == first->is_answer ? std::string(first->words[part->word]) : std::string();
    while (const std::optional<std::string_view> line = next_line(text)) {
        if (line->empty()) break;
        const size_t colon = line->find(':');
        if (colon != std::string_view::npos && same_letters(line->substr(0, colon), name))
            return whole_value(line->substr(colon + 1), text);
    }
    return {};
}

}  // namespace

std::string dns_question_name(std::span<const uint8_t> bytes) {
    if (std::optional<std::string> name = question_of(Reader(bytes))) return *std::move(name);
    Reader stream(bytes);
    const std::optional<uint32_t> length = stream.number(2);
    if (!length) return {};
    return question_of(Reader(stream.there(), *length)).value_or("");
}

std::string tls_server_name(std::span<const uint8_t> bytes) {
    std::optional<Reader> extensions = hello_extensions(Reader(bytes));
    while (extensions) {
        const std::optional<uint32_t> type = extensions->number(2);
        const std::optional<Reader> extension = extensions->sized_part(2);
        if (!type || !extension) break;
        if (*type == server_name_extension) return host_of(*extension);
    }
    return {};
}

std::string http_field_value(std::span<const uint8_t> bytes, std::string_view name) {
    const std::string value = field_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name);
    std::string out;
    for (const char c : value) append_byte(out, static_cast<uint8_t>(c), "", ' ');
    return out;
}

}  // namespace probevue
