// How variables are called in Prometheus' text format, and how values are written there. Names are such that `promtool
// check metrics` has nothing to say: words apart by `_`, base units, no word that Prometheus means something by.
// https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/practices/naming/
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/unit.h"

namespace probevue {

// What a family of series is. `info` is a gauge of 1 whose labels say all.
enum class MetricKind : uint8_t { counter, gauge, summary, histogram, info };

// As it stands behind `# TYPE`.
std::string_view type_name(MetricKind kind);

// The name of a variable's family, `_total` of counters and `_info` included: `probevue_bytes_in_total`. The unit is
// told by `_seconds` or `_bytes`; words of the name that tell it already go. A word that means something to Prometheus
// (`count`, `ms`, `minutes`, `histogram`) has `var` behind it where it would be taken for that.
std::string family_name(std::string_view variable, Unit unit, MetricKind kind);

// The labels of an array's keys: their words, or `key1` where there is none. Of equal ones the second has a 2 behind
// it, and so on.
std::vector<std::string> label_names(std::span<const std::string> words, size_t keys);

// Text between the quotes of a label: `\`, `"` and ends of lines escaped. Bytes that are no UTF-8 become `\xNN` as
// text.
void append_label_value(std::string& to, std::string_view text);
// Text behind `# HELP`: `\` and ends of lines escaped, bytes that are no UTF-8 as above.
void append_help(std::string& to, std::string_view text);

// A whole number of a unit in its base unit, exactly: 1500 microseconds are 0.0015.
void append_in_base_unit(std::string& to, __int128 value, Unit unit);
// A double likewise: the shortest text that reads back as the same number; `+Inf`, `-Inf`, `NaN`.
void append_in_base_unit(std::string& to, double value, Unit unit);

}  // namespace probevue
