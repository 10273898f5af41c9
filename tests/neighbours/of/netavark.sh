# Podman's network program: a container's network is set up and taken down.
cat >/tmp/netavark.json <<'JSON'
{"container_id":"aaaa","container_name":"ctr","networks":{"podman1":{"interface_name":"eth0","static_ips":["10.89.0.2"]}},
"network_info":{"podman1":{"name":"podman1","id":"53ce4390f2adb1681eb1a90ec8b48c49c015e0a8d336c197637e7f65e365fa9e","driver":"bridge",
"network_interface":"podman1","subnets":[{"subnet":"10.89.0.0/24","gateway":"10.89.0.1"}],"ipv6_enabled":false,"internal":false,
"dns_enabled":false,"ipam_options":{"driver":"host-local"}}}}
JSON
netavark() {
  mkdir -p /run/netavark
  /usr/lib/podman/netavark --config /run/netavark "$1" /run/netns/ctr </tmp/netavark.json >/tmp/netavark.log 2>&1 ||
    { echo "netavark $1: $(tail -1 /tmp/netavark.log)" >&2; return 1; }
}
neighbour_start() { guest_of_neighbour; netavark setup && neighbours_guest=10.89.0.2; }
neighbour_stop() { netavark teardown; }
neighbour_reload() { netavark teardown; netavark setup; }
