# run.sh NAME: one fault, in a box (../box/enter), on $BACKEND. Prints a line of fields, tab-separated:
#   verdict (ok, or what is wrong)  ms to repair  ms to the log line  longest loss of old and of new flows in ms  log line
# and what differs from before, if it should not.
name=$1
. "$repository/tests/faults/state.sh"
. "$repository/tests/faults/faults.sh"
make_world
start_daemon && start_network || exit 1
had_lease=$(lease); sleep 1.5 # what net-start sets in motion (DNS, IPv6 addresses) has come to rest
state_of >/tmp/before
ip netns exec g1 python3 "$repository/tests/faults/flows.py" >/tmp/flows & flows=$!
sleep 0.7; mark_log

patience=10000 promptly=3000
if [ "${kind[$name]}" = patrolled ]; then kind[$name]=repaired patience=70000 promptly=65000; fi
began=$(now); eval "${command[$name]}"
# Ten seconds, of which a repair may take three (a minute, where only a patrol can find it); a line may come a little later than the repair.
repaired= said=
while [ $(($(now) - began)) -lt $patience ]; do
  looked=$(now); state_of >/tmp/after
  [ -n "$repaired" ] || ! cmp -s /tmp/before /tmp/after || repaired=$((looked - began))
  said=$(log_since | grep -v ' debug:' | grep -m1 -E "${line[$name]}")
  [ "${kind[$name]}" = repaired ] && [ -z "$repaired" ] || [ -z "$said" ] || break
  sleep 0.03
done
sleep 1
kill $flows; wait $flows; read -r old new </tmp/flows

wrong=()
if [ "${kind[$name]}" = repaired ]; then
  [ -n "$repaired" ] || wrong+=("not repaired")
  [ "${repaired:-0}" -le $promptly ] || wrong+=("repaired late")
  [ "$new" -le 3000 ] || wrong+=("new flows lost for $new ms")
fi
if [ -n "$said" ]; then after=$(($(date -d "$(cut -d' ' -f1,2 <<<"$said")" +%s%3N) - began)); else wrong+=("not said"); fi
if [ "${kind[$name]}" != said ]; then
  guests=$(python3 "$repository/tests/neighbours/probe.py" "$(lease)" "" "" 2>&1 | sed -n 1p)
  [ "$guests" = "ok ok" ] || wrong+=("guests: $guests")
fi
eval "${check[$name]}" >/dev/null 2>&1 || wrong+=("what must hold does not")
verdict=$(printf '%s; ' "${wrong[@]}"); verdict=${verdict%; }
printf '%s\t%s\t%s\t%s\t%s\t%s\n' "${verdict:-ok}" "${repaired:--}" "${after:--}" "$old" "$new" "$(cut -c1-200 <<<"${said:--}")"
if [ ${#wrong[@]} -gt 0 ]; then
  [ "${kind[$name]}" != repaired ] || diff /tmp/before /tmp/after | grep '^[<>]' | head -6 | sed 's/^/# /'
  log_since | grep -v ' debug:' | head -8 | cut -c1-300 | sed 's/^/# /'
fi
