#include "compiler/program/filter.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <memory>
#include <string_view>

#include "builtins/base/text.h"

namespace probevue {

namespace {

struct Closer {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
};

using Handle = std::unique_ptr<pcap_t, Closer>;

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

std::string closing_parentheses(const std::string& prefix) {
    int open = 0;
    for (const char c : prefix) open += c == '(' ? 1 : c == ')' ? -1 : 0;
    return std::string(static_cast<size_t>(std::max(open, 0)), ')');
}

// The header of a capture file that packets of a target could come from: written by libpcap, which knows the numbers of
// link types in files.
struct CaptureHeader {
    std::array<uint8_t, 24> bytes{};
    bool written = false;

    CaptureHeader(pcap_t* dead, bool swapped) {
        std::FILE* file = fmemopen(bytes.data(), bytes.size(), "w");
        if (file == nullptr) return;
        if (pcap_dumper_t* dumper = pcap_dump_fopen(dead, file)) {
            pcap_dump_close(dumper);  // closes the file
            written = true;
        } else {
            std::fclose(file);
        }
        // Magic number, two halves of the version, four numbers.
        static constexpr std::array<size_t, 7> sizes = {4, 2, 2, 4, 4, 4, 4};
        size_t at = 0;
        for (const size_t size : sizes) {
            if (swapped) std::reverse(bytes.begin() + at, bytes.begin() + at + size);
            at += size;
        }
    }
};

// libpcap takes address families and byte order from the handle: one without a file stands for this machine.
Handle open_target(const FilterTarget& target) {
    Handle dead(pcap_open_dead(target.link_type, target.snap_length));
    if (dead == nullptr || !target.from_file) return dead;
    CaptureHeader header(dead.get(), target.swapped);
    if (!header.written) return dead;  // a link type that files do not have
    std::FILE* file = fmemopen(header.bytes.data(), header.bytes.size(), "r");
    if (file == nullptr) return nullptr;
    char message[PCAP_ERRBUF_SIZE];
    Handle offline(pcap_fopen_offline(file, message));  // owns the file
    if (offline == nullptr) std::fclose(file);
    return offline;
}

class Compiler {
public:
    explicit Compiler(const FilterTarget& target)
        : handle_(open_target(target)), netmask_(target.netmask.value_or(PCAP_NETMASK_UNKNOWN)) {}

    bool opened() const { return handle_ != nullptr; }
    std::string message() const { return pcap_geterr(handle_.get()); }

