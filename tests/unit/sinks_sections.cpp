// Tentative tracing, groups, and what happens when the output fails.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include "runtime/sinks/capture_sink.h"
#include "tests/unit/sinks_build.h"

using namespace sinks_test;

namespace {

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { reset(); }
    int get() const { return fd_; }
    void reset() {
        if (fd_ >= 0) close(fd_);
        fd_ = -1;
    }

private:
    int fd_;
};

struct Pipe {
    explicit Pipe(int flags = 0) : Pipe(open_pipe(flags)) {}
    Descriptor read_end;
    Descriptor write_end;

private:
    explicit Pipe(std::pair<int, int> ends) : read_end(ends.first), write_end(ends.second) {}
    static std::pair<int, int> open_pipe(int flags) {
        int ends[2] = {-1, -1};
        REQUIRE(pipe2(ends, flags | O_CLOEXEC) == 0);
        return {ends[0], ends[1]};
    }
};

// As the command does; the handler of before comes back at the end.
class IgnoreSigpipe {
public:
    IgnoreSigpipe() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
    IgnoreSigpipe(const IgnoreSigpipe&) = delete;
    IgnoreSigpipe& operator=(const IgnoreSigpipe&) = delete;
    ~IgnoreSigpipe() { std::signal(SIGPIPE, before_); }

private:
    void (*before_)(int);
};

std::string read_all(int fd) {
    std::string text;
    char part[4096];
    while (true) {
        const ssize_t size = read(fd, part, sizeof part);
        if (size <= 0) return text;
        text.append(part, static_cast<size_t>(size));
    }
}

}  // namespace

TEST_CASE("sinks: tentative output waits for its commit, over clauses") {
    CaptureSink sink;
    sink.section(SectionStep::tentative_start, "o");
    print_text(sink, "held ");
    sink.section(SectionStep::tentative_end, "o");
    print_text(sink, "free ");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output() == "free ");
    sink.section(SectionStep::tentative_start, "o");
    print_text(sink, "more ");
    sink.section(SectionStep::end_of_clause, {});  // the section ends with the clause
    print_text(sink, "after ");
    sink.section(SectionStep::tentative_commit, "o");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output() == "free after held more ");
    sink.section(SectionStep::tentative_commit, "o");  // there is nothing left
    sink.section(SectionStep::tentative_commit, "unknown");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output() == "free after held more ");
}

TEST_CASE("sinks: discarded and uncommitted tentative output is never seen") {
    CaptureSink sink;
    sink.section(SectionStep::tentative_start, "o");
    print_text(sink, "dropped");
    sink.section(SectionStep::end_of_clause, {});
    sink.section(SectionStep::tentative_discard, "o");
    sink.section(SectionStep::tentative_commit, "o");
    sink.section(SectionStep::end_of_clause, {});
    sink.section(SectionStep::tentative_start, "o");
    print_text(sink, "never committed");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output().empty());
    CHECK(sink.lost() == 0);
}

TEST_CASE("sinks: a commit inside an open section covers what came before") {
    CaptureSink sink;
    sink.section(SectionStep::tentative_start, "o");
    print_text(sink, "before ");
    sink.section(SectionStep::tentative_commit, "o");
    print_text(sink, "behind ");
    sink.section(SectionStep::tentative_end, "o");
    print_text(sink, "free ");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output() == "before free ");
    sink.section(SectionStep::tentative_commit, "o");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output() == "before free behind ");
}

TEST_CASE("sinks: sections nest, the innermost open one takes the output") {
    CaptureSink sink;
    sink.section(SectionStep::tentative_start, "a");
    print_text(sink, "a1 ");
    sink.section(SectionStep::tentative_start, "b");
    print_text(sink, "b1 ");
    sink.section(SectionStep::tentative_end, "a");
    print_text(sink, "b2 ");
    sink.section(SectionStep::tentative_start, "a");
    print_text(sink, "a2 ");
    sink.section(SectionStep::tentative_end, "a");
    sink.section(SectionStep::tentative_end, "b");
    print_text(sink, "free ");
    sink.section(SectionStep::tentative_commit, "b");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output() == "free b1 b2 ");
    sink.section(SectionStep::tentative_commit, "a");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output() == "free b1 b2 a1 a2 ");
}

TEST_CASE("sinks: what is committed together comes in the order in which it was made") {
    CaptureSink sink;
    for (const char* id : {"a", "b", "a", "b"}) {
        sink.section(SectionStep::tentative_start, id);
        print_text(sink, std::string(id) + " ");
        sink.section(SectionStep::end_of_clause, {});
    }
    sink.section(SectionStep::tentative_commit, "b");
    sink.section(SectionStep::tentative_commit, "a");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output() == "a b a b ");
}

TEST_CASE("sinks: all kinds of output are tentative, messages are not") {
    CaptureSink sink;
    sink.section(SectionStep::tentative_start, "o");
    Array array("a", {field_of(FieldKind::integer)}, field_of(FieldKind::integer));
    array.add(1, 2).print(sink);
    sink.text("frame\n", {});
    eprint_text(sink, "problem\n");
    sink.message(MessageKind::warning, "now");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output().empty());
    CHECK(sink.errors() == "probevue: warning: now\n");
    sink.section(SectionStep::tentative_commit, "o");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output() == "a[1] = 2\nframe\n");
    CHECK(sink.errors() == "probevue: warning: now\nproblem\n");
}

