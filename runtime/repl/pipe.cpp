#include <unistd.h>

#include <cerrno>

#include "builtins/base/text.h"
#include "runtime/list/script_text.h"
#include "runtime/repl/reader.h"

namespace probevue {
namespace {

class PipeReader final : public EntryReader {
public:
    PipeReader(int input, ReaderHost host) : input_(input), host_(std::move(host)) {}

    Got read(std::string& text) override {
        text.clear();
        std::string line;
        for (;;) {
            const Got got = read_line(line);
            if (got == Got::cancelled) return got;
            // In the middle of an entry: it is one all the same, and the compiler says what is missing.
            if (got == Got::end) return trim(text).empty() ? Got::end : Got::entry;
            text += text.empty() ? line : "\n" + line;
            if (is_command(text) || is_complete(text)) return Got::entry;
        }
    }

private:
    Got read_line(std::string& line) {
        for (;;) {
            const size_t newline = buffer_.find('\n');
            if (newline != std::string::npos) {
                line = buffer_.substr(0, newline);
                buffer_.erase(0, newline + 1);
                return Got::entry;
            }
            if (ended_) {
                line = std::move(buffer_);
                buffer_.clear();
                return line.empty() ? Got::end : Got::entry;
            }
            switch (host_.wait()) {
                case Wake::input:
                    fill();
                    break;
                case Wake::interrupt:
                case Wake::leave:
                    return Got::end;
                default:
                    break;
            }
        }
    }

    void fill() {
        char bytes[4096];
        const ssize_t got = ::read(input_, bytes, sizeof bytes);
        if (got > 0) buffer_.append(bytes, static_cast<size_t>(got));
        ended_ = got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
    }

    int input_;
    ReaderHost host_;
    std::string buffer_;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<EntryReader> make_pipe_reader(int input, ReaderHost host) {
    return std::make_unique<PipeReader>(input, std::move(host));
}

}  // namespace probevue
