// Behind the checker, which has left every conversion explicit; reads the tree and changes nothing.
#include "compiler/merge/accesses.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace probevue::merge {
namespace {

using namespace checked;

// What a built-in variable tells of the ends of a packet or a connection: one address, or one port.
struct Told {
    bool from = false;  // source, or local
    AddressSource addresses = AddressSource::none;
    PortSource ports = PortSource::none;
};

std::optional<Told> told_by(EventField field) {
    switch (field) {
        case EventField::local_addr:
        case EventField::remote_addr:
            return Told{field == EventField::local_addr, AddressSource::ip, PortSource::none};
        case EventField::local_port:
        case EventField::remote_port:
            return Told{field == EventField::local_port, AddressSource::none, PortSource::any};
        default:
            return std::nullopt;
    }
}

// The source whose ends have one at the place, and whether it is the packet's own.
template <typename Source>
std::optional<std::pair<Source, bool>> source_at(const EitherVersion& place) {
    for (size_t i = 0; i < static_cast<size_t>(Source::count); ++i) {
        const auto source = static_cast<Source>(i);
        const std::optional<PacketEnds>& ends = ends_of(source);
        if (ends && (ends->from == place || ends->to == place)) return std::pair(source, ends->from == place);
    }
    return std::nullopt;
}

std::optional<Told> told_by(const BuiltinRow& row) {
    if (const auto* field = std::get_if<EventField>(&row.from)) return told_by(*field);
    const std::optional<EitherVersion> place = place_of(row.from);
    if (!place) return std::nullopt;
    if (const auto address = source_at<AddressSource>(*place))
        return Told{address->second, address->first, PortSource::none};
    if (const auto port = source_at<PortSource>(*place)) return Told{port->second, AddressSource::none, port->first};
    return std::nullopt;
}

template <typename Part, typename Source>
void add_end(Part& part, bool from, Source source) {
    (from ? part.from : part.to) = true;
    part.mixed = part.mixed || (part.source != Source::none && part.source != source);
    part.source = source;
}

Moment moment_of(ProbeKind kind) {
    switch (kind) {
        case ProbeKind::begin:
            return Moment::begin;
        case ProbeKind::end:
            return Moment::end;
        case ProbeKind::interval:
            return Moment::interval;
        default:
            return Moment::events;
    }
}

class Walk {
public:
    explicit Walk(const Script& script) : script_(script) {}

    Accesses run() {
        for (uint32_t i = 0; i < script_.clauses.size(); ++i) {
            std::set<Moment> moments;
            for (const ProbeRequest& probe : script_.clauses[i].probes) moments.insert(moment_of(probe.kind));
            for (const Moment moment : moments) clause(i, moment);
        }
        return std::move(out_);
    }

private:
    void clause(uint32_t number, Moment moment) {
        clause_ = number;
        moment_ = moment;
        set_.clear();
        returned_ = false;
        definitions_.clear();
        const Clause& of = script_.clauses[number];
        count_definitions(of.body);
        if (of.predicate != nullptr) value(*of.predicate);
        block(of.body);
    }

    // --- statements ---

    void block(const Block& of) {
        for (const Stmt& statement : of.statements) {
            if (const auto* expression = std::get_if<ExprStmt>(&statement.node)) {
                walk(*expression->expr, false);
            } else if (const auto* inner = std::get_if<Block>(&statement.node)) {
                block(*inner);
            } else if (const auto* choice = std::get_if<IfStmt>(&statement.node)) {
                choose(*choice);
            } else if (std::holds_alternative<ReturnStmt>(statement.node)) {
                returned_ = true;
            }
        }
    }

    void choose(const IfStmt& choice) {
        value(*choice.condition);
        const std::set<VariableId> before = set_;
        const bool returned_before = returned_;
        block(choice.then);
        const std::set<VariableId> then = std::exchange(set_, before);
        const bool then_returned = std::exchange(returned_, returned_before);
        block(choice.otherwise);
        // A way that has ended says nothing of what is set behind it.
        if (returned_) {
            set_ = then;
        } else if (!then_returned) {
            std::set<VariableId> both;
            std::set_intersection(then.begin(), then.end(), set_.begin(), set_.end(), std::inserter(both, both.end()));
            set_ = std::move(both);
        }
        returned_ = returned_ && then_returned;
    }

