// Structures as C lays them out: generated ones, with `packed`, `aligned`, `#pragma pack` and bit-fields, are given to
// the C compiler of this machine and to ours. What sizes, alignments and places are is the C compiler's word.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "compiler/sema/sema.h"
#include "compiler/syntax/syntax.h"

using namespace probevue;

namespace {

constexpr size_t structures = 300;
constexpr const char* types[] = {"unsigned char", "unsigned short", "unsigned int", "unsigned long", "char"};

std::string number(uint64_t value) { return std::to_string(value); }

// A structure, and what asks the C compiler about its members.
struct Generated {
    std::string name;
    std::string definition;
    std::vector<std::string> members;
    std::vector<bool> is_bits;
};

class Generator {
public:
    explicit Generator(uint32_t seed) : random_(seed) {}

    Generated next(size_t index) {
        Generated made;
        made.name = "s" + std::to_string(index);
        const bool is_union = one_of(10);
        const uint32_t pack = one_of(3) ? 1u << random_() % 5 : 0;
        const std::string word = is_union ? "union " : "struct ";
        if (pack != 0)
            made.definition += one_of(2) ? "#pragma pack(push, " + number(pack) + ")\n"
                                         : "#pragma pack(push)\n#pragma pack(" + number(pack) + ")\n";
        const bool before = one_of(2);
        const std::string attribute = one_of(2) ? structure_attribute() : "";
        made.definition += word + (before ? attribute : "") + made.name + " {\n";
        const size_t members = 1 + random_() % 6;
        for (size_t i = 0; i < members; ++i) made.definition += "    " + member("m" + std::to_string(i), made) + ";\n";
        made.definition += "}" + (before ? "" : " " + attribute) + ";\n";
        if (pack != 0) made.definition += "#pragma pack(pop)\n";
        made.definition += "typedef " + word + made.name + " t_" + made.name + ";\n";
        last_ = word + made.name;
        return made;
    }

private:
    bool one_of(uint32_t count) { return random_() % count == 0; }

    std::string structure_attribute() {
        switch (random_() % 4) {
            case 0:
                return "__attribute__((aligned(" + number(1u << random_() % 5) + "))) ";
            case 1:
                return "__attribute__((__packed__, aligned(" + number(1u << random_() % 4) + "))) ";
            default:
                return "__attribute__((packed)) ";
        }
    }

    std::string member(const std::string& name, Generated& made) {
        const std::string type = types[random_() % std::size(types)];
        const uint32_t bits = 8 * (type.ends_with("char")    ? 1
                                   : type.ends_with("short") ? 2
                                   : type.ends_with("int")   ? 4
                                                             : 8);
        std::string attribute;
        if (one_of(6)) attribute = " __attribute__((aligned(" + number(1u << random_() % 5) + ")))";
        if (one_of(8)) attribute = " __attribute__((packed))";
        if (one_of(30)) return type + " : 0";
        if (one_of(30)) return type + " : " + number(1 + random_() % bits);
        made.members.push_back(name);
        made.is_bits.push_back(one_of(3));
        if (made.is_bits.back()) return type + " " + name + " : " + number(1 + random_() % bits) + attribute;
        if (one_of(6)) return type + " " + name + "[" + number(1 + random_() % 3) + "]" + attribute;
        if (one_of(6)) return "void *" + name + attribute;
        if (one_of(8) && !last_.empty()) return last_ + " " + name + attribute;
        if (one_of(8)) return "wide_t " + name + attribute;
        return (one_of(8) ? "_Alignas(16) " : "") + type + " " + name + attribute;
    }

