#!/bin/sh
# guest-image.sh IMAGE SCRIPT: a guest that boots in seconds: Debian's cloud kernel, whose path it prints, and into IMAGE an initramfs of
# busybox, the virtio network modules and a script, which runs in the guest once its modules are loaded; then it powers off.
set -eu
image=$1 script=$2
kernel=$(ls /boot/vmlinuz-*-cloud-amd64 | tail -1)
modules=/lib/modules/${kernel#*/vmlinuz-}/kernel
root=$(mktemp -d); trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/bin "$root"/proc "$root"/sys "$root"/dev "$root"/etc "$root"/modules
cp /bin/busybox "$root/bin/busybox"
loads=
# In the order in which they depend on one another; some are built in, depending on the version.
for module in drivers/virtio/virtio_ring drivers/virtio/virtio drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci_modern_dev \
  drivers/virtio/virtio_pci net/core/failover drivers/net/net_failover drivers/net/virtio_net; do
  [ -e "$modules/$module.ko" ] || continue
  cp "$modules/$module.ko" "$root/modules"
  loads="$loads insmod /modules/${module##*/}.ko;"
done
cat >"$root/init" <<X
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
$loads
ip link set lo up; ip link set eth0 up
$script
echo GUEST-END
poweroff -f
X
cat >"$root/udhcpc.script" <<'X'
#!/bin/busybox sh
[ "$1" = bound ] || exit 0
ip addr replace "$ip/$mask" dev "$interface"
ip route replace default via "$router"
echo "nameserver $dns" >/etc/resolv.conf
echo "GUEST-LEASE ip=$ip router=$router dns=$dns domain=$domain lease=$lease"
X
chmod 755 "$root/init" "$root/udhcpc.script"
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$image"
echo "$kernel"
