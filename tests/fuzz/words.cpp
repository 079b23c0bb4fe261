// Writes a fuzzer's dictionary from the tables: the words of the language, or the flags of the command line.
// usage: fuzz_words script|command
#include <fmt/format.h>

#include <cstdio>
#include <set>
#include <string>
#include <string_view>

#include "builtins/builtin.h"
#include "builtins/function.h"
#include "builtins/packet.h"
#include "builtins/probe.h"
#include "compiler/compile.h"
#include "runtime/options/flags.h"

using namespace probevue;

namespace {

std::set<std::string> language() {
    std::set<std::string> out{
        "//", "/*", "*/", "@@", "\"\"", "->", "<<=", ">>=", "&&", "||", "++", "--", "==", "[]", "when ("};
    for (std::string& word : language_keywords()) out.insert(std::move(word));
    for (const BuiltinRow& row : builtin_rows())
        out.insert(row.member.empty() ? std::string(row.name) : fmt::format("{}->{}", row.name, row.member));
    for (const FunctionRow& row : functions()) out.insert(fmt::format("{}(", row.name));
    for (const ConstantRow& row : constants()) out.emplace(row.name);
    for (const TypeNameRow& row : type_names()) out.emplace(row.name);
    for (const ProtocolRow& row : protocols()) out.insert(fmt::format("@@net:bpf:any:{}:\"\" {{ }}", row.name));
    for (const ProbePointRow& row : probe_points()) out.insert(std::string(row.form.substr(0, row.form.find('<'))));
    return out;
}

std::set<std::string> flags() {
    std::set<std::string> out;
    for (const FlagRow& row : flag_rows) {
        if (row.letter != 0) out.insert(fmt::format("-{}", row.letter));
        if (!row.name.empty()) out.insert(fmt::format("--{}", row.name));
    }
    return out;
}

// As libFuzzer and AFL++ read it.
std::string quoted(std::string_view word) {
    std::string out = "\"";
    for (const char c : word) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc == 2 ? argv[1] : "";
    if (what != "script" && what != "command") {
        fmt::print(stderr, "usage: fuzz_words script|command\n");
        return 2;
    }
    for (const std::string& word : what == "script" ? language() : flags()) {
        if (!word.empty()) fmt::print("{}\n", quoted(word));
    }
    return 0;
}
