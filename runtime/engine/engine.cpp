#include "runtime/engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/engine/helpers.h"
#include "runtime/engine/load.h"
#include "runtime/engine/machine.h"
#include "runtime/engine/merge_values.h"
#include "runtime/engine/resolver.h"
#include "runtime/engine/saved_values.h"

namespace probevue {

namespace {

class MachineEngine final : public Engine {
public:
    MachineEngine(const Program& program, const EngineOptions& options, Sink& sink)
        : machine_(program, options, sink), resolver_(machine_) {}

    // Checks and prepares every clause whose home is the engine.
    Status load() {
        if (Status checked = check_maps(); !checked) return checked;
        uint32_t frame_size = 0;
        EngineKind kind = machine_.options.kind;
        std::string why_not;
        for (const ClauseCode& clause : machine_.program.clauses) {
            Loaded& loaded = clauses_.emplace_back();
            if (clause.home != Home::engine) continue;
            // Where machine code cannot be made, `kind` says so from then on: it is not tried again for each clause,
            // and told once.
            auto executable = load_code(clause.code, CodeScope{&machine_, clause.frame_size}, kind, &why_not);
            if (!executable) return located(executable.error(), clause);
            loaded.entry = (*executable)->entry();
            loaded.code = (*executable)->code();
            loaded.executable = std::move(*executable);
            frame_size = std::max(frame_size, clause.frame_size);
        }
        if (kind != machine_.options.kind) {
            machine_.sink.message(MessageKind::note, fmt::format("{}: programs run in the interpreter", why_not));
        }
        frame_.resize(frame_size / sizeof(Block) + 1);
        // Clauses run one at a time and share one frame, which grows downwards from r10 as in eBPF.
        frame_top_ = reinterpret_cast<std::byte*>(frame_.data() + frame_.size());
        return {};
    }

    bool run(size_t clause, EngineContext& context, const RecordOrigin& origin) override {
        const Loaded& loaded = clauses_[clause];
        if (loaded.entry == nullptr) [[unlikely]]
            return false;
        // What other places hold of these maps has to be here before the clause reads it.
        if (outside_ != nullptr && !machine_.program.clauses[clause].looks_at.empty())
            outside_->look(machine_.program.clauses[clause].looks_at);
        machine_.context = &context;
        machine_.origin = &origin;
        machine_.clause = &machine_.program.clauses[clause];
        const uint64_t result = loaded.entry(loaded.code, &context, frame_top_, &machine_);
        // Groups and sections do not outlast the clause, also when it has ended between their start and their end.
        if (machine_.sections_open) [[unlikely]] {
            machine_.sections_open = false;
            machine_.sink.section(SectionStep::end_of_clause, {});
        }
        return result != 0;
    }

    void hand_over(OutsideValues& values) override {
        outside_ = &values;
        values.hand_over(machine_);
    }

    void take_back() override {
        if (outside_ != nullptr) outside_->take_back();
        outside_ = nullptr;
    }

    void finish(const Outcome& outcome, const RecordOrigin& origin) override {
        switch (outcome.kind) {
            case Outcome::Kind::none:
                return;
            case Outcome::Kind::record:
                if (outcome.number < machine_.program.records.size())
                    machine_.sink.record(machine_.program.records[outcome.number], outcome.payload, origin);
                return;
            case Outcome::Kind::warning:
                return helpers::show_warning(machine_, outcome.number);
            case Outcome::Kind::exit:
                machine_.exit_requested = true;
                return;
        }
    }

