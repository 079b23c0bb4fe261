// Loads on TCP and UDP of which is known what events they cause. Everything stays on the loopback interface of a
// network namespace of the test's own.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace probevue::live {

class Socket {
public:
    explicit Socket(int fd) : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    Socket(const Socket&) = delete;
    ~Socket() { close(); }
    int get() const { return fd_; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    void set(int level, int option, int value) const { setsockopt(fd_, level, option, &value, sizeof value); }

private:
    int fd_;
};

// How many of what a load consists of. An emulated machine takes some twenty times as long for each: there fewer have
// to do, which must be enough for what the test is about.
inline int many(int there, int emulated) { return std::getenv("PROBEVUE_TEST_EMULATED") != nullptr ? emulated : there; }

// For what needs time itself: an interval that must run out, a while in which nothing may happen. Never in place of a
// state that can be waited for.
inline void let_time_pass(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

// Waits for what must come; longer than it ever takes, as other work may keep the processors busy.
template <class Condition>
void wait_for(const char* what, Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            FAIL_CHECK("waited in vain for " << std::string(what));
            return;
        }
        let_time_pass(1);  // between two looks
    }
}

inline tcp_info info_of(const Socket& connection) {
    tcp_info out{};
    socklen_t size = sizeof out;
    getsockopt(connection.get(), IPPROTO_TCP, TCP_INFO, &out, &size);
    return out;
}

inline void wait_for_state(const Socket& connection, int state) {
    wait_for("a state of a connection", [&] { return info_of(connection).tcpi_state == state; });
}

// Until the other side has confirmed all: then no timer runs, and nothing is sent again.
inline void wait_for_confirmation(const Socket& connection) {
    wait_for("confirmation of what was sent", [&] {
        int left = 0;
        ioctl(connection.get(), SIOCOUTQ, &left);
        return left == 0;
    });
}

