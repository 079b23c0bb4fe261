// Expressions of Vue against the C compiler: a few thousand random ones over all integer types, printed by a C program
// and by Vue scripts (every engine there is), must give the same values and sizes.
//
// C leaves some expressions undefined; those are not made: -fwrapv defines overflow, shift counts are masked to 0..31,
// divisors are never zero and never make INT_MIN / -1. These have a test of their own: there the C program says what
// Vue makes of them (0, and the dividend's wrapped negation). PROBEVUE_SEED=N tries other expressions,
// PROBEVUE_KEEP=folder keeps both programs.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;

namespace {

constexpr unsigned default_seed = 20260609;
constexpr int expressions = 4000;
constexpr int expressions_a_clause = 40;
constexpr int expressions_a_script = 800;
constexpr int statements_every = 8;  // of so many lines one assigns

constexpr std::array<std::string_view, 12> types = {"_Bool", "char",           "signed char", "unsigned char",
                                                    "short", "unsigned short", "int",         "unsigned int",
                                                    "long",  "unsigned long",  "long long",   "unsigned long long"};
constexpr int variables_a_type = 3;

constexpr std::array<int64_t, 24> interesting = {0,          1,          -1,         2,
                                                 -2,         3,          7,          127,
                                                 128,        -128,       255,        256,
                                                 -129,       32767,      32768,      -32768,
                                                 65535,      2147483647, 2147483648, -2147483648LL,
                                                 4294967295, INT64_MAX,  INT64_MIN,  0x123456789abcdef0};

// How tightly an operator binds, as in C; higher binds tighter.
enum Level : int {
    conditional = 1,
    logical_or,
    logical_and,
    bit_or,
    bit_xor,
    bit_and,
    equality,
    relational,
    shift,
    additive,
    multiplicative,
    prefixed,
    primary
};

struct BinaryOperator {
    std::string_view text;
    Level level;
};
constexpr std::array<BinaryOperator, 14> plain_operators = {{{"*", multiplicative},
                                                             {"+", additive},
                                                             {"-", additive},
                                                             {"<", relational},
                                                             {">", relational},
                                                             {"<=", relational},
                                                             {">=", relational},
                                                             {"==", equality},
                                                             {"!=", equality},
                                                             {"&", bit_and},
                                                             {"^", bit_xor},
                                                             {"|", bit_or},
                                                             {"&&", logical_and},
                                                             {"||", logical_or}}};

struct Expression {
    std::string text;
    Level level;
};

// A number as both languages read it; the least one has no literal.
std::string literal(int64_t value) {
    if (value == INT64_MIN) return "(-9223372036854775807LL - 1)";
    return value < 0 ? fmt::format("({})", value) : fmt::format("{}", value);
}

constexpr std::array<std::string_view, 2> structures = {"bits", "own_bits"};
constexpr std::array<std::string_view, 2> arrays = {"field", "own_field"};

class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
    int64_t number() {
        if (below(3) != 0) return interesting[static_cast<size_t>(below(static_cast<int>(interesting.size())))];
        return static_cast<int64_t>(random_()) >> below(63);
    }
    std::string variable() {
        return fmt::format("v{}_{}", below(static_cast<int>(types.size())), below(variables_a_type));
    }
    std::string type() { return std::string(types[static_cast<size_t>(below(static_cast<int>(types.size())))]); }

    // A whole expression; `++` and `--` stand on each counter once at the most, so order of evaluation says nothing.
    std::string expression() {
        counter_ = 0;
        return make(1 + below(5)).text;
    }

