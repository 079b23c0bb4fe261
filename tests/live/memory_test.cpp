// What clauses read from the memory of a process, from its descriptors and its stack, at the moment of the event. This
// process traces itself: it knows what was there, and changes it right after the event.
#define DOCTEST_CONFIG_IMPLEMENT
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <memory>

#include "tests/live/kernel_load.h"
#include "tests/live/traced_functions.h"
#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

constexpr const char* text_prototype = "long traced_text(char *text, long length);\n";

// Two pages of which only the first can be read.
class HalfReadable {
public:
    HalfReadable() {
        bytes_ =
            static_cast<char*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        std::memset(bytes_, 'x', 2 * page);
        mprotect(bytes_ + page, page, PROT_NONE);
    }
    ~HalfReadable() { munmap(bytes_, 2 * page); }
    HalfReadable(const HalfReadable&) = delete;
    HalfReadable& operator=(const HalfReadable&) = delete;
    char* end() const { return bytes_ + page; }
    static constexpr size_t page = 4096;

private:
    char* bytes_ = nullptr;
};

// A pair of connected sockets; what the system says of them is the truth.
struct Connection {
    Socket listener{-1};
    Socket client{-1};
    Socket server{-1};

    explicit Connection(int family) {
        sockaddr_storage address{};
        socklen_t length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        address.ss_family = static_cast<sa_family_t>(family);
        if (family == AF_INET)
            reinterpret_cast<sockaddr_in&>(address).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        else
            reinterpret_cast<sockaddr_in6&>(address).sin6_addr = in6addr_loopback;
        listener = Socket(socket(family, SOCK_STREAM, 0));
        REQUIRE(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
        REQUIRE(listen(listener.get(), 1) == 0);
        getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
        client = Socket(socket(family, SOCK_STREAM, 0));
        REQUIRE(connect(client.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
        server = Socket(accept(listener.get(), nullptr, nullptr));
        char data[1000] = {};
        for (int i = 0; i < 20; ++i) {
            REQUIRE(write(client.get(), data, sizeof data) == sizeof data);
            REQUIRE(recv(server.get(), data, sizeof data, MSG_WAITALL) == sizeof data);
        }
    }
};

// "127.0.0.1:5000 127.0.0.1:80" as the system's own calls say.
std::string ends_of(int fd) {
    std::string out;
    for (const bool remote : {false, true}) {
        sockaddr_storage address{};
        socklen_t length = sizeof address;
        (remote ? getpeername : getsockname)(fd, reinterpret_cast<sockaddr*>(&address), &length);
        char text[64] = "";
        uint16_t port = 0;
        if (address.ss_family == AF_INET) {
            const auto& in4 = reinterpret_cast<sockaddr_in&>(address);
            inet_ntop(AF_INET, &in4.sin_addr, text, sizeof text);
            port = ntohs(in4.sin_port);
        } else {
            const auto& in6 = reinterpret_cast<sockaddr_in6&>(address);
            inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
            port = ntohs(in6.sin6_port);
        }
        out += (remote ? " " : "") + std::string(text) + ":" + std::to_string(port);
    }
    return out;
}

PROBEVUE_ALONE void call_through() {
    traced_add(1, 2);
    asm volatile("" ::: "memory");
}

}  // namespace

TEST_CASE("texts are those of the moment of the event") {
    const TracedRun run =
        run_traced(std::string(text_prototype) +
                       R"(@@uft:PID:*:traced_text:entry { printf("<%s>\n", get_userstring(__arg1, -1)); })",
                   [] {
                       char text[32];
                       for (int i = 0; i < 100; ++i) {
                           std::snprintf(text, sizeof text, "number %d", i);
                           traced_text(text, 0);
                           std::memset(text, '#', sizeof text);
                       }
                   });
    CHECK(run.lines.size() == 100);
    for (int i = 0; i < 100; ++i) CHECK(run.of("<number " + std::to_string(i) + ">") == 1);
    CHECK(run.statistics.engine.unreadable == 0);
}

TEST_CASE("texts: parts, lengths from arguments, conversions of char pointers, odd addresses") {
    const TracedRun run = run_traced(std::string(text_prototype) + R"(
        @@uft:PID:*:traced_text:entry
        {
            String s[8];
            s = __arg1;
            printf("%s|%s|%s|%s|%s\n", get_userstring(__arg1, 3), get_userstring(__arg1, __arg2), s,
                   get_userstring(__arg1 + 1, -1), get_userstring(__arg1, 0));
        })",
                                     [] {
                                         char text[] = "abcdefghijklm";
                                         traced_text(text, 5);
                                         std::memset(text, '#', sizeof text - 1);
                                         char other[] = "xyz";
                                         traced_text(other, 500);
                                         std::memset(other, '#', sizeof other - 1);
                                     });
    CHECK(run.output == "abc|abcde|abcdefgh|bcdefghijklm|\nxyz|xyz|xyz|yz|\n");
}

TEST_CASE("long texts, and texts across pages") {
    const TracedRun run = run_traced(std::string(text_prototype) + R"(
        @@uft:PID:*:traced_text:entry { String s[1024]; s = get_userstring(__arg1, -1); printf("%s\n", s); })",
                                     [] {
                                         std::string text(3000, 'a');
                                         traced_text(text.c_str(), 0);
                                         auto* pages = static_cast<char*>(mmap(nullptr, 8192, PROT_READ | PROT_WRITE,
                                                                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
                                         std::strcpy(pages + 4090, "across the page");
                                         traced_text(pages + 4090, 0);
                                         munmap(pages, 8192);
                                     });
    CHECK(run.of(std::string(1024, 'a')) == 1);
    CHECK(run.of("across the page") == 1);
}

TEST_CASE("what cannot be read is empty or zero, is counted, and ends nothing") {
    const HalfReadable half;
    const TracedRun run = run_traced(std::string(text_prototype) + R"(
        @@uft:PID:*:traced_text:entry
        {
            long n;
            n = -1;
            copy_userdata(__arg1, n);
            printf("<%s> %ld\n", get_userstring(__arg1, -1), n);
        })",
                                     [&] {
                                         traced_text(nullptr, 0);
                                         traced_text(reinterpret_cast<const char*>(0x10), 0);
                                         traced_text(reinterpret_cast<const char*>(0xffffffff81000000), 0);
                                         traced_text(reinterpret_cast<const char*>(0x800000000000), 0);
                                         traced_text(half.end(), 0);
                                         traced_text(half.end() - 4, 0);  // no NUL before the unreadable page
                                     });
    CHECK(run.of("<> 0") == 5);
    // Of the last, half can be read as data, and as text nothing because it has no end.
    CHECK(run.of("<> " + std::to_string(0x78787878)) == 1);
    CHECK(run.statistics.engine.unreadable == 12);
    CHECK(run.errors.empty());
}

TEST_CASE("bytes without an end, up to the edge of what can be read") {
    const HalfReadable half;
    const TracedRun run = run_traced(std::string(text_prototype) + R"(
        @@uft:PID:*:traced_text:entry { printf("<%s>\n", get_userstring(__arg1, __arg2)); })",
                                     [&] { traced_text(half.end() - 4, 4); });
    CHECK(run.output == "<xxxx>\n");
    CHECK(run.statistics.engine.unreadable == 0);
}

