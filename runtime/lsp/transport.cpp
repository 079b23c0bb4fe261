#include "runtime/lsp/transport.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "builtins/base/text.h"

namespace probevue::lsp {
namespace {

constexpr std::string_view end_of_header = "\r\n\r\n";

bool same_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

}  // namespace

MessageReader::Got MessageReader::read(bool wait, std::string& body) {
    for (;;) {
        switch (take(body)) {
            case Frame::whole:
                return Got::message;
            case Frame::broken:
                return Got::broken;
            case Frame::open:
                break;
        }
        if (ended_) {
            // Between two messages an end is one.
            if (buffer_.size() == at_ && !in_body_) return Got::end;
            problem_ = "the input ends within a message";
            return Got::broken;
        }
        if (!fill(wait)) return Got::nothing;
    }
}

MessageReader::Frame MessageReader::take(std::string& body) {
    if (!in_body_) {
        const std::string_view rest = std::string_view(buffer_).substr(at_);
        const size_t end = rest.find(end_of_header);
        if (end == std::string_view::npos && rest.size() <= most_header_bytes) return Frame::open;
        if (end == std::string_view::npos || end > most_header_bytes) {
            problem_ = fmt::format("the header of a message is longer than {} bytes", most_header_bytes);
            return Frame::broken;
        }
        if (take_header(rest.substr(0, end)) == Frame::broken) return Frame::broken;
        at_ += end + end_of_header.size();
        in_body_ = true;
    }
    if (buffer_.size() - at_ < length_) return Frame::open;
    body = buffer_.substr(at_, length_);
    at_ += length_;
    in_body_ = false;
    // Once a message, not for each of its parts.
    buffer_.erase(0, at_);
    at_ = 0;
    return Frame::whole;
}

MessageReader::Frame MessageReader::take_header(std::string_view header) {
    bool known = false;
    for (std::string_view line : split(header, '\n')) {
        line = trim(line);
        const size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            problem_ = fmt::format("`{}` is no line of a header", escape(line.substr(0, 60)));
            return Frame::broken;
        }
        // Content-Type is always the same.
        if (!same_ignoring_case(trim(line.substr(0, colon)), "Content-Length")) continue;
        const std::string_view digits = trim(line.substr(colon + 1));
        uint64_t length = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
        // A number of too many digits is one all the same: of that it is said that it is too large.
        if (end != digits.data() + digits.size() || (error != std::errc{} && error != std::errc::result_out_of_range)) {
            problem_ = fmt::format("Content-Length is no number: `{}`", escape(digits.substr(0, 60)));
            return Frame::broken;
        }
        if (error != std::errc{} || length > most_bytes) {
            problem_ = fmt::format("Content-Length {} is more than {} bytes", digits.substr(0, 60), most_bytes);
            return Frame::broken;
        }
        length_ = static_cast<size_t>(length);
        known = true;
    }
    if (known) return Frame::whole;
    problem_ = "a message has no Content-Length";
    return Frame::broken;
}

// False: nothing is there, and it is not waited for.
bool MessageReader::fill(bool wait) {
    static constexpr size_t piece = 65536;
    for (;;) {
        if (!wait) {
            pollfd input{.fd = fd_, .events = POLLIN, .revents = 0};
            if (poll(&input, 1, 0) == 0) return false;
        }
        const size_t had = buffer_.size();
        buffer_.resize(had + piece);
        const ssize_t got = ::read(fd_, buffer_.data() + had, piece);
        buffer_.resize(had + (got > 0 ? static_cast<size_t>(got) : 0));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) {
            pollfd input{.fd = fd_, .events = POLLIN, .revents = 0};
            if (!wait) return false;
            poll(&input, 1, -1);
            continue;
        }
        ended_ = got <= 0;
        return true;
    }
}

std::string framed(std::string_view body) { return fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body); }

}  // namespace probevue::lsp
