# run.sh [--rounds R] [--seconds S] [--networks N] [COUNT...]: in a box (../box/enter); prints a table of measures.
ip link set lo up
mkdir -p /run/{lock,netns,virtnet} /tmp/virtnet/{config,state}
gcc -O2 -Wall -Wextra -o /tmp/load "$repository/tests/publish-cost/load.c" || exit 1
exec python3 "$repository/tests/publish-cost/measure.py" "$@"
