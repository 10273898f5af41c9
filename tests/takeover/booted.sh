# booted.sh STAGE: a booted Debian with libvirt, and the packages at /packages, whose networks virtnet takes over: a guest of libvirt's
# own starts on their stubs, gets a second card, is moved to another network, and is seen with its addresses. Stops at what is wrong.
#   before   libvirt runs two networks and the guest
#   over     they go over without a packet of the guest lost, and it is put to the test
#   again    the same after a boot, and they go back
set -eu
. /src/tests/takeover/booted-common.sh

before() {
  stand_in_for_tc /usr/local/sbin
  plain_guests >/etc/libvirt/qemu.conf
  echo SHUTDOWN_TIMEOUT=1 >>/etc/default/libvirt-guests # the guest has nobody who listens
  systemctl restart libvirtd
  network_xml lab virbr1 192.168.123 >/tmp/lab.xml
  virsh -q net-define /tmp/lab.xml
  for network in default lab; do virsh -q net-start $network; virsh -q net-autostart $network; done
  echo virtnetd virtnetd/default-network boolean false | debconf-set-selections
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y install /packages/now/virtnet[_d]*.deb >/dev/null
  machine_xml default >/tmp/machine.xml; virsh -q define /tmp/machine.xml
  outside; virsh -q start machine
  wait_for 60 "grep -q 'bytes from' /var/tmp/machine.console"
}

over() {
  from_now_on; virtnet import-libvirt --take-over --stubs; lost_at_most 0
  systemctl -q enable --now virtnet-libvirt-stubs.path
  virsh -q destroy machine; virsh -q start machine; virsh -q autostart machine
  shown_with default $first 192.168.122; reaches_outside
  card lab $second >/tmp/second.xml; virsh -q attach-device machine /tmp/second.xml --live
  shown_with lab $second 192.168.123
  virsh -q detach-device machine /tmp/second.xml --live
  card lab $first >/tmp/moved.xml; virsh -q update-device machine /tmp/moved.xml --live --config
  shown_with lab $first 192.168.123; reaches_outside
  card default $first >/tmp/moved.xml; virsh -q update-device machine /tmp/moved.xml --live --config
  shown_with default $first 192.168.122; reaches_outside
  [ "$(virtnet libvirt-stubs)" = "Stubs in libvirt are as the networks are" ] || wrong "stubs: $(virtnet libvirt-stubs)"
}

again() {
  outside
  for network in default lab; do
    wait_for 20 "virtnet net-info $network | grep -q '^Active: *yes'"
    wait_for 20 "virsh net-info $network | grep -q '^Active: *yes'"
    virsh net-dumpxml $network | grep -q "forward mode='bridge'" || wrong "$network is no stub after a boot"
  done
  wait_for 20 "virsh list --name | grep -qx machine" # by itself
  shown_with default $first 192.168.122; reaches_outside
  card lab $second >/tmp/second.xml; virsh -q attach-device machine /tmp/second.xml --live
  shown_with lab $second 192.168.123
  virsh -q detach-device machine /tmp/second.xml --live
  sleep 5 # until the guest has its way out by its other card
  # 11.3 sets a root discipline on a bridge that it did not make, and while it does the kernel drops what is sent
  from_now_on; virtnet import-libvirt --back; lost_at_most 1
  virsh net-dumpxml default | grep -q "forward mode='nat'" || wrong "default is not libvirt's again"
  wait_for 20 "virsh net-dhcp-leases default | grep -q '$first.* 192.168.122'"; reaches_outside
}

"$1"
echo ok