// Gone at once, with a reset: nothing is left that could be sent again.
inline void abandon(Socket& connection) {
    const linger at_once{1, 0};
    setsockopt(connection.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    connection.close();
}

// Of this thread, and of those that it starts from now on.
inline bool enter_own_network() {
    if (unshare(CLONE_NEWNET) != 0) return false;
    const Socket control(socket(AF_INET, SOCK_DGRAM, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    return ioctl(control.get(), SIOCSIFFLAGS, &request) == 0;
}

// Another address of this machine in it, such as "lo:1" for the first of them.
inline bool add_address(const char* label, const char* address) {
    const Socket control(socket(AF_INET, SOCK_DGRAM, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, label);
    auto& to = reinterpret_cast<sockaddr_in&>(request.ifr_addr);
    to.sin_family = AF_INET;
    return inet_pton(AF_INET, address, &to.sin_addr) == 1 && ioctl(control.get(), SIOCSIFADDR, &request) == 0;
}

// Of this process, as the kernel has it.
inline std::string own_name() {
    std::string name;
    std::getline(std::ifstream("/proc/self/comm"), name);
    return name;
}

inline uint64_t network_number() {
    struct stat status {};
    stat("/proc/thread-self/ns/net", &status);
    return status.st_ino;
}

// A counter of this network: "TcpExt", "ListenOverflows" of /proc/net/netstat, or "Tcp", "RetransSegs" of
// /proc/net/snmp; IPv6's own
// ("Udp6RcvbufErrors") with an empty group.
inline uint64_t counter(const std::string& group, const std::string& name) {
    if (group.empty()) {
        std::ifstream file("/proc/thread-self/net/snmp6");
        std::string word;
        uint64_t value = 0;
        while (file >> word >> value) {
            if (word == name) return value;
        }
        return 0;
    }
    for (const char* path : {"/proc/thread-self/net/netstat", "/proc/thread-self/net/snmp"}) {
        std::ifstream file(path);
        std::string names;
        std::string values;
        while (std::getline(file, names) && std::getline(file, values)) {
            if (!names.starts_with(group + ":")) continue;
            std::istringstream a(names);
            std::istringstream b(values);
            std::string key;
            std::string value;
            while (a >> key && b >> value) {
                if (key == name) return std::stoull(value);
            }
        }
    }
    return 0;
}

// Segments that were sent again.
inline uint64_t sent_again() { return counter("Tcp", "RetransSegs"); }

struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;

    Address(const std::string& text, uint16_t port) {
        auto* v4 = reinterpret_cast<sockaddr_in*>(&bytes);
        auto* v6 = reinterpret_cast<sockaddr_in6*>(&bytes);
        if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
            v4->sin_family = AF_INET;
            v4->sin_port = htons(port);
            size = sizeof *v4;
        } else {
            inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr);
            v6->sin6_family = AF_INET6;
            v6->sin6_port = htons(port);
            size = sizeof *v6;
        }
    }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
    int family() const { return bytes.ss_family; }
};

inline Socket listen_on(const Address& address, int backlog) {
    Socket out(socket(address.family(), SOCK_STREAM, 0));
    out.set(SOL_SOCKET, SO_REUSEADDR, 1);
    if (address.family() == AF_INET6) out.set(IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (bind(out.get(), address.get(), address.size) != 0 || listen(out.get(), backlog) != 0) out.close();
    return out;
}

inline Socket connect_to(const Address& address, bool wait = true, const Address* from = nullptr) {
    Socket out(socket(address.family(), SOCK_STREAM | (wait ? 0 : SOCK_NONBLOCK), 0));
    out.set(SOL_SOCKET, SO_REUSEADDR, 1);
    if (from != nullptr) static_cast<void>(bind(out.get(), from->get(), from->size));
    static_cast<void>(connect(out.get(), address.get(), address.size));
    return out;
}

inline Socket accept_from(const Socket& listener) { return Socket(accept(listener.get(), nullptr, nullptr)); }

// What arrives at the socket is dropped before TCP sees it.
inline void go_deaf(const Socket& socket) {
    sock_filter nothing{BPF_RET | BPF_K, 0, 0, 0};
    const sock_fprog drop{1, &nothing};
    setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &drop, sizeof drop);
}

// Extension headers of eight bytes, all padding, in each packet that the socket sends.
inline void add_extension_headers(const Socket& socket, bool hop_by_hop) {
    const uint8_t padding[8] = {0, 0, 1, 4, 0, 0, 0, 0};  // PadN (RFC 8200, 4.2)
    setsockopt(socket.get(), IPPROTO_IPV6, IPV6_DSTOPTS, padding, sizeof padding);
    if (hop_by_hop) setsockopt(socket.get(), IPPROTO_IPV6, IPV6_HOPOPTS, padding, sizeof padding);
}

// Connections one after the other, each closed by the client first. At the end of each, both sides have passed through
// all of their states.
inline void connections(const std::string& listener_address, const std::string& target, uint16_t port, int count,
                        const Address* from = nullptr) {
    const Socket listener = listen_on(Address(listener_address, port), 16);
    for (int i = 0; i < count; ++i) {
        Socket client = connect_to(Address(target, port), true, from);
        Socket server = accept_from(listener);
        client.close();
        char end = 0;
        static_cast<void>(recv(server.get(), &end, 1, 0));
        shutdown(server.get(), SHUT_WR);
        wait_for_state(server, TCP_CLOSE);  // the client has confirmed it, thus knows it
    }
}

// The receiver drops every segment, so that the sender tries again and again, until it has done so that many times.
// `size` bytes are lost at first, in segments of 1000.
inline void retransmissions(const std::string& address, uint16_t port, unsigned times, const Address* from = nullptr,
                            size_t size = 1) {
    const Socket listener = listen_on(Address(address, port), 4);
    listener.set(IPPROTO_TCP, TCP_MAXSEG, 1000);
    Socket client = connect_to(Address(address, port), true, from);
    Socket server = accept_from(listener);
    client.set(IPPROTO_TCP, TCP_NODELAY, 1);
    static_cast<void>(send(client.get(), "a", 1, 0));
    wait_for_confirmation(client);
    go_deaf(server);
    const std::vector<char> bytes(size);
    static_cast<void>(send(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT));
    wait_for("retransmissions", [&] { return info_of(client).tcpi_total_retrans >= times; });
    server.set(SOL_SOCKET, SO_DETACH_FILTER, 0);
    wait_for_confirmation(client);
    abandon(client);
    abandon(server);
}

// How many connections wait for `accept`.
inline unsigned waiting(const Socket& listener) { return info_of(listener).tcpi_unacked; }

inline uint64_t refused() { return counter("TcpExt", "ListenOverflows"); }

// Waits until so many have been refused, and until nobody tries any more. The next attempts of those that were refused
// are then a good part of a second away.
inline void wait_for_refused(uint64_t count, std::vector<Socket>& clients) {
    wait_for("connections that are refused", [&] { return refused() >= count; });
    for (Socket& client : clients) abandon(client);
    uint64_t seen = 0;  // what was under way on another processor
    wait_for("an end of attempts", [&] {
        const uint64_t before = std::exchange(seen, refused());
        let_time_pass(50);  // in which nobody is refused
        return before == seen;
    });
}

// A setting of this network ("net/ipv4/tcp_syncookies"), put back at the end.
class Setting {
public:
    Setting(const std::string& name, const std::string& value) : path_("/proc/sys/" + name) {
        std::getline(std::ifstream(path_), before_);
        write(value);
    }
    Setting(const Setting&) = delete;
    Setting& operator=(const Setting&) = delete;
    ~Setting() { write(before_); }

private:
    void write(const std::string& value) {
        std::ofstream file(path_);
        file << value << std::flush;
        CHECK_MESSAGE(file.good(), path_);
    }

    std::string path_;
    std::string before_;
};

struct Flood {
    std::string address;
    uint16_t port = 0;
    int backlog = 0;  // of the listener
    unsigned clients = 0;
    std::string from = {};  // address of the clients
    bool extended = false;  // their packets have extension headers
};

// Clients that ask for a connection and never take the answer, until `counted` has grown by `least`.
inline void flood(const Flood& how, const std::function<uint64_t()>& counted, uint64_t least) {
    const uint64_t before = counted();
    const Socket listener = listen_on(Address(how.address, how.port), how.backlog);
    const Address to(how.address, how.port);
    std::vector<Socket> out;
    for (unsigned i = 0; i < how.clients; ++i) {
        Socket& client = out.emplace_back(socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK, 0));
        go_deaf(client);
        if (how.extended) add_extension_headers(client, i % 2 == 0);
        const Address from(how.from.empty() ? how.address : how.from, 0);
        static_cast<void>(bind(client.get(), from.get(), from.size));
        static_cast<void>(connect(client.get(), to.get(), to.size));
    }
    wait_for("requests that are refused", [&] { return counted() >= before + least; });
    out.clear();
    uint64_t seen = 0;  // what was under way on another processor
    wait_for("an end of requests", [&] {
        const uint64_t last = std::exchange(seen, counted());
        let_time_pass(50);  // in which nobody is refused
        return last == seen;
    });
}

