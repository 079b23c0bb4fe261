// Names in payload: what they are in good messages, and that nothing is read beyond bad ones. Messages lie in blocks of
// the heap that are as long as they are, so that a sanitizer sees each byte too much.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "builtins/http_names.h"
#include "runtime/engine/payload_names.h"

namespace probevue::test {
namespace {

using Bytes = std::vector<uint8_t>;
using Parser = std::function<std::string(std::span<const uint8_t>)>;

Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }
Bytes number(size_t value, size_t width) {
    Bytes out;
    for (size_t i = width; i-- > 0;) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
    return out;
}
// With its length, a number of so many bytes, in front.
Bytes sized(const Bytes& inner, size_t width) { return number(inner.size(), width) + inner; }

std::string parsed(const Parser& parser, const Bytes& message) {
    const std::unique_ptr<uint8_t[]> exact(new uint8_t[message.size()]);
    std::copy(message.begin(), message.end(), exact.get());
    return parser({exact.get(), message.size()});
}
std::string dns(const Bytes& message) { return parsed(dns_question_name, message); }
std::string tls(const Bytes& message) { return parsed(tls_server_name, message); }
std::string http(std::string_view message, std::string_view name) {
    return parsed([&](std::span<const uint8_t> part) { return http_field_value(part, name); }, bytes(message));
}

Bytes labels(const std::vector<std::string>& parts) {
    Bytes out;
    for (const std::string& part : parts) out = out + sized(bytes(part), 1);
    return out + Bytes{0};
}

Bytes question(const Bytes& name, size_t flags = 0x0100, size_t questions = 1, size_t of_class = 1) {
    return number(0x1234, 2) + number(flags, 2) + number(questions, 2) + number(0, 6) + name + number(1, 2) +
           number(of_class, 2);
}

Bytes extension(size_t type, const Bytes& inner) { return number(type, 2) + sized(inner, 2); }
Bytes server_name(const Bytes& name) { return extension(0, sized(Bytes{0} + sized(name, 2), 2)); }

Bytes hello(const Bytes& extensions) {
    const Bytes body = number(0x0303, 2) + Bytes(32, 7) + sized(Bytes(32, 8), 1) + sized(number(0x13011302, 4), 2) +
                       sized(Bytes{0}, 1) + sized(extensions, 2);
    return Bytes{1} + sized(body, 3);
}
Bytes record(const Bytes& inner) { return Bytes{22, 3, 1} + sized(inner, 2); }

const Bytes other = extension(0x000a, number(0x0002001d, 4));

TEST_CASE("the name that a DNS message asks for") {
    CHECK(dns(question(labels({"www", "example", "com"}))) == "www.example.com");
    CHECK(dns(question(labels({"WwW", "Example"}), 0x8183)) == "WwW.Example");  // as written, in answers too
    CHECK(dns(question(labels({}))) == ".");
    CHECK(dns(question(labels({"_dns", "local"}), 0, 3, 0x8001)) == "_dns.local");  // multicast: unicast is asked for
    CHECK(dns(question(labels({"a.b", "c\\d", "e f", std::string("\0\x1b[m\x7f\xff", 6)}))) ==
          R"(a\.b.c\\d.e\032f.\000\027[m\127\255)");
    for (const size_t of_class : {1U, 3U, 4U, 254U, 255U}) CHECK(dns(question(labels({"a"}), 0, 1, of_class)) == "a");
}

TEST_CASE("over TCP a message has its length in front") {
    const Bytes message = question(labels({"www", "example", "com"}));
    CHECK(dns(sized(message, 2)) == "www.example.com");
    CHECK(dns(sized(message + Bytes(600, 1), 2)) == "www.example.com");
    CHECK(dns(number(5000, 2) + message) == "www.example.com");              // the rest comes in further segments
    CHECK(dns(sized(message, 2) + sized(message, 2)) == "www.example.com");  // two at once
    CHECK(dns(number(message.size() - 1, 2) + message) == "");               // less than the question
    CHECK(dns(sized(question(labels({})), 2)) == ".");
}

TEST_CASE("what is no question of DNS has no name") {
    CHECK(dns({}) == "");
    CHECK(dns(Bytes(12, 0)) == "");
    CHECK(dns(question(labels({"a"}), 0x0100, 0)) == "");      // no question
    CHECK(dns(question(labels({"a"}), 0x1800)) == "");         // no such opcode
    CHECK(dns(question(labels({"a"}), 0x7800)) == "");         // nor this
    CHECK(dns(question(labels({"a"}), 0x0100, 1, 2)) == "");   // no such class
    CHECK(dns(question(Bytes{0xc0, 12})) == "");               // a pointer to itself
    CHECK(dns(question(Bytes{1, 'a', 0xc0, 12})) == "");       // in a circle
    CHECK(dns(question(Bytes{1, 'a', 0xc0, 4})) == "");        // into the header
    CHECK(dns(question(Bytes{0xc0, 14, 1, 'a', 0})) == "");    // forward
    CHECK(dns(question(Bytes{0xff, 0xff, 1, 'a', 0})) == "");  // beyond the message
    CHECK(dns(question(Bytes{0x41, 'a', 0})) == "");           // reserved kinds of labels
    CHECK(dns(question(Bytes{0x80, 'a', 0})) == "");
    CHECK(dns(question(sized(Bytes(63, 'a'), 1) + Bytes{0})) == std::string(63, 'a'));
    CHECK(dns(question(sized(Bytes(64, 'a'), 1) + Bytes{0})) == "");
    CHECK(dns(bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == "");
    const std::string most(63, 'a');
    CHECK(dns(question(labels({most, most, most, std::string(61, 'b')}))).size() == 253);  // 255 octets
    CHECK(dns(question(labels({most, most, most, std::string(62, 'b')}))) == "");
    CHECK(dns(question(labels(std::vector<std::string>(127, "a")))).size() == 253);
    CHECK(dns(question(labels(std::vector<std::string>(128, "a")))) == "");
    const std::string worst(63, '\xff');
    CHECK(dns(question(labels({worst, worst, worst, std::string(61, '\xff')}))).size() ==
          1003);  // what dns_name() holds
}

TEST_CASE("the server that a TLS hello asks for") {
    CHECK(tls(record(hello(server_name(bytes("example.com"))))) == "example.com");
    CHECK(tls(record(hello(other + server_name(bytes("example.com")) + other))) == "example.com");
    CHECK(tls(record(hello(other))) == "");
    CHECK(tls(record(hello({}))) == "");
    CHECK(tls(record(hello(extension(0, {})))) == "");  // as servers answer
    CHECK(tls(record(hello(server_name(bytes("a\x1b[m b\\"))))) == R"(a\027[m\032b\\)");
    CHECK(tls(record(hello(server_name(Bytes(255, 0xff))))).size() == 1020);  // what tls_sni() holds
    CHECK(tls(record(hello(server_name(Bytes(256, 'a'))))) == "");
    const Bytes two = sized(Bytes{9} + sized(bytes("other"), 2) + Bytes{0} + sized(bytes("host"), 2), 2);
    CHECK(tls(record(hello(extension(0, two)))) == "host");  // a kind of name that nobody has defined before it
}

TEST_CASE("a TLS hello in two segments or records has its name where that is whole") {
    const Bytes whole = record(hello(other + server_name(bytes("example.com")) + extension(21, Bytes(2000, 0))));
    const Bytes name = bytes("example.com");
    const auto end =
        static_cast<size_t>(std::search(whole.begin(), whole.end(), name.begin(), name.end()) - whole.begin()) +
        name.size();
    for (size_t size = 0; size <= whole.size(); ++size) {
        CAPTURE(size);
        const Bytes segment(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK(tls(segment) == (size < end ? "" : "example.com"));
    }
    const Bytes message = hello(server_name(bytes("example.com")) + extension(21, Bytes(2000, 0)));
    const auto cut = [&](std::ptrdiff_t at) {
        return record({message.begin(), message.begin() + at}) + record({message.begin() + at, message.end()});
    };
    CHECK(tls(cut(500)) == "example.com");
    CHECK(tls(cut(90)) == "");  // the name goes on in the second record
}

TEST_CASE("lengths in a TLS hello that cannot be, and what is no hello") {
    const Bytes good = record(hello(server_name(bytes("example.com"))));
    const auto with = [&](size_t at, uint8_t value) {
        Bytes changed = good;
        changed[at] = value;
        return tls(changed);
    };
    CHECK(with(0, 23) == "");     // application data
    CHECK(with(1, 2) == "");      // no version of TLS
    CHECK(with(5, 2) == "");      // what a server says
    CHECK(with(3, 0xff) == "");   // a record of 65,280 bytes
    CHECK(with(43, 0xff) == "");  // a session that fills the message
    CHECK(with(4, 10) == "");     // the record ends before the name
    CHECK(with(8, 10) == "");     // the message does
    const size_t extensions = good.size() - 22;
    CHECK(with(extensions + 1, 19) == "");  // all extensions are shorter than the one
    CHECK(with(extensions + 1, 0xff) == "");
    CHECK(with(extensions + 5, 17) == "");   // longer than all
    CHECK(with(extensions + 7, 15) == "");   // the list is longer than the extension
    CHECK(with(extensions + 7, 13) == "");   // and shorter than the name
    CHECK(with(extensions + 10, 12) == "");  // the name is longer than the list
    CHECK(with(extensions + 8, 1) == "");    // no name of a host
    CHECK(tls(good) == "example.com");
    CHECK(tls(bytes("GET / HTTP/1.1\r\n\r\n")) == "");
}

TEST_CASE("fields of HTTP") {
    const std::string request =
        "GET /a?b=c HTTP/1.1\r\nAccept: */*\r\nhOsT:  example.com:80 \t\r\nX-Host: other\r\nHost: again\r\n\r\nHost: "
        "body\r\n";
    CHECK(http(request, "Host") == "example.com:80");
    CHECK(http(request, "HOST") == "example.com:80");
    CHECK(http(request, "x-host") == "other");
    CHECK(http(request, "hos") == "");
    CHECK(http(request, "Cookie") == "");
    CHECK(http(request, ":method") == "GET");
    CHECK(http(request, ":path") == "/a?b=c");
    CHECK(http(request, ":status") == "");
    const std::string answer = "HTTP/1.1 404 Not Found\nServer: one\n\nX: y\n";  // lines that end as they should not
    CHECK(http(answer, ":status") == "404");
    CHECK(http(answer, ":method") == "");
    CHECK(http(answer, "server") == "one");
    CHECK(http(answer, "x") == "");  // of the body
    CHECK(http("HTTP/1.0 200\r\n\r\n", ":status") == "200");
    CHECK(http("GET / HTTP/1.1\r\nA: one\r\n\t two\r\n  three\r\nB: x\r\n\r\n", "a") == "one two three");
    CHECK(http("GET / HTTP/1.1\r\nA:\r\nB: x\r\n\r\n", "a") == "");
    CHECK(http("GET / HTTP/1.1\r\nA: \x1b[m\xe9\\\t|\r\n\r\n", "a") == R"(\027[m\233\\009|)");
}

TEST_CASE("what is no header of HTTP, and lines that are cut") {
    for (const char* text :
         {"", "\r\n", "GET /\r\nHost: a\r\n\r\n", "GET  HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1\r\nHost: a\r\n\r\n",
          "GET / x HTTP/1.1\r\nHost: a\r\n\r\n", "G,T / HTTP/1.1\r\nHost: a\r\n\r\n",
          "HTTP/1.1 20 x\r\nHost: a\r\n\r\n", "HTTP/1.1 2xx x\r\nHost: a\r\n\r\n", "SIP/2.0 200 OK\r\nHost: a\r\n\r\n",
          "Host: a\r\n\r\n", "GET / HTTP/1.1 Host: a", "GET / HTTP/1.1\r\nHost: a"}) {
        CAPTURE(text);
        CHECK(http(text, "Host") == "");
    }
    CHECK(http("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "Host") == "");
    CHECK(http("GET / HTTP/1.1\r\nHost\r\n\r\n", "Host") == "");
    CHECK(http("GET / HTTP/1.1\r\nHost: a\r\n", "Host") == "a");   // the header goes on in another segment
    CHECK(http("GET / HTTP/1.1\r\nHost: a\r\n b", "Host") == "");  // so does the value
    CHECK(http("GET /long", ":path") == "");
}

TEST_CASE("names that http_field() takes") {
    for (const char* name : {"Host", "x-forwarded-for", "A1_!", "_"}) CHECK(is_http_token(name));
    for (const char* name : {"", "Host:", "a b", "a\n", ":path", "\xe9"}) CHECK_FALSE(is_http_token(name));
    REQUIRE(find_http_part(":path") != nullptr);
    CHECK(find_http_part("path") == nullptr);
    for (const HttpPart& part : http_parts()) {
        CHECK(part.word < 2);
        CHECK(find_http_part(part.name) == &part);
    }
}

struct Sample {
    Bytes message;
    std::string name;
};

std::vector<Sample> samples() {
    return {
        {question(labels({"www", "example", "com"})), "www.example.com"},
        {sized(question(labels({"mail", "example"}), 0x8180), 2), "mail.example"},
        {record(hello(other + server_name(bytes("example.com")) + other)), "example.com"},
        {bytes("GET / HTTP/1.1\r\nA: b\r\n c\r\nHost: example.com\r\nX: y\r\n\r\n"), "example.com"},
    };
}

const std::vector<Parser>& parsers() {
    static const std::vector<Parser> all = {
        dns_question_name, tls_server_name,
        [](std::span<const uint8_t> part) { return http_field_value(part, "Host"); },
        [](std::span<const uint8_t> part) { return http_field_value(part, ":path"); }};
    return all;
}

TEST_CASE("every beginning of a message has the whole name, or none") {
    for (const Sample& sample : samples()) {
        CAPTURE(sample.name);
        size_t named = 0;
        for (size_t size = 0; size <= sample.message.size(); ++size) {
            const Bytes part(sample.message.begin(), sample.message.begin() + static_cast<std::ptrdiff_t>(size));
            for (size_t i = 0; i < 3; ++i) {
                const std::string name = parsed(parsers()[i], part);
                CHECK_MESSAGE((name.empty() || name == sample.name), name);
                named += name.empty() ? 0 : 1;
            }
        }
        CHECK(named >= 1);
    }
}

// Changes, takes out or puts in some bytes, most often such as lengths are.
Bytes mutated(Bytes message, std::mt19937& random) {
    const auto below = [&](size_t most) { return static_cast<size_t>(random()) % most; };
    const uint8_t telling[] = {0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff, '\r', '\n', ' ', ':'};
    for (size_t edits = 1 + below(4); edits > 0 && !message.empty(); --edits) {
        const auto at = message.begin() + static_cast<std::ptrdiff_t>(below(message.size()));
        const auto value = below(2) == 0 ? static_cast<uint8_t>(random()) : telling[below(std::size(telling))];
        switch (below(5)) {
            case 0:
                message.erase(at);
                break;
            case 1:
                message.insert(at, value);
                break;
            case 2:
                message.resize(below(message.size()) + 1);
                break;
            default:
                *at = value;
                break;
        }
    }
    return message;
}

TEST_CASE("damaged and random messages: nothing but short, printable names") {
    std::mt19937 random(1035);
    std::vector<Sample> all = samples();
    const auto try_all = [&](const Bytes& message) {
        bool fine = true;
        for (const Parser& parser : parsers()) {
            const std::string name = parsed(parser, message);
            fine = fine && name.size() <= std::max<size_t>(1020, 4 * message.size()) &&
                   std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
        }
        CHECK(fine);
    };
    for (int round = 0; round < 20000; ++round) {
        for (const Sample& sample : all) try_all(mutated(sample.message, random));
        Bytes noise(random() % 300);
        for (uint8_t& byte : noise) byte = static_cast<uint8_t>(random());
        try_all(noise);
    }
}

}  // namespace
}  // namespace probevue::test
