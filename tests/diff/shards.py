# The shard of a connection, computed from the description in docs/command.md alone.
import ipaddress

word = (1 << 64) - 1
golden = 0x9E3779B97F4A7C15


def mix(x):
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & word
    x = (x ^ x >> 27) * 0x94D049BB133111EB & word
    return x ^ x >> 31


def end(address, port):
    parsed = ipaddress.ip_address(address)
    number = int(parsed) | 0xFFFF << 32 if parsed.version == 4 else int(parsed)
    hashed = mix((number >> 64) + golden & word)
    hashed = mix(hashed + number & word)
    return mix(hashed + port & word)


def hash_of(one, other):
    return mix(end(*one) + end(*other) & word)


def shard(one, other, count):
    return (hash_of(one, other) * count >> 64) + 1
