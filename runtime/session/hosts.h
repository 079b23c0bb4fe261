// Live sessions whose states are put together here: how far each has come, who is missing, whose clock is another one.
// Private to runtime/session.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/records/sink.h"
#include "runtime/state/reader.h"

namespace probevue {

// Times of this process, in nanoseconds.
struct HereNow {
    uint64_t monotonic = 0;
    uint64_t realtime = 0;
};

class Hosts {
public:
    // `sink` is told of hosts that go missing; it outlives this object. `streams`: names of those by which states come;
    // each brings those of one host at least.
    Hosts(Sink& sink, const std::vector<std::string>& streams);

    // Of what a state of a session is.
    enum class Take : uint8_t {
        counts,  // it is the newest one
        late,    // it is of before the newest: it has been taken, or given up
    };
    // A state of a live session has come by this stream; `reached_ns` is the time of its last window, by the host's
    // clock. Of a `chained` script each state has its own windows and lines: those that did not come are told, and
    // counted.
    Take take(const StateText& state, uint64_t reached_ns, size_t stream, bool chained, const HereNow& now);
    // Nothing comes any more by this stream.
    void stream_ended(size_t stream);
    // Who has not been heard of for long is missing from now on.
    void look(const HereNow& now);

    // Each host that is not missing has told all that happened before this time; UINT64_MAX: all sessions have ended.
    uint64_t complete_until() const;
    // Of the host that tells least often, in nanoseconds; 0: nobody has told anything.
    uint64_t longest_period() const;
    bool empty() const { return hosts_.empty(); }
    uint64_t missing() const;
    uint64_t lost_states() const { return lost_states_; }

private:
    struct Host {
        std::string name;
        size_t stream = 0;
        uint64_t sequence = 0;
        uint64_t reached_ns = 0;
        uint64_t heard_ns = 0;   // monotonic
        uint64_t period_ns = 0;  // 0: that was its last state
        bool missing = false;
        bool clock_told = false;

        bool ended() const { return period_ns == 0; }
    };

    struct Stream {
        std::string name;
        bool has_spoken = false;
        bool missing = false;

        bool is_awaited() const { return !has_spoken && !missing; }
    };

    void miss(Stream& stream, std::string_view why);
    void look_at_clock(Host& host, uint64_t reached_ns, const HereNow& now);
    void miss(Host& host, std::string_view why);

    Sink& sink_;
    std::vector<Stream> streams_;
    uint64_t first_heard_ns_ = 0;        // monotonic; 0: nobody has spoken
    std::map<std::string, Host> hosts_;  // by the UUID of the session
    uint64_t lost_states_ = 0;
};

}  // namespace probevue
