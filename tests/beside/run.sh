# run.sh ARGUMENT...: in a box (../box/enter) over a system with libvirt and its Python bindings: libvirtd with its network driver
# alone, and virtnetd, side by side; then trial.py.
ip link set lo up
mkdir -p /run/{lock,dbus,virtnet} /tmp/virtnet/{config,state} /var/lib/libvirt/{network,dnsmasq,qemu}
rm -rf /etc/libvirt/qemu/networks
drivers=$(echo /usr/lib/*/libvirt/connection-driver)
mkdir /tmp/drivers; cp "$drivers/libvirt_driver_network.so" /tmp/drivers; mount --bind /tmp/drivers "$drivers"
libvirtd >/tmp/libvirtd.log 2>&1 &
BACKEND=iptables start_daemon || exit 1
wait_for 20 '[ -S /run/libvirt/libvirt-sock ]' || { echo "libvirtd does not run: $(tail -3 /tmp/libvirtd.log)" >&2; exit 1; }
# What networks of mode bridge are on.
ip link add hbr type bridge; ip link add hv0 type veth peer name hv1
for link in hbr hv0 hv1; do ip link set $link up; done
PYTHONDONTWRITEBYTECODE=1 python3 "$repository/tests/beside/trial.py" "$@"
