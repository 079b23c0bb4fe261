#include "runtime/metrics/exporter.h"

#include <chrono>
#include <csignal>
#include <utility>

#include "runtime/metrics/own.h"
#include "runtime/session/clock.h"

namespace probevue {
namespace {

constexpr std::chrono::seconds period(10);

}  // namespace

Result<std::unique_ptr<MetricsExporter>> MetricsExporter::open(const MetricsOptions& options, const Program& program) {
    std::unique_ptr<MetricsExporter> out(new MetricsExporter(options, program));
    if (!options.directory.empty()) {
        Result<Textfile> file = Textfile::open(options.directory, program.script_name);
        if (!file) return file.error();
        out->textfile_.emplace(std::move(*file));
    }
    if (!options.url.empty()) {
        Result<std::unique_ptr<Pusher>> pusher = Pusher::open(options.url);
        if (!pusher) return pusher.error();
        out->pusher_ = std::move(*pusher);
    }
    if (!options.address.empty()) {
        const Result<ListenAddress> address = parse_listen_address(options.address);
        if (!address) return address.error();
        out->is_loopback_ = address->is_loopback;
        Result<std::unique_ptr<MetricsServer>> server = MetricsServer::open(*address);
        if (!server) return server.error();
        out->server_ = std::move(*server);
    }
    return out;
}

MetricsExporter::~MetricsExporter() {
    if (texts_ == nullptr) return;
    given_up_.store(true);
    // Before its threads are waited for: they may be waiting for a text themselves.
    texts_->close({});
    if (server_ != nullptr) server_->stop();
    if (!deliverer_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    ends_.notify_all();
    deliverer_.join();
}

Status MetricsExporter::start(Session& session) {
    texts_ = std::make_unique<TextExchange>([&session] { session.request_figures(); });
    reader_ = std::make_unique<MetricsReader>(program_, session.engine(), options_.max_series);
    if (server_ != nullptr) {
        if (Status started = server_->start(*texts_); !started) return started;
    }
    if (!textfile_ && pusher_ == nullptr) return {};
    // Signals are for the thread that runs the session.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    deliverer_ = std::thread([this] { deliver_regularly(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return {};
}

std::string MetricsExporter::made(const Statistics& statistics, bool up) {
    std::string out;
    append_own(out, statistics, {up, resident_memory(), push_failures_.load()});
    reader_->read(out);
    return out;
}

void MetricsExporter::answer(const Statistics& statistics) {
    if (texts_ == nullptr || !texts_->wanted()) return;
    const uint64_t began = SystemClock().monotonic_ns();
    std::string text = made(statistics, true);
    texts_->answer(std::move(text), SystemClock().monotonic_ns() - began);
}

void MetricsExporter::deliver_regularly() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
        lock.unlock();
        // One that does not answer is asked again next time.
        const TextExchange::Text text = texts_->ask();
        if (text != nullptr && !given_up_.load()) deliver(*text);
        lock.lock();
        ends_.wait_for(lock, period, [this] { return ending_; });
    }
}

void MetricsExporter::deliver(const std::string& text) {
    if (textfile_) note(textfile_->write(text), told_of_file_);
    if (pusher_ == nullptr) return;
    const Status pushed = pusher_->push(text, given_up_);
    // It was broken off by us: no failure of who was to take it.
    if (!pushed && given_up_.load()) return;
    if (!pushed) ++push_failures_;
    note(pushed, told_of_url_);
}

void MetricsExporter::note(const Status& status, bool& told) {
    // Told by the session's thread, which owns the sink; see take_warnings().
    if (status || std::exchange(told, true)) return;
    const std::lock_guard lock(mutex_);
    warnings_.push_back(status.error().message);
}

void MetricsExporter::finish(const Statistics& statistics) {
    if (texts_ == nullptr) return;
    const std::string text = made(statistics, false);
    // A push that does not come to its end would hold up the end of the session.
    given_up_.store(true);
    texts_->close(text);
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    ends_.notify_all();
    if (deliverer_.joinable()) deliverer_.join();
    // The thread that delivers is gone: from here on this one does, for the last time.
    given_up_.store(false);
    deliver(text);
    if (server_ != nullptr) server_->stop();
    texts_.reset();
}

std::vector<std::string> MetricsExporter::take_warnings() {
    const std::lock_guard lock(mutex_);
    return std::exchange(warnings_, {});
}

}  // namespace probevue
