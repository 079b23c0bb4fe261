// What the figures of a session say of losses: each sentence, with its number and what helps.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "runtime/session/statistics.h"

using namespace probevue;

TEST_CASE("a loss of each stage is told by itself, with what helps") {
    struct Case {
        void (*lose)(Statistics&);
        const char* remark;
        const char* figure;
    };
    const Case cases[] = {
        {[](Statistics& of) { of.buffer_full = 7; },
         "7 lost: the buffer between the kernel and probevue was full: -s enlarges it, a narrower filter or predicate "
         "spares it",
         "lost_buffer_full"},
        {[](Statistics& of) { of.nested = 7; },
         "7 lost: they came while their program was at work on the same processor", "lost_nested"},
        {[](Statistics& of) { of.owners = 7; },
         "7 lost: what processes did with their sockets was not noted: __owner may be unknown, or who used the socket "
         "before",
         "lost_owners"},
        {[](Statistics& of) { of.interface_drops = 7; }, "7 lost: the interface or its driver dropped them",
         "lost_interface_drops"},
        {[](Statistics& of) { of.unreadable_link = 7; }, "7 lost: packets of their link type cannot be read",
         "lost_unreadable_link"},
        {[](Statistics& of) { of.engine.array_full = 7; },
         "7 lost: an array had no room for a new element: -c abs_mem_for_dvars=KB gives more", "lost_array_full"},
        {[](Statistics& of) { of.engine.summaries_full = 7; },
         "7 lost: distributions and counts of different values had no room for a value: -c abs_mem_for_dvars=KB gives "
         "more",
         "lost_values_full"},
        {[](Statistics& of) { of.engine.threads_full = 7; },
         "7 lost: more threads had variables than are traced: -c num_threads_traced=N allows more",
         "lost_threads_full"},
        {[](Statistics& of) { of.sink_lost = 7; }, "7 lost: output went before it could be written", "lost_sink"},
    };
    for (const Case& one : cases) {
        CAPTURE(std::string(one.figure));
        Statistics statistics;
        CHECK(statistics.lost() == 0);
        CHECK(statistics.remarks().empty());
        one.lose(statistics);
        CHECK(statistics.lost() == 7);
        CHECK(statistics.remarks() == std::vector<std::string>{one.remark});
        CHECK(to_text(statistics).find(one.figure) != std::string::npos);
    }
}

TEST_CASE("reads that a recording does not hold are told, and are no loss") {
    Statistics statistics;
    statistics.engine.unrecorded = 3;
    CHECK(statistics.lost() == 0);
    CHECK(statistics.remarks() ==
          std::vector<std::string>{"3 reads of memory or descriptors gave nothing: the recording "
                                   "does not hold them; record with a script that reads them"});
}

TEST_CASE("addresses that a replay cannot name are told, and are no loss") {
    Statistics statistics;
    statistics.engine.unnamed = 2;
    CHECK(statistics.lost() == 0);
    CHECK(statistics.remarks() ==
          std::vector<std::string>{
              "2 addresses are shown as they are: recordings do not hold the names of the kernel's functions"});
}

TEST_CASE(
    "what several sessions have counted is shown with all that it is made of: numbers add up, memory is the most") {
    struct Row {
        std::string name;
        bool is_most;
        Statistics once;
    };
    std::vector<Row> rows;
#define IN_session(of, member) (of).member
#define IN_engine(of, member) (of).engine.member
#define FIGURE(owner, member, name, merge, unit)               \
    rows.push_back({name, std::string(#merge) == "most", {}}); \
    IN_##owner(rows.back().once, member) = 7000000;
#define LOSS(owner, member, name, sentence) FIGURE(owner, member, name, sum, "")
#include "runtime/session/statistics.def"
#undef IN_session
#undef IN_engine
#undef FIGURE
#undef LOSS
    REQUIRE(rows.size() > 15);
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CHECK(row.is_most == (row.name == "memory"));
        Statistics all;
        all.add(row.once);
        all.add(row.once);
        const std::string text = to_text(all);
        const size_t at = text.find("\n" + row.name + " ");
        const bool shown = at != std::string::npos || text.starts_with(row.name + " ");
        CHECK(shown);
        const bool is_time = row.name == "elapsed" || row.name == "cpu";
        CHECK(text.find(row.is_most ? " 7.0 MB\n" : is_time ? " 14.000 ms\n" : " 14000000\n") != std::string::npos);
        CHECK(all.lost() == (row.name.starts_with("lost_") ? 14000000 : 0));
    }
}
