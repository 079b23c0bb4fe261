// Specifiers of printf against the signs and widths of what they print; counters that are mistyped, and those that are
// not.
#include <doctest/doctest.h>

#include "tests/unit/sema_support.h"

using namespace probevue;

namespace {

// The warnings of one clause on TCP packets.
std::string warned(const std::string& body) { return Checked("@@net:bpf:lo:tcp:\"tcp\" { " + body + " }").all(); }

}  // namespace

TEST_CASE("%d of an unsigned number that it would print as a negative one is a warning") {
    const Checked checked("@@net:bpf:lo:tcp:\"tcp\" { printf(\"%d\", __tcphdr->seq_num); }");
    CHECK(
        checked.all() ==
        "warning [__tcphdr->seq_num] `%d` prints values above 2147483647 as negative numbers: this is `unsigned int`");
    CHECK(checked.hint() == "print it with `%u`");
    CHECK(warned("unsigned int n; n = 5; printf(\"%5d\", n);").find("`%5d` prints values above 2147483647") !=
          std::string::npos);
    CHECK(warned("printf(\"%hd\", __tcphdr->src_port);").find("`%hd` prints values above 32767 as negative") !=
          std::string::npos);
    CHECK(
        warned("printf(\"%hx\", __tcphdr->seq_num);") ==
        "warning [__tcphdr->seq_num] `%hx` prints values above 65535 without their upper bits: this is `unsigned int`");
    CHECK(Checked("@@net:bpf:lo:tcp:\"tcp\" { printf(\"%hx\", __tcphdr->seq_num); }").hint() == "print it with `%x`");
}

TEST_CASE("numbers that are never so large are no warning") {
    CHECK(warned("printf(\"%u %x %lu %ld\", __tcphdr->seq_num, __tcphdr->seq_num, __tcphdr->seq_num, "
                 "__tcphdr->seq_num);") == "");
    CHECK(warned("printf(\"%d %d\", __tcphdr->src_port, __tcphdr->hdr_len);") == "");
    CHECK(warned("printf(\"%d\", __tcphdr->seq_num & 0xffff);") == "");
    CHECK(warned("printf(\"%d\", __tcphdr->seq_num >> 1);") == "");
    CHECK(warned("printf(\"%d\", __tcphdr->seq_num % 1000);") == "");
    CHECK(warned("printf(\"%d\", __tcphdr->seq_num / 2);") == "");
    CHECK(warned("printf(\"%d\", (int) __tcphdr->seq_num);") == "");
    CHECK(warned("struct { unsigned int a : 20; } s; s.a = 1; printf(\"%d\", s.a);") == "");
    CHECK(Checked("enum color { red, blue }; @@BEGIN { enum color c; c = blue; printf(\"%d\", c); }").all() == "");
    // A difference is meant to have a sign.
    CHECK(warned("printf(\"%d\", __tcphdr->ack_num - __tcphdr->seq_num);") == "");
    CHECK(warned("printf(\"%d\", sizeof(int));") == "");
    CHECK(warned("a[1]++; printf(\"%d\", a[1]);") == "");
}

TEST_CASE("pairs of counters are no typing error") {
    CHECK(Checked("@@net:bpf:lo:tcp:\"tcp\" { rtA++; rtB++; }\n@@END { printf(\"%lld %lld\\n\", rtA, rtB); }").all() ==
          "");
    CHECK(Checked("@@net:bpf:lo:tcp:\"tcp\" { bytes_in += 2; bytes_on += 1; }").all() == "");
    CHECK(Checked("@@BEGIN { total = 0; }\n@@net:bpf:lo:tcp:\"tcp\" { total++; toatl++; }\n"
                  "@@END { printf(\"%d\\n\", total); }")
              .all() == "warning [toatl] `toatl` is new here and counts from 0");
}