    void started(uint64_t time_ns) override { machine_.started_ns = time_ns; }
    bool exit_requested() const override { return machine_.exit_requested; }
    std::optional<uint64_t> take_exit_after() override { return std::exchange(machine_.exit_after_ns, std::nullopt); }
    const EngineCounters& counters() const override { return machine_.counters; }
    Resolver& resolver() override { return resolver_; }
    void look_outside() override {
        if (outside_ == nullptr) return;
        const std::vector<MapDescription>& maps = machine_.program.maps;
        std::vector<uint32_t> kept;
        for (uint32_t i = 0; i < maps.size(); ++i) {
            const bool any = std::any_of(maps[i].variables.begin(), maps[i].variables.end(),
                                         [](const VariableDescription& one) { return one.home == Home::kernel; });
            if (maps[i].home == Home::kernel || any) kept.push_back(i);
        }
        if (!kept.empty()) outside_->look(kept);
    }
    void visit(ValueVisitor& visitor) override {
        look_outside();
        const std::vector<MapDescription>& maps = machine_.program.maps;
        for (uint32_t i = 0; i < maps.size(); ++i) {
            MapMemory& memory = machine_.maps[i];
            if (memory.kind == MapKind::globals) {
                for (const VariableDescription& variable : maps[i].variables)
                    show(variable, memory.bytes() + variable.value.offset, visitor);
            } else if (memory.kind == MapKind::array) {
                visitor.array(i, maps[i].layout, *memory.array, memory.emptied);
            }
        }
    }
    uint64_t emptied(uint32_t map) const override {
        return map < machine_.maps.size() ? machine_.maps[map].emptied : 0;
    }
    void save(SavedValues& values) override { save_values(machine_, values); }
    void restore(SavedValues& values) override { restore_values(machine_, values); }

    uint64_t merge(Engine& part) override { return merge_values(machine_, static_cast<MachineEngine&>(part).machine_); }
    Machine* machine() override { return &machine_; }
    void forget_sums(MergeClass least) override { probevue::forget_sums(machine_, least); }

    uint64_t add_stack(int64_t pid, std::span<const uint64_t> kernel, std::span<const uint64_t> user) override {
        StackTrace stack;
        // In a replay the process with this number would be another one: nothing is looked up in its memory.
        stack.pid = machine_.options.live && !user.empty() ? pid : 0;
        stack.kernel.assign(kernel.begin(), kernel.end());
        stack.user.assign(user.begin(), user.end());
        if (stack.pid != 0) machine_.symbolizer->look_at(stack.pid, stack.user);
        return machine_.stacks.intern(stack);
    }

private:
    struct Loaded {
        EntryFunction entry = nullptr;  // null: not ours
        const void* code = nullptr;
        std::unique_ptr<Executable> executable;
    };
    struct alignas(16) Block {
        std::byte bytes[16];
    };

    // Numbers of fewer than 8 bytes lie in the block as C has them; who is shown them reads 8.
    static void show(const VariableDescription& variable, const std::byte* at, ValueVisitor& visitor) {
        const RecordField& field = variable.value;
        int64_t whole = 0;
        if (field.kind == FieldKind::integer && field.width < sizeof whole) {
            std::memcpy(&whole, at, field.width);
            const int unused = 64 - field.width * 8;
            whole = field.is_signed ? whole << unused >> unused : whole;
            return visitor.variable(variable, reinterpret_cast<const std::byte*>(&whole));
        }
        if (field.kind == FieldKind::floating && field.width == sizeof(float)) {
            float narrow = 0;
            std::memcpy(&narrow, at, sizeof narrow);
            const double wide = narrow;
            return visitor.variable(variable, reinterpret_cast<const std::byte*>(&wide));
        }
        visitor.variable(variable, at);
    }

    Status check_maps() const {
        for (const MapDescription& map : machine_.program.maps) {
            const ArrayLayout& layout = map.layout;
            if (map.kind != MapKind::array) continue;
            // The arrays hash and compare keys by words.
            bool sound = layout.key_size != 0 && layout.key_size % 8 == 0 && layout.value_size % 8 == 0;
            for (const RecordField& key : layout.keys)
                sound = sound && uint64_t{key.offset} + key.size <= layout.key_size;
            if (!sound) return fail(fmt::format("array `{}`: keys and values must be whole 64-bit words", layout.name));
        }
        return {};
    }

    Error located(Error error, const ClauseCode& clause) const {
        error.message = fmt::format("{}:{}:{}: code of the clause: {}", machine_.program.script_name,
                                    clause.position.line, clause.position.column, error.message);
        return error;
    }

    Machine machine_;
    OutsideValues* outside_ = nullptr;
    MachineResolver resolver_;
    std::vector<Loaded> clauses_;
    std::vector<Block> frame_;
    std::byte* frame_top_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<Engine>> Engine::create(const Program& program, const EngineOptions& options, Sink& sink) {
    auto engine = std::make_unique<MachineEngine>(program, options, sink);
    if (Status loaded = engine->load(); !loaded) return loaded.error();
    return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace probevue
