#include "runtime/screen/live_screen.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace probevue {
namespace {

std::string time_of_day() {
    const time_t now = time(nullptr);
    tm parts{};
    localtime_r(&now, &parts);
    char text[32];
    return {text, strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts)};
}

}  // namespace

LiveScreen::LiveScreen(const Program& program, Engine& engine, const KeptOutput* output, LiveScreenOptions options)
    : options_(std::move(options)), output_(output), chosen_(options_.chosen) {
    tables_.attach(program, engine);
}

void LiveScreen::frame(const Statistics& statistics, uint64_t clock_ns) {
    if (paused_) return;
    if (!any_frame_) started_ns_ = now_ns_;
    const uint64_t events = statistics.packets + statistics.events;
    if (any_frame_ && now_ns_ > frame_ns_) {
        head_.events =
            static_cast<double>(events - std::min(events, events_)) * 1e9 / static_cast<double>(now_ns_ - frame_ns_);
    }
    if (!any_frame_ || now_ns_ > frame_ns_) {
        events_ = events;
        frame_ns_ = now_ns_;
    }
    any_frame_ = true;
    head_.lost = statistics.lost();
    head_.clock_ns = clock_ns;
    head_.ran_ns = now_ns_ - std::min(now_ns_, started_ns_);
    tables_.frame(now_ns_);
}

void LiveScreen::printed(const ArrayLayout& layout, std::span<const ElementView> elements) {
    tables_.printed(layout, elements, options_.print_time ? options_.print_time() : now_ns_);
}

void LiveScreen::printed(const TableLayout& layout, std::span<const std::byte* const> rows) {
    tables_.printed(layout, rows, options_.print_time ? options_.print_time() : now_ns_);
}

// Until the user chooses: what the script prints as a table, else the first array that has something.
size_t LiveScreen::chosen() const {
    const std::vector<ScreenTables::Shown*>& all = tables_.all();
    const auto find = [&](const auto& wanted) {
        return static_cast<size_t>(std::find_if(all.begin(), all.end(), wanted) - all.begin());
    };
    size_t at = find([&](const ScreenTables::Shown* one) { return one->table->name() == chosen_; });
    if (chosen_.empty()) {
        at = find([](const ScreenTables::Shown* one) { return one->is_printed_table && one->table->size() != 0; });
        if (at == all.size()) at = find([](const ScreenTables::Shown* one) { return one->table->size() != 0; });
    }
    return at < all.size() ? at : 0;
}

void LiveScreen::choose(size_t table) {
    if (table >= tables_.all().size()) return;
    chosen_ = tables_.all()[table]->table->name();
    scroll_ = 0;
}

void LiveScreen::say(std::string text, bool loud) {
    said_ = std::move(text);
    said_loud_ = loud;
}

std::string LiveScreen::hint() const {
    if (typing_) return fmt::format("/{}_", rows_.filter);
    if (!said_.empty()) return said_;
    std::string out = help_ ? "any key goes back" : "q quit  ? help  / filter  v r k sort  f figure  space pause";
    if (options_.is_replay && !help_) out += "  + - e speed";
    if (!rows_.filter.empty()) out = fmt::format("filter: {}  ", rows_.filter) + out;
    return out;
}

ScreenView LiveScreen::view() {
    ScreenView out;
    out.head = head_;
    out.head.what = options_.what;
    out.head.mode = paused_ ? "PAUSED" : mode_;
    out.tables = &tables_.all();
    out.chosen = chosen();
    out.rows = rows_;
    out.most_rows = options_.most_rows;
    out.scroll = scroll_;
    if (output_ != nullptr) {
        out.printed = &output_->last_lines();
        out.printed_lines = output_->lines();
    }
    out.below = hint();
    out.below_is_loud = !typing_ && !said_.empty() && said_loud_;
    out.help = help_;
    out.is_replay = options_.is_replay;
    return out;
}

Grid LiveScreen::picture(size_t columns, size_t rows, bool ascii) {
    Grid grid(columns, rows, ascii);
    ScreenView shown = view();
    if (!shown.tables->empty()) {
        // Rows may have gone since it was scrolled.
        size_t count = 0;
        static_cast<void>((*shown.tables)[shown.chosen]->table->rows(rows_, 0, count));
        const size_t room = rows_of_table(grid, shown);
        scroll_ = shown.scroll = std::min(scroll_, count - std::min(count, room));
    }
    draw(grid, shown);
    return grid;
}

