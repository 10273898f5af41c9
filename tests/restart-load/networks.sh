#!/bin/sh
# networks.sh COUNT: on the host, a name server's address; and that many networks 10.77.N.1/24, each with a guest's interface gN in
# the namespace "guests". For a system that has virtnet installed and nothing else to do.
set -eu
ip link set lo up; ip address add 10.99.0.1/32 dev lo
echo nameserver 10.99.0.1 >/etc/resolv.conf
ip netns add guests
ip -n guests link set lo up
n=1
while [ $n -le "$1" ]; do
  cat >/tmp/network.xml <<XML
<network><name>load$n</name><forward mode='nat'/><bridge name='load$n'/><dns><host ip='10.77.$n.9'><hostname>here.lab</hostname></host></dns>
<ip address='10.77.$n.1' prefix='24'><dhcp><range start='10.77.$n.20' end='10.77.$n.250'/></dhcp></ip></network>
XML
  virtnet -q net-define /tmp/network.xml
  virtnet -q net-start "load$n"
  ip link add "v$n" type veth peer name "g$n" netns guests
  ip link set "v$n" master "load$n" up
  ip -n guests address add "10.77.$n.5/24" dev "g$n"
  ip -n guests link set "g$n" up
  n=$((n + 1))
done
