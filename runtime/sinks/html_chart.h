// Pictures of a report as SVG: their widths are those of the page, their texts keep their size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sinks/html_text.h"

namespace probevue {

// Makes pictures, each with an identifier of its own for its name and description.
class Charts {
public:
    struct Bar {
        std::string label;
        std::string text;  // of the value
        double value = 0;
    };
    // Horizontal bars in the order given. `title` and `description` are for those who do not see the picture.
    std::string bars(std::string_view title, std::string_view description, const std::vector<Bar>& bars, bool whole,
                     std::string_view unit);

    struct Span {
        std::string label;
        std::string text;
        double low = 0;
        double middle = 0;
        double high = 0;
    };
    // From least to greatest, with a mark at the average.
    std::string spans(std::string_view title, std::string_view description, const std::vector<Span>& spans);

    struct Column {
        int64_t from = 0;
        uint64_t count = 0;
        std::string text;  // "[64, 128): 7"
    };
    // A histogram: columns side by side, marks at the lower bounds.
    std::string histogram(std::string_view title, std::string_view description, const std::vector<Column>& columns);

    struct Line {
        std::string name;
        std::vector<std::pair<double, double>> points;  // seconds, value; NaN: none, the line is broken
    };
    static constexpr size_t most_lines = 8;  // that differ in colour
    std::string lines(std::string_view title, std::string_view description, const std::vector<Line>& lines, bool whole,
                      std::string_view unit);

    struct Heat {
        std::vector<double> times;                  // seconds, one a column
        std::vector<std::string> bounds;            // lower bound of each row, the lowest first
        std::vector<std::vector<uint64_t>> counts;  // by column, by row
    };
    static constexpr unsigned heat_levels = 6;
    // Columns of cells whose strength tells the count, in powers that part it into heat_levels.
    std::string heat_map(std::string_view title, std::string_view description, const Heat& heat);

private:
    std::string begin(std::string_view kind, std::string_view title, std::string_view description, unsigned height);

    unsigned number_ = 0;
};

}  // namespace probevue
