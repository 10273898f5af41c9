# run.sh SCENARIO [ARGUMENT...]: a host with libvirt that runs three networks with guests, whose networks go to virtnetd and back. Run in a box (tests/box/enter), whose root says which Debian's. Prints a line for everything that is wrong; the last line is
# "ok" or "failed".
#   GUESTS     how many a network has (2)
#   QEMU       1: and a guest of libvirt's own in QEMU, which a box with another system finds the machine's kernel for
#   MODULAR    1: libvirt is virtnetworkd and virtqemud instead of Debian's libvirtd, and each network has a port
#   LIBVIRT_FIREWALL  nftables or iptables: libvirt's, where it has the choice (9.0 has none)
#   import           definitions, marks for boot and leases from libvirt's files, twice
#   over-and-back    with traffic: no packet of an established flow is lost, DNS is away for less than half a second
#   killed WAY EVERY FIRST  the command is ended with SIGKILL before its actions FIRST, FIRST + EVERY..., on the way over or back, and
#                    called again. Before an action is after the one before; steps.so (steps.c) is in /usr/local/lib/virtnet-test
#   boot EVERY FIRST  the same over to virtnetd, and the host starts anew before the second call: all networks run on it, on one side
#   meanwhile        what became of networks between over and back goes back with them, and what is new since
#   stubs            what libvirt has in the place of networks follows them, and stays as an administrator wants it
#   refused          what cannot be taken over, and what fails on the way, leaves all as it was
#   refused-modular  the same where libvirt is modular
networks=(default lab third) bridges=(virbr0 virbr1 virbr2) prefixes=(192.168.122 192.168.123 192.168.124)
count=${GUESTS:-2} letters=(a b c d e f g h i j)
letters=("${letters[@]:0:$count}")
failures=0
wrong() { echo "WRONG: $*"; failures=$((failures + 1)); }
. "$BOX/../takeover/libvirt-here.sh"
# by MODULAR: where libvirt has networks, where it has guests, and which program has the networks
case ${MODULAR:-} in 1) sockets=(virtnetworkd-sock virtqemud-sock) program=virtnetworkd ;; *) sockets=(libvirt-sock libvirt-sock) program=libvirtd ;; esac
lv() { virsh -q -c "network:///system?socket=/run/libvirt/${sockets[0]}" "$@"; }
lvq() { virsh -q -c "qemu:///system?socket=/run/libvirt/${sockets[1]}" "$@"; }
export VIRTNET_DEFAULT_URI='network:///system?socket=/run/virtnet/virtnet-sock'

