#include "runtime/screen/table.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <utility>

#include "runtime/engine/machine.h"
#include "runtime/values/hash.h"

namespace probevue {
namespace {

bool holds(std::string_view text, std::string_view part) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

}  // namespace

size_t ScreenTable::Hash::operator()(std::string_view key) const {
    const size_t words = key.size() / sizeof(uint64_t);
    const auto* bytes = reinterpret_cast<const std::byte*>(key.data());
    // Keys come from packets: with a seed their senders cannot choose ones that collide.
    uint64_t rest = key.size();
    std::memcpy(&rest, key.data() + words * sizeof(uint64_t), key.size() % sizeof(uint64_t));
    return multiply_fold(hash_words<0>(bytes, words, seed) ^ rest, seed | 1);
}

ScreenTable::ScreenTable(std::string name, std::vector<FigureName> figures, Keys keys)
    : name_(std::move(name)),
      figures_(std::move(figures)),
      keys_(std::move(keys)),
      rows_(0, Hash{random_seed()}, Same{}) {}

void ScreenTable::watch(size_t figure) {
    if (figure == watched_ || figure >= figures_.size()) return;
    const size_t counted_before = counted();
    watched_ = figure;
    greatest_ = 0;
    for (auto& [key, row] : rows_) {
        greatest_ = std::max(greatest_, row.figures[watched_].number());
        if (counted() == counted_before) continue;
        row.before = row.figures[counted()];
        row.rate_known = false;
        row.rate = 0;
        row.minute.reset();
    }
}

void ScreenTable::begin(uint64_t now_ns, bool emptied, uint64_t since_ns) {
    ++frame_;
    before_ns_ = emptied && since_ns != 0 ? since_ns : now_ns_;
    now_ns_ = std::max({now_ns, now_ns_, before_ns_});
    emptied_ = emptied;
    greatest_ = 0;
}

void ScreenTable::put(std::string_view key, std::span<const Figure> figures, std::string text) {
    auto at = rows_.find(key);
    const bool fresh = at == rows_.end();
    if (fresh) {
        at = rows_.try_emplace(std::string(key)).first;
        at->second.key = at->first;
    }
    ScreenRow& row = at->second;
    row.figures.assign(figures.begin(), figures.end());
    row.text = std::move(text);
    row.frame = frame_;
    const Figure& now = row.figures[counted()];
    greatest_ = std::max(greatest_, row.figures[watched_].number());
    // What is new has been counted from nothing since the frame before; nobody knows since when in the first one.
    const bool known = frame_ > 1 && now.is_number();
    if (!known) {
        row.rate_known = false;
    } else if (now_ns_ > before_ns_) {
        const double grown = fresh || emptied_ || !row.before.is_number() ? now.number() : now.less(row.before);
        row.rate_known = std::isfinite(grown);
        row.rate = row.rate_known ? grown * 1e9 / static_cast<double>(now_ns_ - before_ns_) : 0;
        if (row.minute && row.rate_known) row.minute->add(before_ns_, now_ns_, grown);
    }
    // Where no time has passed, what has grown meanwhile counts in the next frame.
    if (!known || now_ns_ > before_ns_) row.before = now;
}

void ScreenTable::end() {
    // Not seen in this frame: their elements have been deleted.
    std::erase_if(rows_, [&](const auto& one) { return one.second.frame != frame_; });
    give_lines();
}

void ScreenTable::give_lines() {
    const auto give = [&](ScreenRow& row) {
        if (row.minute || !row.rate_known) return;
        row.minute = std::make_unique<Minute>();
        row.minute->add(before_ns_, now_ns_, row.rate * static_cast<double>(now_ns_ - before_ns_) / 1e9);
    };
    if (rows_.size() <= most_lines) {
        for (auto& [key, row] : rows_) give(row);
        return;
    }
    std::vector<ScreenRow*> all;
    all.reserve(rows_.size());
    for (auto& [key, row] : rows_) all.push_back(&row);
    // Half for the greatest values, half for those of the others that grow fastest: the upper rows, in either order.
    constexpr size_t half = most_lines / 2;
    const auto middle = all.begin() + half;
    const auto end = middle + half;
    std::nth_element(all.begin(), middle, all.end(), [&](const ScreenRow* a, const ScreenRow* b) {
        return compare(a->figures[watched_], b->figures[watched_]) > 0;
    });
    std::nth_element(middle, end, all.end(), [](const ScreenRow* a, const ScreenRow* b) { return a->rate > b->rate; });
    std::for_each(all.begin(), end, [&](ScreenRow* row) { give(*row); });
    std::for_each(end, all.end(), [](ScreenRow* row) { row->minute.reset(); });
}

const std::string& ScreenTable::label(const ScreenRow& row) const {
    // Made when it is first shown or searched: most rows of a large array never are.
    if (row.label.empty()) row.label = keys_.text(row.key);
    return row.label;
}

std::vector<const ScreenRow*> ScreenTable::rows(const RowChoice& choice, size_t limit, size_t& count) const {
    std::vector<const ScreenRow*> out;
    out.reserve(rows_.size());
    for (const auto& [key, row] : rows_) {
        if (choice.filter.empty() || holds(label(row), choice.filter)) out.push_back(&row);
    }
    count = out.size();
    const auto before = [&](const ScreenRow* a, const ScreenRow* b) {
        int order = 0;
        if (choice.by == SortBy::value) {
            order = compare(b->figures[watched_], a->figures[watched_]);
            if (order == 0) order = b->text.compare(a->text);
        }
        if (choice.by == SortBy::rate && a->rate != b->rate) order = a->rate > b->rate ? -1 : 1;
        if (order != 0) return choice.reversed ? order > 0 : order < 0;
        // Equal ones stand in ascending order of their keys, as print() has them.
        order = keys_.compare(a->key, b->key);
        return choice.by == SortBy::key && choice.reversed ? order > 0 : order < 0;
    };
    const auto end = out.begin() + static_cast<ptrdiff_t>(std::min(limit, out.size()));
    std::partial_sort(out.begin(), end, out.end(), before);
    out.erase(end, out.end());
    return out;
}

}  // namespace probevue
