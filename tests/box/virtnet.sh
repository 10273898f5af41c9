# virtnet.sh: the daemon under test and its network default. Sourced by enter.
#   BACKEND  nftables (default) or iptables      daemon_log  what it said
daemon_log=/tmp/virtnet/log
export VIRTNET_DEFAULT_URI='network:///system?socket=/run/virtnet/virtnet-sock'

start_daemon() {
  mkdir -p /tmp/virtnet/{config,state} /run/virtnet
  echo "firewall_backend = \"${BACKEND:-nftables}\"" >/tmp/virtnet/config/virtnetd.conf
  virtnetd --config-dir /tmp/virtnet/config --state-dir /tmp/virtnet/state --runtime-dir /run/virtnet >>$daemon_log 2>&1 & daemon=$!
  wait_for 20 'virtnet --no-autostart net-list' || { echo "virtnetd does not answer: $(tail -3 $daemon_log)" >&2; return 1; }
}
stop_daemon() { kill $daemon 2>/dev/null; wait $daemon 2>/dev/null; }

# The network default, NAT for both families, with two guests: g1 has what DHCP gives it, g2 is 192.168.122.60.
start_network() {
  cat >/tmp/virtnet/default.xml <<'XML'
<network><name>default</name><forward mode='nat'><nat ipv6='yes'/></forward><bridge name='virbr0' stp='on' delay='0'/>
<ip address='192.168.122.1' netmask='255.255.255.0'><dhcp><range start='192.168.122.2' end='192.168.122.59'/></dhcp></ip>
<ip family='ipv6' address='fd00:122::1' prefix='64'/></network>
XML
  virtnet net-define /tmp/virtnet/default.xml >/dev/null && begin_network
}

# The same where it is defined already, and has not been started.
begin_network() {
  virtnet net-start default >/dev/null || return 1
  guest g1 vnet0; guest g2 vnet1
  ip -n g2 addr replace 192.168.122.60/24 dev eth0
  ip -n g1 addr replace fd00:122::50/64 dev eth0 nodad; ip -n g1 -6 route replace default via fd00:122::1
}

# lease: g1 asks for an address; prints it, or nothing (g1 then has one that it made up, so that other questions can be asked).
lease() {
  ip -n g1 -4 addr flush dev eth0; rm -f /tmp/lease
  if ip netns exec g1 udhcpc -i eth0 -n -q -f -t 3 -T 1 -s "$BOX/lease.sh" >/dev/null 2>&1 && [ -e /tmp/lease ]; then
    cat /tmp/lease
  else
    ip -n g1 addr replace 192.168.122.50/24 dev eth0; ip -n g1 route replace default via 192.168.122.1
  fi
}

mark_log() { log_mark=$(wc -c <$daemon_log 2>/dev/null || echo 0); }
log_since() { tail -c +$((log_mark + 1)) $daemon_log 2>/dev/null; }
