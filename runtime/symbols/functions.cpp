#include "runtime/symbols/functions.h"

#include <fmt/format.h>
#include <regex.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>

#include "builtins/base/text.h"
#include "runtime/symbols/elf_file.h"

namespace probevue {
namespace {

// A POSIX regular expression.
class Expression {
public:
    explicit Expression(const std::string& text) {
        const int status = regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB);
        if (status == 0) return;
        std::array<char, 256> words{};
        regerror(status, &compiled_, words.data(), words.size());
        problem_ = words.data();
    }
    ~Expression() {
        if (problem_.empty()) regfree(&compiled_);
    }
    Expression(const Expression&) = delete;
    Expression& operator=(const Expression&) = delete;

    const std::string& problem() const { return problem_; }
    bool matches(const std::string& text) const { return regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0; }

private:
    regex_t compiled_{};
    std::string problem_;
};

// What the tuple's function field asks for.
class Wanted {
public:
    explicit Wanted(std::string_view function) : text_(function) {
        if (function.size() >= 2 && function.starts_with('/') && function.ends_with('/'))
            expression_ = std::make_unique<Expression>(std::string(function.substr(1, function.size() - 2)));
        // Only these spellings are held against demangled names, which take long to make.
        plain_ = !expression_ && text_.find("::") == std::string::npos && text_.find('(') == std::string::npos;
    }

    bool is_expression() const { return expression_ != nullptr; }
    std::string problem() const { return expression_ ? expression_->problem() : std::string(); }

    bool matches(std::string_view name) const {
        if (plain_) return name == text_;
        const std::string full = demangled(name);
        if (expression_) return expression_->matches(std::string(name)) || (full != name && expression_->matches(full));
        return full == text_ || full.substr(0, full.find('(')) == text_;
    }

private:
    std::string text_;
    std::unique_ptr<Expression> expression_;
    bool plain_ = false;  // a name as it stands in the table
};

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string listed(std::span<const Module> modules) {
    constexpr size_t most = 8;
    std::string out;
    for (size_t i = 0; i < modules.size() && i < most; ++i)
        out += (i == 0 ? "" : ", ") + std::string(file_name(modules[i].name));
    return modules.size() > most ? out + ", ..." : out;
}

// Names near the wanted one, over all modules.
std::string suggestion(std::string_view function, const std::vector<std::unique_ptr<ElfFile>>& files) {
    std::set<std::string_view> names;
    for (const auto& file : files) {
        for (const FunctionSymbol& symbol : file->functions()) names.insert(symbol.name);
    }
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    return did_you_mean(function, candidates);
}

// The points of one file.
void add_points(const ElfFile& file, const Module& module, const Wanted& wanted, std::vector<FunctionPoint>& points,
                std::string& indirect) {
    // Aliases have one address: probes of each would fire there.
    std::set<uint64_t> taken;
    for (const FunctionSymbol& symbol : file.functions()) {
        if (taken.contains(symbol.address) || !wanted.matches(symbol.name)) continue;
        if (symbol.indirect) {
            indirect = symbol.name;
            continue;
        }
        const std::optional<uint64_t> offset = file.offset_of(symbol.address);
        // Not loaded from the file: there is nothing to set a probe on.
        if (!offset) continue;
        taken.insert(symbol.address);
        points.push_back({module.path, *offset, demangled(symbol.name), module.name});
    }
}

}  // namespace

Result<std::vector<FunctionPoint>> find_functions(std::span<const Module> modules, std::string_view module,
                                                  std::string_view function) {
    const Wanted wanted(function);
    if (const std::string problem = wanted.problem(); !problem.empty())
        return fail(fmt::format("{} is no regular expression: {}", function, problem), "see regex(7)",
                    ExitStatus::usage);
    std::vector<FunctionPoint> points;
    std::vector<std::unique_ptr<ElfFile>> files;
    std::string indirect;
    std::string where;
    bool found_module = false;
    for (const Module& one : modules) {
        if (!module.empty() && !names_module(module, one.name)) continue;
        found_module = true;
        auto file = ElfFile::open(one.path);
        if (!file) continue;  // a mapped file need not be one with symbols
        if (where.empty()) where = one.name;
        add_points(**file, one, wanted, points, indirect);
        files.push_back(std::move(*file));
    }
    if (!found_module) {
        return fail(fmt::format("there is no module `{}`", module), fmt::format("there are {}", listed(modules)),
                    ExitStatus::usage);
    }
    if (points.size() > most_functions) {
        return fail(
            fmt::format("{} functions match {}, at most {} can be probed", points.size(), function, most_functions),
            "write a narrower expression, or name the module", ExitStatus::usage);
    }
    if (!points.empty()) return points;
    const std::string place = module.empty() && modules.size() > 1
                                  ? fmt::format("`{}` and its libraries", file_name(where))
                                  : fmt::format("`{}`", file_name(where));
    if (!indirect.empty()) {
        return fail(
            fmt::format("`{}` of {} is chosen when the program starts and has no place of its own", indirect, place),
            fmt::format("probe those that are chosen from, such as \"/^__{}_/\", where their symbols are kept",
                        indirect),
            ExitStatus::usage);
    }
    if (wanted.is_expression())
        return fail(fmt::format("no function of {} matches {}", place, function), {}, ExitStatus::usage);
    std::string hint = suggestion(function, files);
    if (hint.empty()) hint = "its symbols may have been stripped: `nm -D FILE` shows what is left";
    const std::string message =
        module.empty() && modules.size() > 1
            ? fmt::format("neither `{}` nor its libraries have a function `{}`", file_name(where), function)
            : fmt::format("{} has no function `{}`", place, function);
    return fail(message, std::move(hint), ExitStatus::usage);
}

}  // namespace probevue