    // An assignment to a variable, an element or a bit-field.
    std::string assignment(std::string& target) {
        static constexpr std::array<std::string_view, 7> operators = {"=", "+=", "-=", "*=", "&=", "|=", "^="};
        counter_ = 0;
        switch (below(4)) {
            case 0:
                target = fmt::format("{}.f{}", structure(), below(5));
                break;
            case 1:
                target = fmt::format("{}[{} & 7]", array(), variable());
                break;
            default:
                target = variable();
        }
        const int kind = below(10);
        if (kind >= 7 && target.find(".f") != std::string::npos) target = variable();  // see bit_field()
        if (kind == 7) return fmt::format("{} /= {}", target, divisor());
        if (kind == 8) return fmt::format("{} %= {}", target, divisor());
        if (kind == 9) return fmt::format("{} {}= {}", target, below(2) == 0 ? "<<" : ">>", count());
        return fmt::format("{} {} {}", target, operators[static_cast<size_t>(kind)], make(3).text);
    }

private:
    Expression make(int depth) {
        if (depth <= 0) return leaf();
        switch (below(12)) {
            case 0:
                return leaf();
            case 1:
                return unary(depth);
            case 2:
                return {fmt::format("({}){}", type(), at_least(make(depth - 1), prefixed)), prefixed};
            case 3:
                return {fmt::format("{} {} {}", at_least(make(depth - 1), shift), below(2) == 0 ? "<<" : ">>", count()),
                        shift};
            case 4:
                return {fmt::format("{} {} {}", at_least(make(depth - 1), multiplicative), below(2) == 0 ? "/" : "%",
                                    divisor()),
                        multiplicative};
            case 5:
                return {fmt::format("{} ? {} : {}", at_least(make(depth - 1), logical_or), make(depth - 1).text,
                                    at_least(make(depth - 1), conditional)),
                        conditional};
            case 6:
                return {fmt::format("{}[{} & 7]", array(), at_least(make(depth - 1), equality)), primary};
            default: {
                const BinaryOperator& op =
                    plain_operators[static_cast<size_t>(below(static_cast<int>(plain_operators.size())))];
                return {fmt::format("{} {} {}", at_least(make(depth - 1), op.level), op.text,
                                    at_least(make(depth - 1), static_cast<Level>(op.level + 1))),
                        op.level};
            }
        }
    }

    Expression leaf() {
        switch (below(8)) {
            case 0:
                return {literal(number()), primary};
            case 1:
                return {fmt::format("0x{:x}{}", static_cast<uint64_t>(number()), suffix()), primary};
            case 2:
                return {fmt::format("0{:o}{}", static_cast<uint64_t>(number()) & 0xffffffff, suffix()), primary};
            case 3:
                return {fmt::format("{}{}", static_cast<uint64_t>(number()) & 0x7fffffffffffffff, suffix()), primary};
            case 4:
                return {below(2) == 0 ? fmt::format("'\\x{:02x}'", below(256))
                                      : fmt::format("'{}'", static_cast<char>('a' + below(26))),
                        primary};
            case 5:
                return below(2) == 0 ? bit_field() : Expression{fmt::format("sizeof({})", type()), primary};
            default:
                return {variable(), primary};
        }
    }

    // GNU C computes with bit-fields wider than an int in just so many bits; Vue, as C++, in their declared type.
    Expression bit_field() {
        const int which = below(5);
        const std::string member = fmt::format("{}.f{}", structure(), which);
        if (which == 2 || which == 4) return {"(long long)" + member, prefixed};
        return {member, primary};
    }

    // Of the program or of the thread: both languages have `__thread`.
    std::string_view structure() { return structures[static_cast<size_t>(below(2))]; }
    std::string_view array() { return arrays[static_cast<size_t>(below(2))]; }

    Expression unary(int depth) {
        static constexpr std::array<std::string_view, 4> operators = {"- ", "+ ", "~", "!"};
        if (below(4) == 0 && counter_ < counters) {
            const int mine = counter_++;
            static constexpr std::array<std::string_view, 4> steps = {"++c{}", "--c{}", "c{}++", "c{}--"};
            const auto which = static_cast<size_t>(below(4));
            return {fmt::format(fmt::runtime(steps[which]), mine), which < 2 ? prefixed : primary};
        }
        return {fmt::format("{}{}", operators[static_cast<size_t>(below(4))], at_least(make(depth - 1), prefixed)),
                prefixed};
    }

