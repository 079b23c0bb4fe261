// Functions of the kernel that a tuple means, from files as the kernel writes them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "runtime/symbols/kernel_functions.h"
#include "runtime/symbols/symbolizer.h"

namespace probevue {
namespace {

class Files {
public:
    Files(const std::string& symbols, const std::string& traceable) {
        files_ = {folder_ / "symbols", {folder_ / "missing", folder_ / "traceable"}};
        std::ofstream(files_.symbols) << symbols;
        if (!traceable.empty()) std::ofstream(files_.traceable[1]) << traceable;
    }
    ~Files() { std::filesystem::remove_all(folder_); }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    std::string find(const std::string& function) const {
        KernelFunctions functions(files_);
        const auto found = functions.find(function);
        if (!found) return found.error().message + "; " + found.error().hint;
        std::string out;
        for (const KernelFunction& one : *found)
            out += fmt::format("{}{}@{:x}", out.empty() ? "" : " ", one.name, one.address);
        return out;
    }

private:
    static std::filesystem::path make_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "probevue-kernel-functions-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        return name;
    }

    std::filesystem::path folder_ = make_folder();
    KernelFunctionFiles files_;
};

const std::string symbols =
    "ffffffff81000010 T tcp_sendmsg\n"
    "ffffffff81000020 t tcp_push\n"
    "ffffffff81000030 t tcp_push\n"
    "ffffffff81000040 D tcp_data\n"
    "ffffffff81000050 T notrace_one\n"
    "ffffffff81000060 W weak_one\n"
    "ffffffffc0000010 t veth_xmit\t[veth]\n"
    "ffffffffc0000020 t tcp_program\t[bpf]\n";
const std::string traceable = "tcp_sendmsg\ntcp_push\nweak_one\nveth_xmit [veth]\n";

TEST_CASE("functions of the kernel: names, also those that several have, modules, and patterns") {
    const Files files(symbols, traceable);
    CHECK(files.find("tcp_sendmsg") == "tcp_sendmsg@ffffffff81000010");
    CHECK(files.find("tcp_push") == "tcp_push@ffffffff81000020 tcp_push@ffffffff81000030");
    CHECK(files.find("veth_xmit") == "veth_xmit@ffffffffc0000010");
    CHECK(files.find("tcp_*") == "tcp_push@ffffffff81000020 tcp_push@ffffffff81000030 tcp_sendmsg@ffffffff81000010");
    CHECK(files.find("[vw]e*") == "veth_xmit@ffffffffc0000010 weak_one@ffffffff81000060");
}

TEST_CASE("functions of the kernel: what cannot be had") {
    const Files files(symbols, traceable);
    CHECK(files.find("tcp_data") == "the kernel has no function `tcp_data`; ");
    CHECK(files.find("tcp_sendmgs") == "the kernel has no function `tcp_sendmgs`; did you mean `tcp_sendmsg`?");
    CHECK(files.find("tcp_program") == "the kernel has no function `tcp_program`; ");
    CHECK(files.find("notrace_one") ==
          "the kernel does not let its function `notrace_one` be traced; "
          "/sys/kernel/tracing/available_filter_functions lists those that may be");
    CHECK(files.find("udp_*") ==
          "no function of the kernel that may be traced matches `udp_*`; "
          "/sys/kernel/tracing/available_filter_functions lists them");
    CHECK(files.find("notrace_*") ==
          "no function of the kernel that may be traced matches `notrace_*`; "
          "/sys/kernel/tracing/available_filter_functions lists them");
    const Files untold(symbols, "");
    CHECK(untold.find("notrace_one") == "notrace_one@ffffffff81000050");
    const Files hidden("0000000000000000 T tcp_sendmsg\n", "");
    CHECK(hidden.find("tcp_sendmsg") ==
          "the kernel hides where its functions are; "
          "/proc/sys/kernel/kptr_restrict says from whom; CAP_SYSLOG may be needed");
    const Files nothing("", "");
    CHECK(nothing.find("tcp_sendmsg").starts_with("the functions of the kernel are not known: `"));
}

TEST_CASE("functions of the kernel by address: from where they begin to the next symbol, not beyond the code") {
    const KernelSymbols known(
        "0000000000000000 A hidden\n"
        "ffffffff81000000 T _stext\n"
        "ffffffff81000010 T first\n"
        "ffffffff81000030 t second\n"
        "ffffffff81000030 D data_of_the_same_address\n"
        "ffffffff81000040 d data\n"
        "ffffffff81000050 W third\n"
        "ffffffff81000060 T _etext\n"
        "ffffffffc0000010 t veth_xmit\t[veth]\n");
    const auto name = [&](uint64_t address) {
        const KernelPlaceName* found = known.find(address);
        return found == nullptr ? std::string("none") : std::string(found->name);
    };
    CHECK(name(5) == "none");
    CHECK(name(0xffffffff80ffffff) == "none");
    CHECK(name(0xffffffff81000010) == "first");
    CHECK(name(0xffffffff8100002f) == "first");
    CHECK(name(0xffffffff81000030) == "second");
    CHECK(name(0xffffffff81000045) == "none");
    CHECK(name(0xffffffff8100005f) == "third");
    CHECK(name(0xffffffff81000060) == "none");
    CHECK(name(0xffffffffc0000020) == "veth_xmit");
    CHECK(name(~uint64_t{0}) == "none");
    CHECK(KernelSymbols("").find(0xffffffff81000010) == nullptr);
}

TEST_CASE("functions of the kernel: a tuple means 512 at most") {
    std::string many;
    for (size_t i = 0; i < most_kernel_functions; ++i) many += fmt::format("{:x} t f{}\n", 0x1000 + i, i);
    CHECK(Files(many, "").find("f*").starts_with("f0@1000 f1@1001 f10@100a"));
    many += "9999 t f_one_more\n";
    CHECK(Files(many, "").find("f*") ==
          "`f*` means 513 functions of the kernel, at most 512 are probed by one tuple; "
          "write a narrower pattern");
}

}  // namespace
}  // namespace probevue
