# libvirtd of Debian with a NAT network of its own, virbr9. Only its network driver is loaded.
drivers=$(echo /usr/lib/*/libvirt/connection-driver)
mkdir -p /run/libvirt/network /var/lib/libvirt/{network,dnsmasq,qemu,images,boot} /tmp/drivers
cp "$drivers/libvirt_driver_network.so" /tmp/drivers; mount --bind /tmp/drivers "$drivers"
rm -rf /etc/libvirt/qemu/networks
libvirt() { virsh -q -c 'network:///system?socket=/run/libvirt/libvirt-sock' "$@"; }
libvirt_daemon() {
  libvirtd >>/tmp/libvirtd.log 2>&1 & neighbour=$!
  wait_for 30 'libvirt net-list' || { echo "libvirtd does not answer: $(tail -2 /tmp/libvirtd.log)" >&2; return 1; }
}
neighbour_start() {
  libvirt_daemon || return 1
  cat >/tmp/lv.xml <<'XML'
<network><name>lv</name><forward mode='nat'/><bridge name='virbr9' stp='off'/>
<ip address='192.168.123.1' prefix='24'><dhcp><range start='192.168.123.2' end='192.168.123.99'/></dhcp></ip></network>
XML
  libvirt net-define /tmp/lv.xml >/dev/null && libvirt net-start lv >/dev/null
  guest_of_neighbour virbr9 192.168.123.200/24 192.168.123.1
}
neighbour_stop() { libvirt net-destroy lv >/dev/null; kill $neighbour; wait $neighbour 2>/dev/null; }
neighbour_reload() { kill $neighbour; wait $neighbour 2>/dev/null; libvirt_daemon; }
