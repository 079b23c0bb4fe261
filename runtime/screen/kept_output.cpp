#include "runtime/screen/kept_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace probevue {

void KeptOutput::show(std::string_view text) {
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        if (!open_) {
            last_.emplace_back();
            ++lines_;
            if (last_.size() > shown_lines) last_.pop_front();
        }
        constexpr size_t longest = 1'024;  // a screen is no wider
        const std::string_view part = text.substr(0, end);
        last_.back() += part.substr(0, longest - std::min(longest, last_.back().size()));
        open_ = end == text.size();
        text.remove_prefix(open_ ? end : end + 1);
    }
}

void KeptOutput::write(Stream stream, std::string_view text) {
    if (!held_) return to_->write(stream, text);
    show(text);
    // A file or pipe does not disturb the picture, and its reader need not wait for the end.
    if (stream == Stream::data && !to_terminal_) return to_->write(stream, text);
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        constexpr size_t longest = size_t{64} << 10;  // of a line: one without an end is kept in parts
        const bool goes_on = !kept_.empty() && kept_.back().stream == stream && !kept_.back().text.ends_with('\n') &&
                             kept_.back().text.size() < longest;
        if (!goes_on) kept_.push_back({stream, {}});
        kept_.back().text += text.substr(0, end);
        bytes_ += end;
        text.remove_prefix(end);
    }
    // The latest lines are those that somebody looks for.
    while (bytes_ > most_bytes && kept_.size() > 1) {
        bytes_ -= kept_.front().text.size();
        kept_.pop_front();
        ++left_out_;
    }
}

uint64_t KeptOutput::release() {
    if (!held_) return 0;
    held_ = false;
    for (const Piece& piece : kept_) to_->write(piece.stream, piece.text);
    kept_.clear();
    last_.clear();
    open_ = false;
    bytes_ = 0;
    lines_ = 0;
    return std::exchange(left_out_, 0);
}

std::string left_out_text(uint64_t lines) {
    return lines == 0 ? ""
                      : fmt::format(
                            "{} earlier lines that were printed while the screen was there are left out; -o FILE "
                            "keeps all",
                            lines);
}

}  // namespace probevue
