"""A crowd of DHCP clients behind one port: dhcp_load.py COUNT PER_SECOND SECONDS
Each has its own MAC (52:54:01:...). Prints "ACK MAC ADDRESS" for every lease that the server granted."""
import select, socket, sys, time
from dhcp_wire import answer, frame, link as open_link

count, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
link = open_link()

begin, sent = time.monotonic(), 0
while time.monotonic() < begin + seconds:
    while sent < count and time.monotonic() >= begin + sent / rate:
        link.send(frame(bytes([0x52, 0x54, 1, 0, sent >> 8, sent & 255]), 1, b""))
        sent += 1
    if not select.select([link], [], [], 0.002)[0]:
        continue
    got = answer(link.recv(2000))
    if not got or 53 not in got[2]:
        continue
    mac, address, options = got
    if options[53] == b"\x02":
        link.send(frame(mac, 3, b"\x32\x04" + address + b"\x36\x04" + options.get(54, bytes(4))))
    elif options[53] == b"\x05":
        print("ACK", mac.hex(":"), socket.inet_ntoa(address), flush=True)
