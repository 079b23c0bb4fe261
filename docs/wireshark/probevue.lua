-- Recordings of `probevue -w` in Wireshark and tshark: events of the kernel stand between the packets, with their
-- times and fields. docs/wireshark.md says how to use it, docs/recording-format.md what is in the blocks.
--
-- Wireshark's own reader gives custom blocks no time, so recordings are read by a FileHandler here, which makes of each
-- event a frame: the block that describes its kind, behind it the event's own, with the head by which Wireshark's
-- exported PDUs name their dissector. A file without a custom block of ours is left to Wireshark. With the preference off
-- our files are too: then the same dissector is given the blocks as they are.

-- The fields of builtins/event_fields.def: name, kind, what it is, names of numbers.
-- fields: generated
local event_fields = {
    { "pid", "s64", "process id" },
    { "tid", "s64", "thread id" },
    { "ppid", "s64", "parent process id" },
    { "pgid", "s64", "process group id" },
    { "uid", "u32", "real user id" },
    { "euid", "u32", "effective user id" },
    { "pname", "string", "process name" },
    { "error", "s32", "errno of the traced thread" },
    { "kernel_mode", "s32", "1 in kernel mode, 0 in user mode" },
    { "cpu", "s32", "processor that the event happened on" },
    { "session_pid", "s64", "process id of probevue itself" },
    { "suid", "u32", "saved user id" },
    { "gid", "u32", "real group id" },
    { "egid", "u32", "effective group id" },
    { "thread_state", "s64", "state of the thread (task_struct.__state)" },
    { "policy", "s64", "scheduling policy (SCHED_*)" },
    { "priority", "s64", "scheduling priority of the kernel (task_struct.prio: 0 to 99 real time, 100 to 139 by nice value)" },
    { "nice", "s64", "nice value, -20 to 19" },
    { "signal_mask", "u64", "signals that the thread blocks: bit n - 1 is signal n" },
    { "signals_pending", "u64", "signals that wait for the process: bit n - 1 is signal n" },
    { "thread_count", "s64", "threads of the process" },
    { "major_faults", "s64", "page faults of the thread that read from a device" },
    { "minor_faults", "s64", "page faults of the thread that read from no device" },
    { "memory_pages", "s64", "size of the address space in pages" },
    { "start_time", "s64", "when the process began, seconds since the epoch" },
    { "user_time", "s64", "seconds that the thread ran in user mode" },
    { "system_time", "s64", "seconds that the thread ran in kernel mode" },
    { "text_start", "u64", "address of the program's code" },
    { "text_size", "u64", "bytes of the program's code" },
    { "data_start", "u64", "address of the program's data" },
    { "data_size", "u64", "bytes of the program's data" },
    { "stack_start", "u64", "address where the stack begins" },
    { "is_64bit", "s64", "1 in a 64-bit process, else 0" },
    { "cwd", "string", "working directory of the process" },
    { "local_addr", "ip", "local address" },
    { "remote_addr", "ip", "remote address" },
    { "local_port", "u16", "local port, host byte order" },
    { "remote_port", "u16", "remote port, host byte order" },
    { "prev_state", "s16", "TCP state before, AIX numbers (TCPS_*)",
        { [0] = "CLOSED", [1] = "LISTEN", [2] = "SYN_SENT", [3] = "SYN_RECEIVED", [4] = "ESTABLISHED", [5] = "CLOSE_WAIT", [6] = "FIN_WAIT_1", [7] = "CLOSING", [8] = "LAST_ACK", [9] = "FIN_WAIT_2", [10] = "TIME_WAIT" } },
    { "cur_state", "s16", "TCP state after, AIX numbers (TCPS_*)",
        { [0] = "CLOSED", [1] = "LISTEN", [2] = "SYN_SENT", [3] = "SYN_RECEIVED", [4] = "ESTABLISHED", [5] = "CLOSE_WAIT", [6] = "FIN_WAIT_1", [7] = "CLOSING", [8] = "LAST_ACK", [9] = "FIN_WAIT_2", [10] = "TIME_WAIT" } },
    { "nth_retransmit", "u16", "number of this retransmission of the packet, from 1" },
    { "total_retransmit", "u32", "segments sent again on the connection so far, those of this retransmission included" },
    { "why", "s32", "cause of the event (EventCause, WHY_*)",
        { [1] = "BUFFER_FULL", [2] = "LOW_WATER", [3] = "MEMORY_PRESSURE", [4] = "WINDOW_CLOSED", [5] = "SEGMENT_REFUSED", [6] = "BACKLOG_FULL", [7] = "SYN_REFUSED", [8] = "ACK_REFUSED", [9] = "REQUESTS_FULL", [10] = "COOKIE_SENT" } },
    { "peer_addr", "ip", "address of the refused peer" },
    { "peer_port", "u16", "port of the refused peer, host byte order" },
    { "sock", "u64", "address of the kernel's socket: identifies a connection" },
    { "netns", "u32", "network namespace (inode number)" },
    { "segments", "u16", "segments of the retransmission" },
    { "arg1", "u64", "argument 1" },
    { "arg2", "u64", "argument 2" },
    { "arg3", "u64", "argument 3" },
    { "arg4", "u64", "argument 4" },
    { "arg5", "u64", "argument 5" },
    { "arg6", "u64", "argument 6" },
    { "arg7", "u64", "argument 7" },
    { "arg8", "u64", "argument 8" },
    { "arg9", "u64", "argument 9" },
    { "arg10", "u64", "argument 10" },
    { "arg11", "u64", "argument 11" },
    { "arg12", "u64", "argument 12" },
    { "arg13", "u64", "argument 13" },
    { "arg14", "u64", "argument 14" },
    { "arg15", "u64", "argument 15" },
    { "arg16", "u64", "argument 16" },
    { "arg17", "u64", "argument 17" },
    { "arg18", "u64", "argument 18" },
    { "arg19", "u64", "argument 19" },
    { "arg20", "u64", "argument 20" },
    { "arg21", "u64", "argument 21" },
    { "arg22", "u64", "argument 22" },
    { "arg23", "u64", "argument 23" },
    { "arg24", "u64", "argument 24" },
    { "arg25", "u64", "argument 25" },
    { "arg26", "u64", "argument 26" },
    { "arg27", "u64", "argument 27" },
    { "arg28", "u64", "argument 28" },
    { "arg29", "u64", "argument 29" },
    { "arg30", "u64", "argument 30" },
    { "arg31", "u64", "argument 31" },
    { "arg32", "u64", "argument 32" },
    { "return_value", "s64", "return value" },
    { "function", "string", "name of the probed function" },
    { "location", "u64", "address of the probe location" },
    { "call_number", "s64", "number of the system call" },
    { "signal_number", "s32", "signal number" },
    { "target_pid", "s64", "process the event is about" },
    { "target_tid", "s64", "thread the event is about" },
    { "dev_name", "string", "device name" },
    { "length", "u32", "bytes" },
    { "protocol", "u16", "protocol number, host byte order",
        { [2048] = "IPv4", [2054] = "ARP", [2114] = "Wake-on-LAN", [8944] = "AVTP", [25944] = "Ethernet", [32821] = "RARP", [32923] = "AppleTalk", [33011] = "AARP", [33024] = "802.1Q", [33079] = "IPX", [34525] = "IPv6", [34824] = "Ethernet flow control", [34825] = "Slow Protocols", [34887] = "MPLS unicast", [34888] = "MPLS multicast", [34915] = "PPPoE D", [34916] = "PPPoE S", [34958] = "EAPOL", [34962] = "PROFINET", [34978] = "ATA over Ethernet", [34980] = "EtherCAT", [34984] = "802.1Q-QinQ", [35000] = "GOOSE", [35002] = "Sampled Values", [35018] = "TIPC", [35020] = "LLDP", [35045] = "MACsec", [35047] = "802.1ah", [35061] = "MVRP", [35063] = "PTP", [35074] = "CFM", [35078] = "FCoE", [35092] = "FIP", [35093] = "RoCE", [35119] = "HSR", [35151] = "NSH", [36864] = "Loopback" } },
    { "ifindex", "s32", "device number" },
    { "wire_length", "u32", "bytes with the link header" },
    { "truesize", "u32", "bytes of memory of the packet buffer" },
    { "old_mtu", "u32", "MTU before, bytes" },
    { "new_mtu", "u32", "MTU after, bytes" },
    { "old_mac", "mac", "hardware address before" },
    { "new_mac", "mac", "hardware address after" },
    { "mac_len", "u32", "bytes of hardware addresses of the device" },
    { "device_flag", "u32", "flag of the device that changes (IFF_*)" },
    { "inc", "s32", "by how many more the packets are wanted" },
    { "enable", "s32", "1 when it is switched on, else 0" },
    { "disable", "s32", "1 when it is switched off, else 0" },
    { "command", "u32", "number of the ioctl (SIOC*)" },
    { "command_argument", "string", "name of the device that the ioctl is about" },
    { "buffer", "u64", "address of the packet buffer" },
    { "device", "u64", "address of the device" },
    { "is_loopback", "s32", "kind of the device: 1 for the loopback" },
    { "call_size", "u64", "bytes that the call is about" },
    { "call_flags", "u32", "flags of the call (MSG_*)" },
    { "call_result", "s64", "what the call gives, or the negative error number" },
    { "family", "u16", "address family of the socket (AF_*)",
        { [0] = "UNSPEC", [1] = "UNIX", [2] = "INET", [10] = "INET6", [15] = "KEY", [16] = "NETLINK", [17] = "PACKET", [21] = "RDS", [24] = "PPPOX", [29] = "CAN", [30] = "TIPC", [31] = "BLUETOOTH", [38] = "ALG", [40] = "VSOCK", [41] = "KCM", [42] = "QIPCRTR", [43] = "SMC", [44] = "XDP", [45] = "MCTP" } },
    { "call_name", "string", "what SystemTap calls the event" },
    { "owner_pid", "s64", "process that used the socket last" },
    { "owner_uid", "s64", "real user id of the process that used the socket last" },
    { "owner_name", "string", "name of the process that used the socket last" },
    { "option_level", "s32", "protocol whose option it is (SOL_*)",
        { [0] = "IP", [1] = "SOCKET", [6] = "TCP", [17] = "UDP", [41] = "IPV6", [255] = "RAW", [282] = "TLS", [284] = "MPTCP" } },
    { "option", "s32", "number of the option" },
    { "option_length", "u32", "bytes of the option's value" },
    { "option_name", "string", "name of the option" },
    { "bytes_sent", "s64", "bytes of payload sent, those sent again included" },
    { "bytes_acked", "s64", "bytes of payload that the peer has acknowledged" },
    { "bytes_received", "s64", "bytes of payload received in order" },
    { "srtt", "s64", "smoothed round trip time, microseconds" },
    { "min_rtt", "s64", "smallest round trip time of late, microseconds" },
    { "rttvar", "s64", "mean deviation of the round trip time, microseconds" },
    { "cwnd", "s64", "congestion window, segments" },
    { "ssthresh", "s64", "slow start threshold, segments" },
    { "send_mss", "s64", "bytes of payload of the largest segment to be sent" },
    { "retransmits", "s64", "segments sent again so far" },
    { "lost", "s64", "segments under way that are taken for lost" },
    { "reordering", "s64", "segments by which packets have overtaken each other" },
    { "rcv_wnd", "s64", "window announced to the peer, bytes" },
    { "snd_wnd", "s64", "window that the peer has announced, bytes" },
    { "unacked", "s64", "segments sent and not acknowledged yet" },
    { "drop_reason", "u32", "number of the reason why the packet is dropped" },
    { "drop_reason_name", "string", "name of the reason why the packet is dropped" },
    { "drop_location", "u64", "address in the kernel where the packet is dropped" },
    { "drop_symbol", "string", "function of the kernel that the address is in" },
    { "packet_id", "u64", "number of the packet" },
    { "packet_number", "u64", "number of the packet in its file, or of those read of its interface, from 1" },
    { "packet_interface", "string", "name of the interface that the packet came by" },
    { "packet_direction", "u16", "whither the packet goes (PacketDirection)",
        { [0] = "UNKNOWN", [1] = "IN", [2] = "OUT", [3] = "OTHER" } },
}
-- end of fields

