// Words of other tracing languages, for hints: what does the same here.
#pragma once

#include <cstdint>
#include <string_view>

namespace probevue {

enum class ForeignPlace : uint8_t {
    probe,      // at the beginning of a clause
    name,       // a variable
    member,     // of a built-in variable: `__tcphdr->syn`, or `time` of any
    function,   // what is called
    call,       // a function that is called with another number of arguments there
    set,        // a set of names
    script,     // a tool, where the name of a script stands
    statement,  // the first word of a statement, also where a type stands
};

// What to write in place of the word; empty: nothing is known of it.
std::string_view hint_of_foreign(ForeignPlace place, std::string_view word);

}  // namespace probevue
