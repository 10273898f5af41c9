"""A guest behind eth0 that comes up with an address it had: dhcp_reboot.py MAC ADDRESS
Asks for it three times without looking for a server (INIT-REBOOT), and prints "ACK SECONDS", "NAK" or "silence"."""
import select, socket, sys, time
from dhcp_wire import answer, frame, link as open_link

mac, wanted = bytes.fromhex(sys.argv[1].replace(":", "")), socket.inet_aton(sys.argv[2])
link = open_link()
client_id = b"\x3d\x07\x01" + mac  # as udhcpc has it
for attempt in range(3):
    link.send(frame(mac, 3, b"\x32\x04" + wanted + client_id))
    end = time.monotonic() + 1
    while (left := end - time.monotonic()) > 0 and select.select([link], [], [], left)[0]:
        got = answer(link.recv(2000))
        if got and got[2].get(53) in (b"\x05", b"\x06"):
            print(f"ACK {int.from_bytes(got[2][51])}" if got[2][53] == b"\x05" else "NAK")
            sys.exit()
print("silence")
