"""A guest that invents clients: dhcp_flood.py COUNT PREFIX
Sends COUNT DISCOVERs as fast as it can, each with a MAC of its own that begins with PREFIX (52:54:00, or - for any)."""
import os, socket, sys
from dhcp_wire import frame, link as open_link

count, prefix = int(sys.argv[1]), b"" if sys.argv[2] == "-" else bytes.fromhex(sys.argv[2].replace(":", ""))
link = open_link()
link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
message = bytearray(frame(b"\x02" + bytes(5), 1, b""))
source, hardware = slice(6, 12), slice(70, 76)  # behind the Ethernet destination; chaddr behind the headers and 28 octets
for _ in range(count):
    mac = prefix + os.urandom(6 - len(prefix))
    if not prefix:
        mac = bytes([mac[0] & 0xfc | 2]) + mac[1:]
    message[source] = message[hardware] = mac
    link.send(message)
print("sent", count, flush=True)
