# Docker (20.10 of Debian): its daemon and bridge; in place of a container a guest on docker0 with a port that nobody published.
neighbour_start() {
  dockerd --storage-driver vfs -H unix:///run/docker.sock >>/tmp/docker.log 2>&1 & neighbour=$!
  wait_for 30 '[ -S /run/docker.sock ] && iptables -S DOCKER-USER && [ -e /sys/class/net/docker0 ] && curl -sf --unix-socket /run/docker.sock http://d/_ping' ||
    { echo "dockerd does not answer: $(tail -2 /tmp/docker.log)" >&2; return 1; }
  guest_of_neighbour docker0 172.17.0.2/16 172.17.0.1
}
neighbour_stop() { kill $neighbour; wait $neighbour 2>/dev/null; }
neighbour_reload() { neighbour_stop; neighbour_start; }
