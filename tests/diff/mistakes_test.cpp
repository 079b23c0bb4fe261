// One message a mistake: every script of the project with one word left out, doubled, replaced or mistyped. What
// follows from an error says nothing, so of scripts with one mistake few may give more than one error. The words and
// what stands in for them are chosen by a generator with a fixed seed: a run is like every other.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/compile.h"

using namespace probevue;

namespace {

constexpr size_t mistakes_a_script = 16;
constexpr double most_percent = 2;

struct Word {
    size_t begin;
    size_t end;
};

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Names, numbers, quoted text and operators; comments, blanks and `#` lines are none.
std::vector<Word> words_of(std::string_view text) {
    static constexpr std::array operators = {"<<=", ">>=", "@@", "->", "++", "--", "<<", ">>", "<=", ">=", "==",
                                             "!=",  "&&",  "||", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|="};
    std::vector<Word> words;
    bool line_begins = true;
    for (size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        size_t length = 1;
        bool is_word = false;
        if (rest.starts_with("//") || (line_begins && rest[0] == '#')) {
            length = std::min(rest.find('\n'), rest.size());
        } else if (rest.starts_with("/*")) {
            length = std::min(rest.find("*/", 2), rest.size() - 2) + 2;
        } else if (rest[0] == '"' || rest[0] == '\'') {
            while (length < rest.size() && rest[length] != rest[0] && rest[length] != '\n')
                length += rest[length] == '\\' ? 2 : 1;
            length = std::min(length + 1, rest.size());
            is_word = true;
        } else if (is_name(rest[0])) {
            while (length < rest.size() && is_name(rest[length])) ++length;
            is_word = true;
        } else if (std::isspace(static_cast<unsigned char>(rest[0])) == 0) {
            for (const std::string_view one : operators) {
                if (rest.starts_with(one)) length = std::max(length, one.size());
            }
            is_word = true;
        }
        if (rest[0] == '\n')
            line_begins = true;
        else if (std::isspace(static_cast<unsigned char>(rest[0])) == 0)
            line_begins = false;
        if (is_word) words.push_back({i, i + length});
        i += length;
    }
    return words;
}

class Mistakes {
public:
    explicit Mistakes(std::string text) : text_(std::move(text)), words_(words_of(text_)) {}

    bool possible() const { return !words_.empty(); }

    // One word changed; `what` says how.
    std::string next(std::mt19937& random, std::string& what) {
        const Word word = words_[random() % words_.size()];
        const std::string old = text_.substr(word.begin, word.end - word.begin);
        std::string now;
        switch (random() % 4) {
            case 0:
                what = "without `" + old + "`";
                break;
            case 1:
                now = old + " " + old;
                what = "`" + old + "` twice";
                break;
            case 2: {
                const Word other = words_[random() % words_.size()];
                now = text_.substr(other.begin, other.end - other.begin);
                what = "`" + now + "` for `" + old + "`";
                break;
            }
            default:
                now = mistyped(old, random);
                what = "`" + now + "` mistyped for `" + old + "`";
        }
        std::string changed = text_;
        changed.replace(word.begin, word.end - word.begin, now);
        return changed;
    }

private:
    static std::string mistyped(std::string word, std::mt19937& random) {
        const size_t at = random() % word.size();
        switch (random() % 3) {
            case 0:
                word.erase(at, 1);
                break;
            case 1:
                word.insert(at, 1, static_cast<char>('a' + random() % 26));
                break;
            default:
                if (at + 1 < word.size())
                    std::swap(word[at], word[at + 1]);
                else
                    word[at] = static_cast<char>('a' + random() % 26);
        }
        return word;
    }

    std::string text_;
    std::vector<Word> words_;
};

size_t errors_in(std::string_view messages) {
    size_t count = 0;
    std::istringstream lines{std::string(messages)};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("t.e:") && line.find(": error: ") != std::string::npos) ++count;
    }
    return count;
}

std::string messages_of(const std::string& text) {
    CompileInput input;
    input.name = "t.e";
    input.text = text;
    CompileOptions options;
    options.replay = true;
    return compile(std::move(input), options).messages;
}

std::vector<std::filesystem::path> all_scripts() {
    std::vector<std::filesystem::path> found;
    for (const char* folder : {"scripts", "tests/golden"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (entry.path().extension() == ".e") found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

TEST_CASE("of scripts with one mistake at most 2 percent give more than one error") {
    const bool shown = std::getenv("SHOW_MISTAKES") != nullptr;
    size_t scripts = 0;
    size_t wrong = 0;
    size_t several = 0;
    for (const std::filesystem::path& path : all_scripts()) {
        std::ifstream file(path);
        std::stringstream text;
        text << file.rdbuf();
        Mistakes mistakes(text.str());
        // What needs arguments or headers is no script by itself.
        if (!mistakes.possible() || errors_in(messages_of(text.str())) != 0) continue;
        ++scripts;
        // By the script alone, so that a new one changes nothing for the others.
        const std::string name = path.filename().string();
        std::seed_seq seed(name.begin(), name.end());
        std::mt19937 random(seed);
        for (size_t i = 0; i < mistakes_a_script; ++i) {
            std::string what;
            const std::string changed = mistakes.next(random, what);
            const std::string messages = messages_of(changed);
            const size_t errors = errors_in(messages);
            if (errors > 0) ++wrong;
            if (errors > 1) ++several;
            if (errors > 1 && shown) std::cout << path.string() << ": " << what << "\n" << messages << "\n";
        }
    }
    const double percent = 100.0 * static_cast<double>(several) / static_cast<double>(std::max<size_t>(wrong, 1));
    std::cout << "scripts: " << scripts << ", with a mistake: " << scripts * mistakes_a_script
              << ", of which wrong: " << wrong << ", with more than one error: " << several << " (" << percent
              << " %)\n";
    REQUIRE(scripts > 100);
    CHECK(wrong > scripts * mistakes_a_script / 2);
    CHECK(percent <= most_percent);
}
