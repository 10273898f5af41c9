# run.sh [OPTION...]: in a box (../box/enter); prints a table of measures.
mkdir -p /run/{lock,netns} /tmp/virtnet
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$repository/tests/span-cost/measure.py" "$@"
