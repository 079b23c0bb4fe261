// Beside placement: reads the checked tree, because the line that is in the way stands there.
#include "compiler/merge/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "compiler/merge/accesses.h"

namespace probevue {
namespace {

using namespace merge;
using Kind = Access::Kind;

// Calls by which clauses on events mean the session as a whole.
struct CallRow {
    FunctionId function;
    const char* reason;
    bool of_hosts;  // parts that see all events of a host cannot do it either
};
constexpr CallRow call_rows[] = {
    {FunctionId::exit, "ends the session at an event, of which parts know nothing", true},
    {FunctionId::exit_after, "sets the session's end at an event, of which parts know nothing", true},
    {FunctionId::start_tentative, "holds output back until a later event decides", false},
    {FunctionId::commit_tentative, "decides about output of earlier events", false},
    {FunctionId::discard_tentative, "decides about output of earlier events", false},
    {FunctionId::thread_indent, "counts calls of a thread from event to event", false},
    {FunctionId::set_aso_print_options, "sets at an event how later ones print", true},
};

class Classifier {
public:
    Classifier(const checked::Script& script, const Source& source)
        : script_(script), source_(source), accesses_(find_accesses(script)) {}

    MergePlan run() {
        plan_.prints = accesses_.prints;
        choose_key();  // before decide(): is_flow() asks for it
        for (uint32_t i = 0; i < script_.variables.size(); ++i) {
            const checked::Variable& variable = script_.variables[i];
            if (variable.storage == checked::VariableClass::automatic ||
                variable.storage == checked::VariableClass::kernel)
                continue;
            add({SubjectKind::variable, i}, variable.name);
        }
        for (uint32_t i = 0; i < script_.lists.size(); ++i) add({SubjectKind::list, i}, script_.lists[i].name);
        for (uint32_t i = 0; i < script_.ranges.size(); ++i) add_range(i);
        for (uint32_t i = 0; i < script_.arrays.size(); ++i) add({SubjectKind::array, i}, script_.arrays[i].name);
        for (const SessionCall& call : accesses_.calls) add_call(call);
        add_end_between();
        return std::move(plan_);
    }

private:
    using List = std::vector<Access>;

    SourcePosition place(Span span) const {
        const Location at = source_.location(span.begin);
        return {at.line, at.column};
    }
    std::string line(const Access& access) const {
        const Location at = source_.location(access.span.begin);
        return fmt::format("{}:{}", at.line, at.column);
    }
    const List& of(Subject subject) const {
        static const List none;
        const auto found = accesses_.of.find(subject);
        return found == accesses_.of.end() ? none : found->second;
    }
    static const Access* first(const List& of, const std::function<bool(const Access&)>& holds) {
        const auto found = std::find_if(of.begin(), of.end(), holds);
        return found == of.end() ? nullptr : &*found;
    }
    static bool at_events(const Access& access) { return access.moment == Moment::events; }
    static bool reads(const Access& access) { return access.kind == Kind::read || access.kind == Kind::whole; }

    void add(Subject subject, const std::string& name);
    void add_range(uint32_t id);
    void add_call(const SessionCall& call);
    void add_end_between();
    void choose_key();
    bool is_table(const List& accesses, bool ports) const;
    void decide(Subject subject, const List& accesses, MergeVariable& out) const;
    bool is_constant(const List& accesses, MergeVariable& out) const;
    bool is_scratch(const List& accesses, MergeVariable& out) const;
    bool is_sum(const List& accesses, MergeVariable& out) const;
    bool is_flow(const List& accesses, MergeVariable& out) const;
    void refuse(const List& accesses, MergeVariable& out) const;

