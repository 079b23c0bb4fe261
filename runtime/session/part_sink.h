// What a part of a replay gives out, kept until all parts have come as far: then it goes on in the order of the packets
// that it is of. Private to runtime/session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "runtime/records/sink.h"

namespace probevue {

struct Machine;
class StateWriter;

class PartSink final : public Sink {
public:
    // `to` outlives this sink; null: what goes through is dropped.
    explicit PartSink(Sink* to) : to_(to) {}
    // Of what goes through messages alone do.
    void drop_output() { messages_alone_ = true; }
    // Messages are not kept.
    void say_at_once() { says_at_once_ = true; }
    bool is_empty() const { return kept_.empty(); }

    // What is given out from now on is of the packet at this position of the stream, which the caller counts up.
    void keep(const uint64_t& position) {
        position_ = &position;
        mode_ = Mode::keep;
    }
    void pass_through() { mode_ = Mode::through; }

    // Hands all that several parts have kept on to `to`, and forgets it. A message that has been said is not said
    // again: `said` knows them.
    static void play(std::span<PartSink* const> parts, Sink& to, std::unordered_set<std::string>& said);
    // The same, but for messages it goes into a state. `machine` is of a part.
    static void write(std::span<PartSink* const> parts, StateWriter& state, const Machine& machine, Sink& messages,
                      std::unordered_set<std::string>& said);

    void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) override;
    // Clauses on events of a script that may be split print no arrays.
    void array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
               const RecordOrigin& origin) override;
    void table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) override;
    void text(std::string_view text, const RecordOrigin& origin) override;
    void message(MessageKind kind, std::string_view text) override;
    void statistics(std::span<const Statistic> figures) override;
    void end(std::span<const Statistic> figures) override;
    void set_resolver(Resolver* resolver) override;
    void set_start(uint64_t time_ns) override;
    void set_date_format(std::string_view format) override;
    void section(SectionStep step, std::string_view id) override;
    Status flush() override;
    bool closed() const override { return to_ != nullptr && to_->closed(); }
    uint64_t lost() const override { return to_ != nullptr ? to_->lost() : 0; }

private:
    enum class Mode : uint8_t { through, keep };
    enum class What : uint8_t { record, text, message, section };
    struct Kept {
        uint64_t position = 0;
        What what = What::record;
        uint8_t kind = 0;                      // MessageKind, SectionStep
        const RecordLayout* layout = nullptr;  // record
        size_t at = 0;                         // in bytes_, a multiple of 8
        size_t size = 0;
        RecordOrigin origin = {};
    };

    bool passes() const { return mode_ == Mode::through; }
    bool gives_out() const { return to_ != nullptr && passes() && !messages_alone_; }
    void add(Kept kept, const void* bytes, size_t size);
    std::string_view text_of(const Kept& kept) const {
        return {reinterpret_cast<const char*>(bytes_.data() + kept.at), kept.size};
    }
    void play(const Kept& kept, Sink& to, std::unordered_set<std::string>& said) const;
    template <typename Function>
    static void in_order(std::span<PartSink* const> parts, Function&& f);

    Sink* to_;
    Mode mode_ = Mode::through;
    bool messages_alone_ = false;
    bool says_at_once_ = false;
    const uint64_t* position_ = nullptr;
    std::vector<Kept> kept_;
    std::vector<std::byte> bytes_;
};

}  // namespace probevue
