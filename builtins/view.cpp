#include "builtins/view.h"

#include <array>

namespace probevue {
namespace {

constexpr std::array rows{
#define VIEW(id, structure, doc) ViewRow{View::id, #id, structure, doc},
#define LEAD(...)
#define VIEW_FIELD(...)
#include "builtins/views.def"
#undef VIEW
#undef LEAD
#undef VIEW_FIELD
};
static_assert(rows.size() == view_count);

constexpr std::array lead_rows{
#define VIEW(...)
#define LEAD(from, to, path) Lead{View::from, View::to, path},
#define VIEW_FIELD(...)
#include "builtins/views.def"
#undef VIEW
#undef LEAD
#undef VIEW_FIELD
};

constexpr std::array fields{
#define VIEW(...)
#define LEAD(...)
#define VIEW_FIELD(view, field, path, conversion) \
    HookField{EventField::field, from_view, path, Conversion::conversion, View::view},
#include "builtins/views.def"
#undef VIEW
#undef LEAD
#undef VIEW_FIELD
};

// Rows of a view lie between bounds[view] and bounds[view + 1].
consteval auto bounds_of_views() {
    std::array<uint16_t, view_count + 1> bounds{};
    for (size_t i = 0; i < fields.size(); ++i) {
        if (i > 0 && fields[i].view < fields[i - 1].view)
            throw "rows of a view stand together, in the order of the views";
        for (size_t view = static_cast<size_t>(fields[i].view) + 1; view < bounds.size(); ++view)
            bounds[view] = static_cast<uint16_t>(i + 1);
    }
    return bounds;
}
constexpr auto bounds = bounds_of_views();

}  // namespace

std::span<const ViewRow> views() { return rows; }

const ViewRow& view_row(View view) { return rows[static_cast<size_t>(view)]; }

std::span<const HookField> view_fields(View view) {
    const auto index = static_cast<size_t>(view);
    return std::span(fields).subspan(bounds[index], bounds[index + 1] - bounds[index]);
}

std::span<const Lead> leads() { return lead_rows; }

}  // namespace probevue
