# state.sh: what of virtnet's a fault can break, one thing a line. Sourced in a box.
state_of() {
  if [ "$BACKEND" = nftables ]; then
    nft -s list table inet virtnet 2>&1 | sort
  else
    { iptables-save; ip6tables-save; } 2>/dev/null | grep -E 'LIBVIRT|VIRTNET' | sed 's/\[.*\]//' | sort
  fi
  ip -o addr show dev virbr0 2>&1 | awk '$4 !~ /^fe80/ { print "address", $4 }'
  { ip -4 route show dev virbr0; ip -6 route show dev virbr0 | grep fd00; } 2>&1 | sed 's/ linkdown//; s/ pref.*//; s/ expires.*//; s/^/route /'
  ip -o link show master virbr0 2>/dev/null | awk '{ sub("@.*", "", $2); print "port", $2 }' | sort
  ip -d -o link show virbr0 2>&1 | grep -oE 'mtu [0-9]+|link/ether [0-9a-f:]+|stp_state [0-9]|forward_delay [0-9]+|,UP|alias [^ ]+'
  local key
  for key in ipv4/ip_forward ipv6/conf/all/forwarding ipv4/conf/virbr0/forwarding ipv6/conf/virbr0/disable_ipv6 ipv6/conf/virbr0/accept_ra; do
    echo "$key $(cat /proc/sys/net/$key 2>&1)"
  done
  local file
  for file in /run/virtnet/virtnet-sock /run/virtnet/virtnet-sock-ro /run/virtnet/networks /tmp/virtnet/state/leases.db /tmp/virtnet/config/networks/default.xml; do
    [ ! -e $file ] || echo "file $file"
  done
}
