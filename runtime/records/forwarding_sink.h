// A sink that passes everything on to another one: what changes something on the way overrides that alone.
#pragma once

#include <cstdint>

#include "runtime/records/sink.h"

namespace probevue {

class ForwardingSink : public Sink {
public:
    // `to` outlives this sink.
    explicit ForwardingSink(Sink& to) : to_(to) {}

    void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) override {
        to_.record(layout, payload, origin);
    }
    void array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
               const RecordOrigin& origin) override {
        to_.array(layout, elements, options, origin);
    }
    void table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) override {
        to_.table(layout, rows, origin);
    }
    void text(std::string_view text, const RecordOrigin& origin) override { to_.text(text, origin); }
    void message(MessageKind kind, std::string_view text) override { to_.message(kind, text); }
    void statistics(std::span<const Statistic> figures) override { to_.statistics(figures); }
    void end(std::span<const Statistic> figures) override { to_.end(figures); }
    void set_resolver(Resolver* resolver) override { to_.set_resolver(resolver); }
    void set_start(uint64_t time_ns) override { to_.set_start(time_ns); }
    void set_date_format(std::string_view format) override { to_.set_date_format(format); }
    void section(SectionStep step, std::string_view id) override { to_.section(step, id); }
    Status flush() override { return to_.flush(); }
    bool closed() const override { return to_.closed(); }
    uint64_t lost() const override { return to_.lost(); }

protected:
    Sink& to_;
};

}  // namespace probevue
