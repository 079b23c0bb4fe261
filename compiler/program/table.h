// What print_table() prints: several associative arrays side by side, a row for each key that one of them has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/program/record.h"

namespace probevue {

// A column of values: those of an array, or one number of each list or distribution that it holds.
struct TableColumn {
    std::string name;                       // as the script says it: "bytes", "count(sizes)"
    uint32_t map = 0;                       // index into Program::maps
    uint8_t list_value = 0;                 // of ArrayPrintOptions::ListValue: of a list, or of a distribution
    std::optional<uint64_t> quantile = {};  // of a distribution, in billionths
    int64_t divisor = 1;                    // of integers; above 0
};

struct TableLayout {
    // A row as a record: the fields are the keys, then one for each column; the pieces are the format.
    RecordLayout row;
    uint32_t keys = 0;  // how many of the fields are keys
    std::vector<TableColumn> columns;
    std::vector<std::string> header;  // a label for each conversion of the format; empty: no header
    uint64_t limit = 0;               // rows that are printed at the most; 0: all
    bool by_key = false;              // sorted by the keys, else by one field
    uint32_t sort_field = 0;          // index into the fields
    bool descending = false;          // rows that are equal there stand in ascending order of their keys
};

}  // namespace probevue
