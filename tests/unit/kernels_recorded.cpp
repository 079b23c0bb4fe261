// Rows of hooks and views against type information recorded from Debian's kernels 6.1, 6.12 and 6.18, and from
// 6.12 for arm64: what every row reads is there, or the tables below say on which kernels it is not, and why.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/describe.h"
#include "compiler/compile.h"
#include "tests/unit/hook_rows.h"
#include "tests/unit/program_for.h"
#include "tests/unit/recorded_kernel.h"
#include "tests/unit/tuple_text.h"

namespace probevue {
namespace {

constexpr const char* all_kernels[] = {"6.1", "6.12", "6.18", "6.12-arm64"};

const TypesKernel& recorded(std::string_view version) {
    static std::map<std::string, std::unique_ptr<TypesKernel>> kernels;
    std::unique_ptr<TypesKernel>& kernel = kernels[std::string(version)];
    if (kernel == nullptr)
        kernel = std::make_unique<TypesKernel>(TypeReader(fmt::format("tests/data/btf/{}", version)).make(),
                                               version.ends_with("arm64") ? arm64_processor : x86_64_processor);
    return *kernel;
}

struct Absence {
    std::vector<std::string> kernels;
    std::string what;
    std::string why;
};

constexpr const char* renamed = "renamed in 6.16, where the device is locked by the caller";
constexpr const char* sendpage = "gone with 6.5: sendfile() goes through tcp_sendmsg";

const std::vector<Absence>& absences() {
    static const std::vector<Absence> rows = {
        {{"6.1"}, "syscall tracepoint sock_send_length: is not there", "new in 6.3"},
        {{"6.1"}, "syscall tracepoint sock_recv_length: is not there", "new in 6.3"},
        {{"6.1"},
         "tracepoint tracepoint kfree_skb: has 3 arguments, 4 are needed",
         "the receiving socket is new in 6.11; before, functions tell of refused segments"},
        {{"6.1"},
         "tracepoint tracepoint tcp_send_reset: has 2 arguments, 3 are needed",
         "the reason is new in 6.10; before, the tracepoint passes over resets that no socket sends"},
        {{"6.1"},
         "tracepoint tracepoint udp_fail_queue_rcv_skb: has 2 arguments, 3 are needed",
         "the packet is new in 6.10; before, the function of the queue tells"},
        {{"6.1", "6.12"},
         "tracepoint tracepoint sched_process_exit: has 1 arguments, 2 are needed",
         "whether the thread is the last is new in 6.14; before, it is computed"},
        {{"6.1", "6.12"},
         "tracepoint tracepoint tcp_retransmit_skb: has 2 arguments, 3 are needed",
         "the error is newer than 6.12; before, each attempt counts"},
        {{"6.1", "6.12"},
         "tracepoint tracepoint tcp_sendmsg_locked: is not there",
         "newer than 6.12; before, functions tell of full buffers"},
        {{"6.1", "6.12"}, "fentry entry netif_set_allmulti: is not there", renamed},
        {{"6.1", "6.12"}, "kprobe entry netif_set_allmulti: is not there", renamed},
        {{"6.18"}, "fentry entry __dev_set_allmulti: is not there", renamed},
        {{"6.18"}, "kprobe entry __dev_set_allmulti: is not there", renamed},
        {{"6.1", "6.12"}, "fentry exit netif_set_mac_address: is not there", renamed},
        {{"6.1", "6.12"}, "kprobe exit netif_set_mac_address: is not there", renamed},
        {{"6.12", "6.18"}, "fentry entry tcp_sendpage: is not there", sendpage},
        {{"6.12", "6.18"}, "fentry exit tcp_sendpage: is not there", sendpage},
        {{"6.12", "6.18"}, "kprobe entry tcp_sendpage: is not there", sendpage},
        {{"6.12", "6.18"}, "kprobe exit tcp_sendpage: is not there", sendpage},
    };
    return rows;
}

// Built-ins that are visible at an event although no rung gives them on a kernel, or events that cannot be had at all.
const std::vector<Absence>& withheld() {
    static const std::vector<Absence> rows = {};
    return rows;
}

// What a kernel lacks is a matter of its version, not of its processor.
std::set<std::string> expected(const std::vector<Absence>& rows, const std::string& kernel) {
    const std::string version = kernel.substr(0, kernel.find('-'));
    std::set<std::string> out;
    for (const Absence& row : rows) {
        CHECK_FALSE(row.why.empty());
        if (std::find(row.kernels.begin(), row.kernels.end(), version) != row.kernels.end()) out.insert(row.what);
    }
    return out;
}

// Those of one that are not in the other, a line each.
std::string beyond(const std::set<std::string>& these, const std::set<std::string>& those) {
    std::string out;
    for (const std::string& one : these) {
        if (!those.contains(one)) out += one + "\n";
    }
    return out;
}

// Why the event with this in its clause cannot be had on a rung; empty: it can.
std::string refusal(const std::string& text, const TypesKernel& kernel, Rung rung) {
    CAPTURE(text);
    const Program program = program_for(text, kernel, rung, HomeChoice::engine);
    return program.kernel_refusals.empty() ? "" : program.kernel_refusals.front().tried;
}

// Points whose events come from hooks.
std::vector<const ProbePointRow*> points_of_hooks() {
    std::vector<const ProbePointRow*> out;
    for (const ProbePointRow& point : probe_points()) {
        const bool hooked = std::any_of(hook_rows().begin(), hook_rows().end(),
                                        [&](const HookRow& row) { return row.kind == point.kind; });
        if (point.unavailable.empty() && hooked) out.push_back(&point);
    }
    return out;
}

}  // namespace

TEST_CASE(
    "what each row of hooks and views reads is there on the kernels that were recorded, or the table says why not") {
    for (const std::string version : all_kernels) {
        CAPTURE(version);
        const std::set<std::string> lacks = all_lacks(recorded(version));
        const std::set<std::string> told = expected(absences(), version);
        CHECK(beyond(lacks, told) == "");
        CHECK(beyond(told, lacks) == "");
    }
}

TEST_CASE("each built-in that is visible at an event is given by a rung on each kernel, or the table says why not") {
    for (const std::string version : all_kernels) {
        CAPTURE(version);
        const TypesKernel& kernel = recorded(version);
        std::set<std::string> lacks;
        size_t given = 0;
        for (const ProbePointRow* point : points_of_hooks()) {
            const bool sysproc = point->kind == ProbeKind::sysproc;
            const HookRequest request{point->kind,
                                      sysproc ? point->fields.front().text : std::string_view("netif_receive_skb")};
            std::vector<Rung> had;
            for (const RungRow& rung : rungs()) {
                std::string tried;
                if (!choose_hooks(request, kernel, rung.rung, tried).empty()) had.push_back(rung.rung);
            }
            if (had.empty()) lacks.insert(std::string(point->form));
            for (const BuiltinRow& row : builtin_rows()) {
                if (had.empty() || !row.unavailable.empty() || !row.right.empty() || !is_visible(row, *point)) continue;
                const std::string text =
                    fmt::format("{} {{ trace({}); }}\n", filled_in(*point, "tcp", "netif_receive_skb"), spelled(row));
                const bool any =
                    std::any_of(had.begin(), had.end(), [&](Rung rung) { return refusal(text, kernel, rung).empty(); });
                if (any) ++given;
                if (!any) lacks.insert(fmt::format("{}: {}", point->form, spelled(row)));
            }
        }
        const std::set<std::string> told = expected(withheld(), version);
        CHECK(beyond(lacks, told) == "");
        CHECK(beyond(told, lacks) == "");
        CHECK(given > 500);
    }
}

TEST_CASE("a dump of a program names what is read at an event, packets too") {
    CompileOptions options;
    options.kernel = &recorded("6.12");
    options.dumps = {Stage::program};
    const Compiled out = compile_for("@@net:ip:receive { n[__ipinfo->ip_saddr]++; trace(get_stktrace(4)); }", options);
    REQUIRE(out.program.has_value());
    CHECK(out.dumps.find("\n  read packet [") != std::string::npos);
    CHECK(out.dumps.find("\n  read kernel stack [") != std::string::npos);
}

TEST_CASE("a misspelt path is found") {
    for (const std::string version : all_kernels) {
        CHECK(recorded(version).resolve("sock.__sk_common.skc_num").has_value());
        CHECK_FALSE(recorded(version).resolve("sock.__sk_common.skc_nmu").has_value());
    }
}

// What readelf and pahole say of 6.12 (struct sock_common, sk_buff; enum skb_drop_reason).
TEST_CASE("types as recorded are read as those of a running kernel are") {
    const TypesKernel& kernel = recorded("6.12");
    const std::optional<ResolvedPath> port = kernel.resolve("sock.__sk_common.skc_num");
    REQUIRE(port.has_value());
    REQUIRE(port->steps.size() == 1);
    CHECK(port->size == 2);
    CHECK_FALSE(port->is_signed);
    const std::optional<ResolvedPath> network = kernel.resolve("sock.__sk_common.skc_net.net->ns.inum");
    REQUIRE(network.has_value());
    REQUIRE(network->steps.size() == 2);
    CHECK(network->steps[0].dereference);
    CHECK(network->size == 4);
}

}  // namespace probevue
