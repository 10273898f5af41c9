# The same, with the file for networkd that virtnet ships.
. "${BASH_SOURCE[0]%/*}/networkd.sh"
cp "$repository"/packaging/*/*virtnet*.network /etc/systemd/network/
