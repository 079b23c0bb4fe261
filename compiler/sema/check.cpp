// The walks over a script: again from the beginning while one learns something that an earlier use relied on
// (compiler/sema/plan.h). Each sees the whole syntax tree; only the last one's messages are shown.
#include <utility>

#include "compiler/sema/checker.h"
#include "compiler/sema/describe.h"
#include "compiler/sema/sema.h"
#include "compiler/sema/units.h"

namespace probevue {

checked::Script check(const ast::Script& script, const Source& source, const CheckOptions& options,
                      Diagnostics& diagnostics) {
    sema::Plan plan;
    sema::Hosts hosts;
    for (;;) {
        checked::Script out;
        Diagnostics found;
        plan.begin_pass();
        sema::Checker(out, source, options, found, plan, hosts).run(script);
        if (plan.changed()) continue;  // what the walk assumed has turned out to be too narrow
        if (!found.has_errors()) {
            infer_units(out);
            describe_variables(out, source);
        }
        for (const Diagnostic& message : found.all()) {
            switch (message.severity) {
                case Severity::error:
                    diagnostics.error(message.span, message.text, message.hint);
                    break;
                case Severity::warning:
                    diagnostics.warning(message.span, message.text, message.hint);
                    break;
                case Severity::note:
                    diagnostics.note(message.span, message.text);
                    break;
            }
        }
        return out;
    }
}

}  // namespace probevue