TEST_CASE("structures through pointers, also through several") {
    const TracedRun run = run_traced(
        R"(
        struct size { int width; int height; };
        struct request { int id; char *name; unsigned short port; struct size size; struct request *next; };
        int traced_request(struct request *request);
        @@uft:PID:*:traced_request:entry
        {
            struct request whole;
            copy_userdata(__arg1, whole);
            printf("%d %s %d %d %d, next %d %s %d; %d %d\n", __arg1->id, get_userstring(__arg1->name, -1), __arg1->port,
                   __arg1->size.width, __arg1->size.height, __arg1->next->id, get_userstring(__arg1->next->name, -1),
                   __arg1->next->port, whole.id, whole.size.height);
        })",
        [] {
            for (int i = 0; i < 50; ++i) {
                auto second = std::make_unique<TracedRequest>(TracedRequest{i + 1000, "second", 2000, {3, 4}, nullptr});
                const std::string name = "first " + std::to_string(i);
                auto first =
                    std::make_unique<TracedRequest>(TracedRequest{i, name.c_str(), 65'535, {-1, i}, second.get()});
                traced_request(first.get());
                std::memset(first.get(), 0x55, sizeof *first);
                std::memset(second.get(), 0x55, sizeof *second);
            }
        });
    for (int i = 0; i < 50; ++i) {
        const std::string n = std::to_string(i);
        CHECK(run.of(n + " first " + n + " 65535 -1 " + n + ", next " + std::to_string(i + 1000) + " second 2000; " +
                     n + " " + n) == 1);
    }
    CHECK(run.statistics.engine.unreadable == 0);
}

TEST_CASE("a pointer that leads nowhere reads as zero") {
    const TracedRun run = run_traced(R"(
        struct request { int id; char *name; unsigned short port; int width; int height; struct request *next; };
        int traced_request(struct request *request);
        @@uft:PID:*:traced_request:entry { printf("%d %d <%s>\n", __arg1->id, __arg1->next->id, get_userstring(__arg1->next->name, -1)); })",
                                     [] {
                                         TracedRequest alone{7, "alone", 1, {0, 0}, nullptr};
                                         traced_request(&alone);
                                         traced_request(nullptr);
                                     });
    CHECK(run.output == "7 0 <>\n0 0 <>\n");
}

