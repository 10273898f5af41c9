# run.sh SCENARIO [ARGUMENT...]: a host with Debian's libvirtd that runs three networks with guests, whose networks go to virtnetd and
# back. Run in a box (tests/box/enter). Prints a line for everything that is wrong; the last line is "ok" or "failed".
#   import           definitions, marks for boot and leases from libvirt's files, twice
#   over-and-back    with traffic: no packet of an established flow is lost, DNS is away for less than half a second
#   killed WAY MS    the command is ended with SIGKILL after so many milliseconds, on the way over or back, and called again
#   stubs            what libvirt has in the place of networks follows them, and stays as an administrator wants it
#   refused          what cannot be taken over, and what fails on the way, leaves all as it was
networks=(default lab third) bridges=(virbr0 virbr1 virbr2) prefixes=(192.168.122 192.168.123 192.168.124)
failures=0
wrong() { echo "WRONG: $*"; failures=$((failures + 1)); }
lv() { virsh -q -c 'network:///system?socket=/run/libvirt/libvirt-sock' "$@"; }
export VIRTNET_DEFAULT_URI='network:///system?socket=/run/virtnet/virtnet-sock'

start_libvirt() {
  drivers=$(echo /usr/lib/*/libvirt/connection-driver)
  rm -rf /etc/libvirt/qemu; mkdir -p /var/log/libvirt/qemu /var/cache/libvirt/qemu /run/libvirt/network /var/lib/libvirt/{network,dnsmasq,qemu,images,boot} /etc/libvirt/qemu/networks /tmp/drivers
  cp "$drivers/libvirt_driver_network.so" /tmp/drivers; mount --bind /tmp/drivers "$drivers"
  env -i PATH="$PATH" HOME=/root LC_ALL=C libvirtd --daemon || return 1
  wait_for 30 'lv net-list'
}

start_networks() {
  local i
  for i in 0 1 2; do
    cat >/tmp/network.xml <<X
<network><name>${networks[i]}</name><forward mode='nat'/><bridge name='${bridges[i]}' stp='on' delay='0'/>
<domain name='${networks[i]}.test' localOnly='yes'/><ip address='${prefixes[i]}.1' netmask='255.255.255.0'>
<dhcp><range start='${prefixes[i]}.2' end='${prefixes[i]}.254'/></dhcp></ip></network>
X
    lv net-define /tmp/network.xml >/dev/null && lv net-start "${networks[i]}" >/dev/null && lv net-autostart "${networks[i]}" >/dev/null || return 1
  done
}

# guest NAME BRIDGE: a namespace with a lease
start_guest() {
  ip netns add "$1"; ip link add "v$1" type veth peer name eth0 netns "$1"
  ip link set "v$1" master "$2" up; ip -n "$1" link set lo up; ip -n "$1" link set eth0 up
  ip netns exec "$1" udhcpc -i eth0 -n -q -f -t 20 -T 1 -x "hostname:$1" -s "$BOX/lease.sh" >/dev/null 2>&1 &
}

start_virtnet() {
  mkdir -p /etc/virtnet /var/lib/virtnet /run/virtnet
  virtnetd >>/tmp/virtnetd.log 2>&1 & daemon=$!
  wait_for 20 'virtnet --no-autostart net-list'
}

start_host() {
  make_world
  start_libvirt || { wrong "libvirtd does not answer"; return 1; }
  start_networks || { wrong "libvirt does not start its networks"; return 1; }
  for g in a b; do
    for i in 0 1 2; do start_guest "$g$i" "${bridges[i]}"; done
    for i in 0 1 2; do wait_for 20 "ip -n $g$i route | grep -q default" || wrong "guest $g$i has no lease"; done
  done
  for i in 0 1 2; do wait_for 5 "[ \$(lv net-dhcp-leases ${networks[i]} | grep -c ${prefixes[i]}) = 2 ]" || wrong "guests of ${networks[i]} have no leases"; done
  start_virtnet || { wrong "virtnetd does not answer: $(tail -3 /tmp/virtnetd.log)"; return 1; }
}

# pings to the outside, one flow a guest, and a question a 20 ms for the name of a guest
start_traffic() {
  local i
  for i in 0 1 2; do
    for g in a b; do ip netns exec "$g$i" ping -i 0.02 -q 203.0.113.1 >"/tmp/ping.$g$i" 2>&1 & echo $! >"/tmp/ping.$g$i.pid"; done
  done
  ip netns exec a0 python3 "$BOX/../takeover/asker.py" 192.168.122.1 b0.default.test >/tmp/asked 2>&1 & asker=$!
  sleep 1
}
end_traffic() { # WHAT
  local i g sent=0 received=0 s r
  sleep 1
  for i in 0 1 2; do for g in a b; do kill -INT "$(cat "/tmp/ping.$g$i.pid")"; done; done
  kill -INT $asker; wait $asker
  sleep 0.3
  for i in 0 1 2; do
    for g in a b; do
      read -r s r < <(awk '/packets transmitted/ { print $1, $4 }' "/tmp/ping.$g$i")
      sent=$((sent + s)); received=$((received + r))
    done
  done
  echo "$1: $sent pings, $((sent - received)) lost, names not answered for $(cat /tmp/asked) ms"
  [ "$sent" -gt 300 ] && [ "$sent" = "$received" ] || wrong "$1: $((sent - received)) of $sent pings lost"
  [ "$(cat /tmp/asked)" -lt "${MAX_AWAY:-500}" ] || wrong "$1: names not answered for $(cat /tmp/asked) ms"
}

# what of the host must be as before: links, addresses, rules, files
snapshot() {
  ip -o -d link show type bridge | grep -oE '^[0-9]+: [^ ]*|mtu [0-9]+|ether [0-9a-f:]+|forward_delay [0-9]+|stp_state [0-9]|alias .*|master [^ ]*'
  ls /sys/class/net/virbr*/brif; grep -H . /proc/sys/net/ipv[46]/conf/virbr*/{forwarding,accept_ra,disable_ipv6,autoconf} 2>/dev/null
  ip -o addr show | sed 's/ valid_lft.*//; s/ dynamic//' | grep virbr
  iptables-save | grep -v '^[#:]' | sed -E 's/^\[[0-9:]+\] //' | sort; ip6tables-save | grep -v '^[#:]' | sort
  nft list tables | grep -v inet.virtnet
  for f in /etc/libvirt/qemu/networks/*.xml /var/lib/libvirt/dnsmasq/*.conf; do echo "$f $(md5sum <"$f")"; done
  ls /etc/libvirt/qemu/networks/autostart /run/libvirt/network /var/lib/libvirt/dnsmasq
  lv net-list --all
}

check_over() {
  local i
  for i in 0 1 2; do
    lv net-dumpxml "${networks[i]}" | grep -q "forward mode='bridge'" || wrong "${networks[i]} is no stub in libvirt"
    virtnet net-info "${networks[i]}" | grep -q '^Active: *yes' || wrong "${networks[i]} is not active in virtnet"
    virtnet net-info "${networks[i]}" | grep -q '^Autostart: *yes' || wrong "${networks[i]} is not started at boot by virtnet"
    ip -o link show "${bridges[i]}" | grep -q 'alias virtnet:' || wrong "${bridges[i]} has no mark"
    [ "$(lv net-dhcp-leases "${networks[i]}" | grep -c "${prefixes[i]}.*/24")" = 2 ] || wrong "libvirt does not show the leases of ${networks[i]}"
    [ "$(virtnet net-dhcp-leases "${networks[i]}" | grep -c "${prefixes[i]}.*/24")" = 2 ] || wrong "virtnet does not have the leases of ${networks[i]}"
    iptables-save | grep -q -- "${bridges[i]} " && wrong "libvirt's rules of ${bridges[i]} are still there"
  done
  iptables-save | grep -q virtnet:guard && wrong "the guard is still there"
  pgrep -x dnsmasq -a | grep -q /var/lib/libvirt && wrong "a dnsmasq of libvirt runs"
  answers
}
check_back() {
  local i
  for i in 0 1 2; do
    lv net-dumpxml "${networks[i]}" | grep -q "forward mode='nat'" || wrong "${networks[i]} is not libvirt's again"
    virtnet net-list --all | grep -q "${networks[i]}" && wrong "${networks[i]} is still virtnet's"
    [ "$(lv net-dhcp-leases "${networks[i]}" | grep -c "${prefixes[i]}.*/24")" = 2 ] || wrong "libvirt does not have the leases of ${networks[i]}"
  done
  nft list table inet virtnet 2>/dev/null | grep -q '"virbr' && wrong "virtnet's rules are still there"
  [ -z "$(ls /var/lib/virtnet-takeover | grep -v lock)" ] || wrong "a journal is left"
  answers
}
# names, a lease anew, and the way out, for a guest of each network
answers() {
  local i
  for i in 0 1 2; do
    wait_for 5 "ip netns exec a$i dig +short +time=1 +tries=1 @${prefixes[i]}.1 b$i.${networks[i]}.test | grep -q '^${prefixes[i]}'" ||
      wrong "b$i.${networks[i]}.test is not known"
    ip netns exec "a$i" ping -c 1 -W 2 -q 203.0.113.1 >/dev/null || wrong "a$i does not reach the outside"
  done
}

