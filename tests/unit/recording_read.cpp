// Replays of recordings: events and packets in one order, the clock of the session, what is missing, what is damaged.
#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "builtins/base/address.h"
#include "builtins/event.h"
#include "tests/unit/recording_support.h"
#include "tests/unit/session_parts.h"

using namespace probevue;
using namespace probevue::session_tests;
using recording_tests::Bytes;
using RecordingFile = recording_tests::File;

namespace {

constexpr uint64_t second = 1'000'000'000;

ProbeRequest state() { return request(ProbeKind::tcp_state, "state"); }
ProbeRequest resend() { return request(ProbeKind::tcp_retransmit, "resend"); }

struct Replayed {
    ExitStatus status = ExitStatus::ok;
    std::string log;
    std::string said;
    Statistics statistics;
    std::vector<std::vector<std::byte>> frames;  // one a run

    int64_t number(size_t run, EventField field) const {
        int64_t value = 0;
        std::memcpy(&value, frames.at(run).data() + event_field(field).offset, sizeof value);
        return value;
    }
    std::string text(size_t run, EventField field) const {
        const auto* at = reinterpret_cast<const char*>(frames.at(run).data() + event_field(field).offset);
        return {at, strnlen(at, event_field(field).type.size)};
    }
    std::string address(size_t run, EventField field) const {
        IpAddress value;
        std::memcpy(&value, frames.at(run).data() + event_field(field).offset, sizeof value);
        return to_string(value);
    }
};

Replayed replay(const Program& script, const std::vector<std::string>& files, bool fail_on_loss = false) {
    Bench bench;
    Replayed out;
    bench.engine.when_run = [&](size_t) {
        const auto* frame = reinterpret_cast<const std::byte*>(bench.engine.contexts.back().fields);
        out.frames.emplace_back(frame, frame + event_frame_size());
    };
    SessionOptions options;
    options.replay = files;
    options.fail_on_loss = fail_on_loss;
    const auto session = Session::create(script, options, bench.sink, bench.problems, bench.parts());
    REQUIRE(session != nullptr);
    out.status = session->run();
    out.log = bench.log();
    out.said = bench.sink.errors();
    out.statistics = session->statistics();
    return out;
}

bool says(const Replayed& replayed, std::string_view what) { return replayed.said.find(what) != std::string::npos; }

const std::vector<recording_tests::Field> state_fields = {
    {"pid", 2, 8}, {"tid", 2, 8}, {"remote_addr", 4, 16}, {"remote_port", 1, 2}, {"cur_state", 2, 2}, {"pname", 3, 32}};

Bytes state_values(const RecordingFile& file, uint64_t pid, uint64_t port, std::string_view name) {
    Bytes values = file.bytes();
    values.number(pid, 8).number(pid + 1, 8).number(4, 1).text("\xc0").text(std::string_view("\0\x02\x07", 3));
    return values.number(port, 2).number(0xfffe, 2).number(name.size(), 2).text(name);
}

// One event between two packets.
void fill(RecordingFile& file) {
    file.interface("eth0").shape(7, "net:tcp:state_change", state_fields);
    file.begin(10 * second).clock(1, 10 * second + 5).packet(11 * second);
    file.event(7, 12 * second, state_values(file, 42, 8080, "nginx"));
    file.packet(13 * second).end(14 * second);
}

}  // namespace

TEST_CASE("events and packets in the order of the file, in both byte orders; BEGIN and END at the session's times") {
    for (const bool big : {false, true}) {
        CAPTURE(big);
        RecordingFile file(big);
        fill(file);
        const Program script = program({{begin()}, {packets({"eth0"}, "p")}, {state()}, {every(1000)}, {end()}});
        const Replayed got = replay(script, {file.path()});
        CHECK(got.status == ExitStatus::ok);
        CHECK(got.said == "");
        CHECK(got.log ==
              "BEGIN 10000000000; p 11000000000; every1000 11000000005; state 12000000000; every1000 12000000005; "
              "p 13000000000; every1000 13000000005; END 14000000000");
        const size_t run = 3;
        CHECK(got.number(run, EventField::pid) == 42);
        CHECK(got.number(run, EventField::tid) == 43);
        CHECK(got.number(run, EventField::remote_port) == 8080);
        CHECK(got.number(run, EventField::cur_state) == -2);
        CHECK(got.number(run, EventField::session_pid) == 77);
        CHECK(got.number(run, EventField::local_port) == 0);
        CHECK(got.address(run, EventField::remote_addr) == "192.0.2.7");
        CHECK(got.text(run, EventField::pname) == "nginx");
        // The process that recorded stands for us where there is no other.
        for (const size_t own : {size_t{0}, size_t{2}, size_t{7}}) CHECK(got.number(own, EventField::pid) == 77);
        CHECK(got.number(1, EventField::pid) == 0);
        CHECK(got.number(1, EventField::session_pid) == 77);
        CHECK(got.statistics.events == 6);
    }
}

