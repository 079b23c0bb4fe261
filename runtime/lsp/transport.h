// Messages on two descriptors, in the frames of the protocol: `Content-Length: N`, an empty line, N bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace probevue::lsp {

class MessageReader {
public:
    // A longer message is refused. The text of a script, which may be 1 MiB, has six bytes for each at the most.
    static constexpr size_t most_bytes = size_t{16} * 1024 * 1024;
    static constexpr size_t most_header_bytes = 4096;

    explicit MessageReader(int fd) : fd_(fd) {}

    enum class Got : uint8_t {
        message,
        nothing,  // for now; only when it is not waited for
        end,      // of the input
        broken,   // problem() says why; where the next message begins cannot be known
    };
    // `wait`: until there is a whole message.
    Got read(bool wait, std::string& body);
    const std::string& problem() const { return problem_; }

private:
    enum class Frame : uint8_t { whole, open, broken };
    Frame take(std::string& body);
    Frame take_header(std::string_view header);
    bool fill(bool wait);

    int fd_;
    std::string buffer_;
    size_t at_ = 0;  // what stands before it has been taken
    bool in_body_ = false;
    size_t length_ = 0;
    bool ended_ = false;
    std::string problem_;
};

// One message as it is written.
std::string framed(std::string_view body);

}  // namespace probevue::lsp
