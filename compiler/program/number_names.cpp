#include "compiler/program/number_names.h"

#include <csignal>
#include <cstring>
#include <limits>

#include "compiler/program/system_calls.h"

namespace probevue {
namespace {

// The C library takes an int, and knows no negative number.
std::string error_name(int64_t number) {
    const bool fits = number > -std::numeric_limits<int>::max() && number <= std::numeric_limits<int>::max();
    const char* name = fits ? strerrorname_np(static_cast<int>(number < 0 ? -number : number)) : nullptr;
    return name == nullptr || number == 0 ? std::to_string(number) : name;
}

// Signals of real time have no names of their own: as kill -l, they are counted from the first.
std::string signal_name(int64_t number) {
    if (number >= SIGRTMIN && number <= SIGRTMAX)
        return number == SIGRTMIN ? "SIGRTMIN" : "SIGRTMIN+" + std::to_string(number - SIGRTMIN);
    const char* name = number > 0 && number < NSIG ? sigabbrev_np(static_cast<int>(number)) : nullptr;
    return name == nullptr ? std::to_string(number) : std::string("SIG") + name;
}

}  // namespace

std::string name_of(NameSet set, int64_t number) {
    switch (set) {
        case NameSet::error:
            return error_name(number);
        case NameSet::signal:
            return signal_name(number);
        case NameSet::system_call:
            return system_call_name(number);
        default:
            return listed_name(set, number);
    }
}

}  // namespace probevue
