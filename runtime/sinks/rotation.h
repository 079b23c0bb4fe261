// A recording in several files, as tcpdump's -C, -G and -W make them. Each is a whole recording that can be replayed
// alone; together, with a -r for each, they give what one file would have given.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/sinks/recorder.h"

namespace probevue {

// When the next file begins, and how many there are. What is 0 is not so.
struct Rotation {
    uint64_t bytes = 0;    // -C: the file has grown beyond this
    uint64_t seconds = 0;  // -G: so much time has passed since it began, by the clock of packets and events
    uint32_t files = 0;    // -W: with `bytes` the first is written over again, with `seconds` alone the session ends
};

// The name of file `number` of those of the same second, as tcpdump.c (MakeFilename) makes it: with `seconds` the name
// is a format of strftime(3) for the local time at which the file begins; behind it comes the number, filled up with
// zeros where `files` and `bytes` are given, else left out for the first. Errors: the format gives nothing.
Result<std::string> rotated_name(const std::string& name, const Rotation& rotation, uint32_t number, uint64_t time_ns);

class RotatingRecorder final : public SessionTap {
public:
    // Called for each file before it is made.
    using MayWrite = std::function<Status(const std::string& path)>;

    // The first file is made at the beginning of the session; errors show in flush().
    RotatingRecorder(std::string name, Rotation rotation, MayWrite may_write);

    void interface(const PacketInterface& interface) override { interfaces_.push_back(&interface); }
    void shape(const EventShape& shape) override { shapes_.push_back(&shape); }
    void begin(uint64_t time_ns, const std::byte* process) override;
    void timers(uint64_t time_ns) override;
    void reached(uint64_t time_ns) override;
    void shifted(uint64_t time_ns, int64_t by_ns) override;
    void packet(const PacketView& packet, const PacketInterface& interface) override;
    void event(const Event& event) override;
    void ask_losses(std::function<std::vector<SourceEnd>()> losses) override { losses_ = std::move(losses); }
    void end(uint64_t time_ns, std::span<const SourceEnd> sources) override;
    bool has_enough() const override { return has_enough_; }
    Status flush() override;

private:
    void open(uint64_t time_ns, uint64_t order_ns);
    void close(uint64_t time_ns, std::span<const SourceEnd> sources);
    bool turn(uint64_t time_ns);

    std::string name_;
    Rotation rotation_;
    MayWrite may_write_;
    std::function<std::vector<SourceEnd>()> losses_;
    std::vector<const PacketInterface*> interfaces_;
    std::vector<const EventShape*> shapes_;
    const std::byte* process_ = nullptr;
    std::vector<SourceEnd> told_;  // losses that earlier files have
    std::unique_ptr<Recorder> recorder_;
    uint64_t latest_ns_ = 0;  // of all that the files hold
    uint64_t clock_ns_ = 0;   // the same since the system's clock was set back
    uint64_t since_ns_ = 0;   // when the file began whose time counts
    uint32_t number_ = 0;     // of -C
    uint32_t finished_ = 0;   // by time
    bool timed_ = false;      // intervals count
    bool has_enough_ = false;
    Status status_;
};

}  // namespace probevue