TEST_CASE("an interval that fired before something older showed up does so again") {
    RecordingFile file;
    file.interface("eth0").begin(second).clock(1, second).packet(2 * second - 10);
    file.clock(2, 2 * second).packet(2 * second - 20).packet(2 * second + 1).end(3 * second);
    CHECK(replay(program({{packets({"eth0"}, "p")}, {every(1000)}}), {file.path()}).log ==
          "p 1999999990; every1000 2000000000; p 1999999980; p 2000000001; every1000 3000000000");
}

TEST_CASE("a clock that was set while recording moves the intervals") {
    RecordingFile file;
    file.interface("eth0").begin(second).clock(1, second).packet(second + 1);
    file.clock(3, 101 * second, 100 * second).packet(101 * second + 500).end(103 * second);
    CHECK(replay(program({{packets({"eth0"}, "p")}, {every(1000)}}), {file.path()}).log ==
          "p 1000000001; p 101000000500; every1000 102000000000; every1000 103000000000");
}

TEST_CASE("recordings and captures are merged by time") {
    RecordingFile first;
    RecordingFile other;
    first.shape(1, "net:tcp:state_change", {{"pid", 2, 8}}).begin(second).clock(1, second);
    other.shape(1, "net:tcp:retransmit", {{"pid", 2, 8}}).interface("eth0").begin(second / 2).clock(1, second);
    for (const uint64_t at : {3, 7}) first.event(1, at * second, first.bytes().number(at, 8));
    for (const uint64_t at : {2, 5}) other.event(1, at * second, other.bytes().number(at, 8)).packet(at * second + 1);
    first.end(8 * second);
    other.end(6 * second);
    const Replayed got = replay(program({{begin()}, {state()}, {resend()}, {packets({"eth0"}, "p")}, {end()}}),
                                {first.path(), other.path()});
    CHECK(got.log ==
          "BEGIN 500000000; resend 2000000000; p 2000000001; state 3000000000; resend 5000000000; p 5000000001; "
          "state 7000000000; END 8000000000");
    CHECK(got.said == "");
}

TEST_CASE("what the script asks for and the recording does not hold is told, each once, with its place") {
    RecordingFile file;
    file.shape(1, "net:tcp:state_change", {{"pid", 2, 8}, {"remote_port", 3, 16}, {"pname", 0, 0}}).begin(second);
    file.event(1, 2 * second, file.bytes().number(5, 8).number(2, 2).text("80")).end(3 * second);
    Program script = program({{state()}, {resend()}});
    script.clauses[0].reads = {{EventField::local_addr, {1, 20}},
                               {EventField::pid, {1, 30}},
                               {EventField::pname, {1, 40}},
                               {EventField::remote_port, {1, 50}},
                               {EventField::cur_state, {1, 60}}};
    const Replayed got = replay(script, {file.path()});
    CHECK(got.status == ExitStatus::ok);
    CHECK(got.log == "state 2000000000");
    CHECK(says(got, "test.e:1:20: `__proto_info->local_addr` is 0 here: it was not recorded in " + file.path()));
    CHECK(says(got, "record with a script that reads it"));
    CHECK(says(got, "test.e:1:60: `__cur_state` is 0 here"));
    // A field of a kind that the frame cannot take is as good as none.
    CHECK(says(got, "test.e:1:50: `__proto_info->remote_port` is 0 here"));
    CHECK(!says(got, "__pid"));
    CHECK(!says(got, "__pname"));
    CHECK(says(got, "test.e:2:1: resend never fires: it was not enabled when " + file.path() + " was recorded"));
    CHECK(got.number(0, EventField::remote_port) == 0);

    const Replayed capture = replay(script, {"tests/data/web.pcap"});
    CHECK(says(capture, "test.e:1:1: state never fires: tests/data/web.pcap holds packets only"));
}

