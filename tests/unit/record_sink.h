// For tests of what clauses print: a sink that takes records, and leaves the rest.
#pragma once

#include <span>
#include <string_view>

#include "runtime/records/sink.h"

namespace probevue {

class RecordSink : public Sink {
public:
    void array(const ArrayLayout&, std::span<const ElementView>, const ArrayPrintOptions&,
               const RecordOrigin&) override {}
    void table(const TableLayout&, std::span<const std::byte* const>, const RecordOrigin&) override {}
    void text(std::string_view, const RecordOrigin&) override {}
    void message(MessageKind, std::string_view) override {}
    Status flush() override { return {}; }
    bool closed() const override { return false; }
};

}  // namespace probevue
