# What has to be so on a host before virtnetd starts there. eng/install sources it; in the package it is part of postinst.

# A daemon that runs without its unit (eng/run, virtnet) has the lock, and the old program: it goes, its networks stay.
end_daemon_without_unit() {
  local running unit
  running=$(cat /run/virtnet/virtnetd.pid 2>/dev/null) || return 0
  case $running in '' | *[!0-9]*) return 0 ;; esac
  unit=$(systemctl show --value -p MainPID virtnetd.service 2>/dev/null) || unit=0
  [ "$running" != "$unit" ] && [ "$(cat "/proc/$running/comm" 2>/dev/null)" = virtnetd ] || return 0
  echo "ending the virtnetd that runs without its unit (process $running); networks go on"
  kill "$running"
  for _ in $(seq 300); do [ -e "/proc/$running" ] || return 0; sleep 0.1; done
  echo "process $running does not end" >&2
  return 1
}

# Settings and hooks are root's, as a daemon that is not must not change what it is told; what it writes is its own, also where
# a daemon that was root left it.
settle_folders() {
  local folder group
  group=$(id -gn virtnet)
  install -d -o root -g root -m 755 /etc/virtnet /etc/virtnet/hooks
  [ ! -e /etc/virtnet/virtnetd.conf ] || chown -h --from=virtnet root:root /etc/virtnet/virtnetd.conf
  install -d -o virtnet -g "$group" -m 755 /var/lib/virtnet # read by libvirt's NSS modules in every process
  install -d -o virtnet -g "$group" -m 755 /etc/virtnet/networks /etc/virtnet/networks/autostart
  for folder in /var/lib/virtnet /etc/virtnet/networks /run/virtnet; do
    [ ! -d "$folder" ] || chown -R -h --from=root "virtnet:$group" "$folder"
  done
}

# Those who read their settings once and have some of ours to read.
tell_neighbours() {
  systemctl restart systemd-modules-load.service || true
  systemd-tmpfiles --create virtnet.conf || echo "the rules of iptables are not locked against other programs: systemd-tmpfiles --create virtnet.conf"
  if systemctl -q is-active dbus.service; then systemctl reload dbus.service || true; fi # for the bus's rules about the user
  if systemctl -q is-active systemd-networkd.service; then networkctl reload || true; fi
  if systemctl -q is-active NetworkManager.service; then systemctl reload NetworkManager.service || true; fi
  if systemctl -q is-active firewalld.service; then
    firewall-cmd -q --reload || echo "firewalld did not load its zones anew: firewall-cmd --reload" # for those that came with it
  fi
}