scenario_import() {
  virtnet import-libvirt --dry-run --network default | grep -q '^Network default would be imported, started at boot, with 2 leases$' ||
    wrong "a dry run says otherwise"
  virtnet net-list --all | grep -q default && wrong "a dry run imports"
  echo broken >/etc/libvirt/qemu/networks/bad.xml
  virtnet import-libvirt >/tmp/out 2>/tmp/err && wrong "a file that cannot be read is no failure"
  grep -q '^error: Failed to import network bad$' /tmp/err || wrong "the file that cannot be read is not named: $(cat /tmp/err)"
  rm /etc/libvirt/qemu/networks/bad.xml
  for n in "${networks[@]}"; do
    grep -q "^Network $n imported, started at boot, with 2 leases$" /tmp/out || wrong "$n: $(cat /tmp/out)"
    diff -B <(virtnet -q net-dumpxml --inactive "$n") <(lv net-dumpxml --inactive "$n") || wrong "$n has another definition than in libvirt"
    diff -Bw <(virtnet -q net-dhcp-leases "$n") <(lv net-dhcp-leases "$n") || wrong "$n has other leases than in libvirt"
  done
  virtnet import-libvirt >/tmp/out 2>/tmp/err || wrong "a second import fails: $(cat /tmp/err)"
  [ "$(grep -c ' is here already$' /tmp/out)" = 3 ] || wrong "a second import does something: $(cat /tmp/out)"
  virtnet net-start default 2>/tmp/err && wrong "a network starts on libvirt's bridge"
  grep -q "held by libvirt's network default" /tmp/err || wrong "who holds the bridge is not said: $(cat /tmp/err)"
  ip netns exec a0 ping -c 3 -i 0.1 -q 203.0.113.1 >/dev/null || wrong "libvirt's network does not work any more"
}

