# run.sh [OPTION...]: in a box (../box/enter); prints a table of measures.
ip link set lo up
mkdir -p /run/{lock,netns,virtnet} /tmp/virtnet/{config,state}
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$repository/tests/VirtNet.Integration.Tests/Lab
exec python3 "$repository/tests/publish-follow/measure.py" "$@"
