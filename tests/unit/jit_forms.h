// For the tests of assemblers: what a form is, and what all of them are held to.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace probevue::test {

template <typename Assembler>
struct Form {
    const char* text;  // instructions are parted by semicolons
    const char* bytes;
    std::function<void(Assembler&)> write;
};

// "0f 82 00"
inline std::string hexadecimal(std::span<const uint8_t> bytes) {
    std::string out;
    for (const uint8_t byte : bytes) out += fmt::format("{}{:02x}", out.empty() ? "" : " ", byte);
    return out;
}

// `fresh` is an assembler that has written nothing.
template <typename Assembler>
void check_forms(const std::vector<Form<Assembler>>& forms, const Assembler& fresh) {
    for (const Form<Assembler>& form : forms) {
        Assembler a = fresh;
        form.write(a);
        REQUIRE(a.finish());
        INFO(form.text);
        CHECK(hexadecimal(a.take_bytes()) == form.bytes);
    }
}

}  // namespace probevue::test
