// One kernel program while it is written: where the hook's arguments are, what has been computed, how paths are
// followed. Private to compiler/hooks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "builtins/hooks.h"
#include "compiler/kernel/code.h"
#include "compiler/kernel/maps.h"
#include "compiler/program/hook_choice.h"
#include "compiler/program/kernel_facts.h"
#include "compiler/program/program.h"

namespace probevue {

// An address in the kernel. Of the first `known` bytes the kernel's verifier knows the type: they are loaded directly;
// everything else is read with bpf_probe_read_kernel, which costs a call.
struct KernelPointer {
    ir::Operand value;
    uint32_t known = 0;
};

class Hook {
public:
    Hook(const KernelFacts& facts, const HookRow& row, std::string_view target, KernelMaps maps)
        : facts_(facts),
          row_(row),
          target_(target),
          prototype_(prototype_of(row, target, facts).value_or(Prototype{})),
          maps_(maps) {}

    const HookRow& row() const { return row_; }
    const std::string& target() const { return target_; }  // tracepoint or function
    const Prototype& prototype() const { return prototype_; }
    const KernelFacts& facts() const { return facts_; }
    KernelMaps& maps() { return maps_; }
    KernelCode& code() { return code_; }
    // A path or an enumerator that the kernel does not have; the program cannot be made. Empty: all were there.
    const std::string& missing() const { return missing_; }
    // Says so of anything else that the program needs.
    void lacks(std::string what) {
        if (missing_.empty()) missing_ = std::move(what);
    }

    // --- reading
    ir::Operand argument(int8_t number);          // or from_result
    ir::Operand integer_argument(int8_t number);  // an `int`: the upper half holds anything
    ir::Operand whole_argument(int8_t number);    // extended as its type says
    KernelPointer pointer_argument(int8_t number);
    // One that may be NULL, whatever the kernel says of it.
    KernelPointer doubtful_argument(int8_t number);
    // False for what a tracepoint with fewer arguments cannot have.
    bool has_argument(int8_t number) const {
        return row_.point != HookPoint::tracepoint || number < 0 ||
               static_cast<size_t>(number) < prototype_.arguments.size();
    }
    // The first argument that points to such a structure.
    KernelPointer argument_of_type(std::string_view structure);
    // A thing that the hook hands over (HookRow::roots); set in the beginning of the program, or by its condition.
    const KernelPointer& thing(View view) const { return things_[static_cast<size_t>(view)]; }
    void set_thing(View view, KernelPointer pointer) { things_[static_cast<size_t>(view)] = pointer; }
    const KernelPointer& socket() const { return thing(View::sock); }
    // Is the event about the thread that runs? Else about one that the hook hands over.
    bool is_about_current() const;
    // The thread that the event is about.
    KernelPointer task();
    // Behind this, every field of the task goes by the same pointer.
    void keep_task() { task_ = task(); }
    // The value at "struct.member->member" from an address of the structure.
    ir::Operand read(KernelPointer from, std::string_view path);
    KernelPointer follow(KernelPointer from, std::string_view path);  // the pointer that stands there
    KernelPlace locate(KernelPointer from, std::string_view path);    // where the last member of the path lies
    // An address of which only we know that it is one of this structure, read by loads from here on. As it was where
    // the kernel cannot be told.
    KernelPointer typed(ir::Operand address, std::string_view structure);
    // `bytes` of plain memory into a slot.
    void read_bytes(KernelPlace to, ir::Operand from, uint32_t bytes);
    // The first `bytes` of a member that is an array of bytes: as they are, or as a text, with zeros behind its end.
    void read_array(KernelPlace to, KernelPointer from, std::string_view path, uint32_t bytes);
    void read_text(KernelPlace to, KernelPointer from, std::string_view path, uint32_t bytes);
    uint32_t offset_of(std::string_view path);
    // Of what a protocol keeps with a packet (sk_buff.cb), by a path from the structure that it lays over it.
    ir::Operand read_control_block(KernelPointer packet, std::string_view path);
    // Headers of a packet that lies in an sk_buff, where they are known (mac_header_unset): 40 bytes from the beginning
    // of the network or transport header.
    ir::Slot header(KernelPointer packet, std::string_view which);

    // Of a pair of programs at a function: the entry keeps the arguments, the exit takes them. A call is known by its
    // thread and its place on the stack, so that one within another is another, be it that an interrupt makes it. A
    // return without its entry is of a call that began before there was a program to see it, and is passed over; an
    // entry without room, or without a return, is counted (KernelLoss::calls).
    void keep_arguments();
    void take_kept_arguments();

    // The file that a descriptor of the current process is of; leaves to `none` where none is open.
    KernelPointer open_file(ir::Operand descriptor, ir::Label none);
    // The socket that a file is (`mode`: of its inode); leaves to `none` where it is none.
    KernelPointer socket_of(KernelPointer file, ir::Operand mode, ir::Label none);