over() { virtnet import-libvirt --take-over --stubs; }
back() { virtnet import-libvirt --back; }

scenario_over-and-back() {
  snapshot >/tmp/before
  start_traffic; over >/tmp/out 2>/tmp/err || wrong "not taken over: $(cat /tmp/err)"; end_traffic over
  [ "$(grep -c 'taken over, with bridge virbr., with 2 leases' /tmp/out)" = 3 ] || wrong "taken over: $(cat /tmp/out)"
  check_over
  over | grep -q 'no network here that could be taken over' || wrong "taken over twice"
  start_traffic; back >/tmp/out 2>/tmp/err || wrong "not given back: $(cat /tmp/err)"; end_traffic back
  check_back
  snapshot >/tmp/after; diff /tmp/before /tmp/after || wrong "the host is not as before"
}

scenario_killed() { # over|back MS
  snapshot >/tmp/before
  [ "$1" = over ] || over >/dev/null || wrong "not taken over"
  $1 >/tmp/killed 2>&1 & local command=$!
  local child; sleep "$(awk "BEGIN { print $2 / 1000 }")"
  child=$(pgrep -x virtnet); [ -z "$child" ] || { kill -9 $child; echo "killed after $2 ms"; }
  wait $command 2>/dev/null
  if [ "$1" = over ]; then
    over >/tmp/out 2>&1 || wrong "not taken over by the second call: $(cat /tmp/out)"
    check_over
    back >/tmp/out 2>&1 || wrong "not given back: $(cat /tmp/out)"
  elif [ -n "$(ls /var/lib/virtnet-takeover | grep -v lock)" ]; then
    back >/tmp/out 2>&1 || wrong "not given back by the second call: $(cat /tmp/out)"
  fi
  check_back
  snapshot >/tmp/after; diff /tmp/before /tmp/after || wrong "the host is not as before"
}

