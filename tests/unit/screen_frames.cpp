// Whole frames of the live screen as text.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/screen_support.h"

using namespace probevue;
using namespace probevue::screen_tests;

namespace {

constexpr const char* counting = R"(
    @@BEGIN { n["alpha"] += 6; n["beta"] += 3; packets++; }
    @@END { n["gamma"] += 2; printf("line %d\n", packets); }
    @@END { print(n); clear(n); }
)";

std::string drawn(const Grid& grid) {
    std::string out;
    for (size_t row = 0; row < grid.rows(); ++row) {
        if (const std::string text = grid.row_text(row); !text.empty()) out += text + "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("a frame of 80 columns, ASCII") {
    Shown shown("@@BEGIN { n[\"alpha\"] += 6; n[\"beta\"] += 3; packets++; }");
    shown.run(0);
    shown.frame(10 * second);
    shown.run(0);
    Statistics statistics;
    statistics.packets = 50;
    shown.frame(12 * second, statistics);
    shown.picture(80, 12);
    CHECK(drawn(shown.last) ==
          "probevue test.e                             up 0:02  live  25 events/s   0 lost\n"
          " 1 n (2)  2 variables (1)\n"
          "KEY     VALUEv  RATE/s                                           LAST MINUTE\n"
          "alpha       12       3  ########################################               #\n"
          "beta         6     1.5  ####################                                   #\n"
          "q quit  ? help  / filter  v r k sort  f figure  space pause\n");
}

TEST_CASE("frames of all sizes") {
    Shown shown("@@BEGIN { n[\"alpha\"] += 6; n[\"beta\"] += 3; packets++; printf(\"out\\n\"); }");
    shown.run(0);
    shown.frame(10 * second);
    SUBCASE("10 columns say that they are too few") {
        shown.picture(10, 8);
        CHECK(drawn(shown.last) == "too small:\na window\nof 20x6 is\nwanted; q\nquits\n");
        shown.picture(10, 2);
        CHECK(drawn(shown.last) == "too small:\na window\n");
    }
    SUBCASE("UTF-8 in 300x100") {
        shown.run(0);
        shown.frame(11 * second);
        shown.picture(300, 100, false);
        CHECK(shown.last.row_text(2).find("KEY") == 0);
        CHECK(shown.last.row_text(2).find("VALUE▼") != std::string::npos);
        CHECK(shown.last.row_text(3).find("████") != std::string::npos);
        CHECK(shown.last.rows() == 100);
        CHECK(shown.last.row_text(97) == "out");
        CHECK(shown.last.row_text(98) == "out");
    }
    SUBCASE("every size from none on is drawn") {
        for (size_t columns = 0; columns < 130; ++columns) {
            for (size_t rows = 0; rows < 12; ++rows) {
                shown.picture(columns, rows, columns % 2 == 0);
                shown.press({ScreenKey::page_down, 0});
            }
        }
    }
}

TEST_CASE("losses are loud") {
    Shown shown("@@BEGIN { n++; }");
    Statistics statistics;
    shown.frame(second, statistics);
    shown.picture();
    CHECK(shown.last.at(0, 79).style == CellStyle::head);
    statistics.buffer_full = 12;
    shown.frame(2 * second, statistics);
    shown.picture();
    CHECK(shown.last.row_text(0).find(" 12 lost") != std::string::npos);
    CHECK(shown.last.at(0, 79).style == CellStyle::loud);
}

TEST_CASE("values are those that print() shows") {
    Shown shown(R"(
        range_t slots;
        @@BEGIN {
            whole[1] = -5; whole[2] = 9000000000000000001LL; real[1] = 0.1; text[1] = "x\ty";
            append(lists[1], 10); append(lists[1], 20);
            add_dist(sizes[1], 100); add_dist(sizes[1], 100);
            add_distinct(hosts[1], 7); add_distinct(hosts[1], 8);
            set_range(slots, LINEAR, 0, 100, 50); qrange(counts[1], slots, 60); qrange(counts[1], slots, 70);
        }
    )");
    shown.run(0);
    shown.frame(second);
    shown.frame(2 * second);
    std::string all;
    const auto look = [&] {
        shown.picture(120, 10);
        all += shown.last.row_text(2) + "\n" + shown.last.row_text(3) + "\n" + shown.last.row_text(4) + "\n";
        shown.press({ScreenKey::tab, 0});
    };
    for (int i = 0; i < 7; ++i) look();
    CAPTURE(all);
    CHECK(all.find("9000000000000000001") != std::string::npos);
    CHECK(all.find("    -5") != std::string::npos);
    CHECK(all.find("0.1") != std::string::npos);
    CHECK(all.find("x\\ty") != std::string::npos);
    CHECK(all.find("COUNT") != std::string::npos);
    CHECK(all.find("P50    P99") != std::string::npos);
    CHECK(all.find("2    100    100") != std::string::npos);
    CHECK(all.find("DISTINCT") != std::string::npos);
    CHECK(all.find("50 - 100: 2") != std::string::npos);
}

TEST_CASE("figures of a list by choice") {
    Shown shown("@@BEGIN { append(lists[1], 10); append(lists[1], 20); } @@END { append(lists[1], 60); }");
    shown.run(0);
    shown.frame(second);
    CHECK(shown.row(3).starts_with("1"));
    CHECK(shown.row(2).find("COUNT") != std::string::npos);
    shown.type("f");
    CHECK(shown.row(2).find("SUM") != std::string::npos);
    CHECK(shown.row(3).find(" 30") != std::string::npos);
    shown.run(1);
    shown.frame(2 * second);
    CHECK(shown.row(3).find(" 90") != std::string::npos);
    CHECK(shown.row(3).find(" 60") != std::string::npos);  // its rate
    shown.type("f");
    CHECK(shown.row(2).find("AVG") != std::string::npos);
    CHECK(shown.row(3).find(" 30") != std::string::npos);
    shown.frame(3 * second);
    CHECK(shown.row(23) == "sorted, drawn and counted: avg");
    shown.press({ScreenKey::other, 0});
    CHECK(shown.row(23).find("q quit") == 0);
}

TEST_CASE("keys: filter, order, tables, pause, help, quit") {
    Shown shown(counting);
    shown.run(0);
    shown.run(1);
    shown.frame(second);
    CHECK(shown.row(3).starts_with("alpha"));
    shown.type("/A");
    CHECK(shown.row(23) == "/A_");
    shown.press({ScreenKey::backspace, 0});
    shown.type("GAM");
    CHECK(shown.row(3).starts_with("gamma"));
    CHECK(shown.row(4).empty());
    shown.press({ScreenKey::enter, 0});
    CHECK(shown.row(23).starts_with("filter: GAM  q quit"));
    shown.press({ScreenKey::escape, 0});
    CHECK(shown.row(3).starts_with("alpha"));
    shown.type("R");
    CHECK(shown.row(3).starts_with("gamma"));
    shown.type("k");
    CHECK(shown.row(3).starts_with("alpha"));
    CHECK(shown.row(2).starts_with("KEY^"));
    shown.type("R");
    CHECK(shown.row(3).starts_with("gamma"));
    shown.type(" ");
    shown.run(1);
    shown.frame(2 * second);
    CHECK(shown.row(0).find("PAUSED") != std::string::npos);
    CHECK(shown.row(3).find("2") != std::string::npos);
    shown.type(" ");
    shown.frame(3 * second);
    CHECK(shown.row(3).find("4") != std::string::npos);
    shown.type("?");
    CHECK(shown.row(3).find("sort by value, rate, key") != std::string::npos);
    CHECK(shown.press({ScreenKey::character, U'x'}) == LiveScreen::Wish::none);
    shown.type("2");
    CHECK(shown.row(3).starts_with("packets"));
    shown.press({ScreenKey::tab, 0});
    CHECK(shown.row(3).starts_with("gamma"));
    shown.press({ScreenKey::left, 0});
    CHECK(shown.row(3).starts_with("packets"));
    CHECK(shown.press({ScreenKey::character, U'q'}) == LiveScreen::Wish::quit);
}

TEST_CASE("scrolling ends with the last rows") {
    Shown shown("@@BEGIN { i++; n[i] = i; }");
    shown.run(0, 50);
    shown.frame(second);
    CHECK(shown.row(3).starts_with("50 "));
    shown.press({ScreenKey::page_down, 0});
    CHECK(shown.row(3).starts_with("30 "));
    shown.press({ScreenKey::end, 0});
    CHECK(shown.row(22).starts_with("1 "));
    CHECK(shown.row(3).starts_with("20 "));
    shown.press({ScreenKey::up, 0});
    CHECK(shown.row(3).starts_with("21 "));
    shown.press({ScreenKey::home, 0});
    CHECK(shown.row(3).starts_with("50 "));
}

TEST_CASE("an array that is printed and emptied is shown as it was printed") {
    Shown shown("@@BEGIN { n[\"x\"]++; } @@END { print(n); clear(n); } @@END { print(n); }");
    shown.run(0, 4);
    shown.frame(second);
    CHECK(shown.row(3).find(" 4 ") != std::string::npos);
    shown.run(2);  // printed and not emptied: it goes on
    shown.run(0);
    shown.frame(2 * second);
    CHECK(shown.row(3).find(" 5 ") != std::string::npos);
    shown.screen->set_time(3 * second);
    shown.run(1);
    shown.run(0);
    shown.frame(4 * second);
    CHECK(shown.row(3).find(" 5 ") != std::string::npos);
    CHECK(shown.row(1).find("(1, printed)") != std::string::npos);
    shown.screen->set_time(5 * second);
    shown.run(0, 2);
    shown.run(1);
    shown.frame(6 * second);
    CHECK(shown.row(3).find(" 3 ") != std::string::npos);
    CHECK(shown.row(3).find(" 1.5 ") != std::string::npos);  // three in the two seconds since it was printed before
    // Paused meanwhile: the rate is still that of the time between two prints.
    shown.type(" ");
    shown.screen->set_time(7 * second);
    shown.run(0, 8);
    shown.run(1);
    shown.type(" ");
    shown.screen->set_time(9 * second);
    shown.run(0, 8);
    shown.run(1);
    shown.frame(10 * second);
    CHECK(shown.row(3).find(" 4 ") != std::string::npos);
    CHECK(shown.data->empty());
}

TEST_CASE("print_table() makes a table of its own") {
    Shown shown(R"(
        @@BEGIN { p["x"][1] += 3; b["x"][1] += 400; p["y"][2]++; }
        @@END { print_table("%s %d %d %d\n", "A B P B", p, b, 10, 3); clear(p); clear(b); }
    )");
    shown.run(0);
    shown.screen->set_time(second);
    shown.run(1);
    shown.frame(2 * second);
    CHECK(shown.row(1).find("3 p+b (2, printed)") != std::string::npos);
    CHECK(shown.row(3).starts_with("x, 1"));
    CHECK(shown.row(3).find(" 3    400") != std::string::npos);
    CHECK(shown.row(4).starts_with("y, 2"));
}

TEST_CASE("what is printed is kept, the latest of much, and comes out at the end") {
    Shown shown(counting);
    shown.run(0);
    shown.run(1);
    shown.frame(second);
    CHECK(shown.row(21) == "-- printed: 1 line " + std::string(61, '-'));
    CHECK(shown.row(22) == "line 1");
    CHECK(shown.data->empty());
    shown.kept->release();
    CHECK(*shown.data == "line 1\n");
    shown.kept->hold();
    for (int i = 0; i < 100'000; ++i) shown.kept->write(Stream::data, "0123456789012345678\n");
    shown.kept->write(Stream::error, "probevue: warning: x\n");
    shown.data->clear();
    const uint64_t left_out = shown.kept->release();
    CHECK(shown.data->size() > KeptOutput::most_bytes / 2);
    CHECK(shown.data->size() <= KeptOutput::most_bytes);
    CHECK(left_out == 100'000 - shown.data->size() / 20);
    CHECK(*shown.error == "probevue: warning: x\n");
    CHECK(left_out_text(3) ==
          "3 earlier lines that were printed while the screen was there are left out; -o FILE keeps all");
    CHECK(left_out_text(0).empty());
}

TEST_CASE("a picture is a file of its own") {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / "probevue_screen_pictures";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    Shown shown("@@BEGIN { n[\"x\"]++; }", {.what = "test.e", .folder = folder.string(), .time_mark = "t"});
    shown.run(0);
    shown.frame(second);
    const std::string picture = shown.picture();
    shown.type("w");
    CHECK(shown.row(23) == "saved " + (folder / "probevue-t.txt").string());
    shown.type("w");
    CHECK(shown.row(23) == "saved " + (folder / "probevue-t-2.txt").string());
    std::stringstream text;
    text << std::ifstream(folder / "probevue-t.txt").rdbuf();
    CHECK(text.str() == picture);
    std::filesystem::remove_all(folder);
    shown.type("w");
    CHECK(shown.row(23).starts_with("cannot write `"));
}

TEST_CASE("nothing from outside steers the terminal, and bytes that are no characters are seen") {
    Grid grid(12, 1, false);
    grid.put(0, 0, "a\x1b[2J\xc2\x9b\xff\xe4\xb8\xad", CellStyle::plain);
    CHECK(grid.row_text(0) == "a?[2J??中");
    CHECK(grid.at(0, 8).code == 0);
    Grid plain(6, 1, true);
    plain.put(0, 0, "äöü and more", CellStyle::plain);
    CHECK(plain.row_text(0) == "??? a~");
}