TEST_CASE("numbers of another size are taken as they are, names that are not known passed over") {
    RecordingFile file;
    file.shape(1, "net:tcp:state_change",
               {{"remote_port", 1, 8}, {"to_come", 1, 4}, {"cur_state", 2, 1}, {"colour", 3, 8}, {"pid", 1, 2}});
    file.shape(2, "net:of:tomorrow", {{"pid", 2, 8}}).begin(second);
    Bytes values = file.bytes();
    values.number(0x1'0000'1f90, 8).number(1, 4).number(0xff, 1).number(3, 2).text("red").number(65535, 2);
    file.event(2, 2 * second, file.bytes().number(1, 8)).event(1, 3 * second, values).end(4 * second);
    const Replayed got = replay(program({{state()}}), {file.path()});
    CHECK(got.status == ExitStatus::ok);
    CHECK(got.log == "state 3000000000");
    CHECK(got.number(0, EventField::remote_port) == 8080);  // cut to the 16 bits of a port
    CHECK(got.number(0, EventField::cur_state) == -1);
    CHECK(got.number(0, EventField::pid) == 65535);
}

TEST_CASE("losses of the recording are losses of the replay") {
    RecordingFile file;
    file.begin(second).end(2 * second, 5, 3, 1);
    const Replayed got = replay(program({{end()}}), {file.path()}, true);
    CHECK(got.status == ExitStatus::loss);
    CHECK(got.statistics.recording_lost == 9);
    CHECK(says(got, "5 events and 4 packets were lost when it was recorded"));
}

TEST_CASE("another version of the format: its packets are read, its events are not, status 1") {
    RecordingFile file;
    file.interface("eth0").custom(1, file.bytes(), 9);
    const size_t at = file.last();
    file.custom(1, file.bytes(), 9).packet(second);
    const Replayed got = replay(program({{packets({"eth0"}, "p")}, {end()}}), {file.path()});
    CHECK(got.status == ExitStatus::run_time);
    CHECK(got.log == "p 1000000000; END 1000000000");
    CHECK(says(got, fmt::format("{}: at byte {}: events are recorded in version 9 of the format, this probevue reads "
                                "version 1",
                                file.path(), at)));
    CHECK(says(got, "packets are read, events are left out; a newer probevue reads them"));
}

TEST_CASE("custom blocks of others are passed over") {
    RecordingFile file;
    file.interface("eth0").block(0x0bad, file.bytes().number(32473, 4).text("something else"));
    file.block(0x40000bad, file.bytes().number(4711, 4)).custom(99, file.bytes()).packet(second);
    const Replayed got = replay(program({{packets({"eth0"}, "p")}}), {file.path()});
    CHECK(got.status == ExitStatus::ok);
    CHECK(got.log == "p 1000000000");
}

TEST_CASE("a recording that was cut off: in the middle of a block, or between two") {
    RecordingFile whole;
    fill(whole);
    const std::string text = whole.text();
    const Program script = program({{packets({"eth0"}, "p")}, {state()}, {end()}});
    const size_t end_block = whole.last();
    whole.text() = text.substr(0, end_block - 30);
    const Replayed in_packet = replay(script, {whole.path()});
    CHECK(in_packet.status == ExitStatus::run_time);
    CHECK(in_packet.log == "p 11000000000; state 12000000000; END 12000000000");
    CHECK(says(in_packet, "cut off in the middle of a packet at byte"));
    whole.text() = text.substr(0, end_block);
    const Replayed no_end = replay(script, {whole.path()});
    CHECK(no_end.status == ExitStatus::ok);
    CHECK(no_end.log == "p 11000000000; state 12000000000; p 13000000000; END 13000000000");
    CHECK(says(no_end, "the recording was not ended properly"));
}

