// What archives of Debian mention of libraries that have no archive, or whose code a statically linked program would
// carry for nothing: defined here, so that the linker looks no further. Only the first four functions are ever called.
//
// - libpcap: captures of D-Bus (libdbus, libsystemd) and of RDMA devices (libibverbs). There are none of these devices.
// - libmicrohttpd: TLS by GnuTLS, which needs p11-kit. Metrics are served without (runtime/metrics/server.cpp).

#include <cstdio>
#include <cstdlib>

namespace {

[[noreturn]] void absent(const char* function) {
    std::fprintf(stderr, "probevue: error: %s() is not in the statically linked program\n", function);
    std::abort();
}

}  // namespace

extern "C" {

// libpcap asks each kind of device for its devices, and whether one of a name is its own.
#define NO_DEVICES(kind)                                       \
    int kind##_findalldevs(void*, char*) { return 0; }         \
    void* kind##_create(const char*, char*, int* is_its_own) { \
        *is_its_own = 0;                                       \
        return nullptr;                                        \
    }
NO_DEVICES(dbus)
NO_DEVICES(rdmasniff)

// libmicrohttpd calls these when it is loaded and when the program ends.
int gnutls_global_init() { return 0; }
void gnutls_global_deinit() {}

// And these for connections with TLS only. What a release of libmicrohttpd wants besides, the linker names.
#define ABSENT(function) \
    [[noreturn]] void function() { absent(#function); }
ABSENT(gnutls_alpn_set_protocols)
ABSENT(gnutls_bye)
ABSENT(gnutls_certificate_allocate_credentials)
ABSENT(gnutls_certificate_free_credentials)
ABSENT(gnutls_certificate_server_set_request)
ABSENT(gnutls_certificate_set_dh_params)
ABSENT(gnutls_certificate_set_retrieve_function2)
ABSENT(gnutls_certificate_set_retrieve_function3)
ABSENT(gnutls_certificate_set_x509_key_mem)
ABSENT(gnutls_certificate_set_x509_key_mem2)
ABSENT(gnutls_certificate_set_x509_trust_mem)
ABSENT(gnutls_cipher_get)
ABSENT(gnutls_credentials_set)
ABSENT(gnutls_deinit)
ABSENT(gnutls_dh_params_deinit)
ABSENT(gnutls_dh_params_import_pkcs3)
ABSENT(gnutls_dh_params_init)
ABSENT(gnutls_handshake)
ABSENT(gnutls_init)
ABSENT(gnutls_priority_deinit)
ABSENT(gnutls_priority_init)
ABSENT(gnutls_priority_set)
ABSENT(gnutls_protocol_get_version)
ABSENT(gnutls_psk_allocate_server_credentials)
ABSENT(gnutls_psk_free_server_credentials)
ABSENT(gnutls_psk_set_server_credentials_function)
ABSENT(gnutls_record_check_pending)
ABSENT(gnutls_record_get_direction)
ABSENT(gnutls_record_recv)
ABSENT(gnutls_record_send)
ABSENT(gnutls_session_get_ptr)
ABSENT(gnutls_session_set_ptr)
ABSENT(gnutls_strerror)
ABSENT(gnutls_transport_set_int2)
[[noreturn]] static void* absent_memory(size_t) { absent("gnutls_malloc"); }
void* (*gnutls_malloc)(size_t) = absent_memory;

}  // extern "C"
