// Names in the payload of packets: the question of a DNS message, the server of a TLS hello, fields of an HTTP header.
// Bytes come from the network and may be anything: nothing is read beyond them, and each byte is looked at a few times
// at the most. What is not there, or not whole, is empty. A byte that is no printable character of ASCII is written as
// \DDD (decimal), so that no name steers a terminal.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace probevue {

// Name of the first question of a message (RFC 1035, 4.1), without a dot at its end; the root is ".". In labels a dot
// is written "\.", a backslash "\\" (RFC 4343, 2.1). A message over TCP has its length before it (RFC 1035, 4.2.2): it
// is found with it and without. It is none when its opcode, the class of its question or a length in it cannot be, and
// cut when the question is not there whole.
std::string dns_question_name(std::span<const uint8_t> bytes);

// host_name of server_name (RFC 6066, 3) in a ClientHello (RFC 8446, 4.1.2) that the first record of the bytes begins
// with, also when the hello is longer than the record or the bytes. A backslash is written "\\". Of at most 255 bytes,
// as names of hosts are.
std::string tls_server_name(std::span<const uint8_t> bytes);

// Value of the first field of a name, in any case, in the header of a request or an answer of HTTP/1 (RFC 9112) that
// the bytes begin with, without white space around it; a part of the first line for the names of
// builtins/http_names.def. Lines that are not there to their end do not count.
std::string http_field_value(std::span<const uint8_t> bytes, std::string_view name);

}  // namespace probevue
