// A growing run of characters that formatters write into directly.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace probevue {

class TextBuffer {
public:
    // Room for at least `bytes` more characters; say with advance() up to where they were written.
    char* room(size_t bytes) {
        if (capacity_ - size_ < bytes) grow(bytes);
        return data_.get() + size_;
    }
    void advance(const char* end) { size_ = static_cast<size_t>(end - data_.get()); }

    void append(std::string_view text) {
        char* to = room(text.size());
        if (!text.empty()) std::memcpy(to, text.data(), text.size());
        size_ += text.size();
    }
    void push(char c) {
        *room(1) = c;
        ++size_;
    }
    void fill(char c, size_t count) {
        char* to = room(count);
        if (count != 0) std::memset(to, c, count);
        size_ += count;
    }

    std::string_view view() const { return {data_.get(), size_}; }
    std::string_view view(size_t from) const { return view().substr(from); }
    size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    void truncate(size_t size) { size_ = size; }
    void clear() { size_ = 0; }
    // Gives the memory back as well.
    void release() { *this = TextBuffer{}; }
    // Drops the first `count` characters.
    void drop_front(size_t count) {
        std::memmove(data_.get(), data_.get() + count, size_ - count);
        size_ -= count;
    }

    TextBuffer() = default;
    TextBuffer(TextBuffer&& other) noexcept { swap(other); }
    TextBuffer& operator=(TextBuffer&& other) noexcept {
        TextBuffer old(std::move(other));
        swap(old);
        return *this;
    }

private:
    void swap(TextBuffer& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }
    void grow(size_t bytes) {
        const size_t capacity = std::max({capacity_ * 2, size_ + bytes, size_t{256}});
        auto data = std::make_unique_for_overwrite<char[]>(capacity);
        if (size_ != 0) std::memcpy(data.get(), data_.get(), size_);
        data_ = std::move(data);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> data_;
    size_t size_ = 0;
    size_t capacity_ = 0;
};

}  // namespace probevue
