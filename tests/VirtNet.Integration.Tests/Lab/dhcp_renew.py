"""A client that asks again and again: dhcp_renew.py MAC PAUSE PATIENCE
Gets a lease, says "ready ADDRESS", and renews it every PAUSE seconds until it is told to end (SIGTERM); then prints how many
renewals it began, how often it had to repeat itself because no answer came within PATIENCE seconds, how many it gave up
after ten repetitions, and the longest wait in milliseconds."""
import select, signal, socket, sys, time
from dhcp_wire import answer, frame, link as open_link

mac, pause, patience = bytes.fromhex(sys.argv[1].replace(":", "")), float(sys.argv[2]), float(sys.argv[3])
link = open_link()
link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
ended = []
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))


def ask(message, kind):
    """Sends until the answer of this kind comes; how often, and the answer."""
    for attempt in range(11):
        link.send(message)
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0 and select.select([link], [], [], left)[0]:
            got = answer(link.recv(2000))
            if got and got[0] == mac and got[2].get(53) == bytes([kind]):
                return attempt, got
    return 11, None


_, (_, address, options) = ask(frame(mac, 1, b""), 2)
ask(frame(mac, 3, b"\x32\x04" + address + b"\x36\x04" + options[54]), 5)
print("ready", socket.inet_ntoa(address), flush=True)
begun = repeated = lost = 0
longest = 0.0
while not ended:
    begin = time.monotonic()
    begun += 1
    attempts, got = ask(frame(mac, 3, b"", ciaddr=address), 5)
    repeated += attempts
    lost += got is None
    longest = max(longest, time.monotonic() - begin)
    time.sleep(pause)
print(f"begun {begun} repeated {repeated} lost {lost} longest {longest * 1000:.0f}", flush=True)