    // Variables that a clause assigns once, and what: where it is sure to have happened, the variable stands for that.
    void count_definitions(const Block& of) {
        for (const Stmt& statement : of.statements) {
            if (const auto* expression = std::get_if<ExprStmt>(&statement.node)) {
                const auto* assign = std::get_if<Assign>(&expression->expr->node);
                const auto* to = assign != nullptr ? std::get_if<VariableRef>(&assign->target->node) : nullptr;
                if (to == nullptr) continue;
                auto [at, added] = definitions_.try_emplace(to->id, assign->value.get());
                if (!added) at->second = nullptr;
            } else if (const auto* inner = std::get_if<Block>(&statement.node)) {
                count_definitions(*inner);
            } else if (const auto* choice = std::get_if<IfStmt>(&statement.node)) {
                count_definitions(choice->then);
                count_definitions(choice->otherwise);
            }
        }
    }

    // Does the clause run for anything but packets?
    bool on_events() const {
        const std::vector<ProbeRequest>& probes = script_.clauses[clause_].probes;
        return std::any_of(probes.begin(), probes.end(),
                           [](const ProbeRequest& probe) { return probe.kind != ProbeKind::bpf; });
    }

    // --- keys ---

    // What a key is made of, if that is one end of the packet as it is.
    std::optional<Told> told(const Expr& expr) const {
        if (const auto* built_in = std::get_if<BuiltinRef>(&expr.node)) {
            // An event is in the shard of its socket, whose ends the packet that it is about need not have.
            const bool of_packet = !std::holds_alternative<EventField>(built_in->row->from);
            return of_packet && on_events() ? std::nullopt : told_by(*built_in->row);
        }
        if (const auto* convert = std::get_if<Convert>(&expr.node)) {
            // Cut to a byte, different ports are one key, whose packets are in several shards.
            if (expr.type->kind == TypeKind::integer && expr.type->size < sizeof(uint16_t)) return std::nullopt;
            return told(*convert->operand);
        }
        if (const auto* variable = std::get_if<VariableRef>(&expr.node)) {
            const auto defined = definitions_.find(variable->id);
            if (defined == definitions_.end() || defined->second == nullptr || !set_.contains(variable->id) ||
                written_apart_.contains({clause_, variable->id}))
                return std::nullopt;
            return std::holds_alternative<VariableRef>(defined->second->node) ? std::nullopt : told(*defined->second);
        }
        return std::nullopt;
    }

    void key(const std::vector<ExprPtr>& keys, Access& access) {
        for (const ExprPtr& one : keys) {
            if (one == nullptr) continue;
            const std::optional<Told> end = told(*one);
            if (!end) continue;
            if (end->addresses != AddressSource::none)
                add_end(access.addresses, end->from, end->addresses);
            else
                add_end(access.ports, end->from, end->ports);
        }
    }

    // --- expressions ---

    void value(const Expr& expr) { walk(expr, true); }

    Access& note(Subject subject, Access::Kind kind, Span span) {
        Access access;
        access.kind = kind;
        access.moment = moment_;
        access.span = span;
        access.set_before = subject.kind == SubjectKind::variable && set_.contains(subject.id);
        return out_.of[subject].emplace_back(access);
    }

    // An access to what an expression names; false: it names nothing that outlives the clause.
    bool touch(const Expr& target, Access::Kind kind, const char* why_no_sum = nullptr) {
        if (const auto* variable = std::get_if<VariableRef>(&target.node)) {
            if (script_.variables[variable->id].storage == VariableClass::automatic ||
                script_.variables[variable->id].storage == VariableClass::kernel)
                return true;
            note({SubjectKind::variable, variable->id}, kind, target.span).why_no_sum = why_no_sum;
            return true;
        }
        if (const auto* list = std::get_if<ListRef>(&target.node)) {
            note({SubjectKind::list, list->id}, kind, target.span).why_no_sum = why_no_sum;
            return true;
        }
        if (const auto* element = std::get_if<ElementRef>(&target.node)) {
            Access& access = note({SubjectKind::array, element->array}, kind, target.span);
            access.why_no_sum = why_no_sum;
            key(element->keys, access);
            return true;
        }
        return false;
    }

    void walk_keys(const Expr& target) {
        if (const auto* element = std::get_if<ElementRef>(&target.node)) {
            for (const ExprPtr& one : element->keys) value(*one);
        }
    }

