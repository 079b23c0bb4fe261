// A text sink that keeps what it prints, for tests.
#pragma once

#include <string>
#include <utility>

#include "runtime/sinks/text_sink.h"

namespace probevue {

class CaptureSink final : public TextSink {
public:
    explicit CaptureSink(SinkOptions options = {})
        : CaptureSink(std::make_unique<MemoryOutput>(), std::move(options)) {}

    // What went to standard output so far, in its order; likewise standard error: eprintf records and messages.
    const std::string& output() { return written().data; }
    const std::string& errors() { return written().error; }
    // Empties both.
    void clear() {
        written();
        memory_->data.clear();
        memory_->error.clear();
    }

private:
    // The reference keeps `memory` in place until its address is taken.
    CaptureSink(std::unique_ptr<MemoryOutput>&& memory, SinkOptions options)
        : CaptureSink(memory.get(), std::move(memory), std::move(options)) {}
    CaptureSink(MemoryOutput* address, std::unique_ptr<MemoryOutput>&& memory, SinkOptions options)
        : TextSink(std::move(memory), std::move(options)), memory_(address) {}

    const MemoryOutput& written() {
        static_cast<void>(flush());  // memory takes everything
        return *memory_;
    }

    MemoryOutput* memory_;
};

}  // namespace probevue
