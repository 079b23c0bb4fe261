// Takes what sinks write as units of bytes, in the order in which it is printed at last, and keeps what a report shows.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/sinks/output.h"
#include "runtime/sinks/report_data.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {

// A line or a part of one, of printf and the like.
struct ReportText {
    std::string text;
    uint64_t time_ns = 0;
    bool told = false;  // of the clause that tells variables at the end
    // Of a printf at an interval: its place in the script, names and numbers.
    uint64_t site = 0;  // 0: no numbers
    std::vector<std::string> names;
    std::vector<double> values;
};

// Units: groups and tentative output keep them, or throw them away, as they do with text (Sections).
void append_unit(TextBuffer& to, const ReportText& text);
void append_unit(TextBuffer& to, const ReportPrint& print);

// An output whose data stream are units; the error stream is that of the output behind it.
class ReportStore final : public Output {
public:
    ReportStore(std::unique_ptr<Output> output, const ReportLimits& limits)
        : limits_(limits), output_(std::move(output)) {}

    void write(Stream stream, std::string_view text) override;
    Status status() const override { return output_->status(); }
    bool closed() const override { return output_->closed(); }
    bool joined() const override { return false; }

    void write_page(std::string_view page) { output_->write(Stream::data, page); }
    // All that came, with the last line, which may have no end. Called once.
    ReportData& end();
    ReportData& data() { return data_; }

private:
    void take(const ReportText& text);
    void take(ReportPrint print);
    void take_numbers(const ReportText& text);
    void take_line(std::string line);
    void keep(ReportArray& array, const ReportPrint& print);

    const ReportLimits limits_;
    std::unique_ptr<Output> output_;
    ReportData data_;
    std::string line_;                      // that has no end yet
    std::map<std::string, size_t> arrays_;  // index by what an array is told apart by
    std::map<uint64_t, size_t> numbers_;    // by site
    size_t points_ = 0;
};

}  // namespace probevue