TEST_CASE("damage: what lies before counts, END runs, status 1, the message has the place") {
    using Break = std::function<void(RecordingFile&)>;
    const std::pair<const char*, Break> cases[] = {
        {"an event of a kind that was not described",
         [](RecordingFile& file) { file.event(3, 2 * second, file.bytes()); }},
        {"an event that ends too early",
         [](RecordingFile& file) { file.event(7, 2 * second, file.bytes().number(1, 4)); }},
        {"an event that ends too early",
         [](RecordingFile& file) {
             Bytes values = file.bytes();
             values.number(1, 8).number(1, 8).number(4, 1).number(0, 4).number(1, 2).number(1, 2).number(30, 2);
             file.event(7, 2 * second, values.text("abc"));
         }},
        {"an event with a value that its type cannot have",
         [](RecordingFile& file) {
             file.event(7, 2 * second, file.bytes().number(1, 8).number(1, 8).number(5, 1).number(0, 40));
         }},
        {"a description of events that ends too early",
         [](RecordingFile& file) {
             file.custom(1, file.bytes().number(9, 4).number(50, 2).number(2, 2).number(0, 4).text("xy"));
         }},
        {"a description of events that ends too early",
         [](RecordingFile& file) {
             file.custom(1, file.bytes().number(9, 4).number(0, 2).number(60000, 2).number(0, 4));
         }},
        {"a description of events with 5000 fields",
         [](RecordingFile& file) {
             file.custom(1, file.bytes().number(9, 4).number(5000, 2).number(0, 2).number(0, 4));
         }},
        {"the field `remote_port` is a number of 3 bytes",
         [](RecordingFile& file) {
             file.shape(9, "net:tcp:state_change", {{"remote_port", 1, 3}});
         }},
        {"the field `remote?port` is of the type 77, which is not known",
         [](RecordingFile& file) {
             file.shape(9, "net:tcp:state_change", {{"remote\033port", 77, 4}});
         }},
        {"a mark of the clock that ends too early",
         [](RecordingFile& file) { file.custom(3, file.bytes().number(1, 4).number(0, 4)); }},
        {"an end of a recording that ends too early",
         [](RecordingFile& file) { file.custom(4, file.bytes().number(1, 8)); }},
    };
    const Program script = program({{packets({"eth0"}, "p")}, {state()}, {end()}});
    for (const bool big : {false, true}) {
        for (const auto& [message, damage] : cases) {
            const std::string expected(message);
            CAPTURE(expected);
            RecordingFile file(big);
            file.interface("eth0").shape(7, "net:tcp:state_change", state_fields).begin(second).packet(second + 1);
            damage(file);
            const size_t at = file.last();
            file.packet(9 * second);
            const Replayed got = replay(script, {file.path()});
            CHECK(got.status == ExitStatus::run_time);
            CHECK(got.log == "p 1000000001; END 1000000001");
            const std::string wanted = fmt::format("{}: damaged at byte {}: {}", file.path(), at, message);
            CHECK_MESSAGE(says(got, wanted), got.said);
        }
    }
}

TEST_CASE("two thousand recordings with bytes that are wrong") {
    RecordingFile good;
    fill(good);
    const std::string text = good.text();
    // Wrong time stamps lie centuries apart: days are as many intervals as a test can wait for.
    constexpr uint64_t day_ms = 86'400'000;
    const Program script = program({{packets({"eth0"}, "p")}, {state()}, {every(day_ms)}, {end()}});
    std::mt19937 random(20'261'125);
    size_t refused = 0;
    for (int i = 0; i < 2'000; ++i) {
        RecordingFile bad;
        bad.text() = text;
        // The section header stays: what is wrong with that is the capture reader's affair.
        for (uint64_t n = random() % 6 + 1; n > 0; --n)
            bad.text()[28 + random() % (text.size() - 28)] = static_cast<char>(random());
        if (random() % 4 == 0) bad.text().resize(28 + random() % (text.size() - 28));
        Bench bench;
        SessionOptions options;
        options.replay = {bad.path()};
        const auto session = Session::create(script, options, bench.sink, bench.problems, bench.parts());
        if (session == nullptr) continue;
        const ExitStatus status = session->run();
        if (status != ExitStatus::ok) {
            ++refused;
            CHECK(status == ExitStatus::run_time);
            CHECK(bench.sink.errors().find(bad.path()) != std::string::npos);
        }
    }
    CHECK(refused > 100);
}
