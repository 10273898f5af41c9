# faults.sh: what can go wrong on a host while a network runs. Sourced in a box and by eng/faults.
#   fault NAME KIND BACKENDS LINE COMMAND [CHECK]
# KIND      repaired: everything of ours is as it was before, and guests are connected
#           patrolled: the same within a minute
#           said: it is not ours to undo, but one line says it        noted: the same, and guests stay connected
# BACKENDS  both, nftables or iptables
# LINE      what the log must say (extended regular expression)
# CHECK     what must hold besides, at the end
names=()
declare -A kind backends line command check
fault() { names+=("$1"); kind[$1]=$2 backends[$1]=$3 line[$1]=$4 command[$1]=$5 check[$1]=${6:-true}; }

rules='repaired.*(firewall|rules)'
fault flush-ruleset repaired both "$rules" 'nft flush ruleset'
fault table-deleted repaired nftables "$rules" 'nft delete table inet virtnet'
fault nat-flushed repaired iptables "$rules" 'iptables -t nat -F'
fault rule-deleted repaired nftables "$rules" 'nft delete rule inet virtnet translate handle $(nft -a list chain inet virtnet translate | sed -n "s/.*masq.*handle //p" | tail -1)'
fault jump-deleted repaired iptables "$rules" 'iptables -D FORWARD -j LIBVIRT_FWO'
fault element-deleted repaired nftables "$rules" 'nft delete element inet virtnet bridges "{ \"virbr0\" }"'
fault nat-jump-deleted repaired iptables "$rules" 'iptables -t nat -D POSTROUTING -j LIBVIRT_PRT'
fault chain-flushed repaired both "$rules" 'if [ $BACKEND = nftables ]; then nft flush chain inet virtnet forward; else iptables -F LIBVIRT_FWI; fi'
fault iptables-flushed repaired iptables "$rules" 'iptables -F; iptables -X; iptables -t nat -F; iptables -t nat -X'
fault jump-overtaken repaired iptables "$rules" 'iptables -I FORWARD -o virbr0 -j ACCEPT' 'iptables -S FORWARD | sed -n 2p | grep -q LIBVIRT'

fault address-flushed repaired both 'address' 'ip addr flush dev virbr0'
fault routes-flushed repaired both 'route' 'ip route flush dev virbr0'
fault bridge-deleted repaired both 'bridge virbr0' 'ip link del virbr0'
fault bridge-down repaired both 'down' 'ip link set virbr0 down'
fault bridge-renamed repaired both 'foo0' 'ip link set virbr0 down; ip link set virbr0 name foo0; ip link set foo0 up' '[ ! -e /sys/class/net/foo0 ]'
fault bridge-replaced said both 'virbr0' 'kill -STOP $daemon; ip link del virbr0; ip link add virbr0 type bridge; ip link set virbr0 up; kill -CONT $daemon' '! ip -d link show virbr0 | grep -q alias'
fault bridge-mac repaired both 'mac was' 'ip link set virbr0 address 52:54:00:99:99:99'
fault bridge-alias repaired both 'alias' 'ip link set virbr0 alias ""'
fault stp-off repaired both 'STP|stp|spanning' 'ip link set virbr0 type bridge stp_state 0'
fault forward-delay repaired both 'delay' 'ip link set virbr0 type bridge forward_delay 3000'
fault port-unplugged repaired both 'vnet0' 'ip link set vnet0 nomaster'
fault port-moved said both 'vnet0.*other0' 'ip link add other0 type bridge; ip link set other0 up; ip link set vnet0 master other0' '[ -e /sys/class/net/other0/brif/vnet0 ]'
fault port-down said both 'vnet0' 'ip link set vnet0 down' '! ip link show vnet0 | grep -q ,UP'

fault ip_forward repaired both 'ip_forward|forwarding' 'sysctl -qw net.ipv4.ip_forward=0'
fault forwarding-of-the-bridge repaired both 'forwarding' 'sysctl -qw net.ipv4.conf.virbr0.forwarding=0'
fault ipv6-forwarding repaired both 'forwarding' 'sysctl -qw net.ipv6.conf.all.forwarding=0'
fault disable_ipv6 repaired both 'IPv6|ipv6' 'sysctl -qw net.ipv6.conf.virbr0.disable_ipv6=1'
# The kernel announces nothing of this one until a guest's advertisement is believed.
fault accept_ra patrolled both 'accept_ra' 'sysctl -qw net.ipv6.conf.virbr0.accept_ra=2'

# A lease that was given out before is there after the daemon was killed and started again.
leases_kept='kill -9 $daemon; wait $daemon 2>/dev/null; start_daemon && virtnet net-dhcp-leases default | grep -q $had_lease'
fault leases-unlinked noted both 'leases.db|leases' 'rm -f /tmp/virtnet/state/leases.db*' "$leases_kept"
fault leases-replaced noted both 'leases.db|leases' 'echo nonsense >/tmp/virtnet/state/new; mv /tmp/virtnet/state/new /tmp/virtnet/state/leases.db' "$leases_kept"
fault socket-removed repaired both 'sock' 'rm -f /run/virtnet/virtnet-sock' 'virtnet --no-autostart net-info default | grep -q "Active: *yes"'
fault runtime-folder-removed repaired both '/run/virtnet|sock' 'rm -rf /run/virtnet/*' 'virtnet --no-autostart net-info default | grep -q "Active: *yes"'
fault configuration-removed repaired both 'default|config' 'rm -rf /tmp/virtnet/config/networks' 'virtnet net-info default | grep -q "Persistent: *yes"'

fault policy-drop said nftables 'FORWARD|INPUT' 'iptables -P FORWARD DROP; iptables -P INPUT DROP'
fault foreign-drop-rule said both 'corp' 'nft "add table inet corp; add chain inet corp f { type filter hook forward priority -5; }; add rule inet corp f ip saddr 192.168.122.0/24 drop"'
fault foreign-drop-policy said both 'corp' 'nft "add table inet corp; add chain inet corp f { type filter hook forward priority -5; policy drop; }"'
fault foreign-input-policy said both 'corp' 'nft "add table inet corp; add chain inet corp i { type filter hook input priority -5; policy drop; }"'
fault foreign-bridge-policy said both 'corp' 'nft "add table bridge corp; add chain bridge corp i { type filter hook input priority 0; policy drop; }"'
fault foreign-ingress-policy said both 'corp' 'nft "add table netdev corp; add chain netdev corp i { type filter hook ingress device \"virbr0\" priority 0; policy drop; }"'
fault legacy-policy said both 'legacy|FORWARD' 'iptables-legacy -P FORWARD DROP'
fault legacy-drop-rule said both 'legacy|FORWARD' 'iptables-legacy -I FORWARD -s 192.168.122.0/24 -j DROP'
fault nftables-reloaded said both 'inet filter|filter' 'printf "flush ruleset\ntable inet filter {\n chain forward {\n type filter hook forward priority 0; policy drop;\n }\n}\n" >/tmp/reload.nft; nft -f /tmp/reload.nft'
