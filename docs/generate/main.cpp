// Writes the generated pages and editor files into the source tree, or checks that those in the tree are right.
// usage: generate_docs [--check] ROOT
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "docs/generate/generate.h"

namespace probevue::docs {
namespace {

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error(fmt::format("cannot read {}", path));
    return {std::istreambuf_iterator<char>(file), {}};
}

// The text between the lines `begin` and `end` becomes `body`.
std::string replace_between(const std::string& text, std::string_view begin, std::string_view end,
                            std::string_view body) {
    const size_t from = text.find(begin);
    const size_t to = from == std::string::npos ? from : text.find(end, from);
    if (to == std::string::npos)
        throw std::runtime_error(fmt::format("the lines `{}` and `{}` are missing", begin, end));
    return text.substr(0, from + begin.size()) + "\n" + std::string(body) + text.substr(to);
}

class Tree {
public:
    Tree(std::string root, bool check) : root_(std::move(root)), check_(check) {}

    std::string read(std::string_view path) const { return read_file(fmt::format("{}/{}", root_, path)); }

    void put(std::string_view path, const std::string& text) {
        const std::string full = fmt::format("{}/{}", root_, path);
        std::ifstream file(full, std::ios::binary);
        const std::string there = file ? std::string(std::istreambuf_iterator<char>(file), {}) : std::string();
        if (there == text) return;
        ++different_;
        if (check_) {
            const size_t at = static_cast<size_t>(
                std::mismatch(there.begin(), there.end(), text.begin(), text.end()).first - there.begin());
            const auto line = 1 + std::count(there.begin(), there.begin() + static_cast<std::ptrdiff_t>(at), '\n');
            fmt::print("{}:{}: is not what the tables say\n", path, line);
            return;
        }
        std::ofstream out(full, std::ios::binary);
        out << text;
        if (!out.flush()) throw std::runtime_error(fmt::format("cannot write {}", full));
        fmt::print("{}\n", path);
    }

    int different() const { return different_; }

private:
    std::string root_;
    bool check_;
    int different_ = 0;
};

int run(Tree& tree, bool check) {
    const Words words = read_words(tree.read("grammar/VueLexer.g4"));
    tree.put("docs/reference.md", reference_page(words));
    tree.put("docs/command.md", replace_between(tree.read("docs/command.md"), "<!-- flags: generated -->",
                                                "<!-- end of flags -->", flags_as_markdown()));
    tree.put("docs/probevue.1", replace_between(tree.read("docs/probevue.1"), ".\\\" flags: generated",
                                                ".\\\" end of flags", flags_as_roff()));
    tree.put("docs/completions/probevue.bash", bash_completion());
    tree.put("docs/completions/_probevue", zsh_completion());
    tree.put("docs/completions/probevue.fish", fish_completion());
    tree.put("docs/editors/vim/syntax/probevue.vim", vim_syntax(words));
    tree.put("docs/editors/vscode/probevue.tmLanguage.json", textmate_grammar(words));
    tree.put("docs/wireshark/probevue.lua",
             replace_between(tree.read("docs/wireshark/probevue.lua"), "-- fields: generated", "-- end of fields",
                             wireshark_fields()));
    if (check && tree.different() != 0) fmt::print("run: cmake --build --preset release --target docs\n");
    return check && tree.different() != 0 ? 1 : 0;
}

}  // namespace
}  // namespace probevue::docs

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    const bool check = !arguments.empty() && arguments[0] == "--check";
    if (arguments.size() != (check ? 2u : 1u)) {
        fmt::print(stderr, "usage: generate_docs [--check] ROOT\n");
        return 2;
    }
    try {
        probevue::docs::Tree tree(std::string(arguments.back()), check);
        return probevue::docs::run(tree, check);
    } catch (const std::exception& error) {
        fmt::print(stderr, "generate_docs: {}\n", error.what());
        return 2;
    }
}