LiveScreen::Wish LiveScreen::press(const KeyPress& key, const Grid& shown) {
    if (key.key == ScreenKey::none) return Wish::none;
    said_.clear();
    if (typing_) {
        type(key);
        return Wish::none;
    }
    if (help_) {
        help_ = false;
        return key.code == U'q' ? Wish::quit : Wish::none;
    }
    const size_t tables = std::max<size_t>(tables_.all().size(), 1);
    switch (key.key) {
        case ScreenKey::character:
            return press_character(key.code, shown);
        case ScreenKey::tab:
        case ScreenKey::right:
            choose((chosen() + 1) % tables);
            break;
        case ScreenKey::back_tab:
        case ScreenKey::left:
            choose((chosen() + tables - 1) % tables);
            break;
        case ScreenKey::escape:
            rows_.filter.clear();
            break;
        default:
            scroll(key, shown);
    }
    return Wish::none;
}

LiveScreen::Wish LiveScreen::press_character(char32_t code, const Grid& shown) {
    switch (code) {
        case U'q':
            return Wish::quit;
        case U'v':
            sort_by(SortBy::value);
            break;
        case U'r':
            sort_by(SortBy::rate);
            break;
        case U'k':
            sort_by(SortBy::key);
            break;
        case U'R':
            rows_.reversed = !rows_.reversed;
            break;
        case U'f':
            next_figure();
            break;
        case U'/':
            typing_ = true;
            rows_.filter.clear();
            break;
        case U' ':
            paused_ = !paused_;
            tables_.pause(paused_);
            break;
        case U'?':
        case U'h':
            help_ = true;
            break;
        case U'w':
            save(shown);
            break;
        case U'L' - U'@':
            return Wish::repaint;
        case U'+':
        case U'-':
        case U'e':
            if (options_.is_replay) return code == U'+' ? Wish::faster : code == U'-' ? Wish::slower : Wish::to_end;
            break;
        default:
            if (code >= U'1' && code <= U'9') choose(code - U'1');
    }
    return Wish::none;
}

void LiveScreen::sort_by(SortBy by) {
    if (rows_.by != by) rows_.reversed = false;
    rows_.by = by;
    scroll_ = 0;
}

void LiveScreen::next_figure() {
    if (tables_.all().empty()) return;
    ScreenTable& table = *tables_.all()[chosen()]->table;
    if (table.figures().size() == 1) return say("this table has one figure a key", false);
    table.watch((table.watched() + 1) % table.figures().size());
    say(fmt::format("sorted, drawn and counted: {}", table.figures()[table.watched()].name), false);
}

void LiveScreen::scroll(const KeyPress& key, const Grid& shown) {
    const size_t page = std::max<size_t>(rows_of_table(shown, view()), 1);
    const auto up = [&](size_t rows) { scroll_ -= std::min(scroll_, rows); };
    switch (key.key) {
        case ScreenKey::up:
            return up(1);
        case ScreenKey::down:
            ++scroll_;
            return;
        case ScreenKey::page_up:
            return up(page);
        case ScreenKey::page_down:
            scroll_ += page;
            return;
        case ScreenKey::home:
            scroll_ = 0;
            return;
        case ScreenKey::end:
            scroll_ = SIZE_MAX / 2;  // picture() takes it to the last row
            return;
        default:
            return;
    }
}

void LiveScreen::type(const KeyPress& key) {
    std::string& text = rows_.filter;
    scroll_ = 0;
    if (key.key == ScreenKey::enter) {
        typing_ = false;
    } else if (key.key == ScreenKey::escape) {
        typing_ = false;
        text.clear();
    } else if (key.key == ScreenKey::backspace) {
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0u) == 0x80) text.pop_back();
        if (!text.empty()) text.pop_back();
    } else if (key.key == ScreenKey::character && key.code >= 0x20) {
        append_code(text, key.code);
    }
}

// A file of its own for each picture: what is there is never written over.
void LiveScreen::save(const Grid& shown) {
    const std::string mark = options_.time_mark.empty() ? time_of_day() : options_.time_mark;
    constexpr int most_tries = 100;
    for (int i = 1; i <= most_tries; ++i) {
        const std::string name = fmt::format("probevue-{}{}.txt", mark, i == 1 ? "" : fmt::format("-{}", i));
        const std::string path = options_.folder == "." ? name : fmt::format("{}/{}", options_.folder, name);
        const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0 && errno == EEXIST) continue;
        if (fd < 0) return say(fmt::format("cannot write `{}`: {}", path, std::strerror(errno)), true);
        const std::string text = shown.text();
        const ssize_t written = write(fd, text.data(), text.size());
        const int error = errno;
        const bool closed = close(fd) == 0;
        if (written == static_cast<ssize_t>(text.size()) && closed) return say(fmt::format("saved {}", path), false);
        return say(fmt::format("cannot write `{}`: {}", path, std::strerror(written < 0 ? error : ENOSPC)), true);
    }
    say("there are too many pictures of this second already", true);
}

}  // namespace probevue
