#include "compiler/program/filter.h"

#include <pcap/pcap.h>

#include <array>
#include <cctype>
#include <memory>
#include <string_view>

namespace probevue {

namespace {

struct Closer {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
};

struct Token {
    size_t begin;
    size_t end;
};

// Words, numbers with what belongs to them (10.0.0.0/8, fe80::1), and operators, as far as a caret needs them.
std::vector<Token> tokens_of(std::string_view text) {
    static constexpr std::string_view inside_words = "_-./:";
    const auto is_word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || inside_words.find(c) != std::string_view::npos;
    };
    std::vector<Token> tokens;
    for (size_t at = 0; at < text.size();) {
        if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
            ++at;
            continue;
        }
        size_t end = at + 1;
        if (is_word(text[at])) {
            while (end < text.size() && is_word(text[end])) ++end;
        } else if (end < text.size() &&
                   (text.substr(at, 2) == "&&" || text.substr(at, 2) == "||" || text[end] == '=')) {
            ++end;
        }
        tokens.push_back({at, end});
        at = end;
    }
    return tokens;
}

// libpcap's messages begin with a capital or with words that say nothing, and name no place.
std::string tidy(std::string message) {
    for (const std::string_view prefix : {"syntax error in filter expression: ", "can't parse filter expression: "}) {
        if (message.starts_with(prefix)) message.erase(0, prefix.size());
    }
    if (message.size() > 1 && std::isupper(static_cast<unsigned char>(message[0])) != 0 &&
        std::isupper(static_cast<unsigned char>(message[1])) == 0) {
        message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
    }
    while (!message.empty() && (message.back() == '.' || message.back() == '\n')) message.pop_back();
    return message;
}

bool is_syntax_error(const std::string& message) {
    return message.find("syntax error") != std::string::npos || message.find("illegal token") != std::string::npos ||
           message.find("illegal char") != std::string::npos;
}

class Compiler {
public:
    Compiler(int link_type, int snap_length) : handle_(pcap_open_dead(link_type, snap_length)) {}

    bool opened() const { return handle_ != nullptr; }
    std::string message() const { return pcap_geterr(handle_.get()); }

    bool compile(const std::string& expression, std::vector<sock_filter>* code) {
        bpf_program program{};
        if (pcap_compile(handle_.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) return false;
        if (code != nullptr) {
            for (const bpf_insn* insn = program.bf_insns; insn != program.bf_insns + program.bf_len; ++insn) {
                code->push_back({insn->code, insn->jt, insn->jf, insn->k});
            }
        }
        pcap_freecode(&program);
        return true;
    }

    // Is there something that could follow `prefix` and make it whole?
    bool viable(const std::string& prefix) {
        static constexpr auto completions = std::to_array<std::string_view>(
            {"", " 80", " 10.0.0.1", " fe80::1", " 2:2:2:2:2:2", " tcp", " host 10.0.0.1", " port 80",
             " net 10.0.0.0/8", " = 0", " 0] = 0", "] = 0", "0 = 0", " 1-2", " ip", " 0 = 0"});
        int open = 0;
        for (const char c : prefix) open += c == '(' ? 1 : c == ')' ? -1 : 0;
        const std::string closing(static_cast<size_t>(open > 0 ? open : 0), ')');
        for (const std::string_view completion : completions) {
            std::string whole = prefix;
            whole += completion;
            whole += closing;
            if (compile(whole, nullptr)) return true;
            // A name that cannot be looked up and a filter that matches nothing are well-formed.
            if (!is_syntax_error(message())) return true;
        }
        return false;
    }

private:
    std::unique_ptr<pcap_t, Closer> handle_;
};

// The first word of the expression that a message names: in quotes ("unknown host 'foo'"), or a number ("illegal port
// number 99999 > 65535").
std::optional<Token> named_word(const std::string& expression, const std::string& message) {
    const std::vector<Token> said = tokens_of(message);
    for (const Token& token : tokens_of(expression)) {
        const std::string word = expression.substr(token.begin, token.end - token.begin);
        for (const Token& other : said) {
            if (message.compare(other.begin, other.end - other.begin, word) != 0) continue;
            const bool quoted =
                other.begin > 0 && (message[other.begin - 1] == '\'' || message[other.begin - 1] == '"');
            if (quoted || std::isdigit(static_cast<unsigned char>(word[0])) != 0) return token;
        }
    }
    return std::nullopt;
}

void locate(Compiler& compiler, const std::string& expression, FilterError& error) {
    if (!is_syntax_error(error.message)) {
        if (const std::optional<Token> named = named_word(expression, error.message)) {
            error.at = expression.substr(named->begin, named->end - named->begin);
            error.offset = named->begin;
        }
        return;
    }
    const std::vector<Token> tokens = tokens_of(expression);
    for (const Token& token : tokens) {
        if (compiler.viable(expression.substr(0, token.end))) continue;
        error.at = expression.substr(token.begin, token.end - token.begin);
        error.offset = token.begin;
        error.message = "syntax error at `" + error.at + "`";
        return;
    }
    // Every word could stand where it stands: something is missing behind the last.
    if (!tokens.empty()) {
        error.at = expression.substr(tokens.back().begin, tokens.back().end - tokens.back().begin);
        error.offset = tokens.back().begin;
        error.message = "the expression is not complete behind `" + error.at + "`";
    }
}

}  // namespace

std::vector<sock_filter> compile_filter(const std::string& expression, int link_type, int snap_length,
                                        FilterError& error) {
    error = {};
    Compiler compiler(link_type, snap_length);
    if (!compiler.opened()) {
        error.message = "no memory for a filter";
        return {};
    }
    std::vector<sock_filter> code;
    if (compiler.compile(expression, &code)) return code;
    error.message = tidy(compiler.message());
    locate(compiler, expression, error);
    return {};
}

std::string describe_filter_instruction(const sock_filter& instruction, int index) {
    const bpf_insn insn{instruction.code, instruction.jt, instruction.jf, instruction.k};
    return bpf_image(&insn, index);
}

}  // namespace probevue
