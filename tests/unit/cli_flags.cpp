// The table of flags, and the parser that reads it.
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "builtins/base/text.h"
#include "compiler/compile.h"
#include "runtime/options/flags.h"
#include "runtime/options/options.h"

using namespace probevue;

namespace {

const FlagRow& row_of(FlagId id) { return flag_rows[static_cast<size_t>(id)]; }

std::string spelled(const FlagRow& row) {
    return row.letter != 0 ? std::string{'-', row.letter} : "--" + std::string(row.name);
}

}  // namespace

TEST_CASE("each flag has one row, a spelling of its own, and a sentence") {
    std::set<std::string> spellings;
    for (size_t i = 0; i < flag_rows.size(); ++i) {
        const FlagRow& row = flag_rows[i];
        CAPTURE(i);
        CHECK(static_cast<size_t>(row.id) == i);
        CHECK((row.letter != 0 || !row.name.empty()));
        if (row.letter != 0) CHECK(spellings.insert(std::string{'-', row.letter}).second);
        if (!row.name.empty()) CHECK(spellings.insert("--" + std::string(row.name)).second);
        CHECK(row.summary.size() <= 52);
        CHECK(row.doc.ends_with("."));
    }
}

TEST_CASE("the help fits one screen") {
    const std::string help = help_text();
    const std::vector<std::string_view> lines = split(help, '\n');
    CHECK(lines.size() <= 48);  // the text ends in a line end
    for (std::string_view line : lines) {
        CAPTURE(line);
        CHECK(line.size() <= 80);
    }
    for (const FlagRow& row : flag_rows) {
        if (!row.summary.empty()) CHECK(help.find(std::string("  ") + spelled(row)) != std::string::npos);
    }
}

TEST_CASE("the words that a flag takes are those of its row") {
    for (const FlagRow& row : flag_rows) {
        if (row.choices.empty()) continue;
        for (std::string_view word : split(row.choices, '|')) {
            CAPTURE(word);
            CHECK(parse_options({spelled(row), std::string(word), "x.e"}));
        }
        const Result<Options> refused = parse_options({spelled(row), "nonsense", "x.e"});
        REQUIRE(!refused);
        CHECK(refused.error().status == ExitStatus::usage);
        CHECK(refused.error().message.find("nonsense") != std::string::npos);
    }
    std::string stages(row_of(FlagId::dump).choices);
    for (size_t at = 0; (at = stages.find('|')) != std::string::npos;) stages.replace(at, 1, ", ");
    CHECK(stages == stage_names());
}

TEST_CASE("--for takes a time with its unit") {
    const auto nanoseconds = [](const char* time) { return parse_options({"--for", time, "x.e"})->for_ns; };
    CHECK(nanoseconds("10") == 10'000'000'000);
    CHECK(nanoseconds("10s") == 10'000'000'000);
    CHECK(nanoseconds("500ms") == 500'000'000);
    CHECK(nanoseconds("2m") == 120'000'000'000);
    CHECK(nanoseconds("1h") == 3'600'000'000'000);
    for (const char* time : {"", "0", "0s", "-1s", "s", "1.5s", "10 s", "10x", "99999999999999h", "ten"}) {
        CAPTURE(time);
        const Result<Options> refused = parse_options({"--for", time, "x.e"});
        REQUIRE(!refused);
        CHECK(refused.error().status == ExitStatus::usage);
        CHECK(refused.error().message ==
              std::string("--for wants a time such as 10s, 500ms, 2m or 1h, not `") + time + "`");
    }
}

TEST_CASE("flags end at the script; what follows is the script's") {
    const Result<Options> options = parse_options({"--stats", "-r", "a.pcap", "-r", "b.pcap", "x.e", "--stats", "-n"});
    REQUIRE(options);
    CHECK(options->statistics);
    CHECK(options->replay == std::vector<std::string>{"a.pcap", "b.pcap"});
    CHECK(options->script == "x.e");
    CHECK(options->script_arguments == std::vector<std::string>{"--stats", "-n"});
    CHECK(options->sink.resolve_names);
}

TEST_CASE("a value that is missing, and a flag that there is not") {
    const Result<Options> missing = parse_options({"--home"});
    REQUIRE(!missing);
    CHECK(missing.error().message == "--home wants a value");
    const Result<Options> misspelt = parse_options({"--formt", "json"});
    REQUIRE(!misspelt);
    CHECK(misspelt.error().hint.find("--format") != std::string::npos);
}

TEST_CASE("-l and -i take their value only when one follows") {
    const Result<Options> bare = parse_options({"-l", "-v"});
    REQUIRE(bare);
    CHECK(bare->list);
    CHECK(bare->verbose);
    CHECK(bare->list_pattern.empty());
    const Result<Options> pattern = parse_options({"-l", "net"});
    REQUIRE(pattern);
    CHECK(pattern->list_pattern == "net");
    const Result<Options> interval = parse_options({"-i", "5", "x.e"});
    REQUIRE(interval);
    CHECK(!interval->interactive);
    CHECK(interval->notes.size() == 1);
    CHECK(interval->script == "x.e");
    // Nothing behind the number is looked at.
    const Result<Options> alone = parse_options({"-i", "5"});
    REQUIRE(alone);
    CHECK(!alone->interactive);
    CHECK(alone->script.empty());
}
