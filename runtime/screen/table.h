// A table of the live screen: the elements of an array as of the last frame, with what they have grown by since.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/screen/figure.h"
#include "runtime/screen/minute.h"

namespace probevue {

struct ScreenRow {
    std::string_view key;            // bytes, which the table keeps
    std::vector<Figure> figures;     // one for each of the table's columns
    std::string text;                // of a value that is no number, and of each variable
    double rate = 0;                 // growth of the figure that is watched, by second, since the frame before
    bool rate_known = false;         // it was there in the frame before, or has been counted from nothing since
    Figure before;                   // the figure that is watched, in the frame before
    std::unique_ptr<Minute> minute;  // null: not one of the keys that have a line
    mutable std::string label;       // text of the key; empty: nobody has asked for it
    uint64_t frame = 0;
};

enum class SortBy : uint8_t { value, rate, key };

// Which rows are shown, and in which order.
struct RowChoice {
    SortBy by = SortBy::value;
    bool reversed = false;    // values and rates the least first, keys the last first
    std::string filter = {};  // only keys whose text holds it, whatever the case of its letters; empty: all
};

class ScreenTable {
public:
    // Lines are kept for so many keys of a table, which bounds their memory (some 300 bytes each) however many elements
    // an array has: half of them are for those of the greatest values, half for those of the greatest rates, chosen
    // anew with each frame. A key that comes among them begins its line there.
    static constexpr size_t most_lines = 2'000;

    struct Keys {
        std::function<std::string(std::string_view)> text;
        std::function<int(std::string_view, std::string_view)> compare;  // less than, equal to or greater than 0
    };

    ScreenTable(std::string name, std::vector<FigureName> figures, Keys keys);

    const std::string& name() const { return name_; }
    const std::vector<FigureName>& figures() const { return figures_; }
    // The column that is sorted by and drawn; its growth is the rate, or that of the first one where it is none that
    // grows. Rates and lines begin anew with another one.
    size_t watched() const { return watched_; }
    void watch(size_t figure);
    // What rates are of.
    size_t counted() const { return figures_[watched_].grows ? watched_ : 0; }

    // A frame: begin(), put() for each element, end(). `emptied`: all had gone since the frame before, so that what is
    // there now has been counted from nothing, since `since_ns` if that is not 0. Times in nanoseconds of a clock that
    // does not go back.
    void begin(uint64_t now_ns, bool emptied, uint64_t since_ns = 0);
    // `key`: whole 64-bit words, or any text.
    void put(std::string_view key, std::span<const Figure> figures, std::string text = {});
    void end();

    size_t size() const { return rows_.size(); }
    uint64_t time_ns() const { return now_ns_; }
    // No more than `limit` of the rows that are chosen, in order; `count` is how many are chosen.
    std::vector<const ScreenRow*> rows(const RowChoice& choice, size_t limit, size_t& count) const;
    // The greatest figure of all rows, for bars; at least 0.
    double greatest() const { return greatest_; }
    const std::string& label(const ScreenRow& row) const;

private:
    struct Hash {
        using is_transparent = void;
        uint64_t seed;
        size_t operator()(std::string_view key) const;
    };
    struct Same {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const { return a == b; }
    };

    void give_lines();

    std::string name_;
    std::vector<FigureName> figures_;
    Keys keys_;
    std::unordered_map<std::string, ScreenRow, Hash, Same> rows_;
    size_t watched_ = 0;
    uint64_t frame_ = 0;
    uint64_t now_ns_ = 0;
    uint64_t before_ns_ = 0;
    bool emptied_ = false;
    double greatest_ = 0;
};

}  // namespace probevue