    std::mt19937 random_;
    std::string last_;
};

// The C program that prints a line a structure: its size, its alignment, and of each member the byte and the bits.
std::string program_of(const std::vector<Generated>& all) {
    std::string out =
        "#include <stdio.h>\n#include <string.h>\n#include <stddef.h>\n"
        "typedef unsigned int wide_t __attribute__((aligned(8)));\n";
    for (const Generated& one : all) out += one.definition;
    out +=
        "static void bits(const unsigned char *at, size_t size) {\n"
        "    size_t first = 0, count = 0;\n"
        "    for (size_t i = 0; i < size * 8; ++i)\n"
        "        if (at[i / 8] >> i % 8 & 1) { if (count++ == 0) first = i; }\n"
        "    printf(\" %zu+%zu\", first, count);\n"
        "}\n"
        "static union { unsigned char bytes[4096]; long long most; } memory;\n"
        "int main(void) {\n";
    for (const Generated& one : all) {
        const std::string type = "t_" + one.name;
        out += "    printf(\"%zu %zu\", sizeof(" + type + "), _Alignof(" + type + "));\n";
        for (size_t i = 0; i < one.members.size(); ++i) {
            if (one.is_bits[i]) {
                out += "    memset(&memory, 0, sizeof memory); ((" + type + " *)memory.bytes)->" + one.members[i] +
                       " = -1; bits(memory.bytes, sizeof(" + type + "));\n";
            } else {
                out += "    printf(\" %zu\", offsetof(" + type + ", " + one.members[i] + "));\n";
            }
        }
        out += "    printf(\"\\n\");\n";
    }
    return out + "    return 0;\n}\n";
}

std::string run(const std::string& command) {
    std::string out;
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer{};
    for (size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) out.append(buffer.data(), got);
    CHECK(pclose(pipe) == 0);
    return out;
}

// The same line from our checker; empty when it refuses the structure, which it then has to name.
std::string our_line(const Generated& one, const std::string& before, std::string& refusal) {
    Diagnostics diagnostics;
    const Source source =
        Source::prepare("t.e", before + one.definition + "t_" + one.name + " v;\n@@BEGIN { }", {}, diagnostics);
    const ast::Script parsed = parse_script(source, diagnostics);
    const checked::Script script = check(parsed, source, {}, diagnostics);
    for (const Diagnostic& message : diagnostics.all()) refusal += message.text + "\n";
    if (diagnostics.has_errors()) return {};
    const TypeRef type = script.variables.at(0).type;
    std::string line = std::to_string(type->size) + " " + std::to_string(type->align);
    for (const std::string& member : one.members) {
        const Field* field = type->find_field(member);
        REQUIRE(field != nullptr);
        line += " " + std::to_string(field->bit_width == 0 ? field->offset : field->offset * 8 + field->bit_offset);
        if (field->bit_width != 0) line += "+" + std::to_string(field->bit_width);
    }
    return line;
}

}  // namespace

TEST_CASE("generated structures are laid out as the C compiler of this machine does") {
    const char* compiler = std::getenv("CC");
    const std::string cc = compiler == nullptr ? "cc" : compiler;
    if (std::system(("command -v " + cc + " >/dev/null").c_str()) != 0) {
        MESSAGE("there is no C compiler `" << cc << "`");
        std::exit(77);
    }
    Generator generator(20260609);
    std::vector<Generated> all;
    for (size_t i = 0; i < structures; ++i) all.push_back(generator.next(i));
    char folder[] = "/tmp/probevue-layouts-XXXXXX";
    REQUIRE(mkdtemp(folder) != nullptr);
    const std::string path = std::string(folder) + "/layouts";
    std::ofstream(path + ".c") << program_of(all);
    std::istringstream lines(run(cc + " -w -o " + path + " " + path + ".c && " + path));
    std::filesystem::remove_all(folder);
    size_t refused = 0;
    std::string before = "typedef unsigned int wide_t __attribute__((aligned(8)));\n";
    std::vector<std::string> gone;  // refused, or with a member that was
    for (const Generated& one : all) {
        std::string line;
        REQUIRE(std::getline(lines, line));
        const bool holds_one = std::any_of(gone.begin(), gone.end(), [&](const std::string& name) {
            return one.definition.find(" " + name + " m") != std::string::npos;
        });
        if (holds_one) {
            gone.push_back(one.name);
            continue;
        }
        std::string refusal;
        const std::string ours = our_line(one, before, refusal);
        INFO(one.definition << refusal);
        if (ours.empty()) {
            ++refused;
            gone.push_back(one.name);
            CHECK(refusal.find("the storage unit of packed bit-field `") == 0);
        } else {
            CHECK(ours == line);
            before += one.definition;
        }
    }
    MESSAGE(all.size() << " structures, " << refused << " of them refused for a bit-field");
    CHECK(refused < all.size() / 4);
}
