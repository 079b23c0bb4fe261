#include "compiler/source/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "compiler/source/utf8.h"

namespace probevue {

namespace {

// Reads at most one byte more than is allowed, so that an endless input ends here.
std::string read_stream(std::istream& in) {
    std::string text(Source::max_bytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(in.gcount()));
    return text;
}

}  // namespace

Result<std::string> Source::read_file(const std::string& path) {
    std::string text;
    if (path == "-") {
        text = read_stream(std::cin);
    } else {
        // The C++ standard does not say that streams set it: what stands there from before must not be told.
        errno = 0;
        std::ifstream in(path, std::ios::binary);
        if (in) text = read_stream(in);
        // A directory opens and then fails to be read.
        if (!in.is_open() || in.bad() || (in.fail() && !in.eof())) {
            const std::string reason = errno != 0 ? std::strerror(errno) : "input/output error";
            return fail(fmt::format("cannot read script `{}`: {}", path, reason),
                        "probevue --scripts lists those that have a name", ExitStatus::usage);
        }
    }
    if (text.size() > max_bytes) {
        return fail(fmt::format("script `{}` is larger than {} KiB", path, max_bytes / 1024), {}, ExitStatus::usage);
    }
    return text;
}

const Source::Segment* Source::segment_at(uint32_t offset) const {
    auto after = std::upper_bound(segments_.begin(), segments_.end(), offset,
                                  [](uint32_t value, const Segment& segment) { return value < segment.text_begin; });
    return after == segments_.begin() ? nullptr : &*std::prev(after);
}

uint32_t Source::raw_offset(uint32_t offset) const {
    const Segment* segment = segment_at(offset);
    if (segment == nullptr) return 0;
    // Of a value that was handed over, the user sees the `$NAME` alone: all of it is there.
    if (segment->substituted) return segment->raw_begin;
    return std::min(segment->raw_begin + (offset - segment->text_begin), segment->raw_end);
}

uint32_t Source::raw_end(uint32_t end) const {
    if (end == 0) return 0;
    // By the last byte: `end` itself may belong to the next segment.
    const Segment* segment = segment_at(end - 1);
    if (segment == nullptr) return 0;
    if (segment->whole) return segment->raw_end;
    return std::min(segment->raw_begin + (end - segment->text_begin), segment->raw_end);
}

std::string_view Source::substituted_from(uint32_t offset) const {
    const Segment* segment = segment_at(offset);
    if (segment == nullptr || !segment->substituted) return {};
    return std::string_view(raw_).substr(segment->raw_begin, segment->raw_end - segment->raw_begin);
}

std::string_view Source::substituted_text(uint32_t offset) const {
    const Segment* segment = segment_at(offset);
    if (segment == nullptr || !segment->substituted) return {};
    const size_t next = static_cast<size_t>(segment - segments_.data()) + 1;
    const size_t end = next < segments_.size() ? segments_[next].text_begin : text_.size();
    return std::string_view(text_).substr(segment->text_begin, end - segment->text_begin);
}

Location Source::location(uint32_t offset) const { return raw_location(raw_offset(offset)); }

Location Source::raw_location(uint32_t raw) const {
    auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), raw);
    const auto number = static_cast<uint32_t>(after - line_starts_.begin());
    if (number == 0) return {};
    uint32_t start = line_starts_[number - 1];
    uint32_t characters = 0;
    const auto milestone = std::upper_bound(milestones_.begin(), milestones_.end(), raw,
                                            [](uint32_t at, const Milestone& m) { return at < m.raw; });
    if (milestone != milestones_.begin() && std::prev(milestone)->raw >= start) {
        start = std::prev(milestone)->raw;
        characters = std::prev(milestone)->characters;
    }
    characters += static_cast<uint32_t>(utf8::count(std::string_view(raw_).substr(start, raw - start)));
    return {number, 1 + characters};
}

void Source::index_lines() {
    constexpr uint32_t apart = 1024;
    line_starts_.push_back(0);
    uint32_t characters = 0;
    uint32_t marked = 0;
    for (size_t at = 0; at < raw_.size();) {
        const auto here = static_cast<uint32_t>(at);
        if (here - marked >= apart) {
            milestones_.push_back({here, characters});
            marked = here;
        }
        // As utf8::count() does it: what is no UTF-8 is one character a byte.
        at += std::max<size_t>(1, utf8::length(raw_, at));
        ++characters;
        if (raw_[here] == '\n') {
            marked = here + 1;
            line_starts_.push_back(marked);
            characters = 0;
        }
    }
}

std::string_view Source::line(uint32_t number) const {
    if (number == 0 || number > line_starts_.size()) return {};
    const uint32_t begin = line_starts_[number - 1];
    const size_t end = number < line_starts_.size() ? line_starts_[number] - 1 : raw_.size();
    std::string_view text = std::string_view(raw_).substr(begin, end - begin);
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

uint32_t Source::line_start(uint32_t number) const {
    return number == 0 || number > line_starts_.size() ? 0 : line_starts_[number - 1];
}

uint32_t Source::packing(uint32_t offset) const {
    uint32_t bytes = 0;
    for (const Packing& one : packings_) {
        if (one.begin > offset) break;
        bytes = one.bytes;
    }
    return bytes;
}

}  // namespace probevue
