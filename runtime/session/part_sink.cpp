#include "runtime/session/part_sink.h"

#include <cstring>

#include "runtime/state/writer.h"

namespace probevue {

void PartSink::add(Kept kept, const void* bytes, size_t size) {
    kept.position = *position_;
    kept.at = (bytes_.size() + 7) & ~size_t{7};
    kept.size = size;
    bytes_.resize(kept.at + size);
    if (size != 0) std::memcpy(bytes_.data() + kept.at, bytes, size);
    kept_.push_back(kept);
}

void PartSink::record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) {
    if (!passes()) return add({.what = What::record, .layout = &layout, .origin = origin}, payload, layout.size);
    if (gives_out()) to_->record(layout, payload, origin);
}

void PartSink::array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
                     const RecordOrigin& origin) {
    if (gives_out()) to_->array(layout, elements, options, origin);
}

void PartSink::table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) {
    if (gives_out()) to_->table(layout, rows, origin);
}

void PartSink::text(std::string_view text, const RecordOrigin& origin) {
    if (!passes()) return add({.what = What::text, .origin = origin}, text.data(), text.size());
    if (gives_out()) to_->text(text, origin);
}

void PartSink::message(MessageKind kind, std::string_view text) {
    // Each part comes to the same warnings: they are kept, so that play() says each once.
    if (!passes() && !says_at_once_)
        return add({.what = What::message, .kind = static_cast<uint8_t>(kind)}, text.data(), text.size());
    if (to_ != nullptr) to_->message(kind, text);
}

void PartSink::section(SectionStep step, std::string_view id) {
    if (!passes()) return add({.what = What::section, .kind = static_cast<uint8_t>(step)}, id.data(), id.size());
    if (gives_out()) to_->section(step, id);
}

void PartSink::statistics(std::span<const Statistic> figures) {
    if (to_ != nullptr) to_->statistics(figures);
}

void PartSink::end(std::span<const Statistic> figures) {
    if (to_ != nullptr) to_->end(figures);
}

void PartSink::set_resolver(Resolver* resolver) {
    if (to_ != nullptr) to_->set_resolver(resolver);
}

void PartSink::set_start(uint64_t time_ns) {
    if (to_ != nullptr) to_->set_start(time_ns);
}

void PartSink::set_date_format(std::string_view format) {
    if (to_ != nullptr) to_->set_date_format(format);
}

Status PartSink::flush() { return to_ != nullptr && (passes() || says_at_once_) ? to_->flush() : Status{}; }

void PartSink::play(const Kept& kept, Sink& to, std::unordered_set<std::string>& said) const {
    const std::string_view text = text_of(kept);
    switch (kept.what) {
        case What::record:
            return to.record(*kept.layout, bytes_.data() + kept.at, kept.origin);
        case What::text:
            return to.text(text, kept.origin);
        case What::message:
            if (said.emplace(text).second) to.message(static_cast<MessageKind>(kept.kind), text);
            return;
        case What::section:
            return to.section(static_cast<SectionStep>(kept.kind), text);
    }
}

// Each part has its own in order, and no packet is in two: the earliest head is always the next. All is forgotten then.
template <typename Function>
void PartSink::in_order(std::span<PartSink* const> parts, Function&& f) {
    std::vector<size_t> heads(parts.size());
    for (;;) {
        size_t first = parts.size();
        for (size_t i = 0; i < parts.size(); ++i) {
            if (heads[i] == parts[i]->kept_.size()) continue;
            if (first == parts.size() ||
                parts[i]->kept_[heads[i]].position < parts[first]->kept_[heads[first]].position)
                first = i;
        }
        if (first == parts.size()) break;
        PartSink& part = *parts[first];
        const uint64_t position = part.kept_[heads[first]].position;
        // All of this packet at once: groups and sections are not to be torn apart.
        for (; heads[first] < part.kept_.size() && part.kept_[heads[first]].position == position; ++heads[first])
            f(part, part.kept_[heads[first]]);
    }
    for (PartSink* part : parts) {
        part->kept_.clear();
        part->bytes_.clear();
    }
}

void PartSink::play(std::span<PartSink* const> parts, Sink& to, std::unordered_set<std::string>& said) {
    in_order(parts, [&](const PartSink& part, const Kept& kept) { part.play(kept, to, said); });
}

void PartSink::write(std::span<PartSink* const> parts, StateWriter& state, const Machine& machine, Sink& messages,
                     std::unordered_set<std::string>& said) {
    in_order(parts, [&](const PartSink& part, const Kept& kept) {
        if (kept.what == What::message) return part.play(kept, messages, said);
        StateLine line{kept.position, kept.origin, kept.layout, part.bytes_.data() + kept.at, part.text_of(kept), {}};
        if (kept.what == What::section) line.section = static_cast<SectionStep>(kept.kind);
        state.line(machine, line);
    });
}

}  // namespace probevue
