// States that come while sessions go on: from standard input, pipes and sockets, several at once.
#pragma once

#include <poll.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/state/reader.h"

namespace probevue {

class StateStreams {
public:
    // What has come on a stream.
    struct News {
        size_t stream = 0;
        std::vector<StateText> states;
        bool ended = false;  // nothing more comes
        Status status = {};  // why it has ended, if not by itself: it cannot be read, or what has come is no state
    };

    // Files, `-` is standard input; pipes may have nobody yet who writes into them. Error: one cannot be opened.
    static Result<std::unique_ptr<StateStreams>> open(const std::vector<std::string>& paths);
    StateStreams(const StateStreams&) = delete;
    StateStreams& operator=(const StateStreams&) = delete;
    ~StateStreams();

    size_t size() const { return streams_.size(); }
    std::vector<std::string> names() const;
    // Nothing comes any more, from any.
    bool ended() const;
    // What has to be waited for.
    void add_to(std::vector<pollfd>& descriptors) const;
    // Reads what is there, without waiting.
    std::vector<News> read();

private:
    class Stream;
    explicit StateStreams(std::vector<std::unique_ptr<Stream>> streams);

    std::vector<std::unique_ptr<Stream>> streams_;
};

// Is this a file that may be written while it is read: a pipe, a socket, a terminal?
bool is_stream(const std::string& path);

}  // namespace probevue
