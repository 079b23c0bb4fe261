#include "builtins/base/name_service.h"

#include <doctest/doctest.h>

using namespace probevue;

TEST_CASE("modules of /etc/nsswitch.conf that a statically linked program does not ask") {
    const std::string text =
        "# passwd: ldap\n"
        "passwd:\t\tfiles systemd sss # and more\n"
        "hosts: files mdns4_minimal [NOTFOUND=return] dns [!UNAVAIL=return SUCCESS=continue] myhostname\n"
        "group: files\n"
        "services:db files\n"
        "networks:";
    CHECK(modules_beyond_files(text, "hosts") == "mdns4_minimal, myhostname");
    CHECK(modules_beyond_files(text, "passwd") == "systemd, sss");
    CHECK(modules_beyond_files(text, "group").empty());
    CHECK(modules_beyond_files(text, "networks").empty());
    CHECK(modules_beyond_files(text, "host").empty());
    CHECK(modules_beyond_files("", "hosts").empty());
}

TEST_CASE("a program that is linked to the libraries of the system asks all that they ask") {
#if !PROBEVUE_STATIC
    CHECK(unasked_name_services("hosts").empty());
    CHECK(of_unasked_services("hosts").empty());
#endif
}
