# booted-modular.sh STAGE: as booted.sh, where libvirt is modular: its programs lie over a booted Debian, with their own units, and
# virtqemud's guest finds its network at virtnetd. Stops at what is wrong.
#   before   virtnetworkd runs two networks, virtqemud the guest
#   over     virtnetd takes virtnetworkd's place, without a packet of the guest lost
#   again    it has it after a boot as well, and virtnetworkd comes back
set -eu
. /src/tests/takeover/booted-common.sh
theirs="virtnetworkd.service virtnetworkd.socket virtnetworkd-ro.socket virtnetworkd-admin.socket"

guest_has() { # NETWORK...: the guest's cards are in these, as virtqemud and as virtnetd or virtnetworkd see it
  [ "$(virsh -q domiflist machine | awk '{ print $3 }' | sort | xargs)" = "$*" ] || wrong "the guest is in: $(virsh domiflist machine)"
  for network; do virsh -q net-port-list $network | grep -q . || wrong "no port in $network"; done
}

before() {
  systemctl -q disable --now libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket
  plain_guests >/etc/libvirt/qemu.conf
  echo SHUTDOWN_TIMEOUT=1 >>/etc/default/libvirt-guests # the guest has nobody who listens
  stand_in_for_tc /usr/local/sbin
  systemctl -q enable --now virtnetworkd.socket virtnetworkd-ro.socket virtnetworkd-admin.socket virtqemud.socket virtqemud-ro.socket
  network_xml lab virbr1 192.168.123 >/tmp/lab.xml; virsh -q net-define /tmp/lab.xml
  virsh -q net-start lab; virsh -q net-autostart lab
  virsh -q net-list --name | grep -qx default || virsh -q net-start default # libvirtd may have ended before it began it
  echo virtnetd virtnetd/default-network boolean false | debconf-set-selections
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y install /packages/now/virtnet[_d]*.deb >/dev/null
  machine_xml default >/tmp/machine.xml; virsh -q define /tmp/machine.xml
  outside; virsh -q start machine
  wait_for 60 "grep -q 'bytes from' /var/tmp/machine.console"
  guest_has default
}

over() {
  systemctl -q stop virtnetworkd.service # as it ends when nobody has asked for a while: its sockets wait
  from_now_on; virtnet import-libvirt --take-over; lost_at_most 0
  for unit in $theirs; do [ "$(systemctl is-enabled $unit || true)" = masked ] || wrong "$unit is $(systemctl is-enabled $unit)"; done
  systemctl -q is-active virtnetworkd.service && wrong "virtnetworkd runs"
  virsh net-list --all; guest_has default; shown_with default $first 192.168.122
  card lab $second >/tmp/second.xml; virsh -q attach-device machine /tmp/second.xml --live
  guest_has default lab; shown_with lab $second 192.168.123
  virsh -q detach-device machine /tmp/second.xml --live
  wait_for 10 "! virsh -q net-port-list lab | grep -q ."
  virsh -q destroy machine; virsh -q start machine; virsh -q autostart machine
  shown_with default $first 192.168.122; reaches_outside
}

again() {
  outside
  for network in default lab; do
    wait_for 20 "virtnet net-info $network | grep -q '^Active: *yes'"
    virsh net-info $network | grep -q '^Active: *yes' || wrong "libvirt's clients see no $network"
  done
  virsh -q list --name | grep -qx machine || virsh -q start machine # virtqemud is started by whoever asks
  shown_with default $first 192.168.122; reaches_outside
  port=$(virsh -q net-port-list default)
  from_now_on; virtnet import-libvirt --back; lost_at_most 1
  systemctl -q is-active virtnetworkd.service || wrong "virtnetworkd does not run"
  systemctl -q is-enabled virtnetd-libvirt.socket && wrong "virtnetd has its socket still"
  [ "$(virsh -q net-port-list default)" = "$port" ] || wrong "the guest's port is another one"
  guest_has default; shown_at_libvirt default $first 192.168.122; reaches_outside
  virsh -q destroy machine; virsh -q net-port-list default | grep -q . && wrong "the port of a guest that ended stays"
  true
}

"$1"
echo ok