TEST_CASE("bytes of a length that an argument gives") {
    const TracedRun run = run_traced(std::string(text_prototype) + R"(
        @@uft:PID:*:traced_text:entry
        {
            unsigned char b[4];
            get_ubytes(__arg1, b, __arg2);
            printf("%d %d %d %d\n", b[0], b[1], b[2], b[3]);
        })",
                                     [] {
                                         char bytes[4] = {1, 2, 3, 4};
                                         traced_text(bytes, 2);
                                         traced_text(bytes, 4);
                                         traced_text(bytes, 400);
                                         traced_text(bytes, 0);
                                         std::memset(bytes, 9, sizeof bytes);
                                     });
    CHECK(run.output == "1 2 0 0\n1 2 3 4\n1 2 3 4\n0 0 0 0\n");
}

TEST_CASE("an address that follows from a variable is read when the clause runs") {
    const TracedRun run = run_traced(std::string(text_prototype) + R"(
        @@uft:PID:*:traced_text:entry { thread:where = __arg1; }
        @@uft:PID:*:traced_text:exit { printf("%s\n", get_userstring(thread:where, -1)); })",
                                     [] {
                                         static char text[] = "it stays";
                                         traced_text(text, 0);
                                     });
    CHECK(run.output == "it stays\n");
}

TEST_CASE("several clauses: each reads what its predicate lets through") {
    const TracedRun run = run_traced(std::string(text_prototype) + R"(
        @@uft:PID:*:traced_text:entry when (__arg2 == 1) { printf("one %s\n", get_userstring(__arg1, -1)); }
        @@uft:PID:*:traced_text:entry when (__arg2 == 2) { printf("two %s\n", get_userstring(__arg1, 2)); })",
                                     [] {
                                         char text[8];
                                         for (long n = 0; n < 4; ++n) {
                                             std::strcpy(text, "abcd");
                                             traced_text(text, n);
                                             std::memset(text, '#', sizeof text);
                                         }
                                     });
    CHECK(run.output == "one abcd\ntwo ab\n");
    CHECK(run.statistics.events == 2);
}

