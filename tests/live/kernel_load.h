// Loads on TCP and UDP of which is known what events they cause. Everything stays on the loopback interface of a
// network namespace of the test's own.
#pragma once

#include <arpa/inet.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
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

inline void pause_ms(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

// Of this thread, and of those that it starts from now on.
inline bool enter_own_network() {
    if (unshare(CLONE_NEWNET) != 0) return false;
    const Socket control(socket(AF_INET, SOCK_DGRAM, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    return ioctl(control.get(), SIOCSIFFLAGS, &request) == 0;
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

inline Socket connect_to(const Address& address, bool wait = true) {
    Socket out(socket(address.family(), SOCK_STREAM | (wait ? 0 : SOCK_NONBLOCK), 0));
    static_cast<void>(connect(out.get(), address.get(), address.size));
    return out;
}

inline Socket accept_from(const Socket& listener) { return Socket(accept(listener.get(), nullptr, nullptr)); }

// Connections one after the other, each closed by the client first.
inline void connections(const std::string& listener_address, const std::string& target, uint16_t port, int count) {
    const Socket listener = listen_on(Address(listener_address, port), 16);
    for (int i = 0; i < count; ++i) {
        Socket client = connect_to(Address(target, port));
        Socket server = accept_from(listener);
        client.close();
        char end = 0;
        static_cast<void>(recv(server.get(), &end, 1, 0));
        server.close();
    }
    pause_ms(50);
}

// The receiver drops every segment for so long, so that the sender tries again and again.
inline void retransmissions(const std::string& address, uint16_t port, int milliseconds) {
    const Socket listener = listen_on(Address(address, port), 4);
    const Socket client = connect_to(Address(address, port));
    const Socket server = accept_from(listener);
    client.set(IPPROTO_TCP, TCP_NODELAY, 1);
    static_cast<void>(send(client.get(), "a", 1, 0));
    pause_ms(20);
    sock_filter nothing{BPF_RET | BPF_K, 0, 0, 0};
    const sock_fprog drop{1, &nothing};
    setsockopt(server.get(), SOL_SOCKET, SO_ATTACH_FILTER, &drop, sizeof drop);
    static_cast<void>(send(client.get(), "b", 1, 0));
    pause_ms(milliseconds);
    server.set(SOL_SOCKET, SO_DETACH_FILTER, 0);
    pause_ms(1000);
}

// More clients than the queue of a listener that never accepts can hold.
inline void full_listener(const std::string& address, uint16_t port, int clients) {
    const Socket listener = listen_on(Address(address, port), 1);
    std::vector<Socket> out;
    for (int i = 0; i < clients; ++i) {
        out.push_back(connect_to(Address(address, port), false));
        pause_ms(2);
    }
    pause_ms(1300);
}

// Handshakes that are let in, and then find the queue made smaller.
inline void full_at_the_last_step(const std::string& address, uint16_t port, int clients) {
    const Socket listener = listen_on(Address(address, port), 16);
    listener.set(IPPROTO_TCP, TCP_DEFER_ACCEPT, 30);
    std::vector<Socket> out;
    for (int i = 0; i < clients; ++i) out.push_back(connect_to(Address(address, port), false));
    pause_ms(50);
    listen(listener.get(), 1);
    for (const Socket& client : out) static_cast<void>(send(client.get(), "hi", 2, 0));
    pause_ms(500);
}

// A socket of which nobody reads.
inline void lost_datagrams(const std::string& address, const std::string& target, uint16_t port, int count) {
    const Address to(address, port);
    const Socket receiver(socket(to.family(), SOCK_DGRAM, 0));
    if (to.family() == AF_INET6) receiver.set(IPPROTO_IPV6, IPV6_V6ONLY, 0);
    receiver.set(SOL_SOCKET, SO_RCVBUF, 4096);
    static_cast<void>(bind(receiver.get(), to.get(), to.size));
    const Address from(target, port);
    const Socket sender(socket(from.family(), SOCK_DGRAM, 0));
    char bytes[500] = {};
    for (int i = 0; i < count; ++i)
        static_cast<void>(sendto(sender.get(), bytes, sizeof bytes, 0, from.get(), from.size));
    pause_ms(20);
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
        pause_ms(2);
    }
    return episodes;
}

// A receiver that does not read: its window closes once, and nothing is lost.
inline void closed_window(const std::string& address, uint16_t port) {
    const Socket listener = listen_on(Address(address, port), 4);
    const Socket client = connect_to(Address(address, port));
    const Socket server = accept_from(listener);
    std::vector<char> bytes(60'000);
    for (int i = 0; i < 300; ++i) {
        if (send(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) < 0) pause_ms(1);
    }
    pause_ms(300);
}

// A buffer cut behind the window that it had announced: a segment has to be refused.
inline void shrunk_buffer(const std::string& address, uint16_t port) {
    const Socket listener = listen_on(Address(address, port), 4);
    const Socket client = connect_to(Address(address, port));
    const Socket server = accept_from(listener);
    client.set(IPPROTO_TCP, TCP_NODELAY, 1);
    server.set(SOL_SOCKET, SO_RCVBUF, 2304);
    std::vector<char> bytes(2000);
    for (int i = 0; i < 30; ++i) static_cast<void>(send(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT));
    pause_ms(500);
}

}  // namespace probevue::live