start_libvirt() {
  drivers=$(echo /usr/lib/*/libvirt/connection-driver)
  rm -rf /etc/libvirt/qemu; mkdir -p /var/log/libvirt/qemu /var/cache/libvirt/qemu /run/libvirt/{network,qemu,common} /var/lib/libvirt/{network,dnsmasq,qemu,images,boot} /etc/libvirt/qemu/networks /tmp/drivers
  if [ $program = libvirtd ]; then
    cp "$drivers"/libvirt_driver_network.so ${QEMU:+"$drivers"/libvirt_driver_qemu.so} /tmp/drivers; mount --bind /tmp/drivers "$drivers"
  fi
  ! grep -q firewall_backend /etc/libvirt/network.conf 2>/dev/null || echo "firewall_backend = \"${LIBVIRT_FIREWALL:-nftables}\"" >/etc/libvirt/network.conf
  plain_guests >/etc/libvirt/qemu.conf
  stand_in_for_tc /tmp/stand-in; PATH=/tmp/stand-in:$PATH # also of a libvirtd that is started anew
  start_program || return 1
  [ $program = libvirtd ] || env -i PATH="$PATH" HOME=/root LC_ALL=C virtqemud --daemon
}

start_program() { env -i PATH="$PATH" HOME=/root LC_ALL=C $program --daemon && wait_for 30 'lv net-list'; }

start_networks() {
  local i
  for i in 0 1 2; do
    cat >/tmp/network.xml <<X
<network><name>${networks[i]}</name><forward mode='nat'/><bridge name='${bridges[i]}' stp='on' delay='0'/>
<domain name='${networks[i]}.test' localOnly='yes'/><ip address='${prefixes[i]}.1' netmask='255.255.255.0'>
<dhcp><range start='${prefixes[i]}.2' end='${prefixes[i]}.254'/></dhcp></ip></network>
X
    lv net-define /tmp/network.xml >/dev/null && lv net-start "${networks[i]}" >/dev/null && lv net-autostart "${networks[i]}" >/dev/null || return 1
    [ $program = libvirtd ] || start_port $i
  done
}

# port_xml I: as virtqemud makes it for a guest's interface
port_xml() {
  cat <<X
<networkport><uuid>00000000-0000-4000-8000-00000000000$1</uuid><owner><name>g$1</name><uuid>00000000-0000-4000-9000-00000000000$1</uuid></owner>
<mac address='52:54:00:00:02:0$1'/></networkport>
X
}
start_port() { # I
  port_xml "$1" >/tmp/port.xml
  lv net-port-create "${networks[$1]}" /tmp/port.xml >/dev/null || wrong "${networks[$1]} takes no port"
}
# ports lv|virtnet: of all networks, as it shows them
ports() { local i; for i in 0 1 2; do $1 -q net-port-list "${networks[i]}" | sort; done; }

# guest NAME BRIDGE: a namespace with a lease
start_guest() {
  ip netns add "$1"; ip link add "v$1" type veth peer name eth0 netns "$1"
  ip link set "v$1" master "$2" up; ip -n "$1" link set lo up; ip -n "$1" link set eth0 up
  # dnsmasq pings an address for three seconds before it offers it, and answers nobody meanwhile
  until ip netns exec "$1" udhcpc -i eth0 -n -q -f -t 20 -T 4 -x "hostname:$1" -s "$BOX/lease.sh" >/dev/null 2>&1; do :; done &
}

start_virtnet() {
  mkdir -p /etc/virtnet /var/lib/virtnet /run/virtnet
  [ $program = libvirtd ] || echo 'libvirt_sockets = "yes"' >/etc/virtnet/virtnetd.conf # from when virtnetworkd has ended
  virtnetd >>/tmp/virtnetd.log 2>&1 & daemon=$!
  wait_for 20 'virtnet --no-autostart net-list' || return 1
  [ $program = libvirtd ] || wait_for 20 'virtnet status | grep -q "listens on /run/libvirt/virtnetworkd-sock"'
}

# start_machine: a guest of libvirt's own on the first network, which asks for a lease and reaches for the outside for ever
start_machine() {
  machine_xml default >/tmp/machine.xml || { wrong "no kernel for a guest"; return 1; }
  lvq define /tmp/machine.xml >/dev/null && lvq start machine >/dev/null || { wrong "libvirt does not start a guest"; return 1; }
  wait_for 90 'grep -q "bytes from 203.0.113.1" /var/tmp/machine.console' || wrong "the guest does not reach the outside: $(tail -3 /var/tmp/machine.console)"
}

# leases_of lv|virtnet I: how many of the guests' leases it shows
leases_of() { $1 net-dhcp-leases "${networks[$2]}" | grep -cE " ${prefixes[$2]}[.0-9]*/24 +[a-j]$2 "; }

start_host() {
  make_world
  start_libvirt || { wrong "libvirtd does not answer"; return 1; }
  start_networks || { wrong "libvirt does not start its networks"; return 1; }
  for g in "${letters[@]}"; do
    for i in 0 1 2; do start_guest "$g$i" "${bridges[i]}"; done
  done
  for g in "${letters[@]}"; do
    for i in 0 1 2; do wait_for 60 "ip -n $g$i route | grep -q default" || wrong "guest $g$i has no lease"; done
  done
  for i in 0 1 2; do wait_for 5 "[ \$(leases_of lv $i) = $count ]" || wrong "guests of ${networks[i]} have no leases"; done
  [ -z "${QEMU:-}" ] || start_machine
  [ $program = libvirtd ] || { ports lv >/tmp/ports; lv net-port-list lab >/tmp/ports.lab; }
  start_virtnet || { wrong "virtnetd does not answer: $(tail -3 /tmp/virtnetd.log)"; return 1; }
}

# pings to the outside, one flow a guest, and a question a 20 ms for the name of a guest
start_traffic() {
  local i
  for i in 0 1 2; do
    for g in "${letters[@]}"; do ip netns exec "$g$i" ping -D -i 0.02 203.0.113.1 >"/tmp/ping.$g$i" 2>&1 & echo $! >"/tmp/ping.$g$i.pid"; done
  done
  ip netns exec a0 python3 "$BOX/../takeover/asker.py" 192.168.122.1 b0.default.test >/tmp/asked 2>&1 & asker=$!
  sleep 1
}
end_traffic() { # WHAT
  local i g sent=0 lost=0 s r
  sleep 1
  for i in 0 1 2; do for g in "${letters[@]}"; do kill -INT "$(cat "/tmp/ping.$g$i.pid")"; done; done
  kill -INT $asker; wait $asker
  sleep 0.3
  for i in 0 1 2; do
    for g in "${letters[@]}"; do
      read -r s r < <(lost_of "/tmp/ping.$g$i")
      lost=$((lost + s)); sent=$((sent + r))
    done
  done
  echo "$1: $sent pings, $lost lost, names not answered for $(cat /tmp/asked) ms"
  [ -z "${QEMU:-}" ] || { read -r s r < <(lost_of /var/tmp/machine.console); echo "$1: $r pings of the guest in QEMU, $s lost"; lost=$((lost + s)); }
  [ "$sent" -gt 300 ] && [ $lost = 0 ] || wrong "$1: $lost of $sent pings lost, before: $(lost_when /tmp/ping.[a-j][0-2])"
  [ "$(cat /tmp/asked)" -lt "${MAX_AWAY:-500}" ] || wrong "$1: names not answered for $(cat /tmp/asked) ms"
}

# lost_when FILE...: when answers came after questions that had none, of ping -D
lost_when() {
  awk -F'[][ =]' '/icmp_seq=/ { match($0, /icmp_seq=[0-9]+/); seq = substr($0, RSTART + 9, RLENGTH - 9)
    if (FNR > 2 && seq > last + 1) print $2, FILENAME, seq - last - 1; last = seq }' "$@"
}

libvirts_tables() { local family; for family in ip ip6; do nft -s list table $family libvirt_network 2>/dev/null; done; }

# what of the host must be as before: links, addresses, rules, sysctls, files
snapshot() {
  ip -o -d link show type bridge | grep -oE '^[0-9]+: [^ ]*|mtu [0-9]+|ether [0-9a-f:]+|forward_delay [0-9]+|stp_state [0-9]|alias .*|master [^ ]*'
  ls /sys/class/net/virbr*/brif; grep -H . /proc/sys/net/ipv[46]/conf/virbr*/{forwarding,accept_ra,disable_ipv6,autoconf} 2>/dev/null
  ip -o addr show | sed 's/ valid_lft.*//; s/ dynamic//' | grep virbr
  iptables-save | grep -v '^[#:]' | sed -E 's/^\[[0-9:]+\] //' | sort; ip6tables-save | grep -v '^[#:]' | sort
  nft list tables | grep -v inet.virtnet; libvirts_tables | sort
  for i in "${bridges[@]}"; do tc qdisc show dev $i | sed 's/direct_packets_stat [0-9]*//'; tc filter show dev $i; done
  for f in /etc/libvirt/qemu/networks/*.xml /var/lib/libvirt/dnsmasq/*.conf; do echo "$f $(md5sum <"$f")"; done
  ls /etc/libvirt/qemu/networks/autostart /run/libvirt/network /var/lib/libvirt/dnsmasq
  lv net-list --all
  [ $program = libvirtd ] || { ls /run/libvirt/network/*/ports; cat /var/lib/libvirt/dnsmasq/*.macs; ports lv; }
}

check_over() {
  local i
  if [ $program = libvirtd ]; then
    for i in 0 1 2; do lv net-dumpxml "${networks[i]}" | grep -q "forward mode='bridge'" || wrong "${networks[i]} is no stub in libvirt"; done
  else
    pgrep -x virtnetworkd && wrong "virtnetworkd runs"
    diff <(ports virtnet) /tmp/ports || wrong "virtnet has other ports"
    diff <(ports lv) /tmp/ports || wrong "libvirt's clients see other ports"
    [ -z "$(ls /run/libvirt/network/*.xml /run/libvirt/network/*/ports 2>/dev/null)" ] || wrong "libvirt has states still"
  fi
  for i in 0 1 2; do
    virtnet net-info "${networks[i]}" | grep -q '^Active: *yes' || wrong "${networks[i]} is not active in virtnet"
    virtnet net-info "${networks[i]}" | grep -q '^Autostart: *yes' || wrong "${networks[i]} is not started at boot by virtnet"
    ip -o link show "${bridges[i]}" | grep -q 'alias virtnet:' || wrong "${bridges[i]} has no mark"
    [ "$(leases_of lv $i)" = $count ] || wrong "libvirt does not show the leases of ${networks[i]}"
    [ "$(leases_of virtnet $i)" = $count ] || wrong "virtnet does not have the leases of ${networks[i]}"
    { iptables-save | grep -- "${bridges[i]} "; libvirts_tables | grep "\"${bridges[i]}\""; } >/tmp/rules && wrong "libvirt's rules of ${bridges[i]} are still there: $(cat /tmp/rules)"
  done
  { iptables-save; libvirts_tables; } | grep -q virtnet:guard && wrong "the guard is still there"
  pgrep -x dnsmasq -a | grep -q /var/lib/libvirt && wrong "a dnsmasq of libvirt runs"
  answers
}
check_back() {
  local i
  pgrep -x $program >/dev/null || wrong "$program does not run"
  for i in 0 1 2; do
    lv net-dumpxml "${networks[i]}" | grep -q "forward mode='nat'" || wrong "${networks[i]} is not libvirt's again"
    virtnet net-list --all | grep -q "${networks[i]}" && wrong "${networks[i]} is still virtnet's"
    [ "$(leases_of lv $i)" = $count ] || wrong "libvirt does not have the leases of ${networks[i]}"
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
  virtnet import-libvirt --dry-run --network default | grep -q "^Network default would be imported, started at boot, with $count leases\$" ||
    wrong "a dry run says otherwise"
  virtnet net-list --all | grep -q default && wrong "a dry run imports"
  echo broken >/etc/libvirt/qemu/networks/bad.xml
  virtnet import-libvirt >/tmp/out 2>/tmp/err && wrong "a file that cannot be read is no failure"
  grep -q '^error: Failed to import network bad$' /tmp/err || wrong "the file that cannot be read is not named: $(cat /tmp/err)"
  rm /etc/libvirt/qemu/networks/bad.xml
  for n in "${networks[@]}"; do
    grep -q "^Network $n imported, started at boot, with $count leases$" /tmp/out || wrong "$n: $(cat /tmp/out)"
    diff -B <(virtnet -q net-dumpxml --inactive "$n") <(lv net-dumpxml --inactive "$n") || wrong "$n has another definition than in libvirt"
    diff -Bw <(virtnet -q net-dhcp-leases "$n") <(lv net-dhcp-leases "$n") || wrong "$n has other leases than in libvirt"
  done
  virtnet import-libvirt >/tmp/out 2>/tmp/err || wrong "a second import fails: $(cat /tmp/err)"
  [ "$(grep -c ' is here already$' /tmp/out)" = 3 ] || wrong "a second import does something: $(cat /tmp/out)"
  virtnet net-start default 2>/tmp/err && wrong "a network starts on libvirt's bridge"
  grep -q "held by libvirt's network default" /tmp/err || wrong "who holds the bridge is not said: $(cat /tmp/err)"
  ip netns exec a0 ping -c 3 -i 0.1 -q 203.0.113.1 >/dev/null || wrong "libvirt's network does not work any more"
}

