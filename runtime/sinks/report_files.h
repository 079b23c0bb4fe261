// The style and the script of a report, report.css and report.js, which the build puts into the program
// (report_files.cpp.in), with their hashes as a Content-Security-Policy has them: `sha256-...`.
#pragma once

#include <string_view>

namespace probevue {

extern const std::string_view report_style;
extern const std::string_view report_style_hash;
extern const std::string_view report_script;
extern const std::string_view report_script_hash;

}  // namespace probevue