TEST_CASE("ends and round-trip time of sockets, when they are closed right after") {
    std::string truth;
    uint32_t rtt = 0;
    const TracedRun run = run_traced(R"(
        void traced_socket(int fd);
        @@uft:PID:*:traced_socket:entry
        {
            net_info_t n;
            sockfd_netinfo(__arg1, n);
            printf("%I:%d %I:%d\n", n.local_addr, n.local_port, n.remote_addr, n.remote_port);
            printf("rtt %d\n", round_trip_time(__arg1));
        })",
                                     [&] {
                                         for (const int family : {AF_INET, AF_INET6}) {
                                             const Connection connection(family);
                                             truth += ends_of(connection.client.get()) + "\n";
                                             truth += ends_of(connection.server.get()) + "\n";
                                             tcp_info info{};
                                             socklen_t length = sizeof info;
                                             getsockopt(connection.client.get(), IPPROTO_TCP, TCP_INFO, &info, &length);
                                             rtt = info.tcpi_rtt;
                                             traced_socket(connection.client.get());
                                             traced_socket(connection.server.get());
                                         }
                                         traced_socket(-1);
                                         traced_socket(999'999);
                                         traced_socket(0);
                                     });
    std::istringstream lines(truth);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(run.of(line) == 1);
    }
    CHECK(run.of("0.0.0.0:0 0.0.0.0:0") == 3);
    CHECK(rtt > 0);
    CHECK(run.of("rtt " + std::to_string(rtt)) >= 1);
    CHECK(run.of("rtt -1") == 3);
}

TEST_CASE("numbers of files, when they are closed right after") {
    struct stat status {};
    struct statfs system {};
    const TracedRun run = run_traced(R"(
        void traced_socket(int fd);
        @@uft:PID:*:traced_socket:entry { printf("%llu %o %x\n", fd_inodeid(__arg1), fd_ftype(__arg1), fd_fstype(__arg1)); })",
                                     [&] {
                                         const Socket file(memfd_create("probevue", 0));
                                         fstat(file.get(), &status);
                                         fstatfs(file.get(), &system);
                                         traced_socket(file.get());
                                     });
    char expected[100];
    std::snprintf(expected, sizeof expected, "%lu %o %x\n", status.st_ino, status.st_mode & S_IFMT,
                  static_cast<unsigned>(system.f_type));
    CHECK(run.output == expected);
}

TEST_CASE("user stacks: who called the function, with names, and as keys of arrays") {
    const TracedRun run = run_traced(R"(
        @@uft:PID:*:traced_add:entry { stktrace(PRINT_SYMBOLS, 2); s[get_stktrace(2)]++; }
        @@END { print(s); })",
                                     [] {
                                         call_through();
                                         call_through();
                                     });
    CAPTURE(run.output);
    CHECK(run.output.find(" traced_add\n") != std::string::npos);
    CHECK(run.output.find(" probevue::live::(anonymous namespace)::call_through()+0x") != std::string::npos);
    CHECK(run.output.find("] = 2\n") != std::string::npos);
}

// The kernel's own type information is a variable of the kernel that it shows to everybody in a file.
TEST_CASE("variables of the kernel: at an event, and when there is none") {
    std::ifstream file("/sys/kernel/btf/vmlinux", std::ios::binary);
    uint32_t words[2] = {};
    file.read(reinterpret_cast<char*>(words), sizeof words);
    const TracedRun run = run_traced(R"(
        struct header { unsigned int first; unsigned int second; };
        __kernel struct header __start_BTF;
        @@BEGIN { printf("%u %u\n", __start_BTF.first, __start_BTF.second); }
        @@uft:PID:*:traced_add:entry { printf("%u %u\n", __start_BTF.first, __start_BTF.second); })",
                                     [] { traced_add(1, 1); });
    CHECK(run.of(std::to_string(words[0]) + " " + std::to_string(words[1])) == 2);
}

TEST_CASE("a variable that the kernel does not have is an error") {
    CompileInput input;
    input.name = "test.e";
    input.text = "__kernel long no_such_variable;\n@@BEGIN { printf(\"%ld\", no_such_variable); }";
    const RunningKernel kernel;
    CompileOptions options;
    options.kernel = &kernel;
    const Compiled compiled = compile(std::move(input), options);
    CHECK_FALSE(compiled.program.has_value());
    CHECK(compiled.messages.find("the kernel has no variable `no_such_variable`") != std::string::npos);
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