case $program in libvirtd) take_over="--take-over --stubs" ;; *) take_over=--take-over ;; esac
# shellcheck disable=SC2086 # words
over() { virtnet import-libvirt $take_over "$@"; }
back() { virtnet import-libvirt --back; }

# virtqemud, which was not restarted, has its guest's interfaces at virtnetd: it plugs one in, shows it, and takes its port back
hypervisor_follows() {
  local second=52:54:00:00:00:02
  lvq domiflist machine | grep -q " network *default .*52:54:00:00:00:01" || wrong "the guest is on: $(lvq domiflist machine)"
  lvq domifaddr machine | grep -q ' 192.168.122[.0-9]*/24' || wrong "the guest's address is not shown: $(lvq domifaddr machine)"
  card lab $second >/tmp/second.xml; lvq attach-device machine /tmp/second.xml --live >/dev/null || wrong "virtqemud cannot plug a card into a network of virtnetd"
  [ "$(virtnet -q net-port-list lab | wc -l)" = $(($(grep -c . /tmp/ports.lab) + 1)) ] || wrong "the card has no port: $(virtnet -q net-port-list lab)"
  lvq detach-device machine /tmp/second.xml --live >/dev/null; wait_for 20 "diff <(virtnet -q net-port-list lab) /tmp/ports.lab" || wrong "the port of a card that was unplugged stays"
}

