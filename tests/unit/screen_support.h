// Tables of the live screen by hand, and a screen on a program that has run in the engine.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/screen/live_screen.h"
#include "runtime/sinks/output.h"
#include "runtime/sinks/text_sink.h"
#include "tests/unit/program_for.h"

namespace probevue::screen_tests {

constexpr uint64_t second = 1'000'000'000;

inline ScreenTable::Keys text_keys() {
    return {[](std::string_view key) { return std::string(key); },
            [](std::string_view a, std::string_view b) { return a.compare(b); }};
}

struct Item {
    std::string key;
    int64_t value = 0;
};

inline void frame(ScreenTable& table, uint64_t now_ns, const std::vector<Item>& items, bool emptied = false,
                  uint64_t since_ns = 0) {
    table.begin(now_ns, emptied, since_ns);
    for (const Item& item : items) table.put(item.key, std::vector{Figure::whole(item.value)});
    table.end();
}

// `key=value@rate`, joined by blanks; `@` alone: the rate is not known.
inline std::string shown(const ScreenTable& table, const RowChoice& choice = {}, size_t limit = 100) {
    std::string out;
    size_t count = 0;
    for (const ScreenRow* row : table.rows(choice, limit, count)) {
        out += (out.empty() ? "" : " ") + table.label(*row) + "=" + row->figures[table.watched()].text() + "@" +
               (row->rate_known ? short_number(row->rate) : "");
    }
    return out;
}

// A script whose clauses the test runs by number.
class Shown {
public:
    explicit Shown(const std::string& text, LiveScreenOptions options = {.what = "test.e"}) {
        Compiled made = compile_for(text, {});
        INFO(made.messages);
        REQUIRE(made.program.has_value());
        program = std::move(*made.program);
        auto memory = std::make_unique<MemoryOutput>();
        data = &memory->data;
        error = &memory->error;
        auto keeping = std::make_unique<KeptOutput>(std::move(memory), true);
        kept = keeping.get();
        sink = std::make_unique<ScreenSink>(std::make_unique<TextSink>(std::move(keeping), SinkOptions{}), true);
        auto created = Engine::create(program, EngineOptions{}, *sink);
        REQUIRE(created.has_value());
        engine = std::move(*created);
        sink->set_resolver(&engine->resolver());
        kept->hold();
        screen = std::make_unique<LiveScreen>(program, *engine, kept, std::move(options));
        sink->watch(screen.get());
    }
    ~Shown() { sink->watch(nullptr); }
    Shown(const Shown&) = delete;
    Shown& operator=(const Shown&) = delete;

    void run(size_t clause, int times = 1) {
        EngineContext context;
        for (int i = 0; i < times; ++i) engine->run(clause, context, RecordOrigin{});
    }
    void frame(uint64_t now_ns, const Statistics& statistics = {}) {
        static_cast<void>(sink->flush());
        screen->set_time(now_ns);
        screen->frame(statistics, 0);
    }
    std::string picture(size_t columns = 80, size_t rows = 24, bool ascii = true) {
        last = screen->picture(columns, rows, ascii);
        return last.text();
    }
    std::string row(size_t number) { return picture().empty() ? "" : last.row_text(number); }
    LiveScreen::Wish press(const KeyPress& key) {
        picture();
        return screen->press(key, last);
    }
    void type(std::string_view text) {
        for (char c : text) press({ScreenKey::character, static_cast<char32_t>(c)});
    }

    Program program;
    std::string* data = nullptr;
    std::string* error = nullptr;
    KeptOutput* kept = nullptr;
    std::unique_ptr<ScreenSink> sink;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<LiveScreen> screen;
    Grid last{0, 0, true};
};

}  // namespace probevue::screen_tests