// More clients than the queue of a listener that never accepts can hold: each of the others is refused twice or more.
inline void full_listener(const std::string& address, uint16_t port, unsigned clients) {
    constexpr unsigned room = 2;  // one more than asked for
    const uint64_t before = refused();
    const Socket listener = listen_on(Address(address, port), 1);
    std::vector<Socket> out;
    for (unsigned i = 0; i < clients; ++i) {
        out.push_back(connect_to(Address(address, port), false));
        // Those that the queue holds must be in it before others try: else it fills at the last step of theirs.
        if (i < room) wait_for("a connection in the queue", [&] { return waiting(listener) == i + 1; });
    }
    wait_for_refused(before + 2 * uint64_t{clients - room}, out);
}

// Handshakes that are let in, and then find the queue made smaller.
inline void full_at_the_last_step(const std::string& address, uint16_t port, unsigned clients) {
    constexpr unsigned room = 2;
    const uint64_t before = refused();
    const Socket listener = listen_on(Address(address, port), 16);
    listener.set(IPPROTO_TCP, TCP_DEFER_ACCEPT, 30);
    std::vector<Socket> out;
    for (unsigned i = 0; i < clients; ++i) {
        out.push_back(connect_to(Address(address, port), false));
        wait_for_state(out.back(), TCP_ESTABLISHED);
    }
    listen(listener.get(), 1);
    for (const Socket& client : out) static_cast<void>(send(client.get(), "hi", 2, 0));
    wait_for_refused(before + 2 * uint64_t{clients - room}, out);
}

inline uint64_t lost_in_buffers() { return counter("Udp", "RcvbufErrors") + counter("", "Udp6RcvbufErrors"); }