scenario_over-and-back() {
  snapshot >/tmp/before
  over --dry-run >/tmp/out 2>/tmp/err || wrong "a dry run fails: $(cat /tmp/err)"
  [ "$(grep -c "^Network .* would be taken over from $program, with bridge virbr.$" /tmp/out)" = 3 ] && grep -q "^$program would" /tmp/out || wrong "a dry run says: $(cat /tmp/out)"
  snapshot >/tmp/after; diff /tmp/before /tmp/after || wrong "a dry run changes the host"
  [ $program = libvirtd ] || { python3 "$BOX/../takeover/knocker.py" /run/libvirt/virtnetworkd-sock >/tmp/knocked 2>&1 & knocker=$!; }
  start_traffic; over >/tmp/out 2>/tmp/err || wrong "not taken over: $(cat /tmp/err)"; end_traffic over
  [ $program = libvirtd ] || { kill -INT $knocker; wait $knocker; echo "over: nobody for virtqemud for $(cat /tmp/knocked) ms"; [ "$(cat /tmp/knocked)" -lt 1000 ] || wrong "virtqemud found nobody for $(cat /tmp/knocked) ms"; }
  [ "$(grep -c "taken over from $program, with bridge virbr., with [0-9]* leases" /tmp/out)" = 3 ] && grep -q "^$program " /tmp/out || wrong "taken over: $(cat /tmp/out)"
  check_over
  over | grep -q 'no network here that could be taken over' || wrong "taken over twice"
  start_traffic; back >/tmp/out 2>/tmp/err || wrong "not given back: $(cat /tmp/err)"; end_traffic back
  check_back
  snapshot >/tmp/after; diff /tmp/before /tmp/after || wrong "the host is not as before"
  over >/dev/null || wrong "not taken over again"
  for family in ip ip6; do nft delete table $family libvirt_network 2>/dev/null; done # as after a boot: it ran none of them since
  start_traffic; back >/tmp/out 2>/tmp/err || wrong "not given back again: $(cat /tmp/err)"; end_traffic "back without tables"
  check_back
  snapshot >/tmp/after; diff /tmp/before /tmp/after || wrong "the host is not as before the second time"
  if [ -n "${QEMU:-}" ] && [ $program = virtnetworkd ]; then
    over >/dev/null || wrong "not taken over for the third time"
    hypervisor_follows
    back >/dev/null || wrong "not given back for the third time"
    lvq destroy machine >/dev/null; diff <(ports lv | grep -c '[^ ]') <(echo 3) || wrong "the port of a guest that ended stays: $(ports lv)"
  fi
}

