#!/usr/bin/env bash
# Records netdev.pcapng in a virtual machine with Debian's kernel 6.12, where functions of the kernel can be hooked: what happens
# to a pair of devices from their beginning to their end. Times and processes differ from run to run, so the file is committed
# and made anew only for a reason.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/data/record_in_vm.sh
begin_recording
add_module veth
clauses='@@net:netdev:set_promiscuity { printf("%d\n", __netdev->inc); }
@@net:netdev:ioctl { printf("%x %s\n", __netdev->cmd, __netdev->arg); }
@@net:netdev:get_stats { printf("%s\n", __netdev->dev_name); }'
record_in_vm netdev scripts/netdev_watch.e <<'SCENE'
ip link add near address 02:00:5e:00:53:01 type veth peer name far address 02:00:5e:00:53:02
ip link set near up
ip link set near mtu 1400
ip link set near address 02:00:5e:00:53:7f
ip link set near promisc on
ip link set near promisc off
ip link set near allmulticast on
ip link set near multicast off
perl -MSocket -e '
    socket(my $socket, PF_INET, SOCK_DGRAM, 0);
    my $request = pack("a16 x24", "near");
    ioctl($socket, 0x8921, $request); # SIOCGIFMTU
    print unpack("x16 i", $request), "\n";' >/tmp/mtu
[[ $(cat /tmp/mtu) == 1400 ]] || exit 1
cat /proc/net/dev >/dev/null
ip link set near down
ip link delete near
SCENE
