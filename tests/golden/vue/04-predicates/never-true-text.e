// CLAIM: a comparison of a process' name with a text longer than the kernel keeps of it is told of
// SPEC: 3.4
// ARGS: --check
@@syscallx:*:openat:entry when (__pname == "gnome-shell-calendar-server") { exit(); }
@@syscallx:*:openat:entry when ("systemd-networkd" != __pname) { exit(); }
@@sysproc:execpass:* when (__execpassinfo->cmdname == "systemd-networkd") { exit(); }
@@syscallx:*:openat:entry when (__pname == "systemd-network") { exit(); }
@@syscallx:*:openat:entry when (__pname > "systemd-networkd") { exit(); }
@@syscallx:*:openat:entry { String name[40]; name = "systemd-networkd"; if (name == "systemd-networkd") exit(); }
