// Placement: where each clause runs, decided by what it does and by the variables it shares.
//
// A clause on events of the kernel runs there when
// - a program stands at the hook, so that it is not a message that tells of the event, and
// - no other thread can come between the operations of its program, as one can at functions of programs on kernels
//   before 6.10, and
// - every operation of it can (translate.h, kernel_calls.def), and
// - nothing comes of it that several processors at work at the same time make different from one after the other: it
//   does not read a variable and write it too, except by `+=`, `-=`, `++` and `--`, which are one step; nor does it
//   write one by adding and by assigning.
// Variables decide for the clauses that share them:
// - Clauses on packets, and on events when they run in the engine, run in the order of time. What one of them writes no
//   clause in the kernel uses, and what a clause in the kernel writes none of them uses.
// - An interval clause may read what clauses in the kernel write. It may write it too when they only add to it: what
// they
//   added is then fetched and forgotten there before the clause runs.
// - BEGIN and END are free: what BEGIN leaves is handed to the kernel before probes are enabled, and END finds all that
//   was kept there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/ir/build.h"
#include "compiler/program/kernel_facts.h"

namespace probevue {

// `--home`.
enum class HomeChoice : uint8_t { automatic, engine, kernel };

struct PlaceOptions {
    HomeChoice choice = HomeChoice::automatic;
    const KernelFacts* kernel = nullptr;  // to run on; null: events come from recordings
    std::optional<Rung> rung = {};        // the one rung of the ladder that is taken
    bool record = false;                  // the session is recorded: each event has to reach user space
    bool by_window = false;               // what intervals use is told at each of them, and forgotten here
    // By clause: why it cannot run in the kernel, found out behind this stage; empty: nothing is known of the kind.
    std::vector<std::string> denied;
};

// Fills ClauseCode::home, home_reason and looks_at, and where variables are kept. `module.functions` are simplified.
// Returns the reason for each clause on events of the kernel that `HomeChoice::kernel` asks for and that cannot run
// there.
std::vector<std::pair<size_t, std::string>> place(ir::Module& module, const PlaceOptions& options);

// `-d place`: a sentence a clause.
std::string dump_places(const ir::Module& module);

}  // namespace probevue
