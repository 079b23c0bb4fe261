// Ctrl-C: the first one ends the session in order, the second one ends the process.
#pragma once

namespace probevue {

class Session;

// While it exists, SIGINT, SIGTERM and SIGHUP stop the session. There is one at a time.
class StopOnSignal {
public:
    explicit StopOnSignal(Session& session);
    ~StopOnSignal();
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;
};

}  // namespace probevue
