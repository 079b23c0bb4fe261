// Names of numbers: every set is whole, and every built-in variable whose numbers have constants has names.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "builtins/describe.h"
#include "builtins/event.h"
#include "builtins/names.h"
#include "compiler/program/number_names.h"

using namespace probevue;

TEST_CASE("a number has one name in its set, and the longest that is made fits") {
    for (const NameSetRow& set : name_sets()) {
        CAPTURE(set.name);
        std::set<int64_t> numbers;
        int64_t all = 0;
        for (const NumberName& one : names_in(set.id)) {
            CAPTURE(one.name);
            CHECK(!one.name.empty());
            const bool own = numbers.insert(one.number).second;
            CHECK((own || !set.source.empty()));  // a listed set stands before the one that it goes on with
            if (own) CHECK(listed_name(set.id, one.number) == one.name);
            CHECK(one.name.size() <= longest_name(set.id));
            all |= one.number;
        }
        CHECK((set.form == NameForm::library) == numbers.empty());
        CHECK(longest_name(set.id) <= 512);  // what the prototype of name_of() says
        if (set.form == NameForm::library) continue;
        CHECK(listed_name(set.id, ~int64_t{0}).size() <= longest_name(set.id));
        CHECK(listed_name(set.id, all).size() <= longest_name(set.id));
        CHECK(listed_name(set.id, INT64_MIN).size() <= longest_name(set.id));
    }
}

TEST_CASE("built-in variables whose numbers are words of the language have names") {
    // The meaning of a code depends on the type, or the number has two parts.
    const std::set<std::string> without = {"__icmp->code", "__icmp6->code", "__igmp->code"};
    size_t named = 0;
    for (const BuiltinRow& row : builtin_rows()) {
        const bool words = row.doc.ends_with("_*)") && row.right.empty() && row.unavailable.empty();
        if (!words || without.contains(spelled(row))) continue;
        CAPTURE(spelled(row));
        CHECK((names_of(row).has_value() || !named_by(row).empty()));
        ++named;
    }
    CHECK(named > 20);
}

TEST_CASE("a member that has the name of another is a text of the same variable") {
    for (const BuiltinRow& row : builtin_rows()) {
        if (named_by(row).empty()) continue;
        const BuiltinRow* other = find_builtin(row.name, named_by(row));
        REQUIRE(other != nullptr);
        CHECK(other->type.kind == ValueKind::string);
        CHECK(!names_of(row).has_value());
    }
}

TEST_CASE("the kernel's states of TCP have the names that they have in the language") {
    const auto spelled_alike = [](std::string name) {
        std::erase(name, '_');
        if (name == "SYNRECV" || name == "NEWSYNRECV") return std::string("SYNRECEIVED");
        if (name == "CLOSE" || name == "BOUNDINACTIVE") return std::string("CLOSED");
        return name;
    };
    for (int64_t number = 1; number < static_cast<int64_t>(tcp_state_of_linux.size()); ++number) {
        const auto state = static_cast<int64_t>(tcp_state_of_linux[static_cast<size_t>(number)]);
        CHECK(spelled_alike(listed_name(NameSet::linux_tcp_state, number)) ==
              spelled_alike(listed_name(NameSet::tcp_state, state)));
    }
}

TEST_CASE("names of the libraries, of numbers of any size") {
    CHECK(name_of(NameSet::error, 111) == "ECONNREFUSED");
    CHECK(name_of(NameSet::error, -111) == "ECONNREFUSED");
    CHECK(name_of(NameSet::error, INT64_MIN) == std::to_string(INT64_MIN));
    CHECK(name_of(NameSet::error, (int64_t{1} << 32) + 1) == std::to_string((int64_t{1} << 32) + 1));
    CHECK(name_of(NameSet::signal, 11) == "SIGSEGV");
    CHECK(name_of(NameSet::signal, -11) == "-11");
    CHECK(name_of(NameSet::signal, 64) == "SIGRTMIN+30");
    CHECK(name_of(NameSet::signal, INT64_MAX) == std::to_string(INT64_MAX));
    CHECK(name_of(NameSet::system_call, 1'000'000) == "syscall_1000000");
    CHECK(name_of(NameSet::ip_protocol, 6) == "TCP");
}
