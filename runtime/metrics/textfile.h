// The file of --textfile: for the textfile collector of Prometheus' node_exporter, which reads it whenever it is asked.
#pragma once

#include <string>
#include <string_view>

#include "builtins/base/result.h"

namespace probevue {

class Textfile {
public:
    // DIR/NAME.prom, NAME being the script's without what stands behind its dot. Errors (ExitStatus::usage): there is
    // no such directory, or nothing can be made in it.
    static Result<Textfile> open(const std::string& directory, std::string_view script);
    const std::string& path() const { return path_; }
    // As a whole: who reads it sees what was there, or all of this. Each series gets the label `script`, since the
    // collector reads the files of several. Errors: the disk is full, and its like.
    Status write(std::string_view text) const;

private:
    std::string path_;
    std::string script_;  // as a label
};

// Each series of a text in Prometheus' format, with a label before its others: `script="NAME"`, escaped already.
std::string with_label(std::string_view text, std::string_view label);

}  // namespace probevue