    bool compile(const std::string& expression, std::vector<sock_filter>* code) {
        bpf_program program{};
        if (pcap_compile(handle_.get(), &program, expression.c_str(), 1, netmask_) != 0) return false;
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
        const std::string closing = closing_parentheses(prefix);
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
    Handle handle_;
    bpf_u_int32 netmask_;
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

// The word up to which an expression must be read for libpcap to say the same of it as of the whole.
std::optional<Token> first_refused(Compiler& compiler, const std::string& expression) {
    const std::string whole = compiler.message();
    for (const Token& token : tokens_of(expression)) {
        std::string prefix = expression.substr(0, token.end);
        prefix += closing_parentheses(prefix);
        if (!compiler.compile(prefix, nullptr) && compiler.message() == whole) return token;
    }
    return std::nullopt;
}

void point_at(const Token& token, const std::string& expression, FilterError& error) {
    error.at = expression.substr(token.begin, token.end - token.begin);
    error.offset = token.begin;
    // `ip.addr == 10.0.0.1`, `tcp.flags.syn == 1`
    const auto begin = static_cast<unsigned char>(error.at.front());
    if (!error.hint.empty()) return;
    if (token.begin > 0 && expression[token.begin - 1] == '$') {
        // `"port $PORT"`: as on AIX, nothing is replaced between quotes.
        error.hint = "in quotes `$` is not replaced: a filter that is given stands alone, `@@net:bpf::tcp:$" +
                     error.at + "`, and brings its quotes, '\"port 80\"'";
    } else if (error.message.starts_with("unknown host")) {
        error.hint = "write its address: no name server knows the name here";
    } else if (std::isalpha(begin) != 0 && error.at.find('.') != std::string::npos)
        error.hint =
            "Wireshark's display filters are another language; here: `host 10.0.0.1 and tcp port 80`, see "
            "pcap-filter(7)";
}

void locate(Compiler& compiler, const std::string& expression, FilterError& error) {
    if (!is_syntax_error(error.message)) {
        std::optional<Token> place = named_word(expression, error.message);
        if (!place && !error.never) place = first_refused(compiler, expression);
        if (place) point_at(*place, expression, error);
        return;
    }
    const std::vector<Token> tokens = tokens_of(expression);
    for (const Token& token : tokens) {
        if (compiler.viable(expression.substr(0, token.end))) continue;
        point_at(token, expression, error);
        error.message = "syntax error at `" + error.at + "`";
        static constexpr std::array<std::string_view, 17> words = {"port",  "host", "net", "src",  "dst",   "tcp",
                                                                   "udp",   "and",  "or",  "not",  "proto", "portrange",
                                                                   "ether", "icmp", "arp", "vlan", "ip6"};
        const std::string meant = did_you_mean(error.at, words);
        if (!meant.empty() && error.hint.empty()) error.hint = meant + " See pcap-filter(7)";
        return;
    }
    // Every word could stand where it stands: something is missing behind the last.
    if (!tokens.empty()) {
        point_at(tokens.back(), expression, error);
        error.message = "the expression is not complete behind `" + error.at + "`";
    }
}

// Any one will do to find out whether it is all that is missing.
constexpr uint32_t some_netmask = 0xffffff00;

bool lacks_netmask(const std::string& expression, const FilterTarget& target) {
    if (target.netmask) return false;
    FilterTarget with_netmask = target;
    with_netmask.netmask = some_netmask;
    Compiler compiler(with_netmask);
    return compiler.opened() && compiler.compile(expression, nullptr);
}

// `inbound`, `outbound` and `ifindex` at a live interface: all but cooked headers leave it to the kernel to know.
bool asks_kernel(const std::vector<sock_filter>& code) {
    return std::any_of(code.begin(), code.end(), [](const sock_filter& insn) {
        const unsigned kind = BPF_CLASS(insn.code);
        const unsigned mode = BPF_MODE(insn.code);
        return (kind == BPF_LD || kind == BPF_LDX) && (mode == BPF_ABS || mode == BPF_IND || mode == BPF_MSH) &&
               insn.k >= static_cast<uint32_t>(SKF_AD_OFF) && insn.k < static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_MAX);
    });
}

void refuse_kernel_facts(Compiler& compiler, const std::string& expression, FilterError& error) {
    error.message = "direction and interface are not among the bytes of a packet";
    error.hint = "`inbound`, `outbound` and `ifindex` work on the interface `any`";
    for (const Token& token : tokens_of(expression)) {
        std::string prefix = expression.substr(0, token.end);
        prefix += closing_parentheses(prefix);
        std::vector<sock_filter> code;
        if (compiler.compile(prefix, &code) && asks_kernel(code)) return point_at(token, expression, error);
    }
}

// libpcap looks names up in vain on every link type.
bool is_unknown_name(const std::string& message) { return message.starts_with("unknown"); }

// Only this jump goes back, by a distance that is negative in 32 bits.
bool jumps_back(const sock_filter& insn) { return insn.code == (BPF_JMP | BPF_JA) && static_cast<int32_t>(insn.k) < 0; }

}  // namespace

std::vector<sock_filter> compile_filter(const std::string& expression, const FilterTarget& target, FilterError& error) {
    error = {};
    Compiler compiler(target);
    if (!compiler.opened()) {
        error.message = "no memory for a filter";
        return {};
    }
    std::vector<sock_filter> code;
    if (compiler.compile(expression, &code)) {
        if (!asks_kernel(code)) return code;
        refuse_kernel_facts(compiler, expression, error);
        return {};
    }
    error.message = tidy(compiler.message());
    error.never = error.message.find("rejects all packets") != std::string::npos;
    error.is_syntax = is_syntax_error(error.message);
    error.wants_netmask =
        !error.never && !error.is_syntax && !is_unknown_name(error.message) && lacks_netmask(expression, target);
    locate(compiler, expression, error);
    return {};
}

std::optional<EventFilter> compile_event_filter(const std::string& expression, FilterError& error) {
    EventFilter out;
    FilterTarget target;
    out.text = expression;
    out.ethernet = compile_filter(expression, target, error);
    if (out.ethernet.empty()) {
        if (error.wants_netmask) {
            error.hint = "an event may be of any interface: name the address";
        } else if (!error.hint.empty()) {
            error.hint = "a predicate can ask for `__netdev->ifindex`";
        }
        return std::nullopt;
    }
    FilterError no_link;  // then it asks for what only a link header has
    target.link_type = DLT_RAW;
    out.raw = compile_filter(expression, target, no_link);
    for (const std::vector<sock_filter>* code : {&out.ethernet, &out.raw}) {
        if (std::none_of(code->begin(), code->end(), jumps_back)) continue;
        constexpr std::string_view loop = "protochain";
        error.message = "`protochain` needs a loop, and programs of the kernel have none";
        error.hint = "name the header: `proto` looks at the first one behind that of IP";
        error.at = loop;
        error.offset = expression.find(loop);
        return std::nullopt;
    }
    return out;
}

int highest_link_type() {
#ifdef DLT_HIGH_MATCHING_MAX
    return DLT_HIGH_MATCHING_MAX;
#else
    return DLT_MATCHING_MAX;  // its name before libpcap 1.10.5
#endif
}

bool check_filter(const std::string& expression, FilterError& error) {
    FilterTarget target;
    target.netmask = some_netmask;
    if (!compile_filter(expression, target, error).empty()) return true;
    if (error.never || error.is_syntax || is_unknown_name(error.message)) return false;
    for (target.link_type = 0; target.link_type <= highest_link_type(); ++target.link_type) {
        if (pcap_datalink_val_to_name(target.link_type) == nullptr) continue;
        Compiler compiler(target);
        std::vector<sock_filter> code;
        if (compiler.opened() && compiler.compile(expression, &code) && !asks_kernel(code)) return true;
    }
    return false;
}

std::string describe_filter_instruction(const sock_filter& instruction, int index) {
    const bpf_insn insn{instruction.code, instruction.jt, instruction.jf, instruction.k};
    return bpf_image(&insn, index);
}

}  // namespace probevue
