// Functions of executables and libraries: of this program, which knows its own addresses.
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <elf.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <string>

#include "runtime/symbols/elf_file.h"
#include "runtime/symbols/functions.h"
#include "runtime/symbols/modules.h"

extern "C" __attribute__((noinline, used)) int probevue_symbol_for_tests(int x) {
    asm volatile("" ::: "memory");
    return x + 1;
}

namespace probevue {

__attribute__((noinline, used)) int overloaded_for_tests(int x) {
    asm volatile("" ::: "memory");
    return x;
}
__attribute__((noinline, used)) int overloaded_for_tests(const char*, long x) {
    asm volatile("" ::: "memory");
    return static_cast<int>(x);
}

namespace {

const std::string own = "/proc/self/exe";

// Where an address of this program lies in its file, by the system's list of mappings.
uint64_t own_offset(const void* function) {
    const auto address = reinterpret_cast<uint64_t>(function);
    for (const Mapping& mapping : mappings_of(getpid())) {
        if (address >= mapping.begin && address < mapping.end) return address - mapping.begin + mapping.offset;
    }
    return 0;
}

std::vector<Module> only_own() { return {{own, own}}; }

}  // namespace

TEST_CASE("a function's place in the file is where its code is mapped from") {
    const auto points = find_functions(only_own(), "", "probevue_symbol_for_tests");
    REQUIRE(points.has_value());
    REQUIRE(points->size() == 1);
    CHECK(points->front().offset == own_offset(reinterpret_cast<const void*>(&probevue_symbol_for_tests)));
    CHECK(points->front().function == "probevue_symbol_for_tests");
    // The bytes there are the function's.
    std::ifstream file(own, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(points->front().offset));
    char code[4];
    file.read(code, sizeof code);
    CHECK(std::memcmp(code, reinterpret_cast<const void*>(&probevue_symbol_for_tests), sizeof code) == 0);
}

TEST_CASE("addresses, offsets and functions lead to each other") {
    const auto file = ElfFile::open(own);
    REQUIRE(file.has_value());
    const uint64_t offset = own_offset(reinterpret_cast<const void*>(&probevue_symbol_for_tests));
    const auto address = (*file)->address_at(offset);
    REQUIRE(address.has_value());
    CHECK((*file)->offset_of(*address) == offset);
    for (const uint64_t within : {0, 1, 3}) {
        const FunctionSymbol* found = (*file)->function_at(*address + within);
        REQUIRE(found != nullptr);
        CHECK(found->name == "probevue_symbol_for_tests");
        CHECK(found->address == *address);
    }
    CHECK((*file)->function_at(1) == nullptr);
    CHECK_FALSE((*file)->offset_of(~uint64_t{0}).has_value());
    CHECK((*file)->is_64bit() == (sizeof(void*) == 8));
    CHECK_FALSE((*file)->interpreter().empty());
}

TEST_CASE("C++ names: all that overload it, or the one with these parameters") {
    const auto all = find_functions(only_own(), "", "probevue::overloaded_for_tests");
    REQUIRE(all.has_value());
    CHECK(all->size() == 2);
    const auto one = find_functions(only_own(), "", "probevue::overloaded_for_tests(char const*, long)");
    REQUIRE(one.has_value());
    CHECK(one->size() == 1);
    const auto mangled = find_functions(only_own(), "", "_ZN8probevue20overloaded_for_testsEi");
    REQUIRE(mangled.has_value());
    CHECK(mangled->front().function == "probevue::overloaded_for_tests(int)");
    CHECK(demangled("_Znot_a_mangled_name") == "_Znot_a_mangled_name");
}

TEST_CASE("regular expressions match anywhere unless they are anchored") {
    const auto some = find_functions(only_own(), "", "/^prob.*_symbol_for_(tests|nothing)$/");
    REQUIRE(some.has_value());
    CHECK(some->size() == 1);
    CHECK_FALSE(find_functions(only_own(), "", "/^symbol_for_tests/").has_value());
    const auto broken = find_functions(only_own(), "", "/[/");
    REQUIRE_FALSE(broken.has_value());
    CHECK(broken.error().message.find("/[/ is no regular expression") == 0);
}

TEST_CASE("what was not found is told, with what is near") {
    const auto missing = find_functions(only_own(), "", "probevue_symbol_for_test");
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().hint == "did you mean `probevue_symbol_for_tests`?");
    const auto module = find_functions(only_own(), "libxyz", "main");
    REQUIRE_FALSE(module.has_value());
    CHECK(module.error().message == "there is no module `libxyz`");
    const auto text = ElfFile::open("/etc/passwd");
    REQUIRE_FALSE(text.has_value());
    CHECK(text.error().message == "cannot read the symbols of `/etc/passwd`: it is no ELF program or library");
    CHECK_FALSE(ElfFile::open("/no/such/file").has_value());
}