local enterprise, magic, known_version = 32473, 0x50567565, 1
local shape_block, event_block, clock_block, end_block = 1, 2, 3, 4
local largest_block = 17 * 1024 * 1024
local encap = wtap_encaps.WIRESHARK_UPPER_PDU
local pdu_head = "\0\12\0\8probevue\0\0\0\0"  -- the tag of the dissector's name, the last tag

-- --- protocols and their fields --------------------------------------------------------------------------------------

local probevue = Proto("probevue", "Event of the kernel")
-- What recordings say of packets. A protocol of its own, so that the filter `probevue` finds events alone.
local of_packet = Proto("probevue_packet", "Packet of a recording")

probevue.prefs.read_recordings = Pref.bool("Events have times", true,
    "Recordings are read by this plug-in, and events stand in the order of time. Otherwise by Wireshark: "
        .. "interfaces have their names, and secrets for decryption are found, but the time column of events is empty")

local own = {
    event = ProtoField.string("probevue.event", "Event"),
    target = ProtoField.string("probevue.target", "Target"),
    time = ProtoField.absolute_time("probevue.time", "Time", base.LOCAL),
    processor = ProtoField.uint32("probevue.processor", "Processor"),
    lost_events = ProtoField.uint64("probevue.lost_events", "Events that were lost"),
    lost_packets = ProtoField.uint64("probevue.lost_packets", "Packets that were lost in buffers"),
    dropped_packets = ProtoField.uint64("probevue.dropped_packets", "Packets that interfaces dropped"),
    clock_shift = ProtoField.int64("probevue.clock_shift", "The clock was set, nanoseconds"),
    unknown = ProtoField.string("probevue.unknown", "Field that is not known"),
    read = ProtoField.bytes("probevue.read", "Bytes that were read"),
    read_kind = ProtoField.string("probevue.read.kind", "Kind"),
    read_key = ProtoField.uint64("probevue.read.key", "Address or number", base.HEX_DEC),
    read_text = ProtoField.string("probevue.read.text", "Text"),
}

