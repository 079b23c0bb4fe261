// How far a replay has come, in words.
#include <doctest/doctest.h>

#include "runtime/cli/idle.h"

using namespace probevue;

TEST_CASE("progress tells part, size, rate and the time that is left") {
    constexpr uint64_t second = 1'000'000'000;
    CHECK(progress_text({516'000'000, 1'200'000'000}, 2'461'123, 2 * second) ==
          "43 % of 1.2 GB, 2461123 packets, 1230562 a second, 3 s left");
    CHECK(progress_text({100'000'000, 100'000'000}, 7, 4 * second) ==
          "100 % of 100 MB, 7 packets, 2 a second, 0 s left");
    CHECK(progress_text({0, 999}, 0, second) == "0 % of 999 bytes, 0 packets, 0 a second, 0 s left");
    CHECK(progress_text({5'000, 10'000}, 10, 0) == "50 % of 10 kB, 10 packets, 10000000000 a second, 0 s left");
}
