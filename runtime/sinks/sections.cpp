#include "runtime/sinks/sections.h"

#include <algorithm>
#include <utility>

namespace probevue {

Sections::Sections(std::unique_ptr<Output> output, size_t tentative_limit)
    : output_(std::move(output)), tentative_limit_(tentative_limit) {}

TextBuffer& Sections::open_section() {
    TextBuffer& text = sections_.back()->text;
    mark_ = text.size();
    return text;
}

void Sections::close_section() {
    Section& section = *sections_.back();
    const size_t size = section.text.size() - mark_;
    if (size == 0) return;
    // What does not fit is lost as a whole: half a record would be a wrong one.
    if (tentative_bytes_ + size + sizeof(Chunk) > tentative_limit_) {
        section.text.truncate(mark_);
        ++lost_;
        return;
    }
    tentative_bytes_ += size + sizeof(Chunk);
    section.chunks.push_back({.sequence = sequence_++, .begin = mark_, .size = size, .stream = stream_});
}

bool Sections::at_line_start() const {
    const TextBuffer& buffer = sections_.empty() ? buffer_of(stream_) : sections_.back()->text;
    if (mark_ != 0) return buffer.view()[mark_ - 1] == '\n';
    if (!sections_.empty()) return true;
    return (&buffer == &data_ ? data_last_ : error_last_) == '\n';
}

void Sections::write_now(Stream stream, std::string_view text) {
    // What stands before an open group goes first; the group stays in one piece.
    settle();
    write_buffers(groups_ > 0 ? group_data_ : data_.size(), groups_ > 0 ? group_error_ : error_.size());
    output_->write(stream, text);
}

void Sections::take(SectionStep step, std::string_view id) {
    switch (step) {
        case SectionStep::group_start:
            return group_start();
        case SectionStep::group_end:
            return group_end();
        case SectionStep::tentative_start:
            return start(id);
        case SectionStep::tentative_end:
            return end(id);
        case SectionStep::tentative_commit:
            return commit(id);
        case SectionStep::tentative_discard:
            return discard(id);
        case SectionStep::end_of_clause:
            return end_of_clause();
    }
}

void Sections::group_end() {
    if (groups_ > 0) --groups_;
    if (groups_ == 0) write_full();
}

void Sections::group_start() {
    if (groups_++ > 0) return;
    settle();
    group_data_ = data_.size();
    group_error_ = error_.size();
}

void Sections::start(std::string_view id) {
    // Entries stay where they are for as long as we live: `sections_` has their addresses.
    auto found = tentative_.find(id);
    if (found == tentative_.end()) found = tentative_.emplace(std::string(id), Section{}).first;
    sections_.push_back(&found->second);
}

void Sections::end(std::string_view id) {
    const auto found = tentative_.find(id);
    if (found == tentative_.end()) return;
    // The innermost of this name; others may have begun behind it and go on.
    const auto open = std::find(sections_.rbegin(), sections_.rend(), &found->second);
    if (open != sections_.rend()) sections_.erase(std::next(open).base());
}

void Sections::commit(std::string_view id) {
    const auto found = tentative_.find(id);
    if (found == tentative_.end() || found->second.chunks.empty()) return;
    tentative_bytes_ -= kept(found->second);
    committed_.push_back(std::exchange(found->second, Section{}));
}

void Sections::discard(std::string_view id) {
    const auto found = tentative_.find(id);
    if (found == tentative_.end()) return;
    tentative_bytes_ -= kept(found->second);
    if (found->second.text.size() > write_size) {
        found->second = Section{};  // gives the memory back
        return;
    }
    found->second.text.clear();
    found->second.chunks.clear();
}

void Sections::end_of_clause() {
    sections_.clear();
    if (!committed_.empty()) settle();
    if (groups_ > 0) {
        groups_ = 0;
        write_full();
    }
}

void Sections::settle() {
    if (committed_.empty()) return;
    std::vector<std::pair<const Section*, const Chunk*>> chunks;
    for (const Section& section : committed_) {
        for (const Chunk& chunk : section.chunks) chunks.emplace_back(&section, &chunk);
    }
    // In the order in which they were printed, also where sections took turns.
    std::sort(chunks.begin(), chunks.end(),
              [](const auto& a, const auto& b) { return a.second->sequence < b.second->sequence; });
    for (const auto& [section, chunk] : chunks) {
        buffer_of(chunk->stream).append(section->text.view().substr(chunk->begin, chunk->size));
    }
    committed_.clear();
    write_full();
}

void Sections::write_full() {
    const size_t limit = groups_ > 0 ? longest_group : write_size;
    if (data_.size() >= limit || error_.size() >= limit) write_buffers(data_.size(), error_.size());
}

void Sections::write_buffers(size_t data_bytes, size_t error_bytes) {
    const auto write = [this](Stream stream, TextBuffer& buffer, size_t bytes, char& last) {
        if (bytes == 0) return;
        output_->write(stream, buffer.view().substr(0, bytes));
        last = buffer.view()[bytes - 1];
        buffer.drop_front(bytes);
    };
    write(Stream::data, data_, data_bytes, data_last_);
    write(Stream::error, error_, error_bytes, error_last_);
    group_data_ -= std::min(group_data_, data_bytes);
    group_error_ -= std::min(group_error_, error_bytes);
}

Status Sections::flush() {
    settle();
    write_buffers(groups_ > 0 ? group_data_ : data_.size(), groups_ > 0 ? group_error_ : error_.size());
    return output_->status();
}

}  // namespace probevue
