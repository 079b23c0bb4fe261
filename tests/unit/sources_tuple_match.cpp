// Which tuples an event is for, and how they count its arguments.
#include <doctest/doctest.h>

#include <cstring>
#include <string_view>
#include <vector>

#include "builtins/event.h"
#include "compiler/program/system_calls.h"
#include "runtime/sources/tuple_match.h"

using namespace probevue;

namespace {

struct Frame {
    explicit Frame(ProbeKind kind) : bytes(event_frame_size()) {
        shape.kind = kind;
        shape.target = "*";
        event.is_packet = false;
        event.fields = bytes.data();
        event.shape = &shape;
    }
    void set(EventField field, int64_t value) {
        std::memcpy(bytes.data() + event_field(field).offset, &value, sizeof value);
        if (field == EventField::pid) event.pid = value;
        if (field == EventField::tid) event.tid = value;
    }
    void set(EventField field, std::string_view text) {
        std::memcpy(bytes.data() + event_field(field).offset, text.data(), text.size());
    }

    std::vector<std::byte> bytes;
    EventShape shape;
    Event event;
};

ProbeRequest calls_of(std::string_view name, CallNames names) {
    ProbeRequest request;
    request.kind = ProbeKind::syscall_entry;
    request.subject = SystemCallProbe{std::string(name), find_system_calls(name, names)};
    return request;
}

}  // namespace

TEST_CASE("a system call is for the tuples that mean it, each with its own first argument") {
    const ProbeRequest open = calls_of("open", CallNames::library);
    const ProbeRequest sleep = calls_of("nanosleep", CallNames::library);
    const ProbeRequest openat = calls_of("openat", CallNames::kernel);
    const ProbeRequest any = calls_of("*", CallNames::kernel);
    REQUIRE(openat.calls().size() == 1);
    Frame frame(ProbeKind::syscall_entry);
    frame.set(EventField::call_number, openat.calls().front().number);
    // By number in a running kernel, by name in a recording, which may be of another machine.
    for (const std::string_view name : {"", "openat"}) {
        frame.set(EventField::function, name);
        if (!name.empty()) frame.set(EventField::call_number, 1'000);
        CHECK(concerns(open, frame.event, false));
        CHECK(skipped_arguments(open, frame.event) == 1);
        CHECK(concerns(openat, frame.event, false));
        CHECK(skipped_arguments(openat, frame.event) == 0);
        CHECK(concerns(any, frame.event, false));
        CHECK(skipped_arguments(any, frame.event) == 0);
        CHECK_FALSE(concerns(sleep, frame.event, false));
    }
    Frame other(ProbeKind::syscall_entry);
    other.set(EventField::function, "clock_nanosleep");
    CHECK(concerns(sleep, other.event, false));
    CHECK(skipped_arguments(sleep, other.event) == 2);
}

TEST_CASE("older recordings hold a call once for each way to count its arguments") {
    const ProbeRequest open = calls_of("open", CallNames::library);
    const ProbeRequest openat = calls_of("openat", CallNames::kernel);
    Frame whole(ProbeKind::syscall_entry);
    Frame without_directory(ProbeKind::syscall_entry);
    without_directory.shape.skipped = 1;
    for (Frame* frame : {&whole, &without_directory}) frame->set(EventField::function, "openat");
    CHECK_FALSE(concerns(open, whole.event, true));
    CHECK(concerns(openat, whole.event, true));
    CHECK(concerns(open, without_directory.event, true));
    CHECK(skipped_arguments(open, without_directory.event) == 0);
    CHECK_FALSE(concerns(openat, without_directory.event, true));
}

TEST_CASE("the number in a tuple is a process, in @@sysproc a thread or the receiver of a signal too") {
    ProbeRequest request;
    for (const ProbeKind kind : {ProbeKind::sysproc, ProbeKind::syscall_entry}) {
        request.kind = kind;
        Frame frame(kind);
        frame.set(EventField::pid, 10);
        frame.set(EventField::tid, 11);
        frame.set(EventField::target_pid, 20);
        frame.set(EventField::target_tid, 21);
        for (const int64_t number : {10, 11, 20, 21, 30}) {
            CAPTURE(number);
            request.pid = number;
            const bool wanted = number == 10 || (kind == ProbeKind::sysproc && number != 30);
            CHECK(concerns(request, frame.event, false) == wanted);
        }
    }
}