TEST_CASE("sinks: tentative memory is bounded, the loss counted by record") {
    CaptureSink sink(SinkOptions{.tentative_limit = 1000});
    const std::string line(100, 'x');
    for (int i = 0; i < 100; ++i) {
        sink.section(SectionStep::tentative_start, i % 2 == 0 ? "a" : "b");
        print_text(sink, line);
        sink.section(SectionStep::end_of_clause, {});
    }
    const uint64_t lost = sink.lost();
    CHECK(lost > 90);
    CHECK(lost < 100);
    sink.section(SectionStep::tentative_commit, "a");
    sink.section(SectionStep::tentative_commit, "b");
    sink.section(SectionStep::end_of_clause, {});
    CHECK(sink.output().size() == (100 - lost) * line.size());
    // What was committed or discarded makes room again.
    for (int i = 0; i < 100; ++i) {
        sink.section(SectionStep::tentative_start, "c");
        print_text(sink, line);
        sink.section(SectionStep::tentative_discard, "c");
        sink.section(SectionStep::end_of_clause, {});
    }
    CHECK(sink.lost() == lost);
}

TEST_CASE("sinks: a group stays in one piece, messages go before it") {
    Pipe pipe;
    auto sink = make_text_sink(pipe.write_end.get(), pipe.write_end.get(), {});
    print_text(*sink, "1 ");
    sink->section(SectionStep::group_start, {});
    print_text(*sink, "2 ");
    sink->section(SectionStep::group_start, {});
    sink->message(MessageKind::note, "m");
    CHECK(sink->flush());
    print_text(*sink, "3 ");
    sink->section(SectionStep::group_end, {});
    print_text(*sink, "4 ");
    sink->section(SectionStep::group_end, {});
    sink->section(SectionStep::group_end, {});  // one too many does no harm
    print_text(*sink, "5");
    sink->section(SectionStep::group_start, {});
    print_text(*sink, "6");
    sink->section(SectionStep::end_of_clause, {});  // closes it
    CHECK(sink->flush());
    pipe.write_end.reset();
    CHECK(read_all(pipe.read_end.get()) == "1 probevue: note: m\n2 3 4 56");
}

TEST_CASE("sinks: eprintf goes to standard error, in order where both are the same") {
    Pipe same;
    auto joined = make_text_sink(same.write_end.get(), same.write_end.get(), {});
    Pipe data;
    Pipe error;
    auto apart = make_text_sink(data.write_end.get(), error.write_end.get(), {});
    for (Sink* sink : {joined.get(), apart.get()}) {
        print_text(*sink, "a ");
        eprint_text(*sink, "b ");
        print_text(*sink, "c ");
        sink->message(MessageKind::error, "d");
        print_text(*sink, "e");
        CHECK(sink->flush());
    }
    same.write_end.reset();
    data.write_end.reset();
    error.write_end.reset();
    CHECK(read_all(same.read_end.get()) == "a b c probevue: error: d\ne");
    CHECK(read_all(data.read_end.get()) == "a c e");
    CHECK(read_all(error.read_end.get()) == "b probevue: error: d\n");
}

TEST_CASE("sinks: a reader that goes away is a quiet end") {
    const IgnoreSigpipe ignore;
    Pipe pipe;
    auto sink = make_text_sink(pipe.write_end.get(), STDERR_FILENO, {});
    print_text(*sink, "seen");
    CHECK(sink->flush());
    CHECK(!sink->closed());
    pipe.read_end.reset();
    print_text(*sink, "not seen");
    CHECK(sink->flush());
    CHECK(sink->closed());
    // Large output after that costs nothing and stays quiet.
    for (int i = 0; i < 10'000; ++i) print_text(*sink, std::string(100, 'x'));
    CHECK(sink->flush());
}

TEST_CASE("sinks: a full disk is an error that says where") {
    const Descriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC));
    if (full.get() < 0) {
        MESSAGE("no /dev/full here");
        return;
    }
    auto sink = make_text_sink(full.get(), STDERR_FILENO, SinkOptions{.output_name = "out.txt"});
    print_text(*sink, "x");
    const Status status = sink->flush();
    REQUIRE(!status);
    CHECK(status.error().message == "cannot write to out.txt: No space left on device");
    CHECK(status.error().status == ExitStatus::run_time);
    CHECK(!status.error().hint.empty());
    CHECK(!sink->closed());
}

TEST_CASE("sinks: a non-blocking pipe that fills up loses nothing") {
    const IgnoreSigpipe ignore;
    Pipe pipe(O_NONBLOCK);
    REQUIRE(fcntl(pipe.read_end.get(), F_SETFL, 0) == 0);
    std::string seen;
    std::thread reader([&] { seen = read_all(pipe.read_end.get()); });
    auto sink = make_text_sink(pipe.write_end.get(), STDERR_FILENO, {});
    std::string expected;
    for (int i = 0; i < 20'000; ++i) {
        const std::string line = "line " + std::to_string(i) + std::string(90, '.') + "\n";
        print_text(*sink, line);
        expected += line;
    }
    const bool written = static_cast<bool>(sink->flush());
    pipe.write_end.reset();
    reader.join();
    CHECK(written);
    CHECK((seen == expected));
}

TEST_CASE("sinks: messages have colours when asked for, data never") {
    CaptureSink sink(SinkOptions{.color = true});
    print_text(sink, "x\n");
    sink.message(MessageKind::error, "bad\n");
    CHECK(sink.output() == "x\n");
    CHECK(sink.errors() == "probevue: \x1b[1;31merror:\x1b[0m bad\n");
}

TEST_CASE("sinks: statistics go to standard error") {
    CaptureSink sink;
    const Statistic figures[] = {{.name = "packets", .value = 3}, {.name = "time", .value = 17, .unit = "ns"}};
    sink.statistics(figures);
    CHECK(sink.output().empty());
    CHECK(sink.errors() == "packets: 3\ntime: 17 ns\n");
}
