// Placement: where each clause runs, decided by what it uses and by the variables it shares (design, section 5).
#pragma once

#include <string>

#include "compiler/ir/build.h"

namespace probevue {

// `--home`.
enum class HomeChoice : uint8_t { automatic, engine, kernel };

// Fills ClauseCode::home and home_reason. Returns an error text for each clause that `HomeChoice::kernel` asks for and
// that cannot run there.
std::vector<std::pair<size_t, std::string>> place(ir::Module& module, HomeChoice choice);

// `-d place`: a sentence a clause.
std::string dump_places(const ir::Module& module);

}  // namespace probevue
