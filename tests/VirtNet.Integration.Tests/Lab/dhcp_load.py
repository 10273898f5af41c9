"""A crowd of DHCP clients behind one port: dhcp_load.py COUNT PER_SECOND SECONDS
Each has its own MAC (52:54:01:...). Prints "ACK MAC ADDRESS" for every lease that the server granted."""
import random, select, socket, struct, sys, time

count, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
link.bind(("eth0", 0))


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def frame(mac, kind, options):
    body = struct.pack(">4BI2H16s6s10x192x", 1, 1, 6, 0, int.from_bytes(mac[2:], "big"), 0, 0, bytes(16), mac)
    body += b"\x63\x82\x53\x63" + bytes([53, 1, kind]) + options + b"\xff"
    body = body.ljust(300, b"\0")
    udp = struct.pack(">4H", 68, 67, 8 + len(body), 0) + body
    ip = struct.pack(">2B3H2BH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes(4), b"\xff" * 4)
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    return b"\xff" * 6 + mac + b"\x08\x00" + ip + udp


def answer(data):
    if len(data) < 282 or data[23] != 17 or data[34:36] != b"\x00\x43":
        return None
    dhcp, at, options = data[42:], 240, {}
    while at + 1 < len(dhcp) and dhcp[at] != 255:
        if dhcp[at] == 0:
            at += 1
            continue
        options[dhcp[at]] = dhcp[at + 2:at + 2 + dhcp[at + 1]]
        at += 2 + dhcp[at + 1]
    return dhcp[28:34], dhcp[16:20], options


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