    // What is written in part: s.member = x, s[i] = x.
    void assign_part(const Expr& target) {
        if (const auto* field = std::get_if<FieldRef>(&target.node)) return assign_part(*field->base);
        if (const auto* index = std::get_if<ArrayIndex>(&target.node)) {
            value(*index->index);
            return assign_part(*index->base);
        }
        if (std::holds_alternative<Dereference>(target.node)) return value(target);
        walk_keys(target);
        touch(target, Access::Kind::assign);
        if (const auto* variable = std::get_if<VariableRef>(&target.node))
            written_apart_.insert({clause_, variable->id});
    }

    void assign(const Assign& node) {
        value(*node.value);
        if (std::holds_alternative<VariableRef>(node.target->node) ||
            std::holds_alternative<ListRef>(node.target->node) ||
            std::holds_alternative<ElementRef>(node.target->node)) {
            walk_keys(*node.target);
            touch(*node.target, Access::Kind::assign);
            if (const auto* variable = std::get_if<VariableRef>(&node.target->node)) {
                const auto counted = definitions_.find(variable->id);
                if (counted == definitions_.end() || counted->second != node.value.get())
                    written_apart_.insert({clause_, variable->id});
                set_.insert(variable->id);
            }
            return;
        }
        assign_part(*node.target);
    }

    // Adds to an integer, or changes it in a way that depends on what was there.
    void change(const Expr& target, bool adds, TypeRef computed, bool used) {
        walk_keys(target);
        const bool whole = target.type->kind == TypeKind::integer || target.type->kind == TypeKind::timestamp;
        const char* why = nullptr;
        if (used)
            why = "what comes out of adding to it is used";
        else if (!whole || (computed != nullptr && computed->kind == TypeKind::floating))
            why = "sums of floating point numbers depend on the order";
        else if (target.type->is_boolean)
            why = "a _Bool holds 0 or 1, and no sum";
        else if (!adds)
            why = "what comes out depends on the order";
        if (why == nullptr && touch(target, Access::Kind::add)) return;
        if (why != nullptr && touch(target, Access::Kind::read, why)) {
            touch(target, Access::Kind::assign);
            if (const auto* variable = std::get_if<VariableRef>(&target.node))
                written_apart_.insert({clause_, variable->id});
            return;
        }
        value(target);
        assign_part(target);
    }

    void walk(const Expr& expr, bool used) {
        std::visit([&](const auto& node) { of(node, expr, used); }, expr.node);
    }

