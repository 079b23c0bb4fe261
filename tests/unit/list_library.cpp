// What the index reads in the first comment of a script, and names in the completion of the interactive session.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "runtime/list/complete.h"
#include "runtime/list/library.h"

using namespace probevue;

namespace {

void check_head(std::string_view text, std::string_view topic, std::string_view line) {
    CAPTURE(text);
    const ScriptHead head = read_script_head(text);
    CHECK(head.topic == topic);
    CHECK(head.line == line);
}

}  // namespace

TEST_CASE("the index takes the first sentence and the topic from the first comment") {
    check_head(
        "#!/usr/bin/env probevue\n/*\n * Who sends: by\n * host. More.\n *\n * topic:    TCP data\n */\n@@END {}",
        "TCP data", "Who sends: by host");
    check_head("/* One line. */\n// topic: no\n", "", "One line");
    check_head("/* One line. topic: no */", "", "One line");
    check_head("/* Who\n   asks.\n\n   topic: x\n*/", "x", "Who asks");
    check_head("\n\n// Who asks. Not that.\n// topic: y\n\n// topic: z\n", "y", "Who asks");
    check_head("#!/bin/x\n#VUE_CMD_ARGS -n\n# Who asks.\n@@END {}", "", "Who asks");
    check_head("/*\n * topic: first\n *\n * Who asks.\n */", "first", "");
    check_head("/*\n *\n * Version 1.5 of it\n *\n * Another paragraph.\n */", "", "Version 1.5 of it");
    check_head("@@BEGIN { }\n/* Too late. */", "", "");
    check_head("/* never closed", "", "never closed");
    check_head("/*", "", "");
    check_head("", "", "");
}

TEST_CASE("behind .load names of scripts are completed, and files") {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / "probevue-unit-library";
    std::filesystem::create_directories(folder);
    for (const char* name : {"zebra_names.e", "zebra_sizes.e", "zebra.txt"}) std::ofstream(folder / name) << "@@END {}";
    REQUIRE(setenv("PROBEVUE_SCRIPTS", folder.c_str(), 1) == 0);
    CompletionWords words;
    words.script_commands = {".load"};
    words.file_commands = {".read"};
    CHECK(complete(".load zebra", 11, words).candidates == std::vector<std::string>{"zebra_names", "zebra_sizes"});
    CHECK(complete(".read zebra", 11, words).candidates.empty());
    CHECK(is_script_name("zebra_sizes"));
    CHECK(is_script_name("zebra_sizes.e"));
    CHECK_FALSE(is_script_name("zebra"));
    CHECK_FALSE(is_script_name(""));
    CHECK_FALSE(is_script_name(".e"));
    CHECK_FALSE(is_script_name("../probevue-unit-library/zebra_sizes"));
    CHECK(find_script("zebra_sizes").value() == (folder / "zebra_sizes.e").string());
    unsetenv("PROBEVUE_SCRIPTS");
    CHECK_FALSE(is_script_name("zebra_sizes"));
    std::filesystem::remove_all(folder);
}
