// What --help prints.
#include <fmt/format.h>

#include "runtime/options/flags.h"
#include "runtime/options/options.h"

namespace probevue {

std::string help_text() {
    std::string out =
        R"(usage: probevue                                    a session; .help helps
       probevue [flags] SCRIPT [arguments]        run until Ctrl-C or exit()
       probevue [flags] -e 'program' [arguments]  run a program given as text
       probevue -r FILE [SCRIPT]                  on a capture; alone: a session

)";
    for (const FlagRow& row : flag_rows) {
        if (row.summary.empty()) continue;
        std::string form = row.letter != 0 ? fmt::format("-{}", row.letter) : "";
        if (!row.name.empty()) form += fmt::format("{}--{}", form.empty() ? "" : ", ", row.name);
        if (!row.argument.empty()) form += fmt::format(" {}", row.argument);
        out += fmt::format("  {:<24} {}\n", form, row.summary);
    }
    return out + R"(
exit status: 0 normal end, 1 failed while running, 2 usage or compile error,
3 permission missing or kernel refuses, 4 loss with --fail-on-loss
try: probevue -e 'int n; @@net:bpf:any:*:"" { n++; }
                  @@interval:*:clock:1000 { printf("%d packets\n", n); }'
)";
}

}  // namespace probevue
