# cell.sh NEIGHBOUR ORDER...: one neighbour beside virtnet, in a box (../box/enter), on $BACKEND. ORDER, as often as wanted and in this order:
#   neighbour-first | virtnet-first    which comes first: one of them begins
#   neighbour-reloads  daemon-restarts  network-restarts  neighbour-removed
# Prints, for each: order <tab> G <tab> I <tab> answers (probe.py).
neighbour_name=$1; shift
here=$repository/tests/neighbours
make_world
. "$here/of/$neighbour_name.sh"
baseline=

# judge ORDER: everything may take 4 s to settle, as a person would wait; what is then wrong is wrong.
judge() {
  local end=$(($(now) + 4000)) answers
  while :; do
    mapfile -t answers < <(python3 "$here/probe.py" "$(lease)" "$neighbours_guest" "$baseline" 2>&1)
    [ "${answers[0]:-}" != "ok ok" ] && [ "$(now)" -lt $end ] || break
    sleep 0.3
  done
  printf '%s\t%s\t%s\t%s\n' "$1" "${answers[0]% *}" "${answers[0]##* }" "${answers[*]:1}"
  [ "${answers[0]:-}" = "ok ok" ] || log_since | grep -v '\(no group virtnet\|information: .*\(ready\|started\|answers DNS\|Firewall backend\)\)' | cut -c1-300 | sed 's/^/# /' | head -12
}

for order in "$@"; do
  mark_log
  case $order in
    neighbour-first)
      neighbour_start || exit 1
      baseline=$(python3 "$here/probe.py" "" "$neighbours_guest" "" | sed -n 1p)
      start_daemon || exit 1
      start_network || echo "# net-start was refused" ;;
    virtnet-first) start_daemon && start_network && sleep 0.3 && neighbour_start || exit 1 ;;
    neighbour-reloads) neighbour_reload ;;
    daemon-restarts) stop_daemon; start_daemon || exit 1 ;;
    network-restarts)
      virtnet net-destroy default >/dev/null; virtnet net-start default >/dev/null || echo "# net-start failed"
      guest g1 vnet0; guest g2 vnet1 ;;
    neighbour-removed)
      neighbour_stop; baseline= # what it kept closed is open to all now
      virtnet net-list --name | grep -qx default || begin_network || echo "# net-start failed" ;; # refused while the neighbour was there
  esac
  judge "$order"
done
