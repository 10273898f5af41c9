# run.sh N [--mixed]: in a box (../box/enter); prints a line for each measure.
ip link set lo up
mkdir -p /run/{lock,netns,virtnet} /tmp/virtnet/{config,state}
ip netns add bystander
ip -n bystander link add d0 type bridge
exec python3 "$repository/tests/scale/measure.py" "$@"
