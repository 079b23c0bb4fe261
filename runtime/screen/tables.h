// All tables of the live screen: what the variables of a program hold, and what it has printed.
//
// Many scripts print an array with each interval and empty it then. An array that has been emptied since it was printed
// is therefore shown as it was printed, until it is printed again; all others as they are at the moment.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/program/program.h"
#include "runtime/engine/engine.h"
#include "runtime/records/sink.h"
#include "runtime/screen/table.h"
#include "runtime/sinks/fields.h"

namespace probevue {

class ScreenTables final : private ValueVisitor {
public:
    ScreenTables() = default;
    ~ScreenTables() override = default;
    ScreenTables(const ScreenTables&) = delete;
    ScreenTables& operator=(const ScreenTables&) = delete;

    // Whose values are shown; both outlive the use of this.
    void attach(const Program& program, Engine& engine);
    // Reads all variables. `now_ns`: of a clock that does not go back, the same that printed() is told of.
    void frame(uint64_t now_ns);
    // What is printed is not taken in as long as nothing is to change.
    void pause(bool paused) { paused_ = paused; }
    // The script prints an array, or a table of several; both at the moment of the call.
    void printed(const ArrayLayout& layout, std::span<const ElementView> elements, uint64_t now_ns);
    void printed(const TableLayout& layout, std::span<const std::byte* const> rows, uint64_t now_ns);

    struct Shown {
        std::unique_ptr<ScreenTable> table;
        bool as_printed = false;        // not as it is at the moment
        bool is_printed_table = false;  // of print_table()
        bool is_variables = false;
    };
    // Arrays in the order of their declarations, then tables that have been printed, then the variables.
    const std::vector<Shown*>& all() const { return all_; }

private:
    // Elements as they were printed: whether they are to be shown is known when the array has been emptied.
    struct Copy {
        struct Element {
            std::string key;
            std::vector<Figure> figures;
            std::string text;
        };
        std::vector<Element> elements;
        uint64_t time_ns = 0;
        uint64_t since_ns = 0;  // when those before were printed, if the array was emptied behind that; else 0
        uint64_t emptied = 0;   // until then
    };
    struct Array : Shown {
        const ArrayLayout* layout = nullptr;
        uint64_t emptied = 0;  // as of the last frame
        uint64_t emptied_at_printing = 0;
        uint64_t printed_ns = 0;  // 0: not yet
        std::optional<Copy> copy;
    };
    struct Printed : Shown {
        const TableLayout* layout = nullptr;
        uint64_t emptied = 0;  // of all its arrays
        uint64_t printed_ns = 0;
    };

    void variable(const VariableDescription& variable, const std::byte* value) override;
    void array(uint32_t map, const ArrayLayout& layout, const AssociativeArray& elements, uint64_t emptied) override;

    ScreenTable::Keys keys_of(std::span<const RecordField> fields);
    std::vector<Figure> figures_of(const RecordField& field, const std::byte* value) const;
    std::string text_of(const RecordField& field, const std::byte* value);
    std::string remark_of(const RecordField& field, const std::byte* value);
    void settle(Array& array, uint64_t emptied);
    void put_variable(const std::string& name, const RecordField& field, const std::byte* value);
    uint64_t emptied(const TableLayout& layout) const;
    void list_all();

    const Program* program_ = nullptr;
    Engine* engine_ = nullptr;
    TextContext context_{
        .names = Names(false), .date = DateFormat(std::string(DateFormat::default_format)), .start_ns = 0};
    uint64_t now_ns_ = 0;
    bool paused_ = false;
    std::map<uint32_t, Array> arrays_;  // by index into Program::maps
    std::deque<Printed> printed_;
    Shown variables_;
    std::vector<Shown*> all_;
};

}  // namespace probevue
