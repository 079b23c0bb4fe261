// Helper functions, called as compiled code calls them.
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "builtins/function.h"
#include "runtime/engine/attributes.h"
#include "runtime/engine/helpers.h"
#include "runtime/engine/prototype.h"
#include "tests/unit/engine_support.h"

namespace probevue::test {
namespace {

struct Fixture {
    explicit Fixture(bool live = false) : machine(program, options(live), sink) {
        frame.resize(event_frame_size() / 8 + 1);
        context.fields = address_of(frame.data());
        machine.context = &context;
        machine.origin = &origin;
        machine.clause = &clause;
        set(EventField::pid, static_cast<uint64_t>(getpid()));
    }
    static EngineOptions options(bool live) {
        EngineOptions made;
        made.live = live;
        return made;
    }
    void set(EventField field, uint64_t value) {
        std::memcpy(reinterpret_cast<std::byte*>(frame.data()) + event_field(field).offset, &value, sizeof value);
    }
    // A text of the buffer that helper functions fill.
    std::string text(size_t size = 32) const { return std::string(text_at(address_of(buffer.data()), size)); }
    uint64_t to() { return address_of(buffer.data()); }

    Program program;
    LogSink sink;
    Machine machine;
    EngineContext context;
    RecordOrigin origin;
    ClauseCode clause;
    std::vector<uint64_t> frame;
    std::array<char, 4096> buffer{};
};

uint64_t at(const char* text) { return address_of(text); }
uint64_t sizes(uint64_t a, uint64_t b) { return a | b << 32; }

TEST_CASE_FIXTURE(Fixture, "strings") {
    buffer.fill('x');
    helpers::string_copy(machine, to(), 6, at("abc\0def"), 7, 0);
    CHECK(std::string_view(buffer.data(), 7) == std::string_view("abc\0\0\0x", 7));
    helpers::string_copy(machine, to(), 2, at("abc"), 3, 0);  // cut
    CHECK(std::string_view(buffer.data(), 3) == std::string_view("abc").substr(0, 2).data());
    buffer.fill('x');
    helpers::string_concat(machine, to(), 8, at("abc\0\0"), at("def"), sizes(5, 3));
    CHECK(std::string_view(buffer.data(), 9) == std::string_view("abcdef\0\0x", 9));
    helpers::string_concat(machine, to(), 4, at("abc"), at("def"), sizes(3, 3));
    CHECK(text(4) == "abcd");
    helpers::string_concat(machine, to(), 2, at("abc"), at("def"), sizes(3, 3));
    CHECK(text(2) == "ab");

    const auto compare = [&](const char* a, uint64_t na, const char* b, uint64_t nb) {
        return static_cast<int64_t>(helpers::string_compare(machine, at(a), at(b), sizes(na, nb), 0, 0));
    };
    CHECK(compare("abc", 3, "abc\0\0", 5) == 0);
    CHECK(compare("abc", 3, "abd", 3) == -1);
    CHECK(compare("abc", 3, "ab", 2) == 1);
    CHECK(compare("\xff", 1, "a", 1) == 1);  // bytes are unsigned
    CHECK(helpers::string_find(machine, at("hello"), at("ll"), sizes(5, 2), 0, 0) == 3);
    CHECK(helpers::string_find(machine, at("hello"), at("lx"), sizes(5, 2), 0, 0) == 0);
    CHECK(helpers::string_find(machine, at("hello"), at(""), sizes(5, 1), 0, 0) == 1);

    const auto number = [&](std::string_view digits) {
        return static_cast<int64_t>(helpers::string_number(machine, at(digits.data()), digits.size(), 0, 0, 0));
    };
    CHECK(number("123abc") == 123);
    CHECK(number("-77") == -77);
    CHECK(number("  +5") == 5);
    CHECK(number("abc") == 0);
    CHECK(number("") == 0);
    CHECK(number("-9223372036854775808") == std::numeric_limits<int64_t>::min());
}

TEST_CASE_FIXTURE(Fixture, "parts of Strings") {
    const auto part = [&](std::string_view of, int64_t from, int64_t length) {
        helpers::string_copy(machine, to(), 8, address_of(of.data()), of.size(), 0);
        helpers::string_part(machine, to(), 8, static_cast<uint64_t>(from), static_cast<uint64_t>(length), 0);
        return text(8);
    };
    constexpr int64_t least = std::numeric_limits<int64_t>::min();
    constexpr int64_t most = std::numeric_limits<int64_t>::max();
    for (int64_t from :
         {least, least / 2, int64_t{-9}, int64_t{-2}, int64_t{0}, int64_t{2}, int64_t{7}, int64_t{8}, most}) {
        for (int64_t length : {least, int64_t{-1}, int64_t{0}, int64_t{1}, int64_t{3}, int64_t{8}, most}) {
            std::string wanted;
            for (uint64_t at = 0; at < 7; ++at) {
                const bool inside = at - static_cast<uint64_t>(from) < static_cast<uint64_t>(length);
                if (static_cast<int64_t>(at) >= from && (length < 0 || inside)) wanted += "abcdefg"[at];
            }
            CAPTURE(from);
            CAPTURE(length);
            CHECK(part("abcdefg", from, length) == wanted);
        }
        CHECK(part("", from, most) == "");
        CHECK(part("abcdefgh", from, least) ==
              std::string("abcdefgh").substr(static_cast<size_t>(std::clamp<int64_t>(from, 0, 8))));
    }

    const auto piece = [&](std::string_view of, std::string_view separator, int64_t wanted) {
        helpers::string_copy(machine, to(), 8, address_of(of.data()), of.size(), 0);
        helpers::string_piece(machine, to(), 8, address_of(separator.data()), separator.size(),
                              static_cast<uint64_t>(wanted));
        return text(8);
    };
    CHECK(piece("a.bc.d", ".", 2) == "bc");
    CHECK(piece("a.bc.d", ".", -3) == "a");
    CHECK(piece("a.bc.d", ".", least) == "");
    CHECK(piece("a.bc.d", ".", most) == "");
    CHECK(piece("a.bc.d", "", 1) == "a.bc.d");
    CHECK(piece("........", ".", 9) == "");
    CHECK(piece("aXYbXYcX", "XY", 3) == "cX");
}

TEST_CASE_FIXTURE(Fixture, "bytes of the packet, for functions that look for names") {
    const std::array<char, 8> packet{};
    context.packet = address_of(packet.data());
    context.captured = packet.size();
    const auto extent = [&](uint64_t address, int64_t length) {
        return helpers::packet_extent(machine, address, static_cast<uint64_t>(length), 0, 0, 0);
    };
    CHECK(extent(context.packet, 8) == 8);
    CHECK(extent(context.packet + 3, 4) == 4);
    CHECK(extent(context.packet + 3, -1) == 5);
    CHECK(extent(0, 0) == 0);  // as a packet without payload has it
    CHECK(machine.counters.unreadable == 0);
    CHECK(extent(context.packet + 3, 6) == 5);
    CHECK(extent(context.packet + 8, 1) == 0);
    CHECK(extent(context.packet - 1, 1) == 0);
    CHECK(extent(~uint64_t{0}, 4) == 0);
    CHECK(machine.counters.unreadable == 4);
}

TEST_CASE_FIXTURE(Fixture, "floating point") {
    const auto bits = [](double value) { return std::bit_cast<uint64_t>(value); };
    const auto truncated = [&](double value, uint64_t is_signed) {
        return helpers::integer_of_double(machine, bits(value), is_signed, 0, 0, 0);
    };
    CHECK(helpers::double_of_integer(machine, ~uint64_t{0}, 1, 0, 0, 0) == bits(-1.0));
    CHECK(helpers::double_of_integer(machine, ~uint64_t{0}, 0, 0, 0, 0) == bits(0x1p64));
    CHECK(static_cast<int64_t>(truncated(-2.9, 1)) == -2);
    CHECK(truncated(2.9, 0) == 2);
    CHECK(truncated(-2.9, 0) == 0);
    CHECK(truncated(1e300, 1) == 0x7fffffffffffffff);
    CHECK(truncated(-1e300, 1) == 0x8000000000000000);
    CHECK(truncated(1e300, 0) == ~uint64_t{0});
    CHECK(truncated(std::nan(""), 1) == 0);
    CHECK(helpers::double_of_float(machine, std::bit_cast<uint32_t>(1.5F), 0, 0, 0, 0) == bits(1.5));
    CHECK(helpers::float_of_double(machine, bits(1.5), 0, 0, 0, 0) == std::bit_cast<uint32_t>(1.5F));
}

TEST_CASE_FIXTURE(Fixture, "packet memory") {
    const std::array<char, 8> packet{'a', 'b', 'c', 'd', 'e', 'f', 0, 'h'};
    context.packet = address_of(packet.data());
    context.captured = packet.size();
    buffer.fill('x');
    helpers::packet_copy(machine, to(), context.packet + 2, 3, 0, 0);
    CHECK(std::string_view(buffer.data(), 4) == "cdex");
    CHECK(machine.counters.unreadable == 0);
    helpers::packet_copy(machine, to(), context.packet + 6, 4, 0, 0);  // half outside
    CHECK(std::string_view(buffer.data(), 5) == std::string_view("\0h\0\0x", 5));
    CHECK(machine.counters.unreadable == 1);
    helpers::packet_copy(machine, to(), context.packet + 8, 2, 0, 0);
    helpers::packet_copy(machine, to(), context.packet - 1, 2, 0, 0);
    helpers::packet_copy(machine, to(), ~uint64_t{0}, 2, 0, 0);
    CHECK(machine.counters.unreadable == 4);
    CHECK(std::string_view(buffer.data(), 2) == std::string_view("\0\0", 2));
    helpers::kernel_copy(machine, to(), context.packet, 2, 0, 0);  // copy_kdata() on __mdata
    CHECK(std::string_view(buffer.data(), 2) == "ab");
    helpers::kernel_string(machine, to(), 16, context.packet, ~uint64_t{0}, 0);
    CHECK(text() == "abcdef");
    helpers::kernel_string(machine, to(), 16, context.packet, 2, 0);
    CHECK(text() == "ab");
    helpers::kernel_string(machine, to(), 16, 0xffffffff81000000, ~uint64_t{0}, 0);
    CHECK(text() == "");
    CHECK(machine.counters.unreadable == 5);
}

TEST_CASE("memory of the process") {
    const std::string word = "in this process";
    Fixture live(true);
    helpers::user_copy(live.machine, live.to(), at(word.data()), 7, 0, 0);
    if (live.machine.counters.unreadable != 0) return;  // the sandbox forbids process_vm_readv
    CHECK(live.text() == "in this");
    helpers::user_string(live.machine, live.to(), 64, at(word.data()), ~uint64_t{0}, 0);
    CHECK(live.text(64) == word);
    helpers::user_string(live.machine, live.to(), 64, at(word.data()), 4, 0);
    CHECK(live.text(64) == "in t");
    helpers::user_string(live.machine, live.to(), 64, 8, ~uint64_t{0}, 0);  // nothing there
    CHECK(live.text(64) == "");
    helpers::user_copy(live.machine, live.to(), 8, 4, 0, 0);
    CHECK(live.text() == "");
    CHECK(live.machine.counters.unreadable == 2);

    Fixture replay;  // this system's processes are none of a recording's
    helpers::user_string(replay.machine, replay.to(), 64, at(word.data()), ~uint64_t{0}, 0);
    CHECK(replay.text(64) == "");
}

TEST_CASE("descriptors of the process") {
    const std::string path = "/tmp/probevue_engine_helpers_" + std::to_string(getpid());
    std::FILE* file = std::fopen(path.c_str(), "w");
    REQUIRE(file != nullptr);
    const auto fd = static_cast<uint64_t>(fileno(file));
    struct stat status {};
    REQUIRE(fstat(fileno(file), &status) == 0);

    Fixture live(true);
    Machine& machine = live.machine;
    const uint64_t identifier = helpers::fd_path(machine, fd, 0, 0, 0, 0);
    REQUIRE(machine.paths.find(identifier) != nullptr);
    CHECK(*machine.paths.find(identifier) == path);
    helpers::fd_text(machine, fd, 0, live.to(), 128, 0);
    CHECK(live.text(128) == path.substr(5));
    helpers::fd_text(machine, fd, 1, live.to(), 128, 0);
    CHECK(live.text(128).starts_with('/'));
    CHECK(helpers::fd_number(machine, fd, 0, 0, 0, 0) != 0);
    CHECK(helpers::fd_number(machine, fd, 1, 0, 0, 0) == S_IFREG);
    CHECK(helpers::fd_number(machine, fd, 2, 0, 0, 0) == status.st_ino);
    CHECK(static_cast<int64_t>(helpers::fd_number(machine, fd, 3, 0, 0, 0)) == -1);
    CHECK(helpers::path_inode(machine, at(path.c_str()), path.size(), 0, 0, 0) == status.st_ino);
    CHECK(helpers::fd_path(machine, 9999, 0, 0, 0, 0) == 0);
    Fixture replay;
    CHECK(helpers::fd_path(replay.machine, fd, 0, 0, 0, 0) == 0);
    CHECK(helpers::path_inode(replay.machine, at(path.c_str()), path.size(), 0, 0, 0) == 0);
    std::fclose(file);
    unlink(path.c_str());
}

TEST_CASE("sockets of the process") {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(listener >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(listener, 1) == 0);
    REQUIRE(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(connect(client, reinterpret_cast<sockaddr*>(&address), size) == 0);

    Fixture live(true);
    NetInfo info;
    helpers::socket_info(live.machine, static_cast<uint64_t>(client), address_of(&info), 0, 0, 0);
    if (info.local_port != 0) {  // else the sandbox forbids pidfd_getfd
        CHECK(info.remote_port == ntohs(address.sin_port));
        CHECK(info.remote_address == parse_ip("127.0.0.1"));
        CHECK(info.local_address == parse_ip("127.0.0.1"));
        CHECK(static_cast<int64_t>(helpers::fd_number(live.machine, static_cast<uint64_t>(client), 3, 0, 0, 0)) > 0);
        helpers::socket_info(live.machine, static_cast<uint64_t>(listener), address_of(&info), 0, 0, 0);
        CHECK(info.local_port == ntohs(address.sin_port));
        CHECK(info.remote_port == 0);
    }
    info.local_port = 1;
    helpers::socket_info(live.machine, 9999, address_of(&info), 0, 0, 0);
    CHECK(info.local_port == 0);
    close(client);
    close(listener);
}

TEST_CASE("attributes of processes") {
    const auto pid = static_cast<uint64_t>(getpid());
    Fixture live(true);
    int64_t value = 0;
    const auto get = [&](uint64_t which, uint64_t id, int attribute) {
        return helpers::process_attribute(live.machine, which, id, static_cast<uint64_t>(attribute), address_of(&value),
                                          0);
    };
    CHECK(get(0, pid, static_cast<int>(ProcessAttribute::ppid)) == 0);
    CHECK(value == getppid());
    CHECK(get(0, pid, static_cast<int>(ProcessAttribute::pgid)) == 0);
    CHECK(value == getpgrp());
    CHECK(get(0, pid, static_cast<int>(ProcessAttribute::threadcount)) == 0);
    CHECK(value >= 1);
    CHECK(get(1, pid, static_cast<int>(ThreadAttribute::state)) == 0);
    CHECK(value == 'R');
    CHECK(get(2, pid, static_cast<int>(UblockAttribute::euid)) == 0);
    CHECK(value == geteuid());
    CHECK(get(2, pid, static_cast<int>(UblockAttribute::is64u)) == 0);
    CHECK(value == (sizeof(void*) == 8 ? 1 : 0));
    CHECK(get(0, pid, 999) == static_cast<uint64_t>(AttributeError::invalid_attr));
    CHECK(value == 0);
    CHECK(get(0, 0x7fffffff, 1) == static_cast<uint64_t>(AttributeError::invalid_proc));
    CHECK(get(1, 0x7fffffff, 1) == static_cast<uint64_t>(AttributeError::invalid_thread));

    std::array<char, 4096> here;
    REQUIRE(getcwd(here.data(), here.size()) != nullptr);
    CHECK(helpers::process_cwd(live.machine, pid, live.to(), 4096, 0, 0) == 0);
    CHECK(live.text(4096) == here.data());
    CHECK(helpers::process_cwd(live.machine, pid, live.to(), 0, 0, 0) ==
          static_cast<uint64_t>(AttributeError::short_string));
    CHECK(helpers::process_cwd(live.machine, 0x7fffffff, live.to(), 9, 0, 0) ==
          static_cast<uint64_t>(AttributeError::invalid_proc));

    helpers::print_process_tree(live.machine, 0, 0, 0, 0, 0);
    REQUIRE(live.sink.lines.size() == 1);
    CHECK(live.sink.lines[0].find(std::to_string(getpid()) + " " + std::to_string(getppid()) + " ") !=
          std::string::npos);
}

TEST_CASE("text of calls") {
    CallValues values;
    values.arguments = {3, 0x7ffe1000, ~uint64_t{0}, 5};
    CHECK(call_text("int read(int fd, char *buf, unsigned long n)", values) ==
          "read(3, 0x7ffe1000, 18446744073709551615)\n");
    CHECK(call_text("int f(int a, short b, int c)", values) == "f(3, 4096, -1)\n");
    CHECK(call_text("void g(void)", values) == "g()\n");
    CHECK(call_text("char *h()", values) == "h()\n");
    CHECK(call_text("int printf(char *format, ...)", values) == "printf(0x3, ...)\n");
    values.function = "open";
    CHECK(call_text("", values) == "open(0x3, 0x7ffe1000, 0xffffffffffffffff, 0x5, 0x0, 0x0)\n");
    values.result = ~uint64_t{0};
    CHECK(call_text("int read(int fd)", values) == "read() = -1\n");
    CHECK(call_text("char *h()", values) == "h() = 0xffffffffffffffff\n");
    CHECK(call_text("void g(void)", values) == "g()\n");
}

TEST_CASE_FIXTURE(Fixture, "stacks of events") {
    CHECK(helpers::get_stack(machine, ~uint64_t{0}, 0, 0, 0, 0) == 0);  // events without one
    helpers::print_stack(machine, 0, ~uint64_t{0}, 0, 0, 0);
    CHECK(sink.lines.empty());
    context.stack = machine.stacks.intern(StackTrace{0, {0xffff0001, 0xffff0002}, {0x1001, 0x1002}});
    const uint64_t all = helpers::get_stack(machine, ~uint64_t{0}, 0, 0, 0, 0);
    CHECK(all == context.stack);
    const uint64_t three = helpers::get_stack(machine, 3, 0, 0, 0, 0);
    CHECK(three != all);
    CHECK(stack_text(*machine.stacks.find(three), false, *machine.symbolizer) == "0xffff0001\n0xffff0002\n0x1001\n");
    helpers::print_stack(machine, 0, ~uint64_t{0}, 0, 0, 0);
    helpers::print_stack(machine, static_cast<uint64_t>(StackFlag::user_trace), 3, 0, 0, 0);
    CHECK(sink.lines ==
          std::vector<std::string>{"text 0xffff0001\n0xffff0002\n", "text 0xffff0001\n0xffff0002\n0x1001\n"});
}

TEST_CASE_FIXTURE(Fixture,
                  "indents: by thread, entries after they count and exits before, times since the outermost call") {
    std::array<char, 32> name{"worker"};
    const auto indent = [&](int64_t change, uint64_t tid, uint64_t time_us) {
        context.time_ns = 1'000'000'000 + time_us * 1000;
        helpers::thread_indent(machine, to(), 256, static_cast<uint64_t>(change), tid, address_of(name.data()));
        return text(256);
    };
    CHECK(indent(1, 7, 0) == "     0 worker(7):");
    CHECK(indent(1, 7, 12) == "    12 worker(7): ");
    CHECK(indent(1, 8, 13) == "     0 worker(8):");  // of its own
    CHECK(indent(1, 7, 20) == "    20 worker(7):  ");
    CHECK(indent(0, 7, 21) == "    21 worker(7):  ");
    CHECK(indent(-1, 7, 25) == "    25 worker(7):  ");
    CHECK(indent(-1, 7, 30) == "    30 worker(7): ");
    CHECK(indent(-1, 7, 1234567) == "1234567 worker(7):");
    CHECK(indent(1, 7, 2000000) == "     0 worker(7):");  // begins anew
    CHECK(indent(-5, 7, 2000001) == "     1 worker(7):");
    CHECK(indent(-1, 7, 2000002) == "     0 worker(7):");  // its beginning was not seen
    CHECK(indent(1, 7, 2000003) == "     0 worker(7):");
    CHECK(indent(100000, 9, 3).size() == 256);  // cut
    CHECK(machine.counters.threads_full == 0);
}

TEST_CASE("indents: of more threads than are traced none is kept, and that is counted") {
    Program program;
    LogSink sink;
    EngineOptions options;
    options.max_threads = 1;
    Machine machine(program, options, sink);
    EngineContext context;
    machine.context = &context;
    const std::array<char, 32> name{"a"};
    std::array<char, 64> out{};
    const auto indent = [&](uint64_t tid) {
        helpers::thread_indent(machine, address_of(out.data()), out.size(), 1, tid, address_of(name.data()));
        return std::string(text_at(address_of(out.data()), out.size()));
    };
    CHECK(indent(1) == "     0 a(1):");
    CHECK(indent(2) == "     0 a(2):");
    CHECK(indent(2) == "     0 a(2):");
    CHECK(machine.counters.threads_full == 2);
    CHECK(indent(1) == "     0 a(1): ");
}

TEST_CASE_FIXTURE(Fixture, "names of the kernel's functions are not looked for in a replay") {
    helpers::symbol(machine, to(), 128, 0xffffffff81000010, 0, 0);
    CHECK(text(128) == "0xffffffff81000010");
    CHECK(machine.counters.unnamed == 1);
    Fixture live(true);
    helpers::symbol(live.machine, live.to(), 128, 5, 0, 0);
    CHECK(live.text(128) == "0x5");
    CHECK(live.machine.counters.unnamed == 0);
}

TEST_CASE_FIXTURE(Fixture, "bytes in hexadecimal and as text") {
    std::array<uint8_t, 19> bytes{'G', 'E', 'T', ' ', '/', 0x7e, 0x7f, 0x80, 0xff, 0,
                                  '!', '.', 'a', 'b', 'c', 'd',  1,    'z',  2};
    const std::string first = "\t0x0000:  4745 5420 2f7e 7f80 ff00 212e 6162 6364  GET./~....!.abcd\n";
    const std::string second = "\t0x0010:  017a 02" + std::string(32, ' ') + "  .z.\n";
    helpers::hex_dump(machine, address_of(bytes.data()), 19, 0, 0, 0);
    helpers::hex_dump(machine, address_of(bytes.data()), 0, 0, 0, 0);
    helpers::hex_dump(machine, address_of(bytes.data()), ~uint64_t{0}, 0, 0, 0);  // -1: nothing
    context.packet = address_of(bytes.data());
    context.captured = 18;
    helpers::packet_dump(machine, context.packet + 16, 100, 0, 0, 0);           // as far as it is there
    helpers::packet_dump(machine, context.packet + 16, ~uint64_t{0}, 0, 0, 0);  // -1: all
    CHECK(machine.counters.unreadable == 0);
    helpers::packet_dump(machine, context.packet + 18, 1, 0, 0, 0);
    CHECK(machine.counters.unreadable == 1);
    CHECK(sink.lines == std::vector<std::string>{"text " + first + second,
                                                 "text \t0x0000:  017a" + std::string(35, ' ') + "  .z\n",
                                                 "text \t0x0000:  017a" + std::string(35, ' ') + "  .z\n"});
}

TEST_CASE("ranges in arrays") {
    Program program;
    program.script_name = "test.e";
    program.ranges = {{"sizes"}};
    program.maps.resize(1);
    program.maps[0].layout.key_size = 8;
    program.maps[0].layout.keys = {RecordField{}};
    program.maps[0].layout.value.kind = FieldKind::range;
    LogSink sink;
    Machine machine(program, {}, sink);
    const uint64_t array = address_of(machine.maps[0].array.get());
    const uint64_t key = 1;
    helpers::range_linear(machine, 0, 0, 20, 10, 0);
    const uint64_t element = helpers::array_ref(machine, array, address_of(&key), 0, 0, 0);
    helpers::range_count(machine, element, 0, 15, 0, 0);
    helpers::range_count(machine, element, 0, 15, 0, 0);
    const uint64_t handle = load_word(pointer(element));
    REQUIRE(machine.ranges.slots(handle).size() == 3);
    CHECK(machine.ranges.slots(handle)[1].count == 2);
    CHECK(helpers::array_delete(machine, array, address_of(&key), 0, 0, 0) == 1);
    CHECK(machine.ranges.slots(handle).empty());  // its counts went with it
    helpers::range_linear(machine, 0, 0, 20, 0, 0);
    CHECK(sink.lines == std::vector<std::string>{"warning range `sizes` from 0 to 20 by 0 has no slots, or more than "
                                                 "65536: every value counts under Others"});
}

}  // namespace
}  // namespace probevue::test
