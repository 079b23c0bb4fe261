// The sections of a report: an array each, and numbers that were printed repeatedly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/sinks/html_chart.h"
#include "runtime/sinks/report_data.h"

namespace probevue {

// Makes sections one after the other; they share the bound of rows.
class HtmlSections {
public:
    HtmlSections(const ReportLimits& limits, uint64_t start_ns)
        : limits_(limits), start_ns_(start_ns), rows_left_(limits.all_rows) {}

    std::string array(const ReportArray& array);
    std::string numbers(const ReportNumbers& numbers);

private:
    double seconds(uint64_t time_ns) const;
    std::string bars(const ReportPrint& print);
    std::string spans(const ReportPrint& print);
    std::string slots(const ReportPrint& print);
    std::string histograms(const ReportPrint& print, std::string& counts);
    std::string lines(const ReportArray& array);
    std::string heat_maps(const ReportArray& array);
    std::string over_time(const std::vector<std::string>& names, const std::vector<uint64_t>& times,
                          const std::vector<std::vector<double>>& values);
    std::string data_table(const ReportPrint& print);
    std::string table(std::string_view caption, const std::vector<ReportPrint::Column>& columns,
                      const std::vector<std::vector<std::string>>& rows, std::string_view foot);

    const ReportLimits& limits_;
    uint64_t start_ns_;
    size_t rows_left_;
    unsigned tables_ = 0;
    Charts charts_;
};

// RFC 3339, UTC, milliseconds.
std::string utc_text(uint64_t time_ns);

}  // namespace probevue
