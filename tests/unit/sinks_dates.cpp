// Fractions of seconds in dates, which strftime does not know.
#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "runtime/sinks/dates.h"

using namespace probevue;

namespace {

std::string date(std::string_view format, uint64_t time_ns) {
    DateFormat dates(format);
    TextBuffer text;
    dates.append(text, time_ns);
    return std::string(text.view());
}

}  // namespace

TEST_CASE("sinks: %f in a date is the fraction of the second") {
    setenv("TZ", "UTC", 1);
    tzset();
    constexpr uint64_t time = 1'781'013'807'000'056'789;  // date -u -d @1781013807.000056789 +%T.%N
    CHECK(date("%H:%M:%S.%f", time) == "14:03:27.000056");
    CHECK(date("%H:%M:%S.%3f", time) == "14:03:27.000");
    CHECK(date("%9f %s", time) == "000056789 1781013807");
    CHECK(date("%f%f", time) == "000056000056");
    CHECK(date("%%f %f %% %", time) == "%f 000056 % %");
    CHECK(date("", time).empty());
}

TEST_CASE("sinks: the fraction is that of each date, also within one second") {
    setenv("TZ", "UTC", 1);
    tzset();
    DateFormat dates("%S.%6f|");
    TextBuffer text;
    dates.append(text, 5'000'001'000);
    dates.append(text, 5'999'999'999);
    dates.append(text, 6'000'000'000);
    CHECK(text.view() == "05.000001|05.999999|06.000000|");
}
