// What a NAME.test says, and processes that do not end as they should.
#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "runtime/testing/case.h"
#include "runtime/testing/judge.h"
#include "runtime/testing/process.h"

using namespace probevue;

TEST_CASE("the lines of a test") {
    const TestCase test =
        read_test("web/top",
                  "# the ten largest\n# more\n\nrun: probevue -r a.pcap \\\r\n  -r 'b c.pcap' top.e 10 \"x y\"\r\n"
                  "status : 3\nenv: A=b=c\nenv: B=\nlimit: 5s\n");
    CHECK(test.mistakes.empty());
    CHECK(test.name() == "web/top");
    CHECK(test.folder() == "web");
    CHECK(test.about == "the ten largest");
    CHECK(test.options.replay == std::vector<std::string>{"a.pcap", "b c.pcap"});
    CHECK(test.options.script == "top.e");
    CHECK(test.options.script_arguments == std::vector<std::string>{"10", "x y"});
    CHECK(test.status == 3);
    CHECK(test.limit == std::chrono::seconds(5));
    REQUIRE(test.environment.size() == 2);
    CHECK(test.environment[0] == std::pair<std::string, std::string>("A", "b=c"));
    CHECK(test.out_file() == "web/top.out");
}

TEST_CASE("what is compiled only needs no capture") {
    CHECK(read_test("x", "run: probevue --check x.e").mistakes.empty());
    CHECK(read_test("x", "run: probevue -d ir x.e").mistakes.empty());
    CHECK(read_test("x", "run: probevue x.e").mistakes.size() == 1);
}

TEST_CASE("each process has an outcome, and others go on") {
    const std::vector<Job> jobs = {
        {[](int told) {
            std::fputs("out", stdout);
            std::fputs("err", stderr);
            return write(told, "told", 4) == 4 ? 7 : 8;
        }},
        {[](int) { return raise(SIGKILL); }},
        {[](int) { return pause(); }, std::chrono::seconds(1)},
        {[](int) -> int { throw std::runtime_error("thrown"); }},
        {[](int) {
            const std::string much(1'000'000, 'x');
            while (std::fwrite(much.data(), 1, much.size(), stdout) == much.size()) {
            }
            return 0;
        }},
    };
    std::vector<JobOutcome> outcomes(jobs.size());
    REQUIRE(run_jobs(jobs, 2, [&](size_t job, JobOutcome outcome) { outcomes[job] = std::move(outcome); }));
    CHECK(outcomes[0].out == "out");
    CHECK(outcomes[0].err == "err");
    CHECK(outcomes[0].told == "told");
    CHECK(outcomes[0].status == 7);
    CHECK(outcomes[1].signal == SIGKILL);
    CHECK(outcomes[2].late);
    CHECK(outcomes[3].status == 1);
    CHECK(outcomes[3].err == "probevue: error: thrown\n");
    CHECK(outcomes[4].endless);

    TestCase test;
    test.stem = "/nowhere/x";
    CHECK(judge(test, outcomes[1], false).reasons.at(0) == "ended by signal 9 (Killed)");
    CHECK(judge(test, outcomes[4], true).reasons ==
          std::vector<std::string>{"printed more than 256 MiB, and was ended"});
    CHECK(judge(test, outcomes[2], false).reasons.size() == 1);
}
