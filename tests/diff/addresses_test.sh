#!/usr/bin/env bash
# Functions on addresses and their order against Python's ipaddress, in each engine: networks of every length of both
# versions, with the addresses at and next to their ends; all pairs of some addresses and subnets.
# usage: addresses_test.sh    PROBEVUE: the program; PROBEVUE_SEED=N tries other networks
set -uo pipefail
cd "$(dirname "$0")/../.."
probevue=${PROBEVUE:-build/release/probevue}
command -v python3 >/dev/null || { echo "skipped: python3 is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$work" "${PROBEVUE_SEED:-1918}" <<'PYTHON' || exit 1
import ipaddress
import random
import sys

folder, seed = sys.argv[1], int(sys.argv[2])
random.seed(seed)
bits_of = {4: 32, 6: 128}
private = [ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]
statements, expected = [], []


def plain(address):
    """As the functions see it: ::ffff:a.b.c.d is of IPv4."""
    return getattr(address, "ipv4_mapped", None) or address


def inside(address, network):
    address = plain(address)
    return int(address.version == network.version and address in network)


def subnet(address, length):
    return ipaddress.ip_network((plain(address), length), strict=False)


def is_private(address):
    return int(any(inside(address, network) for network in private))


def say(declared, format, values, line):
    assigned = " ".join(f'{name} = "{text}";' for name, text in declared.items())
    statements.append(f'{assigned} printf("{format}\\n", {", ".join(values)});')
    expected.append(line)


def about(address, network):
    length = network.prefixlen
    four = length if network.version == 4 else random.randrange(33)
    six = length if network.version == 6 else random.randrange(129)
    wanted = subnet(address, four if plain(address).version == 4 else six)
    seen = plain(address)
    say({"a": address}, "%d %I %d%d%d",
        [f'ip_in(a, "{network}")', f"subnet(a, {four}, {six})", "is_private(a)", "is_multicast(a)", "is_loopback(a)"],
        f"{inside(address, network)} {wanted} {is_private(address)}{int(seen.is_multicast)}{int(seen.is_loopback)}")
    if seen.version != network.version:
        return
    # A subnet in the network, and one that is cut again.
    made = random.randrange(bits_of[seen.version] + 1)
    small = subnet(address, made)
    again = subnet(address, min(made, length))
    say({"a": address}, "%d %I", [f'ip_in(subnet(a, {min(made, 32)}, {made}), "{network}")',
                                  f"subnet(subnet(a, {min(made, 32)}, {made}), {min(length, 32)}, {length})"],
        f"{int(small.subnet_of(network))} {again}")


def near(network):
    first, last = int(network.network_address), int(network.broadcast_address)
    kind = type(network.network_address)
    numbers = {first, last, first - 1, last + 1, (first + last) // 2}
    return [kind(number) for number in numbers if 0 <= number < 2 ** bits_of[network.version]]


for version, kind in ((4, ipaddress.IPv4Address), (6, ipaddress.IPv6Address)):
    for length in range(bits_of[version] + 1):
        network = ipaddress.ip_network((kind(random.getrandbits(bits_of[version])), length), strict=False)
        for address in near(network):
            about(address, network)
            if version == 4:
                about(ipaddress.IPv6Address(f"::ffff:{address}"), network)
        about(ipaddress.ip_address("::" if version == 4 else "0.0.0.0"), network)
for text in private + [ipaddress.ip_network(t) for t in ("224.0.0.0/4", "127.0.0.0/8", "ff00::/8", "::1/128")]:
    for address in near(text):
        about(address, text)
# A mapped network is that of IPv4.
for length in range(33):
    network = ipaddress.ip_network((random.getrandbits(32), length), strict=False)
    for address in near(network):
        say({"a": address}, "%d", [f'ip_in(a, "::ffff:{network.network_address}/{96 + length}")'],
            str(inside(address, network)))

# The order: by version, by bytes, an address before subnets, the larger of two subnets first. As Python compares integers.
values = [ipaddress.IPv4Address(n) for n in (0, 1, 255, 256, 2 ** 24, 2 ** 31, 2 ** 32 - 1)]
values += [ipaddress.IPv6Address(n) for n in (0, 1, 0xffff01020304, 2 ** 63, 2 ** 64, 2 ** 64 + 1, 2 ** 127, 2 ** 128 - 1)]
values += [random.choice((ipaddress.IPv4Address(random.getrandbits(32)), ipaddress.IPv6Address(random.getrandbits(128))))
           for _ in range(10)]
values += [ipaddress.ip_network(t) for t in ("0.0.0.0/0", "0.0.0.0/8", "1.0.0.0/8", "1.0.0.0/24", "::/0", "::/64")]


def key(value):
    if isinstance(value, (ipaddress.IPv4Network, ipaddress.IPv6Network)):
        return value.version, int(value.network_address), value.prefixlen + 1
    return value.version, int(value), 0


def written(name, value):
    if isinstance(value, (ipaddress.IPv4Network, ipaddress.IPv6Network)):
        return f'{name} = subnet("{value.network_address}", {min(value.prefixlen, 32)}, {value.prefixlen});'
    return f'{name} = "{value}";'


for one in values:
    for other in values:
        x, y = key(one), key(other)
        statements.append(f'{written("a", one)} {written("b", other)} '
                          'printf("%d%d%d%d%d%d\\n", a < b, a <= b, a > b, a >= b, a == b, a != b);')
        expected.append("".join(str(int(r)) for r in (x < y, x <= y, x > y, x >= y, x == y, x != y)))

scripts = 0
for begin in range(0, len(statements), 600):
    with open(f"{folder}/{scripts}.e", "w") as script, open(f"{folder}/{scripts}.expected", "w") as lines:
        script.write("ip_addr_t a, b;\n")
        for part in range(begin, min(begin + 600, len(statements)), 20):
            script.write("@@BEGIN {\n" + "\n".join(statements[part:min(part + 20, begin + 600)]) + "\n}\n")
        script.write("@@BEGIN { exit(); }\n")
        lines.write("\n".join(expected[begin:begin + 600]) + "\n")
    scripts += 1
print(f"{len(statements)} lines of {scripts} scripts")
PYTHON

failed=0 compared=0
for script in "$work"/*.e; do
    for engine in interp jit; do
        if ! timeout 120 "$probevue" --engine "$engine" "$script" >"$work/out" 2>"$work/err"; then
            echo "FAIL ${script##*/} with --engine $engine: $(head -n 3 "$work/err")"
            failed=1
        elif ! cmp -s "${script%.e}.expected" "$work/out"; then
            echo "FAIL ${script##*/} with --engine $engine: Python (<) and probevue (>)"
            grep -n printf "$script" >"$work/lines"
            diff "${script%.e}.expected" "$work/out" | head -n 6
            line=$(cmp "${script%.e}.expected" "$work/out" | sed -E 's/.* line ([0-9]+)$/\1/')
            sed -n "${line}p" "$work/lines"
            failed=1
        fi
        compared=$((compared + 1))
    done
done
[[ $failed == 0 && $compared -gt 4 ]]
