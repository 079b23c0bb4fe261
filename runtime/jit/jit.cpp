#include "runtime/jit/jit.h"

#include "runtime/jit/processor.h"

#if PROBEVUE_JIT_PROCESSOR

#include <optional>
#include <utility>

#include "runtime/jit/executable_memory.h"
#include "runtime/jit/translate.h"
#include "runtime/jit/unwind_table.h"

namespace probevue {

namespace {

#ifdef __x86_64__
constexpr auto translate = translate_x86_64;
#else
constexpr auto translate = translate_arm64;
#endif

class Compiled final : public Executable {
public:
    Compiled(ExecutableMemory memory, const FrameRule& rule)
        : memory_(std::move(memory)), unwinding_(memory_.begin(), memory_.size(), rule) {
        entry_ = reinterpret_cast<EntryFunction>(reinterpret_cast<uintptr_t>(memory_.begin()));
    }

private:
    ExecutableMemory memory_;
    UnwindTable unwinding_;
};

}  // namespace

bool jit_available() { return true; }

Result<std::unique_ptr<Executable>> compile_code(const std::vector<LinkedInsn>& code) {
    Result<MachineCode> made = translate(code);
    if (!made) return made.error();
    std::optional<ExecutableMemory> memory = ExecutableMemory::holding(made->bytes);
    if (!memory) return fail("no executable memory for the just-in-time compiler", "use --engine interp");
    return std::unique_ptr<Executable>(std::make_unique<Compiled>(std::move(*memory), made->frame));
}

}  // namespace probevue

#endif
