// Recordings made by hand, in either byte order, from the description of the format (docs/recording-format.md) and not
// with the product's writer.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace probevue::recording_tests {

class Bytes {
public:
    explicit Bytes(bool big = false) : big_(big) {}
    Bytes& number(uint64_t value, unsigned size) {
        for (unsigned i = 0; i < size; ++i) {
            const unsigned at = big_ ? size - 1 - i : i;
            text_ += static_cast<char>(at < sizeof value ? value >> (8 * at) : 0);
        }
        return *this;
    }
    Bytes& text(std::string_view value) {
        text_ += value;
        return *this;
    }
    Bytes& pad() {
        while (text_.size() % 4 != 0) text_ += '\0';
        return *this;
    }
    const std::string& get() const { return text_; }
    size_t size() const { return text_.size(); }

private:
    bool big_;
    std::string text_;
};

struct Field {
    std::string name;
    unsigned type;  // 0 absent, 1 unsigned, 2 signed, 3 string, 4 address
    unsigned size;
};

class File {
public:
    explicit File(bool big = false) : big_(big) {
        block(0x0a0d0d0a, bytes().number(0x1a2b3c4d, 4).number(1, 2).number(0, 2).number(~uint64_t{0}, 8));
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (!path_.empty()) unlink(path_.c_str());
    }

    Bytes bytes() const { return Bytes(big_); }
    File& block(uint32_t type, const Bytes& body) {
        Bytes padded = bytes();
        padded.text(body.get()).pad();
        const size_t size = padded.size() + 12;
        last_ = text_.size();
        text_ += bytes().number(type, 4).number(size, 4).text(padded.get()).number(size, 4).get();
        return *this;
    }
    File& interface(std::string_view name) {
        Bytes body = bytes();
        body.number(1, 2).number(0, 2).number(65535, 4).number(2, 2).number(name.size(), 2).text(name).pad();
        return block(1, body.number(9, 2).number(1, 2).text("\x09").pad().number(0, 4));
    }
    File& packet(uint64_t time_ns) {
        Bytes body = bytes();
        body.number(0, 4).number(time_ns >> 32, 4).number(time_ns & 0xffffffff, 4).number(20, 4).number(20, 4);
        return block(6, body.text(std::string(20, 'x')));
    }
    File& custom(unsigned type, const Bytes& body, unsigned version = 1) {
        Bytes head = bytes();
        head.number(32473, 4).text(big_ ? "PVue" : "euVP").number(version, 1).number(type, 1).number(0, 2);
        return block(0x0bad, head.text(body.get()));
    }
    File& shape(uint32_t number, std::string_view kind, const std::vector<Field>& fields,
                std::string_view target = "") {
        Bytes body = bytes();
        body.number(number, 4).number(fields.size(), 2).number(kind.size(), 2).number(target.size(), 2).number(0, 2);
        body.text(kind).text(target).pad();
        for (const Field& field : fields) {
            body.number(field.type, 1).number(0, 1).number(field.size, 2).number(field.name.size(), 2).number(0, 2);
            body.text(field.name).pad();
        }
        return custom(1, body);
    }
    File& event(uint32_t number, uint64_t time_ns, const Bytes& values) {
        return custom(2, bytes().number(number, 4).number(1, 4).number(time_ns, 8).text(values.get()));
    }
    // What every recording begins with: process 77, session from this time on.
    File& begin(uint64_t time_ns) {
        shape(1000, "session", {{"pid", 2, 8}});
        return event(1000, time_ns, bytes().number(77, 8));
    }
    File& clock(unsigned mark, uint64_t time_ns, int64_t shift = 0) {
        return custom(3,
                      bytes().number(mark, 4).number(0, 4).number(time_ns, 8).number(static_cast<uint64_t>(shift), 8));
    }
    File& end(uint64_t time_ns, uint64_t events = 0, uint64_t packets = 0, uint64_t drops = 0) {
        return custom(4, bytes().number(time_ns, 8).number(events, 8).number(packets, 8).number(drops, 8));
    }

    size_t last() const { return last_; }  // where the last block begins
    std::string& text() { return text_; }
    // Writes the file.
    const std::string& path() {
        if (path_.empty()) {
            path_ = "/tmp/recording_XXXXXX";
            const int fd = mkstemp(path_.data());
            REQUIRE(fd >= 0);
            close(fd);
        }
        std::ofstream(path_, std::ios::binary) << text_;
        return path_;
    }

private:
    bool big_;
    std::string text_;
    std::string path_;
    size_t last_ = 0;
};

}  // namespace probevue::recording_tests
