// What a name stands for: variables, constants, built-in variables, __argN and __rv.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "builtins/base/text.h"
#include "builtins/foreign.h"
#include "builtins/giving.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

constexpr uint32_t max_argument = 32;           // AIX: __arg1 .. __arg32
constexpr uint32_t max_predicate_argument = 8;  // in predicates (probevue_var_entry)
constexpr std::string_view argument_prefix = "__arg";
constexpr std::string_view return_name = "__rv";

// The number in `__arg3`; empty for any other name.
std::optional<uint32_t> argument_number(std::string_view name) {
    if (!name.starts_with(argument_prefix) || name.size() == argument_prefix.size()) return std::nullopt;
    const std::string_view digits = name.substr(argument_prefix.size());
    // `__arg0` and `__arg01` are names like any other.
    if (digits[0] == '0') return std::nullopt;
    uint32_t number = 0;
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (status != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

// Forms of probes, for hints: "@@net:tcp:retransmit, ..."
std::string forms_of(const std::vector<const ProbePointRow*>& points) {
    constexpr size_t most = 3;
    std::string text;
    for (size_t i = 0; i < points.size(); ++i) {
        if (i == most) return text + ", ...";
        text += (i == 0 ? "" : ", ") + std::string(points[i]->form);
    }
    return text;
}

std::string forms_of(ProbeSet set) {
    std::vector<const ProbePointRow*> points;
    for (const ProbePointRow& row : probe_points()) {
        if (contains(set, row.kind) && row.unavailable.empty()) points.push_back(&row);
    }
    return forms_of(points);
}

// How many arguments the probe point gives, of all the ways into the kernel that the tuple means.
uint32_t arguments_given(const ProbeRequest& probe) {
    constexpr auto first = static_cast<uint32_t>(EventField::arg1);
    uint32_t count = 0;
    while (count < max_argument && giving(*probe.point, static_cast<EventField>(first + count)) != Giving::never)
        ++count;
    uint32_t skipped = 0;
    for (const SystemCall& call : probe.calls()) skipped = std::max<uint32_t>(skipped, call.skipped);
    return count - std::min(count, skipped);
}

std::string arguments_hint(uint32_t given) {
    return given == 0 ? std::string() : "the arguments there are __arg1 to __arg" + std::to_string(given);
}

// The number of the argument that a built-in is (`__r3`); 0: it is none.
uint32_t argument_of(const BuiltinRow& row) {
    const auto* field = std::get_if<EventField>(&row.from);
    if (field == nullptr || *field < EventField::arg1 || *field > EventField::arg32) return 0;
    return static_cast<uint32_t>(*field) - static_cast<uint32_t>(EventField::arg1) + 1;
}

std::string protocols_of(ProtocolSet set) {
    std::string text;
    for (const ProtocolRow& row : protocols()) {
        if ((set & static_cast<ProtocolSet>(row.protocol)) != 0)
            text += (text.empty() ? "" : ", ") + std::string(row.name);
    }
    return text;
}

std::string_view class_word(checked::VariableClass storage) {
    switch (storage) {
        case checked::VariableClass::automatic:
            return "auto";
        case checked::VariableClass::thread:
            return "thread";
        case checked::VariableClass::global:
            return "global";
        case checked::VariableClass::kernel:
            return "kernel";
    }
    return "global";
}

// What to write in place of a member that a built-in variable does not have.
std::string member_hint(std::string_view name, std::string_view member, const std::vector<std::string_view>& members) {
    std::string whole = fmt::format("{}->{}", name, member);
    std::transform(whole.begin(), whole.end(), whole.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::string hint(hint_of_foreign(ForeignPlace::member, whole));
    if (hint.empty()) hint = hint_of_foreign(ForeignPlace::member, member);
    if (hint.empty()) hint = did_you_mean(member, members);
    if (!hint.empty()) return hint;
    for (const std::string_view other : members)
        hint += fmt::format("{}{}", hint.empty() ? "its members are " : ", ", other);
    return hint;
}

// `ESTABLISHED` for TCPS_ESTABLISHED: the only constant that ends so.
std::string constant_without_prefix(std::string_view name) {
    std::string_view found;
    for (const ConstantRow& row : constants()) {
        if (!row.right.empty() || !row.name.ends_with(name) || row.name.size() == name.size()) continue;
        if (row.name[row.name.size() - name.size() - 1] != '_') continue;
        if (!found.empty()) return {};
        found = row.name;
    }
    return found.empty() ? std::string() : "did you mean " + shown(found) + "?";
}

// `dst_port`, as tcpdump and tshark name it, is a member of `__pkt`. Short names are more often those of a script.
std::string as_member(std::string_view name) {
    constexpr size_t short_name = 5;
    const BuiltinRow* row = name.size() > short_name ? find_builtin("__pkt", name) : nullptr;
    return row == nullptr ? std::string() : shown("__pkt->" + std::string(name)) + " is that of a packet; else ";
}

}  // namespace

Symbol* Checker::find(ast::StorageClass storage, const std::string& name) {
    if (storage == ast::StorageClass::none || storage == ast::StorageClass::automatic) {
        const auto found = automatics_.find(name);
        if (found != automatics_.end()) return &found->second;
        if (storage == ast::StorageClass::automatic) return nullptr;
    }
    const auto found = globals_.find(name);
    return found == globals_.end() ? nullptr : &found->second;
}

ExprPtr Checker::name(const ast::Name& name, Span span) {
    if (constants_only_) return constant_name(name.text, span);
    if (name.storage == ast::StorageClass::none && !group_.empty()) {
        if (const ConstantRow* row = find_constant(name.text, group_)) return constant_row(*row, span);
    }
    if (const Symbol* symbol = find(name.storage, name.text)) return symbol_value(*symbol, name, span);
    if (name.storage == ast::StorageClass::none) {
        if (argument_number(name.text) || name.text == return_name) return argument_or_return(name.text, span);
        if (find_constant(name.text) != nullptr) return constant_name(name.text, span);
        if (is_builtin(name.text)) return builtin(name.text, {}, span, span, span);
    }
    unknown_name(name, span);
    return nullptr;
}

ExprPtr Checker::symbol_value(const Symbol& symbol, const ast::Name& name, Span span) {
    switch (symbol.kind) {
        case Symbol::Kind::variable:
            ++infos_[symbol.id].uses;
            return variable(symbol.id, name, span, false);
        case Symbol::Kind::list:
            if (in_predicate_) {
                error(span, "a list cannot stand in a predicate");
                return nullptr;
            }
            return make(checked::ListRef{symbol.id}, types().simple(TypeKind::list), span);
        case Symbol::Kind::range:
            return make(checked::RangeRef{symbol.id}, types().simple(TypeKind::range), span);
        case Symbol::Kind::array:
            if (out_.arrays[symbol.id].bare)
                return make(checked::ElementRef{symbol.id, {}}, out_.arrays[symbol.id].value, span);
            lacks(span, shown(name.text) + " is an associative array and has no value itself",
                  "give a key: " + name.text + "[key]; print(" + name.text + ") prints it");
            return nullptr;
        case Symbol::Kind::enumerator:
            return enumerator(symbol.value, span);
        case Symbol::Kind::broken:
            break;
    }
    return nullptr;
}

// A reference to a variable; `stored`: it is about to be given a value.
ExprPtr Checker::variable(uint32_t id, const ast::Name& name, Span span, bool stored) {
    VariableInfo& info = infos_[id];
    const checked::Variable& variable = out_.variables[id];
    if (info.broken) return nullptr;
    const auto asked = static_cast<int>(name.storage) - static_cast<int>(ast::StorageClass::automatic);
    if (name.storage != ast::StorageClass::none && asked != static_cast<int>(variable.storage)) {
        error(span, shown(name.text) + " is a " + std::string(class_word(variable.storage)) + " variable",
              "write it as " + shown(std::string(class_word(variable.storage)) + ":" + name.text));
        return nullptr;
    }
    if (!predicate_allows(variable, id, name, span)) return nullptr;
    if (!stored) {
        if (variable.type == nullptr) {
            lacks(span, shown(name.text) + " has no type yet: nothing has been assigned to it");
            // Said once; further uses are passed over.
            info.broken = true;
            return nullptr;
        }
        if (variable.storage == checked::VariableClass::automatic && !info.assigned) {
            lacks(span, shown(name.text) + " is used before it is given a value",
                  "automatic variables begin without one in each clause");
            info.assigned = true;
        }
    }
    return make(checked::VariableRef{id}, variable.type, span);
}

// Rules of predicates about variables (AIX: probevue_predicate).
bool Checker::predicate_allows(const checked::Variable& variable, uint32_t id, const ast::Name& name, Span span) {
    if (!in_predicate_) return true;
    if (variable.storage == checked::VariableClass::automatic) {
        error(span, "automatic variable " + shown(name.text) + " cannot stand in a predicate",
              "test it with `if` in the clause");
        return false;
    }
    if (variable.storage == checked::VariableClass::kernel) {
        error(span, "kernel variable " + shown(name.text) + " cannot stand in a predicate",
              "test it with `if` in the clause");
        return false;
    }
    if (variable.type != nullptr && variable.type->kind == TypeKind::floating) {
        error(span, "floating point variable " + shown(name.text) + " cannot stand in a predicate");
        return false;
    }
    if (variable.storage != checked::VariableClass::thread) return true;
    if (name.storage == ast::StorageClass::none) {
        error(span, "thread-local variable " + shown(name.text) + " needs its prefix in a predicate",
              "write `thread:" + name.text + "`");
        return false;
    }
    std::vector<checked::VariableId>& locals = clause_->predicate_thread_locals;
    if (std::find(locals.begin(), locals.end(), id) == locals.end()) locals.push_back(id);
    return true;
}

// An int; what an int does not hold is unsigned, as gcc has it: C takes none that is larger.
ExprPtr Checker::enumerator(int64_t value, Span span) {
    return integer(value, value > INT32_MAX ? types().integer(4, false) : int_type(), span);
}

// A constant of the language or of the script's enumerations.
ExprPtr Checker::constant_name(const std::string& name, Span span) {
    const Symbol* symbol = find(ast::StorageClass::none, name);
    if (symbol != nullptr && symbol->kind == Symbol::Kind::enumerator) return enumerator(symbol->value, span);
    if (symbol != nullptr && symbol->kind == Symbol::Kind::broken) return nullptr;
    const ConstantRow* row = symbol == nullptr ? find_constant(name) : nullptr;
    if (row == nullptr) {
        error(span, shown(name) + " is no constant");
        return nullptr;
    }
    return constant_row(*row, span);
}

ExprPtr Checker::constant_row(const ConstantRow& written, Span span) {
    const ConstantRow* row = &written;
    if (!row->right.empty()) {
        warning(span, shown(row->name) + " is a misprint of the AIX documents",
                "the right spelling is " + shown(row->right));
        if (const ConstantRow* right = find_constant(row->right)) row = right;
    }
    const bool small = row->value >= INT32_MIN && row->value <= INT32_MAX;
    return integer(row->value, small ? int_type() : types().integer(8, true), span);
}

// --- __argN, __rv -------------------------------------------------------------------------------------------------

ExprPtr Checker::argument_or_return(const std::string& name, Span span) {
    if (clause_ == nullptr) {
        error(span, shown(name) + " can only be used in a clause");
        return nullptr;
    }
    return name == return_name ? return_value(span) : argument_value(name, span);
}

// The prototype of the function that the clause probes; null after an error.
const Prototype* Checker::probed_prototype(const std::string& name, Span span, ProbeSet where, std::string_view when) {
    if (!probes_known_) return nullptr;
    if (clause_->probes.size() != 1) {
        error(span,
              shown(name) + " needs a clause with exactly one probe point, this one has " +
                  std::to_string(clause_->probes.size()),
              "write a clause for each probe point");
        return nullptr;
    }
    const ProbeRequest& probe = clause_->probes.front();
    if (!contains(where, probe.kind)) {
        std::string hint = "it exists at the " + std::string(when) + " of a function: " + forms_of(where);
        if (contains(syscall_probes | function_probes, probe.kind) && when == "entry") {
            hint = "keep it in a `thread:` variable at the entry";
        }
        error(span, shown(name) + " has no meaning in " + probe.text, std::move(hint));
        return nullptr;
    }
    const auto found = prototypes_.find(probe.name());
    if (found == prototypes_.end()) {
        std::string hint = "name the function in the probe point, and write its prototype";
        if (probe.name() != "*" && name == return_name)
            hint = "write it at the top; for the result alone: int " + probe.name() + "();";
        else if (probe.name() != "*")
            hint = "write it at the top, such as: int " + probe.name() + "(int first, char *second);";
        lacks(span,
              shown(name) + " cannot be used: no prototype of " + shown(probe.name()) + " stands before this clause",
              std::move(hint));
        return nullptr;
    }
    return found->second.broken ? nullptr : &found->second;
}

ExprPtr Checker::argument_value(const std::string& name, Span span) {
    const uint32_t number = *argument_number(name);
    if (number > max_argument) {
        error(span, shown(name) + " does not exist", "arguments are __arg1 to __arg" + std::to_string(max_argument));
        return nullptr;
    }
    if (in_predicate_ && number > max_predicate_argument) {
        error(span, shown(name) + " cannot stand in a predicate",
              "predicates know __arg1 to __arg" + std::to_string(max_predicate_argument));
        return nullptr;
    }
    if (clause_->probes.size() == 1) {
        const uint32_t given = arguments_given(clause_->probes.front());
        if (given > 0 && number > given) {
            error(span, shown(name) + " has no meaning in " + clause_->probes.front().text, arguments_hint(given));
            return nullptr;
        }
    }
    constexpr ProbeSet of_kernel = ProbeKind::systrace | ProbeKind::kernel_entry;
    const bool traced = clause_->probes.size() == 1 && contains(of_kernel, clause_->probes.front().kind);
    if (traced && !prototypes_.contains(clause_->probes.front().name()))
        return make(checked::ArgumentRef{number}, types().integer(8, true), span);
    const ProbeSet where = traced ? of_kernel : ProbeKind::syscall_entry | ProbeKind::function_entry;
    const Prototype* prototype = probed_prototype(name, span, where, "entry");
    if (prototype == nullptr) return nullptr;
    if (is_traced() && !prototype_fits(clause_->probes.front().name(), *prototype, span)) return nullptr;
    if (number > prototype->parameters.size()) {
        if (prototype->variadic) return make(checked::ArgumentRef{number}, types().integer(8, true), span);
        error(span, "the prototype of " + shown(clause_->probes.front().name()) + " has " +
                        std::to_string(prototype->parameters.size()) +
                        (prototype->parameters.size() == 1 ? " parameter" : " parameters"));
        return nullptr;
    }
    const TypeRef type = prototype->parameters[number - 1];
    if (type->kind == TypeKind::floating || type->is_memory()) {
        error(span, shown(name) + " is " + shown(type) + ", which is not passed in a general register",
              "only integers and pointers can be read");
        return nullptr;
    }
    return make(checked::ArgumentRef{number}, in_space(type, traced ? AddressSpace::kernel : AddressSpace::user), span);
}

ExprPtr Checker::return_value(Span span) {
    const std::string name(return_name);
    const bool of_kernel = clause_->probes.size() == 1 && clause_->probes.front().kind == ProbeKind::kernel_exit;
    if (of_kernel && !prototypes_.contains(clause_->probes.front().name()))
        return make(checked::ReturnValueRef{}, types().integer(8, true), span);
    const ProbeSet where = ProbeKind::syscall_exit | ProbeKind::function_exit | ProbeKind::kernel_exit;
    const Prototype* prototype = probed_prototype(name, span, where, "exit");
    if (prototype == nullptr) return nullptr;
    const std::string& function = clause_->probes.front().name();
    if (prototype->result == nullptr) {
        error(span, shown(name) + " cannot be used: the prototype of " + shown(function) + " has no return type",
              "write one, such as: int " + function + "(...)");
        return nullptr;
    }
    const TypeRef type = prototype->result;
    if (type->kind == TypeKind::void_) {
        error(span, shown(function) + " returns nothing");
        return nullptr;
    }
    if (type->kind == TypeKind::floating || type->is_memory()) {
        error(span, shown(name) + " is " + shown(type) + ", which is not returned in a general register");
        return nullptr;
    }
    return make(checked::ReturnValueRef{}, in_space(type, of_kernel ? AddressSpace::kernel : AddressSpace::user), span);
}

// --- built-in variables -------------------------------------------------------------------------------------------

ExprPtr Checker::builtin(const std::string& name, const std::string& member, Span name_span, Span member_span,
                         Span span) {
    const std::string written = member.empty() ? name : name + "->" + member;
    const BuiltinRow* row = find_builtin(name, member);
    if (row == nullptr) {
        std::vector<std::string_view> members;
        for (const BuiltinRow& other : builtin_rows()) {
            if (other.name == name && !other.member.empty()) members.push_back(other.member);
        }
        if (member.empty()) {
            error(name_span, shown(name) + " has members and no value itself",
                  members.empty() ? "" : "such as " + shown(name + "->" + std::string(members.front())));
        } else if (members.empty()) {
            error(member_span, shown(name) + " has no members");
        } else {
            error(member_span, shown(name) + " has no member " + shown(member), member_hint(name, member, members));
        }
        return nullptr;
    }
    if (!row->unavailable.empty()) {
        error(span, shown(written) + " does not exist on Linux", std::string(row->unavailable));
        return nullptr;
    }
    if (!row->right.empty()) {
        warning(name_span, shown(name) + " is a misprint of the AIX documents",
                "the right spelling is " + shown(row->right));
        if (const BuiltinRow* right = find_builtin(row->right, member)) row = right;
    }
    if (clause_ == nullptr) {
        error(span, shown(written) + " can only be used in a clause");
        return nullptr;
    }
    if (!builtin_fits(*row, written, span)) return nullptr;
    warn_of_nobody(*row, written, span);
    return make(checked::BuiltinRef{row}, types().of(row->type), span);
}

// Does the built-in have a meaning in every probe point of the clause? `called`: a function is meant that reads it.
bool Checker::builtin_fits(const BuiltinRow& row, const std::string& written, Span span, bool called) {
    if (!probes_known_) return false;
    for (const ProbeRequest& probe : clause_->probes) {
        if (!is_visible(row, *probe.point)) {
            error(span, shown(written) + " has no meaning in " + probe.text,
                  "it exists in " + forms_of(points_of(row)));
            return false;
        }
        if (argument_of(row) > 0 && argument_of(row) > arguments_given(probe)) {
            error(span, shown(written) + " has no meaning in " + probe.text, arguments_hint(arguments_given(probe)));
            return false;
        }
        if (probe.kind != ProbeKind::bpf || row.protocols == 0) continue;
        const Protocol protocol = probe.packets().protocol;
        if ((row.protocols & static_cast<ProtocolSet>(protocol)) == 0) {
            const std::string filled = protocols_of(row.protocols);
            std::string hint = (called ? "it can be called with protocol " : "it is filled with protocol ") + filled;
            if (protocol == Protocol::any)
                hint += "; with `*`, read `__pkt`, or the packet with copy_kdata(__mdata, variable)";
            error(span,
                  shown(written) + (called ? " finds nothing with protocol " : " is never filled with protocol ") +
                      shown(protocol_row(protocol).name),
                  std::move(hint));
            return false;
        }
    }
    return true;
}

// Scripts of AIX ask for the process where Linux has none.
void Checker::warn_of_nobody(const BuiltinRow& row, const std::string& written, Span span) {
    if (nobody_told_) return;
    for (const ProbeRequest& probe : clause_->probes) {
        if (!is_nobodys(row, *probe.point)) continue;
        nobody_told_ = true;
        const bool text = row.type.kind == ValueKind::string;
        warning(
            span,
            "no process is known in " + probe.text + ": " + shown(written) + " is always " + (text ? "empty" : "0"),
            probe.kind == ProbeKind::bpf
                ? "the kernel handles it in an interrupt, whatever process runs then; `__owner` is the process whose "
                  "packet it is"
                : "the kernel handles it in an interrupt, whatever process runs then; @@syscallx probes and "
                  "@@net:tcp:state_change run in the process that calls");
        return;
    }
}

// --- names that stand for nothing ---------------------------------------------------------------------------------

std::vector<std::string_view> Checker::names_in_scope() const {
    std::vector<std::string_view> names;
    for (const auto& [name, symbol] : automatics_) {
        if (symbol.kind != Symbol::Kind::broken) names.push_back(name);
    }
    for (const auto& [name, symbol] : globals_) {
        if (symbol.kind != Symbol::Kind::broken) names.push_back(name);
    }
    return names;
}

void Checker::unknown_name(const ast::Name& name, Span span) {
    if (options_.incomplete && !name.text.starts_with("__")) {
        broken_name(name.text, name.storage, span);
        return;
    }
    if (in_predicate_ && name.storage == ast::StorageClass::automatic) {
        error(span, "automatic variable " + shown(name.text) + " cannot stand in a predicate",
              "test it with `if` in the clause");
        return;
    }
    if (name.storage != ast::StorageClass::none) {
        error(span, shown(name.text) + " is not declared, and nothing is assigned to it before",
              did_you_mean(name.text, names_in_scope()));
        broken_name(name.text, name.storage, span);
        return;
    }
    if (find_function(name.text) != nullptr) {
        error(span, shown(name.text) + " is a function", "call it: " + name.text + "(...)");
        return;
    }
    std::vector<std::string_view> names = names_in_scope();
    for (const ConstantRow& row : constants()) {
        if (row.right.empty() && !row.group.ends_with("_attribute")) names.push_back(row.name);
    }
    std::string_view last;
    for (const BuiltinRow& row : builtin_rows()) {
        if (row.right.empty() && row.name != last) names.push_back(last = row.name);
    }
    if (name.text.starts_with("__")) {
        std::string hint(hint_of_foreign(ForeignPlace::name, name.text));
        if (hint.empty()) hint = did_you_mean(name.text, names);
        if (hint.empty()) hint = "probevue -l -v lists the built-in variables of each probe";
        error(span, "there is no built-in variable " + shown(name.text), std::move(hint));
    } else if (name.text == "ANY") {
        error(span, "`ANY` stands for a key in exists() and delete() only");
    } else {
        std::string hint;
        // AIX: an argument is replaced as text, and the shell has taken its quotes away.
        if (!source_.substituted_from(span.begin).empty())
            hint = fmt::format("a text that is handed over brings its quotes: '\"{}\"'", name.text);
        if (hint.empty()) hint = hint_of_foreign(ForeignPlace::name, name.text);
        if (hint.empty() && is_builtin("__" + name.text)) hint = "did you mean " + shown("__" + name.text) + "?";
        if (hint.empty()) hint = did_you_mean(name.text, names);
        if (hint.empty()) hint = constant_without_prefix(name.text);
        if (hint.empty()) hint = as_member(name.text) + "declare it (`int " + name.text + ";`) or assign to it before";
        error(span, shown(name.text) + " is not declared, and nothing is assigned to it before", std::move(hint));
    }
    broken_name(name.text, name.storage, span);
}

}  // namespace probevue::sema
