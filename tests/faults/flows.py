"""flows.py: run as g1 while a fault happens, ended by SIGTERM. Every 20 ms one packet of an old flow and one of a new flow go to
the outside and back. Prints the longest loss of each, in milliseconds: "OLD NEW" (what is still under way at the end is no loss)."""
import select
import signal
import socket
import time

OUTSIDE, EVERY, LATE = ("203.0.113.1", 7), 0.02, 0.3
ended = False


def end(*_):
    global ended
    ended = True


signal.signal(signal.SIGTERM, end)
old = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
old.setblocking(False)
poll = select.poll()
poll.register(old, select.POLLIN)
open_flows, sent, answered_old = {}, [], [time.monotonic()]  # sent: [when, was it answered with the host's address]


def send(flow):
    try:
        flow.sendto(b"x", OUTSIDE)
    except OSError:
        pass


def receive(flow):
    try:
        return flow.recv(99)
    except OSError:
        return b""


due = time.monotonic()
while not ended:
    send(old)
    flow = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    flow.setblocking(False)
    entry = [time.monotonic(), False]
    sent.append(entry)
    open_flows[flow.fileno()] = (flow, entry)
    poll.register(flow, select.POLLIN)
    send(flow)
    due = max(due + EVERY, time.monotonic() - 0.1)  # a machine that stood still is not made up for
    while (left := due - time.monotonic()) > 0:
        for number, _ in poll.poll(left * 1000):
            if number == old.fileno():
                if receive(old):
                    answered_old.append(time.monotonic())
            else:
                flow, entry = open_flows.pop(number)
                poll.unregister(number)
                entry[1] = receive(flow) == b"203.0.113.2"
                flow.close()
    for number in [n for n, (_, entry) in open_flows.items() if time.monotonic() - entry[0] > 1]:
        open_flows.pop(number)[0].close()
        poll.unregister(number)

end_time = time.monotonic()
answered_old.append(end_time)
longest_old = max(b - a for a, b in zip(answered_old, answered_old[1:]))
longest_new, since = 0.0, None
for when, answered in sent:
    if when > end_time - LATE:
        break
    if answered:
        since = None
    else:
        since = when if since is None else since
        longest_new = max(longest_new, when - since + EVERY)
print(round(longest_old * 1000) if longest_old > 0.1 else 0, round(longest_new * 1000))
