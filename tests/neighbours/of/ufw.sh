# ufw, enabled with its defaults and SSH allowed.
neighbour_start() {
  if [ ! -e /etc/ufw/ufw.conf ]; then # what its maintainer script does
    cp /usr/share/ufw/{before,before6,after,after6,user,user6}.rules /usr/share/ufw/{before,after}.init /usr/share/ufw/ufw.conf /etc/ufw/
    [ ! -d /usr/share/ufw/iptables ] || cp /usr/share/ufw/iptables/*.rules /etc/ufw/
    ufw allow 22/tcp >/dev/null 2>&1
  fi
  ufw --force enable >/tmp/ufw.log 2>&1 || { echo "ufw: $(tail -2 /tmp/ufw.log)" >&2; return 1; }
}
neighbour_stop() { ufw --force disable >/dev/null; }
neighbour_reload() { ufw reload >/dev/null; }
