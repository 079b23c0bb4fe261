// Scripts by name: those that come with probevue, and those in the folders of PROBEVUE_SCRIPTS.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

// Where names are looked up, first to last: the folders of PROBEVUE_SCRIPTS (a list like PATH; empty ones are left
// out), then the folder that came with the program. That one is found from where the program lies (/proc/self/exe), so
// that a tree may be moved: beside a build it is the source's, else that of the prefix.
std::vector<std::string> script_folders();

// What a script says of itself in its first comment.
struct ScriptHead {
    std::string topic;  // of the line `topic: TCP data`; empty without one
    std::string line;   // the first sentence; empty without a comment
};
ScriptHead read_script_head(std::string_view text);

// The file that an argument means in the place of a script. What exists is itself, likewise `-` and whatever has a
// slash; only else a name, with or without `.e`, is looked up in script_folders(). Error (usage): there is none; it
// says where it was looked for.
Result<std::string> find_script(const std::string& argument);

// Can the argument be a name of a script in script_folders(), and is there one? Files here do not count.
bool is_script_name(const std::string& argument);

// The index: by topic a line for each script. With a word, those that have it in their name, topic or line, whatever
// the case. Error (usage): there is none.
Result<std::string> list_scripts(std::string_view word);

// The names of all scripts in script_folders(), sorted, each once.
std::vector<std::string> script_names();

}  // namespace probevue