# step_of OVER_OR_BACK N: the command, ended before its action N. Fails if it is.
step_of() {
  local command
  case $1 in over) command=$take_over ;; back) command=--back ;; esac
  # shellcheck disable=SC2086 # words
  LD_PRELOAD=/usr/local/lib/virtnet-test/steps.so VIRTNET_STEP=$2 virtnet import-libvirt $command >/tmp/killed 2>&1
}

# own NAME BRIDGE PREFIX: a network on it
own() {
  echo "<network><name>$1</name><forward mode='nat'/><bridge name='$2'/><ip address='$3.1' prefix='24'><dhcp><range start='$3.2' end='$3.254'/></dhcp></ip></network>"
}
# run_here NAME BRIDGE PREFIX: virtnet's own, and no libvirt's
run_here() { own "$@" >"/tmp/$1.xml"; virtnet -q net-define "/tmp/$1.xml" >/dev/null && virtnet -q net-start "$1" >/dev/null; }
active_in_libvirt() { lv net-info "$1" | grep -q '^Active: *yes'; }
for_boot_in_libvirt() { lv net-info "$1" | grep -q '^Autostart: *yes'; }

scenario_meanwhile() {
  local g
  own gone virbr6 192.168.126 >/tmp/gone.xml
  { lv net-define /tmp/gone.xml && lv net-start gone && lv net-autostart gone; } >/dev/null
  run_here early virbr9 192.168.129
  if [ $program = libvirtd ]; then # which takes along what does not run, and reads all files
    own idle virbr7 192.168.127 >/tmp/idle.xml; lv net-define /tmp/idle.xml >/dev/null; lv net-autostart idle >/dev/null
    echo '<network>' >/etc/libvirt/qemu/networks/broken.xml
  fi
  over >/dev/null 2>/tmp/err || wrong "not taken over: $(cat /tmp/err)"
  active_in_libvirt idle 2>/dev/null && wrong "libvirt has started a network that somebody had stopped"

  own fourth virbr3 192.168.125 | sed "s#<forward#<dns><forwarder addr='203.0.113.1'/></dns>&#" >/tmp/fourth.xml
  virtnet -q net-define /tmp/fourth.xml >/dev/null; virtnet -q net-start fourth >/dev/null; virtnet -q net-autostart fourth >/dev/null
  virtnet -q net-publish fourth 8080 192.168.125.9:80 >/dev/null || wrong "nothing is published"
  own fifth virbr5 192.168.128 >/tmp/fifth.xml; virtnet -q net-define /tmp/fifth.xml >/dev/null
  own passing virbr4 192.168.130 >/tmp/passing.xml; virtnet -q net-create /tmp/passing.xml >/dev/null
  [ $program != libvirtd ] || virtnet libvirt-stubs --sync >/dev/null || wrong "no stubs"
  start_guest z3 virbr3; wait_for 30 'ip -n z3 route | grep -q default' || wrong "no lease from a network that is new"
  if [ $program = libvirtd ]; then
    virtnet -q net-rename lab laboratory >/dev/null || wrong "not renamed"
  else
    port_xml 9 >/tmp/port.xml; virtnet -q net-port-create fourth /tmp/port.xml >/dev/null || wrong "fourth takes no port"
  fi
  virtnet -q net-destroy third >/dev/null; virtnet -q net-destroy gone >/dev/null; virtnet -q net-undefine gone >/dev/null
  virtnet -q net-autostart default --disable >/dev/null

  snapshot >/tmp/before 2>/dev/null
  virtnet import-libvirt --back --dry-run >/tmp/out 2>&1 || wrong "a dry run fails: $(cat /tmp/out)"
  grep -q '^Network fourth, which is new since the take-over, would be given to ' /tmp/out || wrong "a dry run says: $(cat /tmp/out)"
  snapshot >/tmp/after 2>/dev/null; diff /tmp/before /tmp/after || wrong "a dry run changes the host"
  for g in a0 z3; do ip netns exec $g ping -D -i 0.02 203.0.113.1 >/tmp/ping.$g 2>&1 & echo $! >/tmp/ping.$g.pid; done
  sleep 1; back >/tmp/out 2>/tmp/err || wrong "not given back: $(cat /tmp/err)"; sleep 1
  for g in a0 z3; do kill -INT "$(cat /tmp/ping.$g.pid)"; sleep 0.3; [ "$(lost_of /tmp/ping.$g | cut -d' ' -f1)" = 0 ] || wrong "$g lost $(lost_of /tmp/ping.$g)"; done

  grep -q '^Network early stays virtnet.s: virtnet had it before$' /tmp/out && grep -q '^Network passing stays virtnet.s: it is not defined' /tmp/out ||
    wrong "what stays is not named: $(cat /tmp/out)"
  grep -q 'network fourth: what it publishes is not reached under libvirt: 1 publication' /tmp/err || wrong "what stops is not named: $(cat /tmp/err)"
  [ "$(virtnet -q net-list --all --name | grep . | sort | xargs)" = "early passing" ] || wrong "virtnet has: $(virtnet net-list --all)"
  active_in_libvirt default && ! for_boot_in_libvirt default || wrong "default is: $(lv net-info default)"
  for g in third gone fifth; do active_in_libvirt $g && wrong "$g runs"; lv net-dumpxml $g | grep -q "forward mode='nat'" || wrong "libvirt has no $g"; done
  for_boot_in_libvirt third && ! for_boot_in_libvirt gone && ! for_boot_in_libvirt fifth || wrong "marks for boot: $(lv net-list --all)"
  active_in_libvirt fourth && for_boot_in_libvirt fourth && lv net-dumpxml fourth | grep -q "forwarder addr='203.0.113.1'" || wrong "fourth is: $(lv net-dumpxml fourth)"
  lv net-dhcp-leases fourth | grep -q ' 192.168.125[.0-9]*/24 *z3 ' || wrong "the lease of a network that is new is not libvirt's"
  wait_for 5 'ip netns exec z3 dig +short +time=1 +tries=1 @192.168.125.1 test.example | grep -q .' || wrong "libvirt does not serve what is new"
  if [ $program = libvirtd ]; then
    active_in_libvirt laboratory && ! lv net-info lab 2>/dev/null || wrong "a renamed network: $(lv net-list --all)"
  else
    lv -q net-port-list fourth | grep -q . || wrong "the port of a network that is new is lost"
  fi
  pgrep -a dnsmasq | grep -E '/(third|gone)\.conf' && wrong "dnsmasq serves what does not run"
  find /var/lib/libvirt/dnsmasq -lname '/var/lib/virtnet/*' | grep -v 'virbr[49]\.' && wrong "a link to a list that nobody writes is left"
  [ -z "$(ls /var/lib/virtnet-takeover | grep -v lock)" ] || wrong "a journal is left"
  lv net-destroy fourth >/dev/null || wrong "fourth cannot be stopped"
  [ ! -e /sys/class/net/virbr3 ] && ! pgrep -a dnsmasq | grep /fourth.conf || wrong "libvirt leaves something of fourth"
  back 2>&1 | grep -q 'no network was taken over from libvirt' || wrong "given back twice"
}
scenario_killed() { # over|back EVERY FIRST
  local step=$3 status kills=0 journals
  snapshot >/tmp/before
  start_traffic
  while :; do
    [ "$1" = over ] || { over >/dev/null && run_here fourth virbr3 192.168.125; } || wrong "not taken over"
    step_of "$1" "$step"; status=$?
    echo "$EPOCHREALTIME action $step: $(cat /tmp/killed)" >>/tmp/actions
    if [ $status = 137 ]; then kills=$((kills + 1)); elif [ $status != 0 ]; then wrong "failed by itself: $(cat /tmp/killed)"; fi
    if [ "$1" = over ]; then
      over >/tmp/out 2>&1 || wrong "not taken over by the second call: $(cat /tmp/out)"
      check_over
      back >/tmp/out 2>&1 || wrong "not given back: $(cat /tmp/out)"
    elif [ -n "$(ls /var/lib/virtnet-takeover | grep -v lock)" ]; then
      journals=$(ls -d /var/lib/virtnet-takeover/*/direction 2>/dev/null) # none: it is only to be cleared away
      back >/tmp/out 2>&1 || [ -z "$journals" ] || wrong "not given back by the second call: $(cat /tmp/out)"
    fi
    [ "$1" = over ] || { active_in_libvirt fourth && lv net-destroy fourth && lv net-undefine fourth; } >/dev/null || wrong "what was new does not run in libvirt"
    rm -f /run/libvirt/network/fourth.pid # which libvirt leaves
    check_back
    snapshot >/tmp/after; diff /tmp/before /tmp/after || wrong "the host is not as before"
    [ $failures = 0 ] && [ $status = 137 ] || break
    step=$((step + $2))
  done
  echo "$1: killed $kills times, at last at action $step: $(cat /tmp/killed)"
  MAX_AWAY=60000 end_traffic "killed $1"
}

# start_anew: what is not on the disk is gone, and both daemons start, libvirt's first
start_anew() {
  local bridge
  kill -KILL "$daemon" "$(cat /run/libvirtd.pid)"; pkill -KILL -f /var/lib/libvirt/dnsmasq/
  wait "$daemon" 2>/dev/null
  for bridge in "${bridges[@]}"; do ip link delete "$bridge" 2>/dev/null; done
  nft flush ruleset
  rm -rf /run/libvirt/* /run/virtnet/* /run/libvirtd.pid
  mkdir -p /run/libvirt/{network,qemu,common}
  start_program && start_virtnet || wrong "a daemon does not start anew"
}

# each_runs WHEN: on the host, and for libvirt's guests
each_runs() {
  local i
  for i in 0 1 2; do
    wait_for 10 "[ -e /sys/class/net/${bridges[i]} ] && active_in_libvirt ${networks[i]}" ||
      wrong "$1: ${networks[i]} does not run: $(lv net-list --all; virtnet net-list --all; ip -br link show type bridge)"
  done
}

scenario_boot() { # EVERY FIRST
  local step=$2 i status cuts=0
  while :; do
    step_of over "$step"; status=$?
    [ $status = 137 ] || break
    cuts=$((cuts + 1))
    start_anew
    each_runs "action $step: $(cat /tmp/killed)"
    over >/tmp/out 2>&1 || grep -q 'no network here' /tmp/out || wrong "not taken over after action $step: $(cat /tmp/out)"
    for i in 0 1 2; do virtnet net-info "${networks[i]}" | grep -q '^Active: *yes' || wrong "action $step: ${networks[i]} is not virtnet's: $(cat /tmp/out)"; done
    each_runs "action $step, taken over"
    back >/tmp/out 2>&1 || wrong "not given back: $(cat /tmp/out)"
    each_runs "action $step, given back"
    [ $failures = 0 ] || break
    step=$((step + $1))
  done
  echo "boot: cut $cuts times, at last before action $step: $(cat /tmp/killed)"
  [ $cuts -gt 0 ] || wrong "nothing was cut"
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

  virtnet -q net-rename fourth another >/dev/null; synced "Stub of network another made" "Stub of network fourth removed"
  active_in_libvirt another && ! lv net-info fourth 2>/dev/null || wrong "a network that was renamed: $(lv net-list --all)"
  virtnet -q net-rename another fourth >/dev/null; synced "Stub of network another removed" "Stub of network fourth made"
  [ -L /var/lib/libvirt/dnsmasq/virbr3.status ] || wrong "libvirt does not see the leases of what was renamed"

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
  start_program
  active_in_libvirt fourth || wrong "a stub that was made without libvirtd does not run"
  end_traffic stubs
}

# guests would lose their addresses to others
leases_unreadable() {
  local list=/var/lib/libvirt/dnsmasq/virbr1.status option
  cp -p $list /tmp/list; head -c 40 /tmp/list >$list
  for option in --dry-run ""; do
    # shellcheck disable=SC2086 # none
    over $option 2>/tmp/err && wrong "taken over without leases $option"
    grep -q 'its leases cannot be read: .*virbr1.status' /tmp/err || wrong "leases that cannot be read: $(cat /tmp/err)"
  done
  cp -p /tmp/list $list
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
  leases_unreadable
  # the last of them fails when the others are over already: all go back
  ip link set virbr2 alias other
  over 2>/tmp/err && wrong "taken over in spite of another's mark"
  grep -q "its alias is 'other'" /tmp/err || wrong "another's mark: $(cat /tmp/err)"
  ip link set virbr2 alias ''
  check_back
  snapshot >/tmp/after; diff /tmp/before /tmp/after || wrong "the host is not as before"
}

scenario_refused-modular() {
  virtnet import-libvirt --take-over --stubs 2>/tmp/err && wrong "taken over with stubs"
  grep -q 'needs no stubs' /tmp/err || wrong "with stubs: $(cat /tmp/err)"
  virtnet libvirt-stubs --sync 2>/tmp/err && wrong "stubs are made"
  grep -q 'needs no stubs' /tmp/err || wrong "stubs: $(cat /tmp/err)"
  over lab default 2>/tmp/err && wrong "some are taken over, and the other is nobody's"
  grep -q 'network third would be nobody' /tmp/err || wrong "not all: $(cat /tmp/err)"
  own passing virbr8 192.168.126 >/tmp/passing.xml; lv net-create /tmp/passing.xml >/dev/null
  over 2>/tmp/err && wrong "a network that is not defined is lost"
  grep -q 'network passing over: it is not defined' /tmp/err || wrong "not defined: $(cat /tmp/err)"
  lv net-destroy passing >/dev/null
  snapshot >/tmp/before
  leases_unreadable
  # the last of them fails when the others are over already: all go back
  ip link set virbr2 alias other
  over 2>/tmp/err && wrong "taken over in spite of another's mark"
  grep -q "its alias is 'other'" /tmp/err || wrong "another's mark: $(cat /tmp/err)"
  ip link set virbr2 alias ''
  check_back
  snapshot >/tmp/after; diff /tmp/before /tmp/after || wrong "the host is not as before"

  # those that do not run, or are on no bridge of their own, come and go as well
  own idle virbr7 192.168.127 >/tmp/idle.xml; lv net-define /tmp/idle.xml >/dev/null; lv net-autostart idle >/dev/null
  ip link add br-shared type bridge
  echo "<network><name>shared</name><forward mode='bridge'/><bridge name='br-shared'/></network>" >/tmp/shared.xml
  lv net-define /tmp/shared.xml >/dev/null; lv net-start shared >/dev/null
  over >/tmp/out 2>/tmp/err || wrong "not taken over: $(cat /tmp/err)"
  check_over
  virtnet net-info idle | grep -q '^Active: *no' && virtnet net-info idle | grep -q '^Autostart: *yes' || wrong "idle is: $(virtnet net-info idle)"
  virtnet net-info shared | grep -q '^Active: *yes' || wrong "shared does not run"
  virtnet import-libvirt --back default 2>/tmp/err && wrong "one alone goes back"
  virtnet -q net-start idle >/dev/null || wrong "idle cannot be started"
  back >/dev/null 2>/tmp/err || wrong "not given back: $(cat /tmp/err)"
  check_back
  lv net-info idle | grep -q '^Active: *yes' && [ -e /sys/class/net/virbr7 ] || wrong "what was started meanwhile does not run any more"
  lv net-info shared | grep -q '^Active: *yes' || wrong "shared does not run any more"
  virtnet net-list --all | grep -qE 'idle|shared' && wrong "virtnet has networks of libvirt still"
}

scenario=$1; shift
start_host && "scenario_$scenario" "$@"
pkill -x dnsmasq; pkill -x $program; pkill -x virtqemud
if [ $failures = 0 ]; then echo ok; else tail -30 /tmp/virtnetd.log; echo failed; fi
