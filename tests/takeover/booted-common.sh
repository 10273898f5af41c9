# booted-common.sh: what booted.sh and booted-modular.sh look for in a booted system. Sourced.
BOX=/src/tests/box
. $BOX/../takeover/libvirt-here.sh
first=52:54:00:00:00:01 second=52:54:00:00:00:02

wrong() { echo "WRONG: $*"; virsh list --all; virsh net-list --all; tail -5 /var/tmp/machine.console || true; exit 1; }
# wait_for SECONDS COMMAND
wait_for() {
  end=$(($(date +%s) + $1))
  until eval "$2" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt $end ] || wrong "not within $1 s: $2"
    sleep 0.2
  done
}
# shown_with NETWORK MAC PREFIX: both programs know the address of a card
shown_with() {
  shown_at_libvirt "$@"
  wait_for 5 "virtnet net-dhcp-leases $1 | grep -q '$2.* $3[.0-9]*/24 '"
}
shown_at_libvirt() {
  wait_for 40 "virsh net-dhcp-leases $1 | grep -q '$2.* $3[.0-9]*/24 '"
  wait_for 5 "virsh domifaddr machine | grep -q '$2.* $3[.0-9]*/24'"
}
network_xml() { # NAME BRIDGE PREFIX
  echo "<network><name>$1</name><forward mode='nat'/><bridge name='$2'/><ip address='$3.1' prefix='24'><dhcp><range start='$3.2' end='$3.254'/></dhcp></ip></network>"
}
reaches_outside() { before=$(grep -c 'bytes from' /var/tmp/machine.console || true); wait_for 20 "[ \$(grep -c 'bytes from' /var/tmp/machine.console) -gt $((before + 5)) ]"; }
# from_now_on / lost_at_most N: of the guest's questions to the outside
from_now_on() { reaches_outside; : >/var/tmp/machine.console; sleep 1; }
lost_at_most() {
  sleep 1; lost=$(lost_of /var/tmp/machine.console); echo "lost: ${lost% *} of ${lost#* }"
  [ "${lost% *}" -le "$1" ] && [ "${lost#* }" -gt 10 ] || wrong "packets were lost"
}

outside() { # the guest's way out, which a boot forgets
  ip netns add up; ip link add up0 type veth peer name eth0 netns up
  ip -n up addr add 203.0.113.1/24 dev eth0; ip -n up link set eth0 up
  ip addr add 203.0.113.2/24 dev up0; ip link set up0 up; ip route add default via 203.0.113.1
}
