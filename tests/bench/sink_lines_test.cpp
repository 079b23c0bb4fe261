// Nanoseconds for one line a packet, in the sink and with snprintf and fwrite, in the same run. Both write the same
// bytes to /dev/null.
#include <arpa/inet.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "builtins/base/address.h"
#include "runtime/sinks/capture_sink.h"
#include "runtime/sinks/text_sink.h"

namespace {

using namespace probevue;

struct Payload {
    int64_t seconds = 1'780'000'000;
    int64_t microseconds = 123'456;
    IpAddress source;
    int64_t source_port = 51'234;
    IpAddress target;
    int64_t target_port = 443;
    int64_t flags = 0x18;
    int64_t length = 1448;
};

RecordLayout packet_line() {
    RecordLayout layout;
    const auto add = [&](const char* literal, char conversion, FieldKind kind, size_t offset, uint32_t size) {
        FormatPiece piece;
        piece.literal = literal;
        piece.conversion = conversion;
        piece.field = static_cast<uint32_t>(layout.fields.size());
        layout.pieces.push_back(piece);
        layout.fields.push_back({.kind = kind, .offset = static_cast<uint32_t>(offset), .size = size, .width = 4});
    };
    add("", 'd', FieldKind::integer, offsetof(Payload, seconds), 8);
    add(".", 'd', FieldKind::integer, offsetof(Payload, microseconds), 8);
    layout.pieces.back().zero = true;
    layout.pieces.back().width = 6;
    add(" IP ", 'I', FieldKind::ip, offsetof(Payload, source), 24);
    add(".", 'd', FieldKind::integer, offsetof(Payload, source_port), 8);
    add(" > ", 'I', FieldKind::ip, offsetof(Payload, target), 24);
    add(".", 'd', FieldKind::integer, offsetof(Payload, target_port), 8);
    add(": flags ", 'x', FieldKind::integer, offsetof(Payload, flags), 8);
    add(", length ", 'd', FieldKind::integer, offsetof(Payload, length), 8);
    FormatPiece end;
    end.literal = "\n";
    layout.pieces.push_back(end);
    layout.size = sizeof(Payload);
    return layout;
}

void change(Payload& payload, int64_t i) {
    payload.microseconds = i % 1'000'000;
    payload.source_port = 1024 + i % 60'000;
    payload.length = i % 1449;
    payload.source.bytes[3] = static_cast<uint8_t>(i);
}

// The same line by the C library; its length.
size_t c_line(const Payload& payload, std::array<char, 256>& line) {
    char source[INET_ADDRSTRLEN];
    char target[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, payload.source.bytes.data(), source, sizeof source);
    inet_ntop(AF_INET, payload.target.bytes.data(), target, sizeof target);
    const int size = snprintf(line.data(), line.size(), "%d.%06d IP %s.%d > %s.%d: flags %x, length %d\n",
                              static_cast<int>(payload.seconds), static_cast<int>(payload.microseconds), source,
                              static_cast<int>(payload.source_port), target, static_cast<int>(payload.target_port),
                              static_cast<unsigned>(payload.flags), static_cast<int>(payload.length));
    return static_cast<size_t>(size);
}

// Nanoseconds a call in the best of several rounds: other work on the machine only ever adds.
template <typename Body>
double measure(Body&& body) {
    constexpr int64_t lines = 300'000;
    double best = 1e9;
    for (int round = 0; round < 10; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        for (int64_t i = 0; i < lines; ++i) body(i);
        const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
        best = std::min(best, taken.count() / static_cast<double>(lines));
    }
    return best;
}

}  // namespace

int main() {
#ifndef __OPTIMIZE__
    return 77;  // says nothing without optimisation
#endif
    Payload payload;
    payload.source = *parse_ip("10.0.0.1");
    payload.target = *parse_ip("192.168.178.20");
    const RecordLayout layout = packet_line();

    CaptureSink capture;
    for (int64_t i = 0; i < 2'000'000; i += 12'345) {
        change(payload, i);
        std::array<char, 256> expected;
        const size_t size = c_line(payload, expected);
        capture.clear();
        capture.record(layout, reinterpret_cast<const std::byte*>(&payload), {.time_ns = 1});
        if (capture.output() == std::string_view(expected.data(), size)) continue;
        fprintf(stderr, "lines differ: %s", capture.output().c_str());
        return 1;
    }

    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    auto sink = make_text_sink(null, STDERR_FILENO, {});
    const double ours = measure([&](int64_t i) {
        change(payload, i);
        sink->record(layout, reinterpret_cast<const std::byte*>(&payload), {.time_ns = 1});
        sink->section(SectionStep::end_of_clause, {});
    });
    if (!sink->flush()) return 1;
    close(null);

    FILE* file = fopen("/dev/null", "w");
    if (file == nullptr) return 1;
    std::array<char, 256> line;
    const double theirs = measure([&](int64_t i) {
        change(payload, i);
        fwrite(line.data(), 1, c_line(payload, line), file);
    });
    fclose(file);
    printf("sink_ns_per_line %.1f\nsnprintf_ns_per_line %.1f\nratio %.1f\n", ours, theirs, theirs / ours);
    return theirs >= 2 * ours ? 0 : 1;
}
