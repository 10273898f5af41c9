# NetworkManager without devices of its own to configure, and without udev, as in a container.
# Of the box's own ways out it keeps its hands: they are the world, not the host.
printf '[main]\nno-auto-default=*\ndns=none\n[keyfile]\nunmanaged-devices=interface-name:up0;interface-name:p0\n' >/etc/NetworkManager/conf.d/box.conf
mount --bind /sys /sys; mount -o remount,ro,bind /sys
neighbour_start() {
  NetworkManager --no-daemon >>/tmp/nm.log 2>&1 & neighbour=$!
  wait_for 15 'nmcli general' || { echo "NetworkManager does not answer: $(tail -2 /tmp/nm.log)" >&2; return 1; }
}
neighbour_stop() { kill $neighbour; wait $neighbour 2>/dev/null; }
neighbour_reload() { nmcli networking off; sleep 0.5; nmcli networking on; }