local makers = {
    u16 = ProtoField.uint16, s16 = ProtoField.int16, u32 = ProtoField.uint32, s32 = ProtoField.int32,
    u64 = ProtoField.uint64, s64 = ProtoField.int64, string = ProtoField.string, mac = ProtoField.ether,
}
local sizes = { u16 = 2, s16 = 2, u32 = 4, s32 = 4, u64 = 8, s64 = 8 }
local fields = {}  -- by name: field, field6 of addresses, kind, names
local registered = {}
for _, row in ipairs(event_fields) do
    local name, kind, title, names = row[1], row[2], row[3], row[4]
    local id = "probevue." .. name
    local field = { kind = kind, names = names }
    if kind == "ip" then
        field.field = ProtoField.ipv4(id, name, title)
        field.field6 = ProtoField.ipv6(id .. "6", name, title)
        registered[#registered + 1] = field.field6
    elseif sizes[kind] then
        field.field = makers[kind](id, name, kind == "u64" and base.DEC_HEX or base.DEC, names, nil, title)
    else
        field.field = makers[kind](id, name, title)
    end
    fields[name] = field
    registered[#registered + 1] = field.field
end
for _, field in pairs(own) do registered[#registered + 1] = field end
probevue.fields = registered

local malformed = ProtoExpert.new("probevue.malformed", "The block is damaged", expert.group.MALFORMED,
    expert.severity.ERROR)
local losses = ProtoExpert.new("probevue.losses", "The recording is not whole", expert.group.SEQUENCE,
    expert.severity.WARN)
probevue.experts = { malformed, losses }

-- The last entry of a list that stands before a place of the file or a frame, or at it.
local function before(list, at)
    local low, high = 1, #list
    if high > 0 and list[high].at <= at then return list[high] end
    while low <= high do
        local middle = math.floor((low + high) / 2)
        if list[middle].at <= at then low = middle + 1 else high = middle - 1 end
    end
    return list[high]
end

-- --- the dissector ---------------------------------------------------------------------------------------------------

-- Reads on in a block, in its byte order. What is not there is an error, whose text people see.
local Cursor = {}
Cursor.__index = Cursor

local function cursor(tvb, at)
    return setmetatable({ tvb = tvb, at = at, big = false }, Cursor)
end

function Cursor:take(size)
    if self.at + size > self.tvb:len() then error("ends too early", 0) end
    local range = size > 0 and self.tvb:range(self.at, size) or nil
    self.at = self.at + size
    return range
end
function Cursor:number(size)  -- at most 4 bytes
    local range = self:take(size)
    return self.big and range:uint() or range:le_uint()
end
function Cursor:peek()
    local range = self.tvb:range(self.at, 4)
    return self.big and range:uint() or range:le_uint()
end
function Cursor:number64()
    local range = self:take(8)
    return self.big and range:uint64() or range:le_uint64(), range
end
-- A text of the file, without what a terminal would obey; and its bytes, none of an empty one.
function Cursor:text(size)
    local range = self:take(size)
    return range and range:raw():gsub("%c", "?") or "", range
end
function Cursor:pad(size) self:take(math.min((4 - size % 4) % 4, self.tvb:len() - self.at)) end
function Cursor:left() return self.tvb:len() - self.at end
function Cursor:add(tree, field, range, value)
    if value ~= nil then return tree:add(field, range, value) end
    if self.big then return tree:add(field, range) end
    return tree:add_le(field, range)
end

-- What stands before every block: its kind; nil where it is not ours. The second value: its version, if that is another.
local function block_head(cur)
    if cur:left() < 8 then return nil end
    local raw = cur.tvb:range(cur.at, 4)
    cur.big = raw:uint() == magic
    if not cur.big and raw:le_uint() ~= magic then return nil end
    cur:take(4)
    local version, kind = cur:number(1), cur:number(1)
    cur:take(2)
    if version ~= known_version then return 0, version end
    return kind
end

local function parse_shape(cur, first)
    local shape = { number = cur:number(4), fields = {} }
    local count, kind_size, target_size = cur:number(2), cur:number(2), cur:number(2)
    cur:take(2)
    shape.kind_at, shape.kind_size = cur.at - first, kind_size
    shape.kind = cur:text(kind_size)
    shape.target_at, shape.target_size = cur.at - first, target_size
    shape.target = cur:text(target_size)
    cur:pad(kind_size + target_size)
    for i = 1, count do
        local field = { type = cur:number(1) }
        cur:take(1)
        field.size = cur:number(2)
        local length = cur:number(2)
        cur:take(2)
        field.name = cur:text(length)
        cur:pad(length)
        if field.type > 5 then error("has a field of a type that is not known", 0) end
        shape.fields[i] = field
    end
    return shape
end

-- A description stands in the frame of each of its events: those that have been read are kept, by their number.
local parsed = {}
local function read_shape(cur)
    local first = cur.at
    local known = cur:left() >= 4 and parsed[cur:peek()]
    if known and cur:left() >= #known.bytes and cur.tvb:range(first, #known.bytes):raw() == known.bytes
        and known.big == cur.big then
        cur.at = first + #known.bytes
        return known.shape, first
    end
    local shape = parse_shape(cur, first)
    parsed[shape.number] = { shape = shape, big = cur.big, bytes = cur.tvb:range(first, cur.at - first):raw() }
    return shape, first
end

-- An integer of a recording in a field that may be wider or narrower: bytes that are missing are added, bytes that are
-- too many cut off, as where a recording is replayed.
local function add_integer(cur, tree, row, field, size)
    local range = cur:take(size)
    local wanted = sizes[row.kind]
    if size > wanted then range = range:range(cur.big and size - wanted or 0, wanted) end
    if size >= wanted then
        cur:add(tree, row.field, range)
    end
    local signed = field.type == 2
    local value
    if size == 8 and wanted == 8 then
        if row.kind == "s64" then value = cur.big and range:int64() or range:le_int64()
        else value = cur.big and range:uint64() or range:le_uint64() end
        return value
    end
    local of_row = size >= wanted and row.kind:sub(1, 1) == "s" or size < wanted and signed
    if of_row then value = cur.big and range:int() or range:le_int()
    else value = cur.big and range:uint() or range:le_uint() end
    if size < wanted then
        if wanted == 8 then
            local low, high = value % 4294967296, value < 0 and 4294967295 or 0
            local wide = row.kind == "s64" and Int64.new(low, high) or UInt64.new(low, high)
            tree:add(row.field, range, wide)
        else
            if value < 0 and row.kind:sub(1, 1) == "u" then value = value % 2 ^ (8 * wanted) end
            tree:add(row.field, range, value)
        end
    end
    return value
end

-- Adds the value of a field, and returns it as people read it and as it is.
local function add_value(cur, tree, field)
    local row = fields[field.name]
    if field.type == 0 then return nil end
    if field.type == 1 or field.type == 2 then
        if field.size ~= 1 and field.size ~= 2 and field.size ~= 4 and field.size ~= 8 then
            error("has a number of " .. field.size .. " bytes", 0)
        end
        if row and sizes[row.kind] then
            local value = add_integer(cur, tree, row, field, field.size)
            local name = row.names and row.names[tonumber(tostring(value))]
            return name or tostring(value), value
        end
        local range = cur:take(field.size)
        local value = field.size == 8 and (cur.big and range:uint64() or range:le_uint64())
            or field.size < 8 and (cur.big and range:uint() or range:le_uint())
        tree:add(own.unknown, range, field.name .. ": " .. tostring(value))
        return nil
    end
    local start = cur.at
    local kind, item, value
    if field.type == 3 then
        local size = cur:number(2)
        if size > field.size then error("has a text that is longer than its field", 0) end
        kind, value = "string", cur:text(size)
    elseif field.type == 4 then
        local family = cur:number(1)
        if family ~= 4 and family ~= 6 then error("has an address of no family", 0) end
        kind = "ip"
        item = cur:take(family == 4 and 4 or 16)
        value = tostring(family == 4 and item:ipv4() or item:ipv6())
    else
        kind = "mac"
        item = cur:take(6)
        value = tostring(item:ether())
    end
    local range = cur.tvb:range(start, cur.at - start)
    if not row or row.kind ~= kind then
        tree:add(own.unknown, range, field.name .. ": " .. value)
    elseif kind == "string" then
        tree:add(row.field, range, value)
    else
        tree:add(kind == "ip" and item:len() == 16 and row.field6 or row.field, item)
        return value, item
    end
    return value, value
end

local read_kinds = {
    [0] = "memory of the process", "memory of the kernel", "text of the process", "text of the kernel", "descriptor",
    "stack of the kernel", "stack of the process", "packet",
}

-- What the kernel read for clauses at the moment of the event.
local function add_reads(cur, tree)
    if cur:left() < 4 then return end
    local count = cur:number(4)
    if count > 4096 then error("has " .. count .. " reads", 0) end
    for _ = 1, count do
        local start = cur.at
        local kind = cur:number(1)
        cur:take(3)
        local size = cur:number(4)
        local key, key_range = cur:number64()
        local text = kind == 2 or kind == 3
        local bytes, range
        if text then bytes, range = cur:text(size) else range = cur:take(size) end
        local all = cur.tvb:range(start, cur.at - start)
        local title = read_kinds[kind] or "kind " .. kind
        local item = range and tree:add(own.read, range) or tree:add(own.read, all)
        item:append_text(" (" .. title .. ")")
        item:add(own.read_kind, all:range(0, 1), title)
        item:add(own.read_key, key_range, key)
        if text and range then item:add(own.read_text, range, bytes) end
    end
end

-- Of the process and of identities: not in the short line of an event.
local left_out = {}
for name in ([[pid tid ppid pgid uid euid suid gid egid pname sock netns cpu kernel_mode local_addr remote_addr local_port
    remote_port buffer device function location owner_pid owner_uid owner_name owner is_loopback session_pid]]):gmatch("%S+") do
    left_out[name] = true
end

local function address_of(range)
    if range:len() == 4 then return Address.ip(tostring(range:ipv4())) end
    return Address.ipv6(tostring(range:ipv6()))
end

local function end_text(address, port)
    if not address then return nil end
    if not port then return address end
    return (address:find(":", 1, true) and "[" .. address .. "]" or address) .. ":" .. port
end

local function summary(shape, texts)
    local parts = { shape.kind }
    local named = texts["function"] or shape.target
    if named and named ~= "" and named ~= "*" then parts[#parts + 1] = named end
    if texts.pname and texts.pname ~= "" then
        parts[#parts + 1] = texts.pname .. (texts.pid and "(" .. texts.pid .. ")" or "")
    end
    local from, to = end_text(texts.local_addr, texts.local_port), end_text(texts.remote_addr, texts.remote_port)
    if from or to then parts[#parts + 1] = (from or "?") .. " \226\134\146 " .. (to or "?") end
    local told = 0
    for _, field in ipairs(shape.fields) do
        local value = texts[field.name]
        if value and value ~= "" and value ~= "0" and not left_out[field.name] and told < 8 then
            parts[#parts + 1] = field.name .. "=" .. value
            told = told + 1
        end
    end
    if (texts.owner_name or "") ~= "" then parts[#parts + 1] = "owner=" .. texts.owner_name .. "(" .. (texts.owner_pid or "?") .. ")" end
    return table.concat(parts, " ")
end

local billion = UInt64.new(1000000000)
local function time_of(ns)
    return NSTime.new(tonumber(tostring(ns / billion)), tonumber(tostring(ns % billion)))
end

local function add_time(cur, tree)
    local ns, range = cur:number64()
    tree:add(own.time, range, time_of(ns))
end

-- `first`: where the description stands in the frame; nil where it is in another one.
local function dissect_event(cur, tree, pinfo, shape, first)
    local number = cur:number(4)
    if not shape or number ~= shape.number then error("is of a kind that was not described", 0) end
    tree:append_text(": " .. shape.kind)
    if first and shape.kind_size > 0 then
        tree:add(own.event, cur.tvb:range(first + shape.kind_at, shape.kind_size), shape.kind)
    else
        tree:add(own.event, shape.kind):set_generated()
    end
    if shape.target_size > 0 then
        if first then
            tree:add(own.target, cur.tvb:range(first + shape.target_at, shape.target_size), shape.target)
        else
            tree:add(own.target, shape.target):set_generated()
        end
    end
    local processor = cur:take(4)
    cur:add(tree, own.processor, processor)
    add_time(cur, tree)
    local texts, raw = {}, {}
    for _, field in ipairs(shape.fields) do texts[field.name], raw[field.name] = add_value(cur, tree, field) end
    local from, to = raw.local_addr, raw.remote_addr
    if from and type(from) ~= "string" then pinfo.src = address_of(from) end
    if to and type(to) ~= "string" then pinfo.dst = address_of(to) end
    pinfo.cols.info = summary(shape, texts)
    add_reads(cur, tree)
end

local function dissect_clock(cur, tree, pinfo)
    local mark = cur:number(4)
    cur:take(4)
    local what = ({ "intervals count from here", "an interval has fired", "the clock was set" })[mark] or "mark " .. mark
    tree:append_text(": " .. what)
    add_time(cur, tree)
    local shift = cur:take(8)
    if mark == 3 then cur:add(tree, own.clock_shift, shift) end
    pinfo.cols.info = what
end

local function dissect_end(cur, tree, pinfo)
    tree:append_text(": end of the recording")
    add_time(cur, tree)
    local text, lost = "end of the recording", false
    for _, field in ipairs({ own.lost_events, own.lost_packets, own.dropped_packets }) do
        local count, range = cur:number64()
        tree:add(field, range, count)
        lost = lost or tostring(count) ~= "0"
    end
    if lost then
        text = text .. ", which is not whole"
        tree:add_proto_expert_info(losses)
    end
    pinfo.cols.info = text
end

-- Where Wireshark reads the file, descriptions are frames of their own: by number, each with the frame that it stands in.
local described = {}
local function remember(shape, frame)
    local known = described[shape.number] or {}
    described[shape.number] = known
    if #known == 0 or known[#known].at < frame then
        known[#known + 1] = { at = frame, shape = shape }
    end
end

-- One or two blocks of ours. False: they are none.
local function dissect(tvb, pinfo, root)
    local cur = cursor(tvb, 0)
    local kind, version = block_head(cur)
    if not kind then return false end
    pinfo.cols.protocol = "probevue"
    local tree = root:add(probevue, tvb:range(0))
    if version then
        local text = "the recording has version " .. version .. " of the format, which this plug-in does not know"
        tree:append_text(": " .. text)
        pinfo.cols.info = text
        return true
    end
    local right, message = pcall(function()
        local shape, first
        if kind == shape_block then
            shape, first = read_shape(cur)
            cur:pad(cur.at)
            pinfo.cols.info = "description of " .. shape.kind
            if cur:left() == 0 then
                tree:append_text(": description of " .. shape.kind)
                remember(shape, pinfo.number)
                return
            end
            kind = block_head(cur)
        elseif kind == event_block and cur:left() >= 4 then
            local known = described[cur:peek()]
            known = known and before(known, pinfo.number)
            shape = known and known.shape
        end
        if kind == event_block then dissect_event(cur, tree, pinfo, shape, first)
        elseif kind == clock_block then dissect_clock(cur, tree, pinfo)
        elseif kind == end_block then dissect_end(cur, tree, pinfo) end
    end)
    if not right then
        local text = "a block that " .. message
        tree:add_proto_expert_info(malformed, text)
        pinfo.cols.info = text
    end
    return true
end

function probevue.dissector(tvb, pinfo, root)
    return dissect(tvb, pinfo, root) and tvb:len() or 0
end

-- --- the reader ------------------------------------------------------------------------------------------------------

-- LINKTYPE_*, as https://www.tcpdump.org/linktypes.html numbers them, and what Wireshark calls them.
local encaps = {
    [0] = "NULL", [1] = "ETHERNET", [6] = "TOKEN_RING", [8] = "SLIP", [9] = "PPP", [10] = "FDDI",
    [50] = "PPP", [51] = "PPP_ETHER", [100] = "ATM_RFC1483", [101] = "RAW_IP", [104] = "CHDLC", [105] = "IEEE_802_11", [107] = "FRELAY",
    [108] = "LOOP", [109] = "ENC", [113] = "SLL", [119] = "IEEE_802_11_PRISM", [122] = "IP_OVER_FC",
    [127] = "IEEE_802_11_RADIOTAP", [129] = "LINUX_ATM_CLIP", [138] = "APPLE_IP_OVER_IEEE1394",
    [163] = "IEEE_802_11_AVS", [166] = "PPP", [189] = "USB_LINUX", [192] = "PPI", [195] = "IEEE802_15_4",
    [204] = "PPP_WITH_PHDR", [220] = "USB_LINUX_MMAPPED", [226] = "IPNET", [227] = "SOCKETCAN", [228] = "RAW_IP4",
    [229] = "RAW_IP6", [230] = "IEEE802_15_4_NOFCS", [239] = "NFLOG", [252] = "WIRESHARK_UPPER_PDU", [242] = "IP_OVER_IB_PCAP", [253] = "NETLINK",
    [258] = "PKTAP", [271] = "VSOCK", [276] = "SLL2",
}
for number = 147, 162 do encaps[number] = "USER" .. number - 147 end

local blocks = {
    section = 0x0a0d0d0a, interface = 1, old_packet = 2, simple_packet = 3, packet = 6, custom = 0xbad,
    private_custom = 0x40000bad,
}

local Reader = {}
Reader.__index = Reader

local function damaged(at, what) error("damaged at byte " .. string.format("%.0f", at) .. ": " .. what, 0) end

-- The type, size and byte order of the block at a place of the file, which is where the file stands; nil at its end. Leaves
-- the file behind what it has read, which it returns too.
function Reader:head(file, at)
    local head = file:read(8)
    if not head or #head == 0 then return nil end
    if #head < 8 then error("cut off in a block at byte " .. string.format("%.0f", at), 0) end
    local kind = Struct.unpack("<I4", head)
    local order = self:order_at(at)
    if kind == blocks.section then  -- reads the same in both byte orders
        local mark = file:read(4)
        if not mark or #mark < 4 then error("cut off in a section header", 0) end
        head = head .. mark
        if Struct.unpack("<I4", mark) == 0x1a2b3c4d then order = "<"
        elseif Struct.unpack(">I4", mark) == 0x1a2b3c4d then order = ">"
        else damaged(at, "a section header of no byte order") end
    end
    local size
    kind, size = Struct.unpack(order .. "I4I4", head)
    if size < 12 or size % 4 ~= 0 then damaged(at, "a block of " .. size .. " bytes") end
    return kind, size, order, head
end

function Reader:section_at(at) return before(self.sections, at) end
function Reader:order_at(at)
    local section = self:section_at(at)
    return section and section.order or "<"
end

-- The bytes of a whole block.
function Reader:body(file, at, size, head)
    if size > largest_block then damaged(at, "a block of " .. size .. " bytes") end
    local rest = file:read(size - #head)
    if not rest or #rest < size - #head then error("cut off in a block at byte " .. string.format("%.0f", at), 0) end
    local block = head .. rest
    if block:sub(5, 8) ~= block:sub(-4) then damaged(at, "a block whose two lengths differ") end
    return block
end

-- Calls `take` with each option: its number and its value.
local function each_option(text, from, order, take)
    while from + 3 <= #text do
        local code, length = Struct.unpack(order .. "I2I2", text, from)
        if code == 0 or from + 3 + length > #text then return end
        take(code, text:sub(from + 4, from + 3 + length))
        from = from + 4 + length + (4 - length % 4) % 4
    end
end

local function without_end(block) return block:sub(1, -5) end

-- 2^n, 10^n as 64 bits.
local function power64(base_number, n)
    local value, factor = UInt64.new(1), UInt64.new(base_number)
    for _ = 1, n do value = value * factor end
    return value
end

function Reader:interface(block, order)
    local link, _, snap = Struct.unpack(order .. "I2I2I4", block, 9)
    local interface = { encap = wtap_encaps[encaps[link] or "UNKNOWN"], snap = snap, name = "", offset = 0 }
    local resolution = 6
    each_option(without_end(block), 17, order, function(code, value)
        if code == 2 then interface.name = value:gsub("\0.*", "")
        elseif code == 9 and #value == 1 then resolution = value:byte()
        elseif code == 14 and #value == 8 then
            local low, high = Struct.unpack(order .. "I4I4", value)
            if order == ">" then low, high = high, low end
            if high >= 2147483648 then high = high - 4294967296 end
            interface.offset = high * 4294967296 + low
        end
    end)
    interface.binary, interface.power = resolution >= 128, resolution % 128
    if interface.binary then interface.ticks = interface.power < 64 and power64(2, interface.power) or nil
    else interface.ticks = interface.power < 20 and power64(10, interface.power) or nil end
    return interface
end

-- Time of a packet: `high` and `low` are the halves of its ticks.
local function packet_time(interface, high, low)
    if not interface.ticks then return NSTime.new(interface.offset, 0) end
    local ticks = UInt64.new(low, high)
    local seconds, rest = ticks / interface.ticks, ticks % interface.ticks
    local ns
    if interface.binary then
        local excess = math.max(interface.power - 33, 0)
        ns = rest:rshift(excess) * billion / power64(2, interface.power - excess)
    elseif interface.power <= 9 then
        ns = rest * power64(10, 9 - interface.power)
    else
        ns = rest / power64(10, interface.power - 9)
    end
    return NSTime.new(tonumber(tostring(seconds)) + interface.offset, tonumber(tostring(ns)))
end

-- Takes what later blocks are read by. Each is remembered with its place, so that frames can be read in any order.
function Reader:learn(kind, block, order, at)
    if self.learnt and at <= self.learnt then return end
    self.learnt = at
    if kind == blocks.section then
        if #block < 28 then damaged(at, "a short section header") end
        if Struct.unpack(order .. "I2", block, 13) ~= 1 then damaged(at, "a version of pcapng that is not known") end
        self.sections[#self.sections + 1] = { at = at, order = order, interfaces = {}, processes = {} }
    elseif kind == blocks.interface then
        if #block < 20 then damaged(at, "a short interface block") end
        local section = self:section_at(at)
        if not section then damaged(at, "no section header") end
        section.interfaces[#section.interfaces + 1] = self:interface(block, order)
    elseif kind == blocks.custom then
        self:learn_custom(block, order, at)
    end
end

local function magic_order(payload)
    if #payload < 8 then return nil end
    if Struct.unpack("<I4", payload) == magic then return "<" end
    if Struct.unpack(">I4", payload) == magic then return ">" end
    return nil
end

function Reader:learn_custom(block, order, at)
    if #block < 16 then damaged(at, "a short custom block") end
    local pen, payload = Struct.unpack(order .. "I4", block, 9), block:sub(13, -5)
    local section = self:section_at(at)
    if pen == 32622 and section and #payload >= 12 then  -- who a process is, as Wireshark defines it: little-endian
        local entry, _, process = Struct.unpack("<I4I4I4", payload)
        if entry ~= 3 then return end
        local who = { at = at, name = "" }
        each_option(payload, 13, "<", function(code, value)
            if code == 2 then who.name = value:gsub("\0.*", "")
            elseif code == 6 and #value == 4 then who.uid = Struct.unpack("<I4", value) end
        end)
        local known = section.processes[process] or {}
        known[#known + 1] = who
        section.processes[process] = known
        return
    end
    local own_order = pen == enterprise and magic_order(payload)
    if not own_order then return end
    self.ours = true
    if payload:byte(5) == known_version and payload:byte(6) == shape_block and #payload >= 12 then
        local number = Struct.unpack(own_order .. "I4", payload, 9)
        local known = self.shapes[number] or {}
        known[#known + 1] = { at = at, payload = payload }
        self.shapes[number] = known
    end
end

-- Fills in the frame of an event, or of what else is worth one. False: of nothing.
function Reader:custom(block, order, at, frame)
    if Struct.unpack(order .. "I4", block, 9) ~= enterprise then return false end
    local payload = block:sub(13, -5)
    local own_order = magic_order(payload)
    if not own_order then return false end
    local kind, time_at, data = payload:byte(6), nil, payload
    if payload:byte(5) ~= known_version then
        if self.foreign and self.foreign ~= at then return false end
        self.foreign = at  -- one frame says it
    elseif kind == event_block then
        time_at = 17
        if #payload >= 12 then
            local known = self.shapes[Struct.unpack(own_order .. "I4", payload, 9)]
            local shape = known and before(known, at)
            if shape then data = shape.payload .. payload end
        end
    elseif kind == end_block then
        time_at = 9
    elseif kind == clock_block and #payload >= 12 and Struct.unpack(own_order .. "I4", payload, 9) == 3 then
        time_at = 17
    else
        return false
    end
    frame.rec_type = wtap_rec_types.PACKET
    frame.flags = wtap_presence_flags.CAP_LEN
    if time_at and #payload >= time_at + 7 then
        local first, second = Struct.unpack(own_order .. "I4I4", payload, time_at)
        if own_order == ">" then first, second = second, first end
        frame.time = time_of(UInt64.new(first, second))
        frame.flags = wtap_presence_flags.TS + wtap_presence_flags.CAP_LEN
    end
    frame.encap = encap
    data = pdu_head .. data
    frame.data = data
    frame.captured_length = #data
    frame.original_length = #data
    self.last = nil
    return true
end

function Reader:packet(kind, block, order, at, frame)
    local section = self:section_at(at)
    local fixed = kind == blocks.simple_packet and 12 or 28
    if not section then damaged(at, "no section header") end
    if #block < fixed + 4 then damaged(at, "a short packet block") end
    local number, high, low, captured, length = 0, nil, nil, nil, nil
    if kind == blocks.packet then number, high, low, captured, length = Struct.unpack(order .. "I4I4I4I4I4", block, 9)
    elseif kind == blocks.old_packet then
        number, _, high, low, captured, length = Struct.unpack(order .. "I2I2I4I4I4I4", block, 9)
    else
        length = Struct.unpack(order .. "I4", block, 9)
    end
    local interface = section.interfaces[number + 1]
    if not interface then damaged(at, "a packet of an interface that was not described") end
    if not captured then
        captured = math.min(length, #block - fixed - 4)
        if interface.snap ~= 0 then captured = math.min(captured, interface.snap) end
    end
    if captured > #block - fixed - 4 then damaged(at, "a packet larger than its block") end
    frame.rec_type = wtap_rec_types.PACKET
    frame.flags = wtap_presence_flags.CAP_LEN
    if high then
        frame.time = packet_time(interface, high, low)
        frame.flags = wtap_presence_flags.TS + wtap_presence_flags.CAP_LEN
    end
    frame.encap = interface.encap
    frame.data = block:sub(fixed + 1, fixed + captured)
    frame.captured_length = captured
    frame.original_length = length
    self.last = { interface = interface.name, captured = captured }
    if kind == blocks.simple_packet then return true end
    local comments = {}
    each_option(without_end(block), fixed + captured + (4 - captured % 4) % 4 + 1, order, function(code, value)
        if code == 1 then comments[#comments + 1] = value
        elseif code == 2 and #value == 4 then self.last.direction = Struct.unpack(order .. "I4", value) % 4
        elseif code == 8 and #value == 8 and kind == blocks.packet then
            local process = Struct.unpack(order .. "I4", value)
            if process == 0 then return end
            local known = section.processes[process]
            self.last.process, self.last.who = process, known and before(known, at)
        end
    end)
    if #comments > 0 then frame.comment = comments end
    return true
end

-- Makes a frame of the block at a place; true if there is one to be shown.
function Reader:frame(kind, block, order, at, frame)
    if kind == blocks.packet or kind == blocks.old_packet or kind == blocks.simple_packet then
        return self:packet(kind, block, order, at, frame)
    end
    return kind == blocks.custom and self:custom(block, order, at, frame)
end

local function new_reader()
    return setmetatable({ sections = {}, shapes = {}, ours = false, at = 0 }, Reader)
end

-- Is it a recording? Descriptions of events stand before the first packet; Wireshark has to read other files from the
-- beginning, which it cannot for long where they come from a pipe.
local function is_ours(file)
    local reader, at = new_reader(), 0
    while at < 65536 do
        local kind, size, order, head = reader:head(file, at)
        if kind ~= blocks.section and (at == 0 or kind ~= blocks.interface and kind ~= blocks.custom) then return false end
        local block = reader:body(file, at, size, head)
        reader:learn(kind, block, order, at)
        if reader.ours then return true end
        at = at + size
    end
    return false
end

-- --- what recordings say of packets, and blocks that Wireshark has read ----------------------------------------------

local current  -- the reader of the file that is open

local block_pen = Field.new("frame.cb_pen")

local function add_packet(tree, packet)
    local item = tree:add(of_packet)
    if packet.interface ~= "" then item:add(fields.packet_interface.field, packet.interface):set_generated() end
    if packet.direction == 1 or packet.direction == 2 then
        item:add(fields.packet_direction.field, packet.direction):set_generated()
    end
    if packet.process then
        item:add(fields.owner_pid.field, Int64.new(packet.process)):set_generated()
        local who = packet.who
        if who and who.name ~= "" then item:add(fields.owner_name.field, who.name):set_generated() end
        if who and who.uid then item:add(fields.owner_uid.field, Int64.new(who.uid)):set_generated() end
        item:append_text(": " .. (who and who.name or "process") .. "(" .. packet.process .. ")")
    end
    if packet.interface ~= "" then item:append_text(", " .. packet.interface) end
end

function of_packet.init() described = {} end

-- A frame is dissected when it has been read: what the reader has read last is of this packet.
function of_packet.dissector(tvb, pinfo, root)
    local last = current and current.last
    if last then
        if last.captured == pinfo.caplen then add_packet(root, last) end
    elseif not current then
        local pen = block_pen()
        if pen and pen.value == enterprise then dissect(tvb, pinfo, root) end
    end
end

-- --- the file handler -----------------------------------------------------------------------------------------------

local handler = FileHandler.new("Recording of probevue", "probevue", "pcapng with events of the kernel", "rms")
handler.extensions = "pcapng;ntar"

-- Wireshark calls `of_packet` for every frame from here on, and marks them in PDML and JSON: not before a recording was met.
local registered_for_packets = false

function handler.read_open(file, capture)
    local right, ours = pcall(is_ours, file)
    if not right or not ours then return false end
    if not registered_for_packets then
        register_postdissector(of_packet)
        registered_for_packets = true
    end
    if not probevue.prefs.read_recordings then return false end
    file:seek("set", 0)
    current = new_reader()
    capture.private_table = current
    capture.encap = wtap_encaps.PER_PACKET
    capture.time_precision = (wtap_tsprecs or wtap_file_tsprec).NSEC
    return true
end

function handler.read(file, capture, frame)
    local reader = capture.private_table
    while true do
        local at = reader.at
        file:seek("set", at)
        local kind, size, order, head = reader:head(file, at)
        if not kind then return false end
        local used = kind == blocks.section or kind == blocks.interface or kind == blocks.custom
            or kind == blocks.packet or kind == blocks.old_packet or kind == blocks.simple_packet
        reader.at = at + size
        if used then
            local block = reader:body(file, at, size, head)
            reader:learn(kind, block, order, at)
            if reader:frame(kind, block, order, at, frame) then return at end
        end
    end
end

function handler.seek_read(file, capture, frame, at)
    local reader = capture.private_table
    file:seek("set", at)
    local kind, size, order, head = reader:head(file, at)
    return kind ~= nil and reader:frame(kind, reader:body(file, at, size, head), order, at, frame)
end

function handler.read_close(_, capture)
    if current == capture.private_table then current = nil end
    capture.private_table = nil
end

register_filehandler(handler)
