"""Sends frames by eth0 as another one and as itself: span_thief.py MAC IPV4 IPV6 GATEWAY FREE [CARD], the first three of the other one;
CARD is the MAC address that addresses are made of, where it is not MAC. Each bears its name; span_frames.py listens for them."""
import socket
import struct
import sys

OTHER_MAC = bytes.fromhex(sys.argv[1].replace(":", ""))
OTHER, GATEWAY, FREE = (socket.inet_aton(text) for text in (sys.argv[2], sys.argv[4], sys.argv[5]))
OTHER6 = socket.inet_pton(socket.AF_INET6, sys.argv[3])
with open("/sys/class/net/eth0/address") as own:
    MAC = bytes.fromhex(own.read().strip().replace(":", ""))


def made_of(mac):
    return bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]


LINK_LOCAL = bytes.fromhex("fe80000000000000") + made_of(MAC)
CARD = bytes.fromhex(sys.argv[6].replace(":", "")) if len(sys.argv) > 6 else OTHER_MAC
OTHER_LINK_LOCAL, OTHER_MADE = bytes.fromhex("fe80000000000000") + made_of(CARD), OTHER6[:8] + made_of(CARD)
FREE6 = OTHER6[:8] + b"\0\0\0\0\0\0\x77\x77"
EVERYBODY, NOBODY = socket.inet_pton(socket.AF_INET6, "ff02::1"), b"\0" * 16
V4, V6, ARP, UDP, ICMP6 = 0x0800, 0x86DD, 0x0806, 17, 58


def marked(name):
    return b"span:" + name.encode() + b";"


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(name, kind, payload, source=MAC, tags=()):
    head = b"\xff" * 6 + source + b"".join(struct.pack("!HH", 0x8100, tag) for tag in tags)
    return head + struct.pack("!H", kind) + payload(marked(name))


def raw():
    return lambda mark: mark


def arp(sender, target, operation=1):
    return lambda mark: struct.pack("!HHBBH", 1, V4, 6, 4, operation) + MAC + sender + b"\0" * 6 + target + b"\0" * 18 + mark


def ipv4(source):
    def packet(mark):
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + len(mark), 7, 0, 64, UDP, 0, source, b"\xff" * 4)
        return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + struct.pack("!HHHH", 9998, 9999, 8 + len(mark), 0) + mark
    return packet


def ipv6(source, next_header, payload):
    return struct.pack("!IHBB", 0x60000000, len(payload), next_header, 255) + source + EVERYBODY + payload


def neighbour(kind, source, target):
    option = b"" if source == NOBODY else struct.pack("!BB", 1 if kind == 135 else 2, 1) + MAC
    flags = 0x20000000 if kind == 136 else 0
    return lambda mark: ipv6(source, ICMP6, struct.pack("!BBHI", kind, 0, 0, flags) + target + option + mark)


def datagram6(source):
    return lambda mark: ipv6(source, UDP, struct.pack("!HHHH", 9998, 9999, 8 + len(mark), 1) + mark)


FRAMES = [
    # What anybody may send.
    frame("honest-own-link-local", V6, datagram6(LINK_LOCAL)),
    frame("honest-free-arp", ARP, arp(FREE, FREE)),
    frame("honest-free-packet", V4, ipv4(FREE)),
    frame("honest-free-probe", ARP, arp(b"\0" * 4, FREE)),
    frame("honest-free-neighbour", V6, neighbour(136, FREE6, FREE6)),
    frame("honest-free-packet6", V6, datagram6(FREE6)),
    frame("honest-question", ARP, arp(FREE, OTHER)),
    frame("honest-question6", V6, neighbour(135, LINK_LOCAL, OTHER6)),
    frame("honest-tagged", V4, ipv4(FREE), tags=[5]),
    # What only the other one may, or nobody.
    frame("stolen-card", 0x88B5, raw(), source=OTHER_MAC),
    frame("stolen-arp", ARP, arp(OTHER, OTHER)),
    frame("stolen-arp-answer", ARP, arp(OTHER, FREE, 2)),
    frame("stolen-arp-tagged", ARP, arp(OTHER, OTHER), tags=[0]),
    frame("stolen-arp-tagged-twice", ARP, arp(OTHER, OTHER), tags=[0, 0]),
    frame("stolen-probe", ARP, arp(b"\0" * 4, OTHER)),
    frame("stolen-packet", V4, ipv4(OTHER)),
    frame("stolen-packet-tagged", V4, ipv4(OTHER), tags=[0]),
    frame("stolen-gateway-arp", ARP, arp(GATEWAY, GATEWAY)),
    frame("stolen-gateway-packet", V4, ipv4(GATEWAY)),
    frame("stolen-neighbour", V6, neighbour(136, LINK_LOCAL, OTHER6)),
    frame("stolen-neighbour-question", V6, neighbour(135, OTHER6, FREE6)),
    frame("stolen-detection", V6, neighbour(135, NOBODY, OTHER6)),
    frame("stolen-packet6", V6, datagram6(OTHER6)),
    frame("stolen-local-packet", V6, datagram6(OTHER_LINK_LOCAL)),
    frame("stolen-local-neighbour", V6, neighbour(136, LINK_LOCAL, OTHER_LINK_LOCAL)),
    frame("stolen-local-detection", V6, neighbour(135, NOBODY, OTHER_LINK_LOCAL)),
    frame("stolen-made-packet", V6, datagram6(OTHER_MADE)),
    frame("stolen-made-neighbour", V6, neighbour(136, LINK_LOCAL, OTHER_MADE)),
]

endpoint = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
endpoint.bind(("eth0", 0))
for each in FRAMES:
    endpoint.send(each)