    void of(const VariableRef&, const Expr& expr, bool) { touch(expr, Access::Kind::read); }
    void of(const ListRef&, const Expr& expr, bool) { touch(expr, Access::Kind::read); }
    void of(const RangeRef& node, const Expr& expr, bool) {
        note({SubjectKind::range, node.id}, Access::Kind::read, expr.span);
    }
    void of(const ElementRef&, const Expr& expr, bool) {
        walk_keys(expr);
        touch(expr, Access::Kind::read);
    }
    void of(const FieldRef& node, const Expr&, bool) { value(*node.base); }
    void of(const ArrayIndex& node, const Expr&, bool) {
        value(*node.base);
        value(*node.index);
    }
    void of(const Dereference& node, const Expr&, bool) { value(*node.pointer); }
    void of(const Convert& node, const Expr&, bool used) { walk(*node.operand, used); }
    void of(const Unary& node, const Expr&, bool) { value(*node.operand); }
    void of(const IpAnyOf& node, const Expr&, bool) { value(*node.address); }
    void of(const Logical& node, const Expr&, bool) {
        value(*node.left);
        // The right side does not always run: what it sets is not sure.
        const std::set<VariableId> before = set_;
        value(*node.right);
        set_ = before;
    }
    void of(const Conditional& node, const Expr&, bool) {
        value(*node.condition);
        const std::set<VariableId> before = set_;
        value(*node.then);
        set_ = before;
        value(*node.otherwise);
        set_ = before;
    }
    void of(const Assign& node, const Expr&, bool) { assign(node); }
    void of(const CompoundAssign& node, const Expr&, bool used) {
        value(*node.value);
        change(*node.target, node.op == BinaryOp::add || node.op == BinaryOp::sub, node.computed, used);
    }
    void of(const IncDec& node, const Expr&, bool used) { change(*node.target, true, nullptr, used); }
    void of(const Call& node, const Expr& expr, bool) { call(node, expr); }
    void of(const Print& node, const Expr&, bool) {
        out_.prints = out_.prints || moment_ == Moment::events;
        for (const ExprPtr& argument : node.arguments) value(*argument);
    }
    void of(const ElementCall& node, const Expr& expr, bool) {
        const bool erases = node.function == FunctionId::delete_;
        const bool any =
            std::any_of(node.keys.begin(), node.keys.end(), [](const ExprPtr& one) { return one == nullptr; });
        for (const ExprPtr& one : node.keys) {
            if (one != nullptr) value(*one);
        }
        const Access::Kind kind = erases ? (any ? Access::Kind::empty : Access::Kind::erase)
                                         : (any ? Access::Kind::whole : Access::Kind::read);
        key(node.keys, note({SubjectKind::array, node.array}, kind, expr.span));
    }
    void of(const ArrayCall& node, const Expr& expr, bool) {
        if (node.function == FunctionId::set_aso_print_options) {
            out_.calls.push_back({node.function, moment_, expr.span});
            return;
        }
        note({SubjectKind::array, node.array},
             node.function == FunctionId::clear ? Access::Kind::empty : Access::Kind::whole, expr.span);
        out_.prints = out_.prints || moment_ == Moment::events;
    }
    void of(const TableCall& node, const Expr& expr, bool) {
        for (const ArrayId array : script_.tables[node.table].arrays)
            note({SubjectKind::array, array}, Access::Kind::whole, expr.span);
        out_.prints = out_.prints || moment_ == Moment::events;
    }
    // Compare, Binary and Concatenate, with what is in them; constants and what else has nothing in it.
    template <typename Node>
    void of(const Node& node, const Expr&, bool) {
        if constexpr (requires { node.left; }) {
            value(*node.left);
            value(*node.right);
        }
    }

    void call(const Call& node, const Expr& expr) {
        const FunctionId id = node.function->id;
        out_.calls.push_back({id, moment_, expr.span});
        out_.prints = out_.prints || (probevue::prints(id) && moment_ == Moment::events);
        const std::span<const Parameter> described = parameters(id);
        for (size_t i = 0; i < node.arguments.size(); ++i) {
            if (node.arguments[i] == nullptr) continue;
            const Expr& argument = *node.arguments[i];
            const Parameter* parameter = described.empty() ? nullptr : &described[std::min(i, described.size() - 1)];
            if (parameter != nullptr && i == 0 && adds_to_first(id)) {
                walk_keys(argument);
                touch(argument, Access::Kind::add);
            } else if (parameter != nullptr && sets_range(id) && i == 0) {
                if (const auto* range = std::get_if<RangeRef>(&argument.node))
                    note({SubjectKind::range, range->id}, Access::Kind::assign, argument.span);
            } else if (parameter != nullptr && is_filled(parameter->kind)) {
                assign_part(argument);
                const auto* variable = std::get_if<VariableRef>(&argument.node);
                if (variable != nullptr && fills_whole(id)) set_.insert(variable->id);
            } else {
                value(argument);
            }
        }
    }

    static bool adds_to_first(FunctionId id) {
        return id == FunctionId::append || id == FunctionId::add_dist || id == FunctionId::add_distinct ||
               id == FunctionId::qrange;
    }
    // Bytes that cannot be had are zero.
    static bool fills_whole(FunctionId id) {
        return id == FunctionId::copy_kdata || id == FunctionId::copy_userdata || id == FunctionId::sockfd_netinfo;
    }
    static bool sets_range(FunctionId id) {
        return id == FunctionId::set_range || id == FunctionId::add_range || id == FunctionId::clear_range;
    }

    const Script& script_;
    Accesses out_;
    uint32_t clause_ = 0;
    Moment moment_ = Moment::events;
    std::set<VariableId> set_;                                 // sure to have been assigned on the way to here
    bool returned_ = false;                                    // the way to here has ended
    std::map<VariableId, const Expr*> definitions_;            // null: more than one
    std::set<std::pair<uint32_t, VariableId>> written_apart_;  // by other means than whole assignments
};

}  // namespace

Accesses find_accesses(const Script& script) { return Walk(script).run(); }

}  // namespace probevue::merge