// A socket of which nobody reads until all has come or is lost.
inline void lost_datagrams(const std::string& address, const std::string& target, uint16_t port, uint64_t count) {
    const Address to(address, port);
    const Socket receiver(socket(to.family(), SOCK_DGRAM, 0));
    if (to.family() == AF_INET6) receiver.set(IPPROTO_IPV6, IPV6_V6ONLY, 0);
    receiver.set(SOL_SOCKET, SO_RCVBUF, 4096);
    static_cast<void>(bind(receiver.get(), to.get(), to.size));
    const Address from(target, port);
    const Socket sender(socket(from.family(), SOCK_DGRAM, 0));
    const uint64_t before = lost_in_buffers();
    char bytes[500] = {};
    for (uint64_t i = 0; i < count; ++i)
        static_cast<void>(sendto(sender.get(), bytes, sizeof bytes, 0, from.get(), from.size));
    uint64_t taken = 0;
    wait_for("all datagrams", [&] {
        while (recv(receiver.get(), bytes, sizeof bytes, MSG_DONTWAIT) >= 0) ++taken;
        return taken + (lost_in_buffers() - before) >= count;
    });
}

// Writes until nothing more can be written, and then tries again many times. The receiver reads nothing. Returns how
// often a write came to a full buffer behind one that had added something: each time an episode begins, which further
// attempts in vain do not end.
inline int full_sender(const std::string& address, uint16_t port) {
    const Socket listener = listen_on(Address(address, port), 4);
    listener.set(SOL_SOCKET, SO_RCVBUF, 4096);
    const Socket client = connect_to(Address(address, port));
    const Socket server = accept_from(listener);
    client.set(SOL_SOCKET, SO_SNDBUF, 20'000);
    const std::vector<char> bytes(8000);
    int episodes = 0;
    bool progress = false;
    for (int refused = 0; refused < 100;) {
        const ssize_t sent = send(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        progress = progress || sent > 0;
        if (sent == static_cast<ssize_t>(bytes.size())) {
            refused = 0;
            continue;
        }
        if (progress) ++episodes;
        progress = false;
        ++refused;
        let_time_pass(2);  // for a receiver that would make room: it is full when nothing has gone for long
    }
    return episodes;
}

// A receiver that does not read: its window closes once, and nothing is lost. Segments are small, so that the last one
// fits what is left of the window.
inline void closed_window(const std::string& address, uint16_t port, bool extended = false) {
    const Socket listener = listen_on(Address(address, port), 4);
    listener.set(SOL_SOCKET, SO_RCVBUF, 65'536);
    listener.set(IPPROTO_TCP, TCP_MAXSEG, 1000);
    const Socket client = connect_to(Address(address, port));
    const Socket server = accept_from(listener);
    if (extended) add_extension_headers(server, true);
    const uint64_t before = counter("TcpExt", "TCPToZeroWindowAdv");
    std::vector<char> bytes(60'000);
    wait_for("a closed window", [&] {
        static_cast<void>(send(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT));
        return counter("TcpExt", "TCPToZeroWindowAdv") > before;
    });
    // Probes of the window must not be told of.
    const uint64_t probed = counter("TcpExt", "TCPWinProbe");
    wait_for("a probe of the window", [&] { return counter("TcpExt", "TCPWinProbe") > probed; });
}

inline uint64_t refused_segments() { return counter("TcpExt", "TCPRcvQDrop") + counter("TcpExt", "RcvPruned"); }

// A buffer cut behind the window that it had announced: a segment has to be refused.
inline void shrunk_buffer(const std::string& address, uint16_t port) {
    const Socket listener = listen_on(Address(address, port), 4);
    const Socket client = connect_to(Address(address, port));
    const Socket server = accept_from(listener);
    client.set(IPPROTO_TCP, TCP_NODELAY, 1);
    server.set(SOL_SOCKET, SO_RCVBUF, 2304);
    const uint64_t before = refused_segments();
    std::vector<char> bytes(2000);
    for (int i = 0; i < 30; ++i) static_cast<void>(send(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT));
    wait_for("a refused segment", [&] { return refused_segments() > before; });
    // What is tried again within an episode must not be told of.
    const auto tries = [&] { return info_of(client).tcpi_total_retrans + counter("TcpExt", "TCPWinProbe"); };
    const uint64_t first = tries();
    wait_for("another try", [&] { return tries() > first; });
}

}  // namespace probevue::live