    // 0 to 31: fewer than the bits of any promoted type.
    std::string count() { return below(2) == 0 ? std::to_string(below(32)) : fmt::format("({} & 31)", variable()); }

    std::string divisor() {
        switch (below(4)) {
            case 0:
                return fmt::format("(({} & 127) + 1)", variable());
            case 1:
                return fmt::format("(-(({} & 127) | 2))", variable());
            case 2:
                return fmt::format("((unsigned long)({}) | 1)", variable());
            default:
                return std::to_string(1 + below(100));
        }
    }

    std::string suffix() {
        static constexpr std::array<std::string_view, 6> suffixes = {"", "", "u", "L", "UL", "ull"};
        return std::string(suffixes[static_cast<size_t>(below(static_cast<int>(suffixes.size())))]);
    }

    // In parentheses where the level asks for them, and now and then where it does not.
    std::string at_least(Expression e, Level level) {
        if (e.level < level || below(6) == 0) return fmt::format("({})", e.text);
        return e.text;
    }

public:
    static constexpr int counters = 4;

private:
    std::mt19937_64 random_;
    int counter_ = 0;
};

// What both programs begin with.
std::string declarations() {
    std::string text =
        "struct bits { unsigned int f0 : 3; int f1 : 5; unsigned long long f2 : 33; signed char f3 : 7; long f4 : 61; "
        "} bits;\n__thread struct bits own_bits;\n"
        "int field[8];\n__thread int own_field[8];\nint c0, c1, c2, c3;\n";
    for (size_t type = 0; type < types.size(); ++type) {
        for (int i = 0; i < variables_a_type; ++i) text += fmt::format("{} v{}_{};\n", types[type], type, i);
    }
    return text;
}

std::string initial_values(Generator& generator) {
    std::string text;
    for (size_t type = 0; type < types.size(); ++type) {
        for (int i = 0; i < variables_a_type; ++i)
            text += fmt::format("    v{}_{} = ({}){};\n", type, i, types[type], literal(generator.number()));
    }
    for (int i = 0; i < Generator::counters; ++i)
        text += fmt::format("    c{} = {};\n", i, literal(generator.number() >> 33));
    for (const std::string_view array : arrays) {
        for (int i = 0; i < 8; ++i)
            text += fmt::format("    {}[{}] = (int){};\n", array, i, literal(generator.number()));
    }
    for (const std::string_view structure : structures) {
        for (int i = 0; i < 5; ++i)
            text += fmt::format("    {}.f{} = {};\n", structure, i, literal(generator.number()));
    }
    return text;
}

struct Programs {
    std::string c;
    std::vector<std::string> scripts;
    std::vector<std::string> lines;  // the expressions and assignments, by the number that is printed with their value
};

// The lines of one clause, the same in both languages.
std::string body_of(Generator& generator, Programs& programs, int count) {
    std::string body;
    for (int i = 0; i < count; ++i) {
        const size_t number = programs.lines.size();
        if (generator.below(statements_every) == 0) {
            std::string target;
            const std::string text = generator.assignment(target);
            // What the assignment gives, and what is there behind it.
            body += fmt::format("    printf(\"{} %lld\", (long long)({}));\n", number, text);
            body += fmt::format("    printf(\" %lld\\n\", (long long)({}));\n", target);
            programs.lines.push_back(text);
        } else {
            const std::string text = generator.expression();
            // C refuses sizeof of a bit-field. What stands in sizeof is not evaluated: no counter is stepped twice.
            const std::string sized = text.find(".f") == std::string::npos ? text : "0 + (" + text + ")";
            body +=
                fmt::format("    printf(\"{} %lld %d\\n\", (long long)({}), (int)sizeof({}));\n", number, text, sized);
            programs.lines.push_back(text);
        }
    }
    return body;
}

