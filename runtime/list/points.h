// `-l`: the probe points of this system, and what can be asked there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "builtins/probe.h"
#include "runtime/probes/probe_manager.h"

namespace probevue {

struct PointListing {
    std::vector<ListedPoint> points;
    std::vector<const ProbePointRow*> rows;  // that the points are of, in the order of the table
};

// `pattern`: empty (all), a manager's name (`net`), or a tuple with `*` and `?` (`@@net:tcp:*`). With `verbose` what
// clauses there are handed is found out too. Errors (usage): nothing matches.
Result<PointListing> find_probe_points(const std::string& pattern, bool verbose);

// For people: a line a point, and with `verbose` hooks and built-ins too.
std::string listing_text(const PointListing& listing, bool verbose);
// May a point of this form have a filter of packets behind it?
bool form_takes_filter(std::string_view form);

// For programs, lines of JSON (docs/json-output.md): points, the built-ins that have a value there, the functions that
// may be called there, and, with `whole`, the constants of the language. `verbose` as above.
std::string listing_json(const PointListing& listing, bool whole, bool verbose);

}  // namespace probevue
