# What a guest of libvirt's own does: for each of its cards, also of one that is plugged in later, it asks for a lease every few seconds
# (so it has the right one after its card was moved), and it pings the outside ten times a second; ping ends where it has no way there.
while :; do
  for card in /sys/class/net/eth*; do
    card=${card##*/}; ip link set $card up
    udhcpc -i $card -n -q -f -t 3 -T 1 -x hostname:machine -s /udhcpc.script 2>/dev/null
  done
  [ -e /pinging ] || { ip route | grep -q default && touch /pinging && while :; do ping -i 0.1 203.0.113.1; sleep 1; done & }
  sleep 3
done
