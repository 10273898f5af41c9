"""DHCP messages in Ethernet frames, as the scripts beside this one send and read them."""
import socket, struct


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def link():
    """A socket that sends and hears IPv4 frames of eth0."""
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    made.bind(("eth0", 0x0800))
    return made


def frame(mac, kind, options, ciaddr=bytes(4)):
    body = struct.pack(">4BI2H4s12s6s10x192x", 1, 1, 6, 0, int.from_bytes(mac[2:], "big"), 0, 0, ciaddr, bytes(12), mac)
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
