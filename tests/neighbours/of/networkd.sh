# systemd-networkd with a file that claims every link, and the host's own uplink beside it; virtnet's own file is not installed.
mount --bind /sys /sys; mount -o remount,ro,bind /sys
mkdir -p /run/systemd/{netif,network} /etc/systemd/network
printf '[Match]\nName=*\n[Network]\nDHCP=yes\n' >/etc/systemd/network/50-all.network
printf '[Match]\nName=up0\n[Network]\nAddress=203.0.113.2/24\nAddress=2001:db8:1::2/64\nGateway=203.0.113.1\nGateway=2001:db8:1::1\n' \
  >/etc/systemd/network/10-up.network
printf '[Match]\nName=p0\n[Network]\nAddress=10.9.9.1/24\n' >/etc/systemd/network/10-p.network
id systemd-network >/dev/null 2>&1 || useradd -r systemd-network
chown -R systemd-network /run/systemd/netif
neighbour_start() { /lib/systemd/systemd-networkd >>/tmp/networkd.log 2>&1 & neighbour=$!; wait_for 10 'networkctl --no-pager list'; }
neighbour_stop() { kill $neighbour; wait $neighbour 2>/dev/null; }
neighbour_reload() { neighbour_stop; neighbour_start; }
