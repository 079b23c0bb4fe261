// Between the engine and the sink while the live screen is there: what print() shows is drawn.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "runtime/records/forwarding_sink.h"

namespace probevue {

// Whoever draws what is printed. Views stay valid during the call only.
class PrintWatcher {
public:
    virtual ~PrintWatcher() = default;
    virtual void printed(const ArrayLayout& layout, std::span<const ElementView> elements) = 0;
    virtual void printed(const TableLayout& layout, std::span<const std::byte* const> rows) = 0;
};

class ScreenSink final : public ForwardingSink {
public:
    // The sink that owns the other one; `quiet`: what print() and print_table() print is not written as well while
    // somebody draws it.
    ScreenSink(std::unique_ptr<Sink> to, bool quiet) : ForwardingSink(*to), owned_(std::move(to)), quiet_(quiet) {}

    // Null: nobody. It outlives its use.
    void watch(PrintWatcher* watcher) { watcher_ = watcher; }

    void array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
               const RecordOrigin& origin) override {
        // rate() shows other numbers than the array has.
        const bool drawn = watcher_ != nullptr && options.form != ArrayPrintOptions::Form::rates;
        if (drawn) watcher_->printed(layout, elements);
        if (watcher_ == nullptr || !quiet_) to_.array(layout, elements, options, origin);
    }
    void table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) override {
        if (watcher_ != nullptr) watcher_->printed(layout, rows);
        if (watcher_ == nullptr || !quiet_) to_.table(layout, rows, origin);
    }

private:
    std::unique_ptr<Sink> owned_;
    bool quiet_;
    PrintWatcher* watcher_ = nullptr;
};

}  // namespace probevue
