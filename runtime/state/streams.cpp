#include "runtime/state/streams.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/sources/handle.h"

namespace probevue {
namespace {

constexpr size_t read_at_once = 64 * 1024;
constexpr size_t most_reads = 64;  // of one stream, before the others have their turn

}  // namespace

class StateStreams::Stream {
public:
    Stream(std::string path, Handle handle)
        : path_(std::move(path)), handle_(std::move(handle)), context_(ZSTD_createDCtx()) {}

    const std::string& path() const { return path_; }
    bool ended() const { return ended_; }
    int descriptor() const { return path_ == "-" ? STDIN_FILENO : handle_.get(); }

    // What is there now. poll() says whether there is anything: standard input may be one that waits.
    News read() {
        News news;
        for (size_t i = 0; i < most_reads && !ended_; ++i) {
            pollfd ready{descriptor(), POLLIN, 0};
            if (poll(&ready, 1, 0) != 1) break;
            read_some(news);
        }
        return news;
    }

private:
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };

    void end(News& news, Status status) {
        ended_ = true;
        news.ended = true;
        news.status = std::move(status);
    }

    Error wrong(std::string_view what) const {
        return fail(fmt::format("{}: {}", path_, what), "what comes from there is not counted from here on");
    }

    void read_some(News& news) {
        char bytes[read_at_once];
        const ssize_t got = ::read(descriptor(), bytes, sizeof bytes);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (got < 0) return end(news, wrong(std::strerror(errno)));
        if (got == 0) {
            const bool cut = !text_.empty() || in_frame_;
            return end(news, cut ? Status(wrong("the state is cut off or has been changed")) : Status());
        }
        if (!append({bytes, static_cast<size_t>(got)}))
            return end(news, wrong(any_ ? "the state is cut off or has been changed" : "this is no state"));
        received_ += static_cast<uint64_t>(got);
        if (text_.size() > most_state_text(received_))
            return end(news, wrong(fmt::format("it makes more than {} MB of text, and no state of its size does",
                                               most_state_text(received_) >> 20)));
        take(news);
    }

    // Text as it is, or what zstd makes of it.
    bool append(std::string_view bytes) {
        if (first_) {
            first_ = false;
            compressed_ = bytes.front() != '{';
        }
        if (!compressed_) {
            text_ += bytes;
            return true;
        }
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        bool full = false;  // there is more than found room
        while (in.pos < in.size || full) {
            const size_t had = text_.size();
            text_.resize(had + ZSTD_DStreamOutSize());
            ZSTD_outBuffer out{text_.data() + had, text_.size() - had, 0};
            const size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
            text_.resize(had + out.pos);
            any_ = any_ || out.pos != 0;
            if (ZSTD_isError(left)) return false;
            if (text_.size() > most_state_text(received_ + bytes.size())) return true;
            in_frame_ = left != 0;
            full = out.pos == out.size;
        }
        return true;
    }

    // Those that are whole.
    void take(News& news) {
        for (;;) {
            const size_t begin = looked_ == 0 ? 0 : looked_ - 1;  // a line begins behind the end of one
            size_t at = text_.find("\n{\"end\":", begin);
            if (at == std::string::npos) {
                constexpr size_t may_be_cut = 8;
                looked_ = text_.size() < may_be_cut ? 0 : text_.size() - may_be_cut;
                return;
            }
            at = text_.find('\n', at + 1);
            if (at == std::string::npos) return;
            std::string_view whole = std::string_view(text_).substr(0, at + 1);
            Result<StateText> state = take_state(path_, whole);
            if (!state) return end(news, state.error());
            news.states.push_back(std::move(*state));
            text_.erase(0, at + 1);
            looked_ = 0;
            received_ = 0;
        }
    }

    const std::string path_;
    Handle handle_;
    std::unique_ptr<ZSTD_DCtx, Free> context_;
    std::string text_;       // of states that have not come to their end
    size_t looked_ = 0;      // so far there is no end in it
    uint64_t received_ = 0;  // bytes since the state before
    bool first_ = true;
    bool any_ = false;  // it has been the form of a state
    bool compressed_ = true;
    bool in_frame_ = false;
    bool ended_ = false;
};

StateStreams::StateStreams(std::vector<std::unique_ptr<Stream>> streams) : streams_(std::move(streams)) {}
StateStreams::~StateStreams() = default;

Result<std::unique_ptr<StateStreams>> StateStreams::open(const std::vector<std::string>& paths) {
    std::vector<std::unique_ptr<Stream>> streams;
    for (const std::string& path : paths) {
        Handle handle;
        if (path != "-") {
            handle = Handle(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
            if (!handle) return fail(fmt::format("cannot open `{}`: {}", path, std::strerror(errno)));
        }
        streams.push_back(std::make_unique<Stream>(path, std::move(handle)));
    }
    return std::unique_ptr<StateStreams>(new StateStreams(std::move(streams)));
}

std::vector<std::string> StateStreams::names() const {
    std::vector<std::string> out;
    for (const auto& stream : streams_) out.push_back(stream->path());
    return out;
}

bool StateStreams::ended() const {
    return std::all_of(streams_.begin(), streams_.end(), [](const auto& stream) { return stream->ended(); });
}

void StateStreams::add_to(std::vector<pollfd>& descriptors) const {
    for (const auto& stream : streams_) {
        if (!stream->ended()) descriptors.push_back({stream->descriptor(), POLLIN, 0});
    }
}

std::vector<StateStreams::News> StateStreams::read() {
    std::vector<News> out;
    for (size_t i = 0; i < streams_.size(); ++i) {
        if (streams_[i]->ended()) continue;
        News news = streams_[i]->read();
        news.stream = i;
        if (!news.states.empty() || news.ended) out.push_back(std::move(news));
    }
    return out;
}

bool is_stream(const std::string& path) {
    struct stat about {};
    const bool known = path == "-" ? fstat(STDIN_FILENO, &about) == 0 : stat(path.c_str(), &about) == 0;
    return known && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

}  // namespace probevue
