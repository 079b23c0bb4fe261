#include "runtime/metrics/server.h"

#include <fmt/format.h>
#include <microhttpd.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/session/clock.h"

namespace probevue {
namespace {

constexpr unsigned most_connections = 16;
constexpr size_t most_memory = 32 * 1024;  // of a connection, for its request
constexpr uint64_t second_ns = 1'000'000'000;
// Of a connection from its first byte to its last. Prometheus waits as long for an answer, if it is not told otherwise.
constexpr uint64_t most_ns = 10 * second_ns;

uint64_t monotonic_ns() { return SystemClock().monotonic_ns(); }

struct Connection {
    MHD_Connection* handle;
    int descriptor;
    uint64_t since_ns;
};

class Server final : public MetricsServer {
public:
    Server(int descriptor, std::string address)
        : descriptor_(descriptor), address_(std::move(address)), stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    ~Server() override {
        stop();
        if (descriptor_ >= 0) close(descriptor_);
        close(stop_);
    }

    std::string url() const override { return fmt::format("http://{}/metrics", address_); }

    Status start(TextExchange& texts) override {
        texts_ = &texts;
        daemon_ = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TURBO, 0, nullptr, nullptr, &Server::on_request, this,
                                   MHD_OPTION_LISTEN_SOCKET, descriptor_, MHD_OPTION_CONNECTION_LIMIT, most_connections,
                                   MHD_OPTION_CONNECTION_MEMORY_LIMIT, most_memory, MHD_OPTION_NOTIFY_CONNECTION,
                                   &Server::on_connection, this, MHD_OPTION_EXTERNAL_LOGGER, &Server::on_message,
                                   nullptr, MHD_OPTION_END);
        if (daemon_ == nullptr) return fail("libmicrohttpd cannot serve --metrics");
        descriptor_ = -1;  // the daemon's from here on
        // Signals are for the thread that runs the session.
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        thread_ = std::thread([this] { run(); });
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        return {};
    }

    void stop() override {
        if (!thread_.joinable()) return;
        const uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = write(stop_, &one, sizeof one);
        thread_.join();
        MHD_stop_daemon(daemon_);
        daemon_ = nullptr;
    }

private:
    void run() {
        const MHD_DaemonInfo* info = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD);
        pollfd wanted[] = {{info->epoll_fd, POLLIN, 0}, {stop_, POLLIN, 0}};
        uint64_t end_ns = UINT64_MAX;  // what is on its way may go out until then
        for (;;) {
            MHD_UNSIGNED_LONG_LONG due = 0;
            int timeout = connections_.empty() ? -1 : 250;
            if (MHD_get_timeout(daemon_, &due) == MHD_YES) timeout = static_cast<int>(std::min(due, 250ULL));
            poll(wanted, end_ns == UINT64_MAX ? 2 : 1, end_ns == UINT64_MAX ? timeout : std::clamp(timeout, 0, 20));
            MHD_run(daemon_);
            const uint64_t now = monotonic_ns();
            for (const Connection& connection : connections_) {
                // The daemon sees that it has ended, and closes it.
                if (now - connection.since_ns > most_ns) shutdown(connection.descriptor, SHUT_RDWR);
            }
            if (end_ns == UINT64_MAX && wanted[1].revents != 0) end_ns = now + second_ns / 5;
            if (now >= end_ns || (end_ns != UINT64_MAX && connections_.empty())) return;
        }
    }

    static void on_message(void*, const char*, va_list) {}

    static void on_connection(void* self, MHD_Connection* handle, void**, MHD_ConnectionNotificationCode what) {
        std::vector<Connection>& all = static_cast<Server*>(self)->connections_;
        if (what == MHD_CONNECTION_NOTIFY_STARTED) {
            const MHD_ConnectionInfo* info = MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
            all.push_back({handle, info->connect_fd, monotonic_ns()});
        } else {
            std::erase_if(all, [&](const Connection& one) { return one.handle == handle; });
        }
    }

    static MHD_Result reply(MHD_Connection* connection, unsigned status, std::string_view text,
                            const char* type = "text/plain; charset=utf-8") {
        MHD_Response* response =
            MHD_create_response_from_buffer(text.size(), const_cast<char*>(text.data()), MHD_RESPMEM_MUST_COPY);
        if (response == nullptr) return MHD_NO;
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
        // One request a connection, so that its time is that of the request.
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
        if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
            MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
        const MHD_Result queued = MHD_queue_response(connection, status, response);
        MHD_destroy_response(response);
        return queued;
    }

    // Called with the head of a request, and with what follows it, which nobody wants.
    static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                                 const char*, const char*, size_t* size, void**) {
        const std::string_view path = url;
        const std::string_view how = method;
        if (*size != 0) {
            *size = 0;
            return MHD_NO;
        }
        if (how != MHD_HTTP_METHOD_GET && how != MHD_HTTP_METHOD_HEAD)
            return reply(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET /metrics\n");
        if (path == "/")
            return reply(connection, MHD_HTTP_OK, "<a href=\"/metrics\">/metrics</a>\n", "text/html; charset=utf-8");
        if (path != "/metrics") return reply(connection, MHD_HTTP_NOT_FOUND, "GET /metrics\n");
        const TextExchange::Text text = static_cast<Server*>(self)->texts_->ask();
        if (text == nullptr)
            return reply(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                         "the session does not answer: it waits for the reader of its output, or for a long clause\n");
        return reply(connection, MHD_HTTP_OK, *text, "text/plain; version=0.0.4; charset=utf-8");
    }

    int descriptor_;
    std::string address_;
    int stop_;
    TextExchange* texts_ = nullptr;
    MHD_Daemon* daemon_ = nullptr;
    std::vector<Connection> connections_;  // of the thread
    std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<MetricsServer>> MetricsServer::open(const ListenAddress& address) {
    const std::string wanted = to_text(address.address);
    const int descriptor = socket(address.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int yes = 1;
    if (descriptor >= 0) setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (descriptor < 0 || bind(descriptor, reinterpret_cast<const sockaddr*>(&address.address), address.size) != 0 ||
        listen(descriptor, most_connections) != 0) {
        const int error = errno;
        if (descriptor >= 0) close(descriptor);
        if (error == EADDRINUSE)
            return fail(fmt::format("--metrics: {} is in use", wanted), "another port, or 0 for any that is free",
                        ExitStatus::usage);
        if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT)
            return fail(fmt::format("--metrics: {} is no address of this machine", wanted), "`ip address` lists them",
                        ExitStatus::usage);
        return fail(fmt::format("--metrics: cannot listen at {}: {}", wanted, std::strerror(error)), {},
                    error == EACCES ? ExitStatus::permission : ExitStatus::usage);
    }
    sockaddr_storage got{};
    socklen_t size = sizeof got;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&got), &size);
    return std::unique_ptr<MetricsServer>(std::make_unique<Server>(descriptor, to_text(got)));
}

}  // namespace probevue