TEST_CASE("modules of a process are those that it has mapped, of a program those that its loader would find") {
    const auto mapped = modules_of_process(getpid());
    const auto linked = modules_of_program(own);
    REQUIRE(mapped.has_value());
    REQUIRE(linked.has_value());
    const auto has = [](const std::vector<Module>& modules, std::string_view name) {
        return std::any_of(modules.begin(), modules.end(),
                           [&](const Module& one) { return names_module(name, one.name); });
    };
    for (const char* name : {"libc", "libc.so.6", "libelf", "libpcap", "libstdc++.so.6"}) {
        CAPTURE(std::string(name));
        CHECK(has(*linked, name));
        if (std::string_view(name) != "libstdc++.so.6") CHECK(has(*mapped, name));
    }
    CHECK(mapped->front().name.find("unit_tests") != std::string::npos);
    CHECK_FALSE(modules_of_process(4'194'304).has_value());
    CHECK_FALSE(modules_of_process(2).has_value());  // a thread of the kernel
    Dl_info info{};
    REQUIRE(dladdr(reinterpret_cast<const void*>(&std::strcmp), &info) != 0);
    CHECK(has(*mapped, info.dli_fname));
}

TEST_CASE("a process of another user is not to be looked at: the hint says so") {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t target = getuid() == 0 ? getpid() : 1;  // one of root
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        constexpr uid_t nobody = 65534;
        std::string said = "setuid() failed";
        if (getuid() != 0 || setuid(nobody) == 0) {
            const auto modules = modules_of_process(target);
            said = modules ? "it can be" : modules.error().message + "; " + modules.error().hint;
        }
        _exit(write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
    }
    close(ends[1]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    char said[256] = "";
    CHECK(read(ends[0], said, sizeof said - 1) > 0);
    close(ends[0]);
    CHECK(std::string(said) == "the memory of process " + std::to_string(target) +
                                   " cannot be looked at; it belongs to another user: run probevue as root");
}

TEST_CASE("names of modules as scripts write them") {
    const std::string_view path = "/usr/lib/x86_64-linux-gnu/libc.so.6";
    for (const char* name :
         {"libc.so.6", "libc", "libc.so", "libc.a", "libc.a(shr.o)", "/usr/lib/x86_64-linux-gnu/libc.so.6"}) {
        CAPTURE(std::string(name));
        CHECK(names_module(name, path));
    }
    for (const char* name : {"libcrypt", "libc.so.5", "c", "libc.so.66", "/lib/libx.so"}) {
        CAPTURE(std::string(name));
        CHECK_FALSE(names_module(name, path));
    }
    CHECK(names_module("libstdc++.so.6", "/usr/lib/libstdc++.so.6.0.30"));
    CHECK(names_module("libelf", "/usr/lib/libelf-0.188.so"));
    CHECK(names_module("sshd", "/usr/sbin/sshd"));
    CHECK(library("libc.so.6").has_value());
    CHECK(library("libc").has_value());
    CHECK_FALSE(library("libnothing.so.1").has_value());
    CHECK(find_program("sh").ends_with("/sh"));
    CHECK(find_program("no-such-program-anywhere").empty());
}

}  // namespace probevue