    // --- what code of the hook has computed; takes precedence over rows
    std::map<EventField, ir::Operand> values;
    std::map<EventField, ir::Slot> slots;    // what fits no register, as in an event frame
    std::optional<ir::Operand> in_process;   // 0: the current process has nothing to do with the event
    std::optional<ir::Operand> call_number;  // of the system call
    std::optional<ir::Operand>
        call_is_32bit;                   // not 0: in the convention of 32-bit programs, and `call_number` of theirs
    std::optional<ir::Operand> process;  // number of the process that the event is about
    std::optional<ir::Operand> thread;   // of its thread, of the other process and its thread: where a tuple
    std::optional<ir::Operand> other_process;  // may mean them
    std::optional<ir::Operand> other_thread;
    std::set<EventField> wanted;  // fields that a clause reads, or a recording takes, of those that conditions ask for
    std::optional<uint32_t> network;  // the one that events are to be of; none: any

    // --- control
    void reject();  // this is no event of ours
    void reject_if(ir::Cond cond, ir::Operand a, ir::Operand b);
    ir::Label rejected() const { return rejected_; }
    void set_rejected(ir::Label label) { rejected_ = label; }

private:
    const ResolvedPath& resolve(std::string_view path);
    KernelPointer walk(KernelPointer from, const ResolvedPath& path);
    KernelPlace call_key();
    uint32_t kept_arguments() const { return 8u * row_.arguments.least; }
    ir::Operand stack_argument(unsigned index);
    // Where a member of so many bytes lies that can be read word by word; nothing: only a helper function can read it.
    std::optional<KernelPlace> words(KernelPointer from, const ResolvedPath& path, uint32_t bytes) const;
    ir::Operand read_at(KernelPointer from, uint32_t offset, uint32_t size, bool is_signed);

    const KernelFacts& facts_;
    const HookRow& row_;
    std::string target_;
    Prototype prototype_;
    KernelMaps maps_;
    KernelCode code_;
    std::array<KernelPointer, view_count> things_;
    std::optional<KernelPointer> task_;
    ir::Label rejected_ = 0;
    std::optional<ir::Slot> scratch_;
    std::optional<ir::Slot> kept_;  // arguments taken from the entry
    bool in_exit_ = true;           // of a pair of programs: this is not the one that keeps arguments
    std::map<std::string, ResolvedPath, std::less<>> resolved_;
    std::string missing_;
};

// Writes the row's code (HookRow::code): jumps to rejected() when the event does not happen.
void write_condition(Hook& hook);
// Writes a field of the event to `to`, as it lies in an event frame. False: the hook cannot give it, and nothing is
// written.
bool write_field(Hook& hook, EventField field, KernelPlace to);
// A packet in an sk_buff, from a header of it on, `first` bytes behind sk_buff.head.
struct PacketExtent {
    ir::Operand begin;  // its address
    ir::Operand
        taken_off;  // bytes from there up to sk_buff.data: headers that have been gone past; negative: yet to come
    ir::Operand wire_length;  // bytes from there to the end of the packet
};
PacketExtent extent_of(Hook& hook, KernelPointer packet, ir::Operand first);
// Leaves to `other` where the socket is a request or waits for late packets: those are kept by smaller structures that
// have nothing but their sock_common in common with a socket.
void leave_unless_whole(Hook& hook, KernelPointer socket, ir::Label other);
// The bytes 0, 0, 255, 255 as a machine word: what stands before an IPv4 address in a mapped one.
uint32_t mapped_prefix();
// The 16 bytes of an IPv6 address.
void copy_v6(Hook& hook, KernelPointer from, std::string_view path, KernelPlace to);
// Not 0: a VLAN's tag has been taken off the packet, and has yet to be looked at, or is to be put on.
ir::Operand vlan_tag(Hook& hook, KernelPointer packet);
// One end of an internet socket, as an IpAddress. An IPv6 socket whose both ends are mapped addresses talks IPv4.
void write_socket_end(Hook& hook, KernelPointer socket, bool remote, KernelPlace to);
// Takes what only the reader of the record finds out (is_looked_up) out of what the program is to capture, and puts in
// what it is found out from.
std::vector<EventField> take_looked_up(const HookRow& row, std::set<EventField>& fields);
// Fields that the hook gives at the price of some loads or one call of a helper each: what its own code has computed,
// its rows, ends of its socket, and what the kernel tells of the current process without a walk.
std::set<EventField> cheap_fields(const Hook& hook);
// An address of a packet, as an IpAddress: who sends it, or whom it is for. `network` is where its network header lies
// (RFC 791, RFC 8200), of which 40 bytes can be read.
void write_packet_end(KernelCode& code, KernelPlace network, bool source, KernelPlace to);
// Takes what is known of the process that used the event's socket last to where all fields of it are read from. False:
// the hook cannot give it. Where it is called, every field's use is still to come.
bool keep_owner(Hook& hook);
// The process that runs, in its stead: it is using the socket.
void keep_current_as_owner(Hook& hook);
// Takes the number of the event's packet to where it is read from (Hook::values), likewise.
bool keep_packet_id(Hook& hook);
// The network namespace that the event is of (inode), by its socket or device. Every event of the network tells it.
ir::Operand network_of(Hook& hook);
// Does it take a look at the task, not just a helper of the kernel?
bool is_read_from_task(EventField field);
// A field that is nobody's at the hook (Giving::absent), and not computed by its code: always 0.
bool is_absent(const Hook& hook, EventField field);
// Bytes of a field in a record, as in an event frame.
uint32_t captured_size(EventField field);
// The kernel's number of a TCP state as AIX counts.
ir::Operand aix_state(KernelCode& code, ir::Operand state);

}  // namespace probevue
