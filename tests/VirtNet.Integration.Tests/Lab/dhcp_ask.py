"""One guest behind eth0 that wants an address: dhcp_ask.py MAC ADDRESS FILE
Prints "ready", asks once FILE is there, again and again, and prints "ACK ADDRESS" when it was given one."""
import os, select, socket, sys, time
from dhcp_wire import answer, frame, link as open_link

mac, wanted = bytes.fromhex(sys.argv[1].replace(":", "")), socket.inet_aton(sys.argv[2])
link = open_link()
print("ready", flush=True)
end = time.monotonic() + 30
while not os.path.exists(sys.argv[3]) and time.monotonic() < end:
    time.sleep(0.001)
while time.monotonic() < end:
    link.send(frame(mac, 1, b"\x32\x04" + wanted))
    again = time.monotonic() + 0.2
    while (left := again - time.monotonic()) > 0 and select.select([link], [], [], left)[0]:
        got = answer(link.recv(2000))
        if not got or got[0] != mac or 53 not in got[2]:
            continue
        _, address, options = got
        if options[53] == b"\x02":
            link.send(frame(mac, 3, b"\x32\x04" + address + b"\x36\x04" + options.get(54, bytes(4))))
        elif options[53] == b"\x05":
            print("ACK", socket.inet_ntoa(address), flush=True)
            sys.exit()
