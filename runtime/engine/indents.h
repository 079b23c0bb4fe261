// How deep threads are in the calls that a script follows: thread_indent().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace probevue {

class Indents {
public:
    explicit Indents(uint64_t max_threads) : max_threads_(max_threads) {}

    // Changes the depth of a thread and gives the text of SystemTap's function of the same name: the microseconds since
    // the thread left depth 0, "name(tid):", and a blank for each level but the first. A change above 0 counts before
    // the text is made, one below 0 afterwards, so that the two ends of a call stand below each other. The depth never
    // falls below 0: an end whose beginning was not seen changes nothing.
    // False: there are too many threads; the text is that of one at depth 0.
    bool change(int64_t change, int64_t tid, std::string_view name, uint64_t time_ns, std::string& text);

private:
    struct Thread {
        int64_t depth = 0;
        uint64_t since_ns = 0;  // when it left depth 0
    };
    std::unordered_map<int64_t, Thread> threads_;  // those that are deeper than 0
    uint64_t max_threads_;
};

}  // namespace probevue
