// The variables of a program as families of series, in Prometheus' text format (version 0.0.4).
//
// Numbers that only grow are counters, other numbers gauges; lists are summaries, distributions and ranges of numbers
// histograms, ranges of texts counters by `slot`, counts of different values gauges; texts and addresses gauges of 1
// with the text as label `value`.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/program/program.h"
#include "runtime/engine/engine.h"
#include "runtime/metrics/names.h"
#include "runtime/sinks/fields.h"

namespace probevue {

// What a series holds, or several that are added up.
struct SeriesValue {
    __int128 whole = 0;  // integers; of lists and distributions the sum of what they gather
    double real = 0;     // floating
    uint64_t count = 0;  // lists, distributions, ranges: how many values
    // Distributions, ranges: values by the bound that they are not greater than; those of no slot are in `count` only.
    std::map<int64_t, uint64_t> bins = {};
    std::map<std::string, uint64_t> slots = {};  // ranges of texts

    void add(const SeriesValue& other);
};

class MetricsReader final : private ValueVisitor {
public:
    // Of each array the `max_series` greatest series are shown by themselves. Both others outlive this.
    MetricsReader(const Program& program, Engine& engine, uint64_t max_series);
    ~MetricsReader() override = default;
    MetricsReader(const MetricsReader&) = delete;
    MetricsReader& operator=(const MetricsReader&) = delete;

    // Appends what the variables hold at the moment. By the thread that runs the session.
    void read(std::string& to);

private:
    struct Family {
        std::string name;   // of counters with `_total`
        std::string texts;  // of ranges: the name for those of texts
        MetricKind kind = MetricKind::gauge;
        std::string variable;
        RecordField value;
        std::vector<RecordField> keys;
        std::vector<std::string> labels;
        std::string help;
        std::set<int64_t> bounds;  // of buckets, all that there have been
        uint64_t left_out = 0;     // series that are not shown by themselves, as of the last reading
    };
    struct Series {
        std::string labels;  // as they stand between braces
        SeriesValue value;
    };
    struct Element {
        const std::byte* key;
        const std::byte* value;
        double rank;
    };

    void variable(const VariableDescription& variable, const std::byte* value) override;
    void array(uint32_t map, const ArrayLayout& layout, const AssociativeArray& elements, uint64_t emptied) override;

    Family made(const std::string& name, const RecordField& value, const VariableFacts& facts);
    bool claim(const std::vector<std::string>& names);
    std::vector<Element> greatest_first(const Family& family, const AssociativeArray& elements) const;
    double rank_of(const RecordField& field, const std::byte* value) const;
    SeriesValue value_of(const Family& family, const std::byte* value) const;
    std::string labels_of(const Family& family, const Element& element);
    std::string text_of(const RecordField& field, const std::byte* value);
    void write(Family& family, const std::vector<Series>& all);
    void write_histogram(const Family& family, const Series& one);
    void write_head(std::string_view name, const Family& family, std::string_view type);
    void write_line(std::string_view name, std::string_view suffix, std::string_view labels, std::string_view more);

    const Program& program_;
    Engine& engine_;
    uint64_t max_series_;
    TextContext context_{
        .names = Names(false), .date = DateFormat(std::string(DateFormat::default_format)), .start_ns = 0};
    std::set<std::string, std::less<>> names_;  // that are taken
    std::map<const VariableDescription*, Family> variables_;
    std::map<uint32_t, Family> arrays_;  // by index into Program::maps
    std::string* to_ = nullptr;
};

// Is there anything to show?
bool has_metrics(const Program& program);

}  // namespace probevue
