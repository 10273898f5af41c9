# world.sh: what is around virtnet in a box. Sourced by enter.
#   up    the outside: 203.0.113.1, 2001:db8:1::1 (TCP 80 says who called, UDP 7 echoes, DNS knows test.example)
#   p1    a stranger on a segment that no program manages: 10.9.9.2 behind p0
#   ctr   the neighbour's own guest, where it has one (guest_of_neighbour)
#   g1 g2 guests of virtnet: ports vnet0 and vnet1, and TCP 9000
# The host itself has a service at TCP 2222 that a default-deny firewall hides.
uplink4=203.0.113.2 outside4=203.0.113.1 outside6=2001:db8:1::1 stranger=10.9.9.2

now() { echo $((${EPOCHREALTIME/./} / 1000)); } # milliseconds

# wait_for SECONDS COMMAND: until it succeeds.
wait_for() {
  local end=$(($(now) + $1 * 1000))
  until eval "$2" >/dev/null 2>&1; do
    [ "$(now)" -lt $end ] || return 1
    sleep 0.05
  done
}

# segment NAMESPACE OUR_END ADDRESS...: a namespace with eth0 behind our end.
segment() {
  local namespace=$1 ours=$2 address; shift 2
  ip netns add "$namespace"
  ip link add "$ours" type veth peer name eth0 netns "$namespace"
  ip -n "$namespace" link set lo up; ip -n "$namespace" link set eth0 up; ip link set "$ours" up
  for address in "$@"; do ip -n "$namespace" addr add "$address" dev eth0 nodad 2>/dev/null || ip -n "$namespace" addr add "$address" dev eth0; done
}

make_world() {
  mkdir -p /run/{lock,netns,dbus,virtnet} /tmp/virtnet
  echo 0123456789abcdef0123456789abcdef >/etc/machine-id
  ip link set lo up
  sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
  segment up up0 $outside4/24 $outside6/64
  ip addr add $uplink4/24 dev up0; ip addr add 2001:db8:1::2/64 dev up0 nodad
  ip route add default via $outside4; ip -6 route add default via $outside6
  # The outside could reach every private network, if the host let it through.
  local network
  for network in 192.168.122.0/24 192.168.123.0/24 172.17.0.0/16 10.89.0.0/24 10.9.9.0/24; do ip -n up route add $network via $uplink4; done
  ip -n up -6 route add fd00:122::/64 via 2001:db8:1::2
  segment p1 p0 $stranger/24
  ip addr add 10.9.9.1/24 dev p0; ip -n p1 route add default via 10.9.9.1
  ip netns exec up python3 "$BOX/serve.py" 80 &
  ip netns exec up dnsmasq -C /dev/null -k --no-resolv --no-hosts --pid-file= --user=root --address=/test.example/$outside4 \
    --listen-address=$outside4 --bind-interfaces >/dev/null 2>&1 &
  python3 "$BOX/serve.py" 2222 &
  rm -f /etc/resolv.conf; echo "nameserver $outside4" >/etc/resolv.conf
  dbus-daemon --system --fork --nopidfile 2>/dev/null
}

# guest NAMESPACE PORT: a guest of the network default, plugged in as a hypervisor does it.
guest() {
  [ -e "/run/netns/$1" ] || { segment "$1" "$2"; ip netns exec "$1" python3 "$BOX/serve.py" 9000 & }
  ip link set "$2" master virbr0 up
}

# guest_of_neighbour BRIDGE ADDRESS/LENGTH GATEWAY: what a container of the neighbour would be, with a port 8080 that it did not publish.
guest_of_neighbour() {
  [ -e /run/netns/ctr ] || { ip netns add ctr; ip -n ctr link set lo up; ip netns exec ctr python3 "$BOX/serve.py" 8080 & }
  if [ $# -gt 0 ]; then
    [ -e /sys/class/net/vctr ] || {
      ip link add vctr type veth peer name eth0 netns ctr; ip -n ctr addr add "$2" dev eth0; ip -n ctr link set eth0 up
      ip -n ctr route add default via "$3"
    }
    ip link set vctr master "$1" up
    neighbours_guest=${2%/*}
  fi
}
neighbours_guest=
