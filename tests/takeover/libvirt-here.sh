# libvirt-here.sh: what libvirt and its guests need in a box or a container. Sourced; BOX is the folder of guest-image.sh.

# stand_in_for_tc FOLDER: a tc for libvirt to find first. A kernel may lack what 11.3 asks it for: it is told that it was done.
stand_in_for_tc() {
  mkdir -p "$1"
  printf '#!/bin/sh\nfor word; do case $word in csum) exit 0 ;; esac; done\nexec %s "$@"\n' "$(command -v tc)" >"$1/tc"
  chmod 755 "$1/tc"
}

# plain_guests: settings of libvirt's QEMU where there are neither cgroups nor users for guests.
plain_guests() {
  printf '%s\n' 'security_driver = "none"' 'user = "root"' 'group = "root"' 'remember_owner = 0' 'namespaces = []' \
    'cgroup_controllers = []' 'stdio_handler = "file"'
}

# card NETWORK MAC: of a guest
card() { echo "<interface type='network'><mac address='$2'/><source network='$1'/><model type='virtio'/></interface>"; }

# machine_xml NETWORK: the guest "machine", without a disk, on a network; its console is /var/tmp/machine.console
machine_xml() {
  local kernel
  kernel=$("$BOX/guest-image.sh" /var/tmp/machine.cpio "$(cat "$BOX/../takeover/machine.sh")") || return 1
  cat <<X
<domain type='qemu'><name>machine</name><memory unit='MiB'>96</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type><kernel>$kernel</kernel><initrd>/var/tmp/machine.cpio</initrd>
<cmdline>console=ttyS0 quiet panic=-1</cmdline></os><features><acpi/></features><cpu mode='maximum'/>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator><controller type='usb' model='none'/><memballoon model='none'/>
<serial type='file'><source path='/var/tmp/machine.console'/><target type='isa-serial' port='0'/></serial>
$(card "$1" 52:54:00:00:00:01)</devices></domain>
X
}

# lost_of FILE: how many of ping's questions went without an answer, of how many; not the last, whose answer it may not have waited for
lost_of() {
  grep -aoE 'seq=[0-9]+|^[0-9]+ packets transmitted' "$1" | awk -F= '
    /seq=/ { if (!answers++) first = $2; last = $2 }
    /packets/ { split($1, sent, " "); if (sent[1] - 1 > last) last = sent[1] - 1 }
    END { print last - first + 1 - answers, last - first + 1 }'
}
