// Output on its way: groups that stay together, tentative sections that wait for their commit (spec 5.11), and the
// buffers before the descriptors. Both sinks, text and JSON, are made on top of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/records/sink.h"
#include "runtime/sinks/output.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {

// Bytes kept for tentative output that is neither committed nor discarded, over all identifiers.
inline constexpr size_t default_tentative_limit = size_t{16} << 20;

class Sections {
public:
    Sections(std::unique_ptr<Output> output, size_t tentative_limit);

    // Where the next record of a stream is written: call open(), append to the buffer, call close(). What was appended
    // is one unit: it is kept or lost as a whole.
    TextBuffer& open(Stream stream) {
        stream_ = stream;
        if (!sections_.empty()) return open_section();
        if (!committed_.empty()) settle();
        TextBuffer& buffer = buffer_of(stream);
        mark_ = buffer.size();
        return buffer;
    }
    void close() {
        if (!sections_.empty()) return close_section();
        if (buffer_of(stream_).size() >= write_size) write_full();
    }
    // The next record of the open() buffer begins a line.
    bool at_line_start() const;

    // Past all sections and groups, at once; behind what was written before. For messages.
    void write_now(Stream stream, std::string_view text);

    void take(SectionStep step, std::string_view id);

    Status flush();
    bool closed() const { return output_->closed(); }
    uint64_t lost() const { return lost_; }
    bool joined() const { return output_->joined(); }

private:
    static constexpr size_t write_size = size_t{64} << 10;
    // A group larger than this is written in parts all the same: memory is bounded.
    static constexpr size_t longest_group = size_t{16} << 20;

    // A record in the text of a section.
    struct Chunk {
        uint64_t sequence = 0;
        size_t begin = 0;
        size_t size = 0;
        Stream stream = Stream::data;
    };
    struct Section {
        TextBuffer text;
        std::vector<Chunk> chunks;
    };

    void group_start();
    void group_end();
    void start(std::string_view id);
    void end(std::string_view id);
    void commit(std::string_view id);
    void discard(std::string_view id);
    void end_of_clause();
    TextBuffer& buffer_of(Stream stream) { return stream == Stream::data || joined() ? data_ : error_; }
    const TextBuffer& buffer_of(Stream stream) const { return stream == Stream::data || joined() ? data_ : error_; }
    TextBuffer& open_section();
    void close_section();
    void write_full();
    void write_buffers(size_t data_bytes, size_t error_bytes);
    // Appends committed output to the buffers in the order in which its records were made.
    void settle();
    size_t kept(const Section& section) const { return section.text.size() + section.chunks.size() * sizeof(Chunk); }

    std::unique_ptr<Output> output_;
    const size_t tentative_limit_;
    TextBuffer data_;
    TextBuffer error_;
    // The last character that left a buffer, per stream, to know where lines begin.
    char data_last_ = '\n';
    char error_last_ = '\n';

    Stream stream_ = Stream::data;  // of the record between open() and close()
    size_t mark_ = 0;               // where that record begins

    std::map<std::string, Section, std::less<>> tentative_;
    std::vector<Section*> sections_;  // open in this clause, innermost last; they point into tentative_
    std::vector<Section> committed_;  // not yet in the buffers
    size_t tentative_bytes_ = 0;
    uint64_t sequence_ = 0;
    uint64_t lost_ = 0;

    int groups_ = 0;
    size_t group_data_ = 0;  // where the open group begins in data_ and error_
    size_t group_error_ = 0;
};

}  // namespace probevue
