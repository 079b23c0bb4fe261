// Signals of a run: the first Ctrl-C ends the session in order, a second one the process; SIGUSR1 asks for figures.
#pragma once

namespace probevue {

class Session;

// Does the process take no notice of the signal, as whoever started it (nohup) wants?
bool is_ignored(int number);

// From now on SIGUSR1 ends nothing, whether there is a session that it can ask or not.
void let_figures_be_asked_for();

// While it exists SIGINT, SIGTERM and SIGHUP stop the session, in the same way, and SIGUSR1 makes it give figures.
// Another one of the three ends the process at once if it comes more than half a second after the first: who forwards a
// signal (GNU timeout, service managers) sends it twice, to the process and to its group. SIGHUP stays ignored when the
// program was started so (nohup). There is one at a time.
class StopOnSignal {
public:
    explicit StopOnSignal(Session& session);
    // Signals that are the second of a pair still end nothing afterwards.
    ~StopOnSignal();
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    // For more than half a second the session has been told to stop. From then on calls that wait are interrupted twice
    // a second, so that those who wait for a reader find out.
    static bool overdue();
    // SIGUSR1 has come since this was asked last.
    static bool take_question();
    // It was Ctrl-C on the terminal that stopped the session, not a signal that a process has sent.
    static bool by_key();
};

}  // namespace probevue
