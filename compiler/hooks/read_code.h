// Code that reads for a clause what find_reads() has found. Private to compiler/hooks.
#pragma once

#include <cstdint>
#include <span>

#include "compiler/hooks/hook.h"
#include "compiler/hooks/reads.h"
#include "compiler/kernel/translate.h"

namespace probevue {

// Can the hook read this at all? Memory of a process that the event has nothing to do with is left alone.
bool can_read(const HookRow& hook, CapturedKind kind);

// Bytes behind the header for a read, a multiple of 8.
uint32_t capacity_of(const ClauseRead& read);

// Says of a place that nothing has been read.
void write_nothing(KernelCode& code, ir::Operand record, const CapturedRead& place);

// `record`: register with the address of the record; `places` go with `reads.reads`, one without capacity is left out.
void write_reads(Hook& hook, const ClauseReads& reads, std::span<const CapturedRead> places, ir::Operand record,
                 const FindField& find);

// Reads the first bytes of the packet that the hook hands over (packet_root()) to the place: a CapturedHeader, a
// CapturedPacket and as many bytes as there is room for, of those that lie in one piece in the kernel. Headers do; what
// a process sends may lie in pages elsewhere.
void write_packet(Hook& hook, KernelPointer packet, const CapturedRead& place, ir::Operand record);

}  // namespace probevue