    const checked::Script& script_;
    const Source& source_;
    const Accesses accesses_;
    MergePlan plan_;
};

void Classifier::add(Subject subject, const std::string& name) {
    const List& accesses = of(subject);
    MergeVariable out;
    out.name = name;
    out.array = subject.kind == SubjectKind::array;
    if (!accesses.empty()) out.position = place(accesses.front().span);
    out.answered = first(accesses, [](const Access& one) {
                       return one.moment == Moment::interval || one.moment == Moment::end;
                   }) != nullptr;
    decide(subject, accesses, out);
    plan_.variables.push_back(std::move(out));
}

void Classifier::decide(Subject subject, const List& accesses, MergeVariable& out) const {
    const Access* touched = first(accesses, at_events);
    if (touched == nullptr) {
        out.reason = "is not used by clauses on events";
        return;
    }
    const bool of_threads = subject.kind == SubjectKind::variable &&
                            script_.variables[subject.id].storage == checked::VariableClass::thread;
    if (of_threads) {
        out.merge_class = MergeClass::serial;
        out.position = place(touched->span);
        out.reason = "belongs to a thread, whose events may be in several parts";
        return;
    }
    const bool array = subject.kind == SubjectKind::array;
    // In the order of what they ask for: the first that fits asks for least. Of an array no element is set anew by an
    // assignment to another one: it is no scratch.
    if (is_constant(accesses, out) || (!array && is_scratch(accesses, out)) || is_sum(accesses, out)) return;
    if (array && is_flow(accesses, out)) return;
    refuse(accesses, out);
}

// BEGIN alone writes it.
bool Classifier::is_constant(const List& accesses, MergeVariable& out) const {
    const Access* written = first(accesses, [](const Access& one) {
        // No event sees what END writes.
        return !reads(one) && one.moment != Moment::begin && one.moment != Moment::end;
    });
    if (written != nullptr) return false;
    out.reason =
        first(accesses, [](const Access& one) { return !reads(one) && one.moment == Moment::begin; }) != nullptr
            ? "is set in BEGIN, and later by no event"
            : "is set by no event";
    return true;
}

// Each clause that reads it has set it before, and nobody else does.
bool Classifier::is_scratch(const List& accesses, MergeVariable& out) const {
    const Access* kept = first(accesses, [](const Access& one) {
        if (!at_events(one)) return reads(one) || one.kind == Kind::add;
        return one.kind != Kind::assign && !one.set_before;
    });
    if (kept != nullptr) return false;
    out.reason = "is set anew by each clause that reads it";
    return true;
}

bool Classifier::is_sum(const List& accesses, MergeVariable& out) const {
    if (first(accesses, [](const Access& one) { return at_events(one) && one.kind != Kind::add; }) != nullptr)
        return false;
    out.rule = MergeRule::sum;
    const Access* looked = first(accesses, [](const Access& one) { return one.moment == Moment::interval; });
    if (looked == nullptr) {
        out.reason = "is only added to by clauses on events";
        return true;
    }
    out.merge_class = MergeClass::window;
    out.position = place(looked->span);
    out.reason = "is only added to by clauses on events, and used by an interval";
    return true;
}

// What all tables have in common decides what is hashed: it has to be a part of each key.
void Classifier::choose_key() {
    bool any = false;
    ShardKey key;
    bool addresses = true;
    bool ports = true;
    for (uint32_t i = 0; i < script_.arrays.size(); ++i) {
        MergeVariable unused;
        const List& accesses = of({SubjectKind::array, i});
        if (first(accesses, at_events) == nullptr || is_constant(accesses, unused) || is_sum(accesses, unused))
            continue;
        if (!is_table(accesses, false)) continue;  // serial by itself
        const bool has_ports = is_table(accesses, true);
        for (const Access& access : accesses) {
            if (!at_events(access)) continue;
            if (!any) key = {access.addresses.source, access.ports.source};
            any = true;
            addresses = addresses && access.addresses.source == key.addresses;
            ports = ports && has_ports && access.ports.source == key.ports;
        }
    }
    if (!any) return;
    if (!addresses) key.addresses = AddressSource::none;
    if (!ports) key.ports = PortSource::none;
    plan_.key = key;
}

// Has each key of clauses on events both addresses (and both ports), by the same variables each?
bool Classifier::is_table(const List& accesses, bool ports) const {
    return first(accesses, [&](const Access& one) {
               if (!at_events(one)) return one.moment != Moment::end;  // of no part, or of all
               if (one.kind == Kind::whole || one.kind == Kind::empty) return true;
               if (!one.addresses.from || !one.addresses.to || one.addresses.mixed) return true;
               return ports && (!one.ports.from || !one.ports.to || one.ports.mixed);
           }) == nullptr;
}

bool Classifier::is_flow(const List& accesses, MergeVariable& out) const {
    const bool nothing_common = plan_.key.addresses == AddressSource::none && plan_.key.ports == PortSource::none;
    if (nothing_common || !is_table(accesses, false)) return false;
    const bool flow = plan_.key.ports != PortSource::none && is_table(accesses, true);
    if (!flow && plan_.key.addresses == AddressSource::none) return false;
    out.rule = MergeRule::table;
    out.merge_class = flow ? MergeClass::flow : MergeClass::pair;
    out.position = place(first(accesses, at_events)->span);
    out.reason = flow ? "has both addresses and both ports of the packet in each key"
                      : "has both addresses of the packet in each key";
    return true;
}

void Classifier::refuse(const List& accesses, MergeVariable& out) const {
    out.merge_class = MergeClass::serial;
    const auto because = [&](const Access& access, std::string reason) {
        out.position = place(access.span);
        out.reason = std::move(reason);
    };
    const Access* added = first(accesses, [](const Access& one) { return at_events(one) && one.kind == Kind::add; });
    const Access* written =
        first(accesses, [](const Access& one) { return at_events(one) && !reads(one) && one.kind != Kind::add; });
    if (const Access* odd =
            first(accesses, [](const Access& one) { return at_events(one) && one.why_no_sum != nullptr; }))
        return because(*odd, fmt::format("cannot be added up: {}", odd->why_no_sum));
    if (const Access* whole =
            first(accesses, [](const Access& one) { return at_events(one) && one.kind == Kind::whole; }))
        return because(*whole, "is looked at as a whole by a clause on events");
    if (const Access* emptied =
            first(accesses, [](const Access& one) { return at_events(one) && one.kind == Kind::empty; }))
        return because(*emptied, "is emptied by a clause on events");
    const Access* read =
        first(accesses, [](const Access& one) { return at_events(one) && reads(one) && !one.set_before; });
    const Access* between = first(accesses, [](const Access& one) { return one.moment == Moment::interval; });
    if (written == nullptr && added == nullptr) {
        const Access* changed =
            first(accesses, [](const Access& one) { return one.moment == Moment::interval && !reads(one); });
        if (changed != nullptr && read != nullptr)
            return because(*changed,
                           fmt::format("is changed by an interval and read at {} by a clause on events", line(*read)));
    }
    if (read != nullptr && (written != nullptr || added != nullptr)) {
        const Access& change = written != nullptr ? *written : *added;
        return because(
            *read,
            fmt::format("is read by a clause on events, and what is there depends on those before ({})", line(change)));
    }
    if (between != nullptr && written != nullptr)
        return because(*between, fmt::format("is used by an interval and written at {}", line(*written)));
    if (written != nullptr && added != nullptr)
        return because(*written, fmt::format("is written by clauses on events and added to at {}", line(*added)));
    if (written != nullptr)
        return because(*written, "is written by clauses on events: the last one in time would have to win");
    because(*first(accesses, at_events), "is used in a way of which nothing can be said");
}

void Classifier::add_range(uint32_t id) {
    const List& accesses = of({SubjectKind::range, id});
    const Access* set =
        first(accesses, [](const Access& one) { return one.kind == Kind::assign && one.moment != Moment::begin; });
    MergeVariable out;
    out.name = script_.ranges[id].name;
    if (!accesses.empty()) out.position = place(accesses.front().span);
    out.reason = "has its slots from BEGIN";
    out.answered = true;  // with each list that is counted by it
    if (set != nullptr) {
        out.merge_class = MergeClass::serial;
        out.position = place(set->span);
        out.reason = "gets its slots outside of BEGIN, which parts know at different times";
    }
    plan_.variables.push_back(std::move(out));
}

void Classifier::add_call(const SessionCall& call) {
    const auto* const row = std::find_if(std::begin(call_rows), std::end(call_rows),
                                         [&](const CallRow& one) { return one.function == call.function; });
    // BEGIN calls in every part alike, interval and END clauses in one process alone.
    if (row == std::end(call_rows) || call.moment != Moment::events) return;
    plan_.obstacles.push_back({MergeClass::serial, fmt::format("{}() {}", function(row->function).name, row->reason),
                               place(call.span), row->of_hosts});
}

// An interval that ends the session has all sums of its window, and tables of later packets too. One that ends it some
// time later cuts a window, of which a state has nothing but the whole.
void Classifier::add_end_between() {
    const auto table = std::find_if(plan_.variables.begin(), plan_.variables.end(),
                                    [](const MergeVariable& one) { return one.rule == MergeRule::table; });
    for (const SessionCall& call : accesses_.calls) {
        if (call.moment != Moment::interval) continue;
        if (call.function == FunctionId::exit_after) {
            plan_.obstacles.push_back(
                {MergeClass::serial,
                 "exit_after() at an interval ends the session within a later one, of which parts "
                 "have only the whole",
                 place(call.span)});
            continue;
        }
        if (call.function != FunctionId::exit || table == plan_.variables.end()) continue;
        plan_.obstacles.push_back(
            {MergeClass::serial,
             fmt::format("{}() ends the session at an interval, where parts have not put `{}` together",
                         function(call.function).name, table->name),
             place(call.span), false});
    }
}

}  // namespace

MergePlan plan_merging(const checked::Script& script, const Source& source) { return Classifier(script, source).run(); }

std::string dump_merging(const MergePlan& plan) {
    std::string out;
    for (const MergeVariable& variable : plan.variables) {
        out += fmt::format("{}:{} {}: {}: {}\n", variable.position.line, variable.position.column, variable.name,
                           to_string(variable.merge_class), variable.reason);
    }
    for (const MergeObstacle& obstacle : plan.obstacles) {
        out += fmt::format("{}:{} {}: {}\n", obstacle.position.line, obstacle.position.column,
                           to_string(obstacle.merge_class), obstacle.reason);
    }
    const auto told = [](std::string_view of, const MergeObstacle& reason) {
        if (reason.merge_class == MergeClass::free) return fmt::format("{}: free\n", of);
        return fmt::format("{}: {}: at {}:{} {}\n", of, to_string(reason.merge_class), reason.position.line,
                           reason.position.column, reason.reason);
    };
    return out + told("hosts", plan.reason_of_hosts()) + told("script", plan.reason());
}

}  // namespace probevue
