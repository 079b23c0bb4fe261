// What a session printed, as an HTML report shows it: bounded, with what is left out counted.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/program/record.h"
#include "runtime/records/sink.h"

namespace probevue {

// What the page says about the session besides what it printed.
struct ReportHead {
    std::string script_name;
    std::string script_text;             // as it was compiled, without what is told at the end
    std::vector<std::string> arguments;  // of the script
    std::vector<std::string> replayed;   // files
    std::vector<std::string> merged{};   // states; without either: live
};

// Bounds of a page; a file stays below some megabytes.
struct ReportLimits {
    size_t rows = 1000;        // of an array, the greatest ones
    size_t all_rows = 10'000;  // of all arrays together
    size_t lines = 1000;       // of text: half of them the first, half the last ones
    size_t line_bytes = 2000;  // of a line
    size_t messages = 200;
    size_t points = 1'000'000;  // of arrays and numbers that are printed repeatedly; in memory
    size_t pictures = 6;        // histograms and heat maps of an array
    size_t script_bytes = 262'144;
};

// A bin of a distribution, or a slot of a range.
struct ReportBin {
    int64_t from = 0;
    int64_t to = 0;
    uint64_t count = 0;
    std::string label;  // of a slot
};

struct ReportRow {
    std::vector<std::string> cells;  // keys, then values, as the text output has them
    double number = 0;               // what its bar stands for
    double low = 0;                  // of a list: least, greatest and average
    double high = 0;
    double middle = 0;
    std::vector<ReportBin> bins;  // of a range; of distributions, those of the greatest rows
};

enum class ReportShape : uint8_t { plain, numbers, lists, distributions, ranges };

// An array, or a table, as it was printed once.
struct ReportPrint {
    struct Column {
        std::string name;
        bool number = false;
    };
    std::string name;
    std::string how;    // the function
    std::string probe;  // of the clause that printed it
    std::string unit;   // behind the values: "/s" of rates, " B" of bytes
    std::vector<Column> columns;
    uint64_t keys = 0;  // how many of the columns
    ReportShape shape = ReportShape::plain;
    bool zero_when_absent = false;  // an element that is not there reads as 0
    bool whole = true;              // the numbers are integers
    uint64_t time_ns = 0;
    uint64_t elements = 0;  // in the array
    uint64_t wanted = 0;    // of these, what the call prints
    std::string rest_sum;   // of the rows that are left out; empty: has none
    std::vector<ReportRow> rows;
};

// All prints of an array by a clause.
struct ReportArray {
    struct Point {
        uint32_t print = 0;
        double value = 0;
    };
    struct Bins {
        uint32_t print = 0;
        std::vector<ReportBin> bins;
    };
    ReportPrint last;
    std::vector<uint64_t> times;  // of the prints that are kept for pictures over time
    std::vector<bool> whole;      // by print: all rows are kept
    std::map<std::string, std::vector<Point>, std::less<>> points;  // by key
    std::map<std::string, std::vector<Bins>, std::less<>> bins;
    uint64_t prints = 0;
    uint64_t not_kept = 0;  // prints that the pictures over time lack
};

// Numbers that a printf prints at intervals.
struct ReportNumbers {
    std::vector<std::string> names;
    std::vector<uint64_t> times;
    std::vector<std::vector<double>> values;  // by name
    uint64_t prints = 0;
};

struct ReportData {
    std::vector<ReportArray> arrays;  // in the order in which they were printed first
    std::vector<ReportNumbers> numbers;
    std::vector<std::pair<std::string, std::string>> variables;  // told at the end: name and value
    std::vector<std::string> first_lines;
    std::deque<std::string> last_lines;
    uint64_t lines = 0;
    std::vector<std::pair<MessageKind, std::string>> messages;
    uint64_t more_messages = 0;
    std::vector<std::pair<std::string, std::string>> figures;  // name, value with its unit
    uint64_t start_ns = 0;
    uint64_t end_ns = 0;
    uint64_t lost = 0;  // of the figures that are losses
};

}  // namespace probevue
