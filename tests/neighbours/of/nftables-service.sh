# Debian's nftables.service with a default-deny file: it flushes everything, ours too, whenever it is loaded.
cat >/etc/nftables.conf <<'NFT'
flush ruleset
table inet filter {
	chain input { type filter hook input priority 0; policy drop;
		iif "lo" accept
		ct state established,related accept
		tcp dport 22 accept
		meta l4proto ipv6-icmp accept
	}
	chain forward { type filter hook forward priority 0; policy drop; }
	chain output { type filter hook output priority 0; policy accept; }
}
NFT
neighbour_start() { nft -f /etc/nftables.conf; }
neighbour_stop() { nft flush ruleset; }
neighbour_reload() { nft -f /etc/nftables.conf; }
