// Private to compiler/sema: addresses of host names that stand in a script, resolved while compiling.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/address.h"
#include "builtins/base/result.h"

namespace probevue::sema {

class Hosts {
public:
    // The addresses that quoted text names: one when it is numeric, else all that the system's resolver gives, in order
    // of value. Errors: neither an address nor a name that can be resolved. Answers are kept.
    const Result<std::vector<IpAddress>>& addresses(const std::string& text);

private:
    std::map<std::string, Result<std::vector<IpAddress>>> known_;
};

// What to write where text is wanted that names an address, and `text` names none.
std::string address_hint(std::string_view text);

}  // namespace probevue::sema
