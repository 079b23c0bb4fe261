// --metrics, --textfile and --push of a session: all that goes on besides its own thread, and how that serves it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/program/program.h"
#include "runtime/metrics/exchange.h"
#include "runtime/metrics/push.h"
#include "runtime/metrics/reader.h"
#include "runtime/metrics/server.h"
#include "runtime/metrics/textfile.h"
#include "runtime/session/session.h"

namespace probevue {

struct MetricsOptions {
    std::string address;    // --metrics; empty: no endpoint
    std::string directory;  // --textfile; empty: no file
    std::string url;        // --push; empty: nothing is sent
    uint64_t max_series = 1000;

    bool any() const { return !address.empty() || !directory.empty() || !url.empty(); }
};

class MetricsExporter {
public:
    // Binds, and looks at what is given; nothing goes on yet. Errors (ExitStatus::usage): the address, the directory or
    // the URL is none that can be used. `program` outlives this.
    static Result<std::unique_ptr<MetricsExporter>> open(const MetricsOptions& options, const Program& program);
    ~MetricsExporter();
    MetricsExporter(const MetricsExporter&) = delete;
    MetricsExporter& operator=(const MetricsExporter&) = delete;

    // Empty: there is no endpoint.
    std::string url() const { return server_ ? server_->url() : std::string(); }
    bool is_loopback() const { return is_loopback_; }

    // Begins to serve. `session` wakes by request_figures(), whereupon it is to call answer(), and outlives finish().
    // Errors: the endpoint cannot be served.
    Status start(Session& session);
    // By the session's thread: makes the text that somebody waits for. Nobody may: nothing happens then.
    void answer(const Statistics& statistics);
    // The session is over: writes and sends what it ends with, waiting for that no longer than some seconds.
    void finish(const Statistics& statistics);
    // What is to be said since this was asked last; each file and URL that does not take its text is told once.
    std::vector<std::string> take_warnings();

private:
    explicit MetricsExporter(const MetricsOptions& options, const Program& program)
        : options_(options), program_(program) {}

    std::string made(const Statistics& statistics, bool up);
    void deliver_regularly();
    void deliver(const std::string& text);
    void note(const Status& status, bool& told);

    MetricsOptions options_;
    const Program& program_;
    bool is_loopback_ = true;
    std::unique_ptr<MetricsServer> server_;
    std::optional<Textfile> textfile_;
    std::unique_ptr<Pusher> pusher_;
    std::unique_ptr<TextExchange> texts_;
    std::unique_ptr<MetricsReader> reader_;
    std::thread deliverer_;
    std::mutex mutex_;
    std::condition_variable ends_;
    bool ending_ = false;
    std::atomic<bool> given_up_ = false;  // what is being sent
    std::atomic<uint64_t> push_failures_ = 0;
    std::vector<std::string> warnings_;  // under mutex_
    bool told_of_file_ = false;          // of who delivers
    bool told_of_url_ = false;
};

}  // namespace probevue