# own NAME BRIDGE PREFIX: a network on it
own() {
  echo "<network><name>$1</name><forward mode='nat'/><bridge name='$2'/><ip address='$3.1' prefix='24'><dhcp><range start='$3.2' end='$3.254'/></dhcp></ip></network>"
}
# synced TEXT...: what the next look after stubs says, line by line; first it is only asked
synced() {
  local asked
  asked=$(virtnet libvirt-stubs 2>&1)
  virtnet libvirt-stubs --sync >/tmp/synced 2>&1 || wrong "stubs are not looked after: $(cat /tmp/synced)"
  diff <(printf '%s\n' "$@") <(grep . /tmp/synced) || wrong "stubs: said otherwise than expected"
  [ "$(grep -c . <<<"$asked")" = $# ] || wrong "without --sync it says: $asked"
}
stubs_as_networks() { synced "Stubs in libvirt are as the networks are"; }
active_in_libvirt() { lv net-info "$1" | grep -q '^Active: *yes'; }

scenario_stubs() {
  over >/dev/null || wrong "not taken over"
  start_traffic
  stubs_as_networks
  own fourth virbr3 192.168.125 >/tmp/fourth.xml
  virtnet -q net-define /tmp/fourth.xml >/dev/null; stubs_as_networks
  virtnet -q net-start fourth >/dev/null; synced "Stub of network fourth made"
  active_in_libvirt fourth && lv net-dumpxml fourth | grep -q "forward mode='bridge'" || wrong "fourth has no stub that runs"
  lv net-info fourth | grep -q '^Autostart: *yes' || wrong "the stub of fourth is not started at boot"
  [ "$(readlink /var/lib/libvirt/dnsmasq/virbr3.status)" = /var/lib/virtnet/virbr3.status ] || wrong "libvirt does not see the leases of fourth"
  stubs_as_networks

  virtnet -q net-dumpxml fourth --inactive | sed 's/192.168.125.1/192.168.125.129/; s/125.2.\( end\)/125.130'"'"'\1/' | virtnet -q net-define --live - >/dev/null
  synced "Stub of network fourth updated"
  lv net-dumpxml fourth | grep -q 192.168.125.129 || wrong "the stub of fourth has its former address"
  virtnet -q net-destroy fourth >/dev/null; synced "Stub of network fourth stopped"
  active_in_libvirt fourth && wrong "the stub of a stopped network runs"
  virtnet -q net-start fourth >/dev/null; synced "Stub of network fourth started"
  active_in_libvirt fourth || wrong "the stub of a started network does not run"
  [ -L /var/lib/libvirt/dnsmasq/virbr3.status ] || wrong "libvirt does not see the leases of fourth any more"

  lv net-destroy fourth >/dev/null; synced "Stub of network fourth was stopped in libvirt, and is left so: virsh net-start starts it"
  lv net-destroy lab >/dev/null; lv net-undefine lab >/dev/null
  synced "Stub of network fourth was stopped in libvirt, and is left so: virsh net-start starts it" \
    "Stub of network lab was undefined in libvirt, and is left out"
  own theirs virbr8 192.168.126 >/tmp/theirs.xml; lv net-define /tmp/theirs.xml >/dev/null
  before=$(md5sum </etc/libvirt/qemu/networks/theirs.xml)
  own theirs virbr4 192.168.127 >/tmp/ours.xml; virtnet -q net-create /tmp/ours.xml >/dev/null
  synced "Stub of network fourth was stopped in libvirt, and is left so: virsh net-start starts it" \
    "Stub of network lab was undefined in libvirt, and is left out" "libvirt has another network called theirs, which is left as it is"
  [ "$before" = "$(md5sum </etc/libvirt/qemu/networks/theirs.xml)" ] || wrong "a network of libvirt's own was changed"
  virtnet -q net-destroy theirs >/dev/null
  virtnet -q net-destroy fourth >/dev/null; virtnet -q net-undefine fourth >/dev/null
  synced "Stub of network fourth removed" "Stub of network lab was undefined in libvirt, and is left out"
  lv net-list --all | grep -q fourth && wrong "the stub of an undefined network is there"

  # libvirtd ends by itself when nobody asks for it
  kill "$(cat /run/libvirtd.pid)"; wait_for 20 '! [ -e /run/libvirtd.pid ]'
  virtnet -q net-define /tmp/fourth.xml >/dev/null; virtnet -q net-start fourth >/dev/null
  synced "Stub of network fourth made" "Stub of network lab was undefined in libvirt, and is left out"
  env -i PATH="$PATH" HOME=/root LC_ALL=C libvirtd --daemon; wait_for 30 'lv net-list'
  active_in_libvirt fourth || wrong "a stub that was made without libvirtd does not run"
  end_traffic stubs
}

scenario_refused() {
  snapshot >/tmp/before
  virtnet import-libvirt --take-over 2>/tmp/err && wrong "taken over without stubs"
  grep -q 'needs --stubs' /tmp/err || wrong "without stubs: $(cat /tmp/err)"
  mkdir -p /etc/libvirt/qemu
  echo "<domain><name>g</name><devices><interface type='network'><source network='lab'/><bandwidth><inbound average='1' floor='10'/></bandwidth></interface></devices></domain>" >/etc/libvirt/qemu/g.xml
  over 2>/tmp/err && wrong "taken over in spite of a guest with a floor"
  grep -q 'guest g has a bandwidth floor on it' /tmp/err || wrong "a floor: $(cat /tmp/err)"
  rm /etc/libvirt/qemu/g.xml
  # the last of them fails when the others are over already: all go back
  ip link set virbr2 alias other
  over 2>/tmp/err && wrong "taken over in spite of another's mark"
  grep -q "its alias is 'other'" /tmp/err || wrong "another's mark: $(cat /tmp/err)"
  ip link set virbr2 alias ''
  check_back
  snapshot >/tmp/after; diff /tmp/before /tmp/after || wrong "the host is not as before"
}

scenario=$1; shift
start_host && "scenario_$scenario" "$@"
pkill -x dnsmasq; pkill -x libvirtd
if [ $failures = 0 ]; then echo ok; else tail -30 /tmp/virtnetd.log; echo failed; fi
