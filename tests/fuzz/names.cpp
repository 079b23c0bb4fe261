// What targets are not given, so that an input does the same each time and goes nowhere.
#include <dlfcn.h>
#include <netdb.h>
#include <sys/random.h>

#include <cstring>

// No name server is asked: libpcap and we ask for the addresses of whatever stands in a filter. Numbers are read as
// ever.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** out) {
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    addrinfo numeric{};
    if (hints != nullptr) numeric = *hints;
    numeric.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
    return real(node, service, &numeric, out);
}

// Files of /etc are not asked either: what they hold differs from machine to machine.
extern "C" netent* getnetbyname(const char*) { return nullptr; }
extern "C" protoent* getprotobyname(const char*) { return nullptr; }

// Tables hash in the same way each time.
extern "C" ssize_t getrandom(void* to, size_t size, unsigned) {
    std::memset(to, 7, size);
    return static_cast<ssize_t>(size);
}
