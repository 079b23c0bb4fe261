// The page of a report: one file that loads nothing.
#pragma once

#include <string>

#include "runtime/sinks/report_data.h"

namespace probevue {

std::string report_page(const ReportHead& head, const ReportData& data, const ReportLimits& limits);

}  // namespace probevue
