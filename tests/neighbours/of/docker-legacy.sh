# Docker where the administrator chose iptables-legacy: rules that nothing of nftables shows.
. "${BASH_SOURCE[0]%/*}/docker.sh"
for program in iptables ip6tables; do
  for part in "" -restore -save; do ln -sf "/usr/sbin/$program-legacy$part" "/etc/alternatives/$program$part"; done
done
