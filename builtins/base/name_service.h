#pragma once

#include <string>
#include <string_view>

namespace probevue {

// What /etc/nsswitch.conf has the system ask for names of a database ("hosts", "passwd") and this program does not: the
// names of modules, joined by commas. Empty unless the program is statically linked. Then names come from files and DNS
// alone: modules fit the C library of their own system, and the one in the file is another.
std::string unasked_name_services(std::string_view database);

// The same of a text that is as /etc/nsswitch.conf is, whatever the program.
std::string modules_beyond_files(std::string_view text, std::string_view database);

// The end of a message on a name that was not found, which names the modules that were not asked; empty when there are
// none.
std::string of_unasked_services(std::string_view database);

}  // namespace probevue
