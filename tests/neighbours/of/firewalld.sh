# firewalld that knows our zones, as packages of virtnet install them.
rm -f /usr/lib/firewalld/{zones,policies}/libvirt*.xml
cp "$repository"/packaging/firewalld/zones/* /usr/lib/firewalld/zones/
cp "$repository"/packaging/firewalld/policies/* /usr/lib/firewalld/policies/
ln -sf org.fedoraproject.FirewallD1.server.policy.choice /usr/share/polkit-1/actions/org.fedoraproject.FirewallD1.policy # as its maintainer script
neighbour_start() {
  firewalld --nofork --nopid --log-file /tmp/firewalld.log >>/tmp/firewalld.err 2>&1 & neighbour=$!
  wait_for 30 'firewall-cmd --state' || { echo "firewalld does not answer: $(tail -2 /tmp/firewalld.err)" >&2; return 1; }
}
neighbour_stop() { kill $neighbour; wait $neighbour 2>/dev/null; }
neighbour_reload() { firewall-cmd --reload >/dev/null; }
