// The commands of an interactive session: what begins with a dot.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/list/complete.h"
#include "runtime/repl/workspace.h"

namespace probevue {

// What commands act on besides the workspace.
struct CommandContext {
    Workspace& workspace;
    // The next entry takes the place of this one; its text is offered for editing.
    std::function<void(unsigned number, const std::string& text)> edit;
    std::function<void(OutputFormat)> set_format;
    std::function<Status(std::string_view what)> watch;  // the live screen
    // Asks a question that is answered by yes or no; `yes` is done then. False: there is nobody who could be asked.
    std::function<bool(std::string question, std::function<void()> yes)> ask;
    bool quit = false;
};

// A word of other programs that has an answer here although it is no command: `help`, `quit`, `ls`, `read FILE`. What
// is a variable of that name means the variable.
bool is_bare_command(std::string_view text, std::span<const std::string> variables);

// Runs `.name argument`, or answers a bare command. Errors are said there and then.
void run_session_command(CommandContext& context, std::string_view text);

// Fills in the commands.
void add_commands(CompletionWords& words);

// A built-in, function, constant or type by its name, with the values of the last packet.
Result<std::string> describe_name(std::string_view name, const KeptPacket& last);

}  // namespace probevue