Programs generate(unsigned seed) {
    Generator generator(seed);
    Programs programs;
    programs.c = "#include <stdio.h>\n" + declarations();
    std::string calls;
    const int scripts = expressions / expressions_a_script;
    for (int s = 0; s < scripts; ++s) {
        const std::string begin = initial_values(generator);
        std::string script = declarations() + "@@BEGIN {\n" + begin + "}\n";
        programs.c += fmt::format("void begin{}(void) {{\n{}}}\n", s, begin);
        calls += fmt::format("    begin{}();\n", s);
        for (int done = 0; done < expressions_a_script; done += expressions_a_clause) {
            const std::string body = body_of(generator, programs, expressions_a_clause);
            script += "@@BEGIN {\n" + body + "}\n";
            programs.c += fmt::format("void clause{}_{}(void) {{\n{}}}\n", s, done, body);
            calls += fmt::format("    clause{}_{}();\n", s, done);
        }
        programs.scripts.push_back(script + "@@BEGIN { exit(); }\n");
    }
    programs.c += "int main(void) {\n" + calls + "    return 0;\n}\n";
    return programs;
}

// --- running
// ----------------------------------------------------------------------------------------------------------

class Folder {
public:
    Folder() {
        if (const char* kept = std::getenv("PROBEVUE_KEEP")) {
            path_ = kept;
            fs::create_directories(path_);
            kept_ = true;
            return;
        }
        std::string name = (fs::temp_directory_path() / "expressions.XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        if (!kept_) fs::remove_all(path_, ignored);
    }
    fs::path operator/(std::string_view name) const { return path_ / name; }

private:
    fs::path path_;
    bool kept_ = false;
};

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

int run(const std::string& command) {
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

// Lines of a script's part of all lines, from `first`.
void compare(const std::vector<std::string>& wanted, const std::vector<std::string>& got, size_t first, size_t count,
             const std::vector<std::string>& lines) {
    constexpr int most = 10;
    int wrong = 0;
    CHECK(got.size() == count);
    for (size_t i = 0; i < count && wrong < most; ++i) {
        const std::string& want = wanted[first + i];
        const std::string have = i < got.size() ? got[i] : "nothing";
        if (want == have) continue;
        ++wrong;
        FAIL_CHECK(lines[first + i], "\n    C:   ", want, "\n    Vue: ", have);
    }
}

// What the program prints whose text this is.
std::vector<std::string> output_of_c(const Folder& folder, const std::string& text) {
    std::ofstream(folder / "program.c") << text;
    const std::string c = (folder / "c").string();
    REQUIRE(run(fmt::format("cc -std=gnu11 -O0 -w -funsigned-char -fwrapv -o {0} {1} && {0} > {0}.out", c,
                            (folder / "program.c").string())) == 0);
    return lines_of(read(folder / "c.out"));
}

// Every engine must print the lines from `first` on.
void compare_engines(const Folder& folder, const std::string& name, const std::string& script,
                     const std::vector<std::string>& wanted, size_t first, size_t count,
                     const std::vector<std::string>& lines) {
    const std::string file = (folder / name).string();
    std::ofstream(file) << script;
    for (const std::string engine : {"interp", "jit"}) {
        CAPTURE(engine);
        const int status = run(
            fmt::format("{0} --engine {1} {2} > {2}.{1}.out 2> {2}.{1}.err", std::getenv("PROBEVUE"), engine, file));
        CAPTURE(read(fmt::format("{}.{}.err", file, engine)).substr(0, 2000));
        CHECK(status == 0);
        compare(wanted, lines_of(read(fmt::format("{}.{}.out", file, engine))), first, count, lines);
    }
}

// Divisions in all pairs of types: of values at the edges by zero, by -1 and by others.
Programs divisions() {
    constexpr std::array<int64_t, 6> dividends = {0, 1, -7, 2147483647, -2147483648LL, INT64_MIN};
    constexpr std::array<int64_t, 4> divisors = {0, -1, 3, -5};
    Programs programs;
    programs.c =
        "#include <stdio.h>\n#define TYPE(a, b) __typeof__((a) + (b))\n"
        "#define NEGATES(a, b) ((TYPE(a, b))-1 < 0 && (TYPE(a, b))(b) == -1)\n"
        "#define DIVIDE(a, b) ((b) == 0 ? (TYPE(a, b))0 : NEGATES(a, b) ? -(TYPE(a, b))(a) : (a) / (b))\n"
        "#define REST(a, b) ((b) == 0 || NEGATES(a, b) ? (TYPE(a, b))0 : (a) % (b))\n" +
        declarations();
    std::string calls;
    for (const int64_t dividend : dividends) {
        std::string script = declarations();
        for (const int64_t divisor : divisors) {
            std::string vue;
            std::string c;
            for (size_t type = 0; type < types.size(); ++type) {
                const std::string set = fmt::format("    v{0}_0 = ({1}){2};\n    v{0}_1 = ({1}){3};\n", type,
                                                    types[type], literal(dividend), literal(divisor));
                vue += set;
                c += set;
            }
            for (size_t a = 0; a < types.size(); ++a) {
                for (size_t b = 0; b < types.size(); ++b) {
                    const size_t number = programs.lines.size();
                    const std::string x = fmt::format("v{}_0", a);
                    const std::string y = fmt::format("v{}_1", b);
                    vue += fmt::format(
                        "    printf(\"{0} %lld %lld %d\\n\", (long long)({1} / {2}), (long long)({1} % {2}), "
                        "(int)sizeof({1} / {2}));\n",
                        number, x, y);
                    c += fmt::format(
                        "    printf(\"{0} %lld %lld %d\\n\", (long long)DIVIDE({1}, {2}), "
                        "(long long)REST({1}, {2}), (int)sizeof(DIVIDE({1}, {2})));\n",
                        number, x, y);
                    programs.lines.push_back(fmt::format("({}){} by ({}){}", types[a], dividend, types[b], divisor));
                }
            }
            script += "@@BEGIN {\n" + vue + "}\n";
            programs.c += fmt::format("void part{}(void) {{\n{}}}\n", calls.size(), c);
            calls += fmt::format("    part{}();\n", calls.size());
        }
        programs.scripts.push_back(script + "@@BEGIN { exit(); }\n");
    }
    programs.c += "int main(void) {\n" + calls + "    return 0;\n}\n";
    return programs;
}

}  // namespace

TEST_CASE("expressions have the values of C") {
    if (std::getenv("PROBEVUE") == nullptr) std::exit(77);
    const char* chosen = std::getenv("PROBEVUE_SEED");
    const auto seed = static_cast<unsigned>(chosen == nullptr ? default_seed : std::strtoul(chosen, nullptr, 10));
    CAPTURE(seed);
    const Programs programs = generate(seed);
    const Folder folder;
    const std::vector<std::string> wanted = output_of_c(folder, programs.c);
    REQUIRE(wanted.size() == programs.lines.size());
    for (size_t s = 0; s < programs.scripts.size(); ++s)
        compare_engines(folder, fmt::format("script{}.e", s), programs.scripts[s], wanted,
                        s * static_cast<size_t>(expressions_a_script), expressions_a_script, programs.lines);
}

TEST_CASE("a division by zero is 0, and what does not fit wraps") {
    if (std::getenv("PROBEVUE") == nullptr) std::exit(77);
    const Programs programs = divisions();
    const Folder folder;
    const std::vector<std::string> wanted = output_of_c(folder, programs.c);
    REQUIRE(wanted.size() == programs.lines.size());
    const size_t count = programs.lines.size() / programs.scripts.size();
    for (size_t s = 0; s < programs.scripts.size(); ++s)
        compare_engines(folder, fmt::format("division{}.e", s), programs.scripts[s], wanted, s * count, count,
                        programs.lines);
}
