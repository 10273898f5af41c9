# NetworkManager without devices of its own to configure, and without udev, as in a container.
printf '[main]\nno-auto-default=*\ndns=none\n' >/etc/NetworkManager/conf.d/box.conf
mount --bind /sys /sys; mount -o remount,ro,bind /sys
neighbour_start() {
  NetworkManager --no-daemon >>/tmp/nm.log 2>&1 & neighbour=$!
  wait_for 15 'nmcli general' || { echo "NetworkManager does not answer: $(tail -2 /tmp/nm.log)" >&2; return 1; }
}
neighbour_stop() { kill $neighbour; wait $neighbour 2>/dev/null; }
neighbour_reload() { nmcli networking off; sleep 0.5; nmcli networking on; }
