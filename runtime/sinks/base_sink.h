// What the text and the JSON sink have in common: sections, start of the session, names, which processes are shown.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "runtime/records/sink.h"
#include "runtime/sinks/fields.h"
#include "runtime/sinks/options.h"
#include "runtime/sinks/sections.h"

namespace probevue {

class BaseSink : public Sink {
public:
    BaseSink(std::unique_ptr<Output> output, SinkOptions options);

    void set_date_format(std::string_view format) override { context_.date.set(format); }
    void set_resolver(Resolver* resolver) override { context_.names.set_resolver(resolver); }
    void set_start(uint64_t time_ns) override;
    void section(SectionStep step, std::string_view id) override { sections_.take(step, id); }
    Status flush() override { return sections_.flush(); }
    bool closed() const override { return sections_.closed(); }
    uint64_t lost() const override { return sections_.lost(); }

protected:
    // Called for each record: false when it is not to be shown.
    bool accept(const RecordOrigin& origin) {
        if (!started_) set_start(origin.time_ns);
        return !filters_ || options_.shows(origin);
    }

    const SinkOptions options_;
    Sections sections_;
    TextContext context_;

private:
    bool filters_;
    bool started_ = false;
};

// "note", "warning", "error".
std::string_view name_of(MessageKind kind);

}  // namespace probevue
