"""Sends frames by eth0 that must not go through a tunnel, and one that may: span_frames.py send.
With "listen SECONDS" it prints the names of those that arrive."""
import socket
import struct
import sys
import time


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(payload, offset=0, more=False):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, (0x2000 if more else 0) | offset, 64, 17, 0,
                       socket.inet_aton("10.100.0.101"), socket.inet_aton("255.255.255.255"))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def udp(port, name):
    body = b"span:" + name.encode() + b";" + b"." * 32
    return struct.pack("!HHHH", port + 1, port, 8 + len(body), 0) + body


def ipv6(next_header, payload):
    return (struct.pack("!IHBB", 0x60000000, len(payload), next_header, 255)
            + socket.inet_pton(socket.AF_INET6, "fe80::101") + socket.inet_pton(socket.AF_INET6, "ff02::1") + payload)


def icmp6(kind, name):
    return struct.pack("!BBHI", kind, 0, 0, 0) + b"span:" + name.encode() + b";"


def hop_by_hop(next_header):
    return struct.pack("!BBBBI", next_header, 0, 1, 4, 0)


def fragment(next_header, offset, more):
    return struct.pack("!BBHI", next_header, 0, offset << 3 | more, 9)


def frame(kind, payload, tags=()):
    head = b"\xff" * 6 + bytes.fromhex("020000000101")
    for tag in tags:
        head += struct.pack("!HH", 0x8100, tag)
    return head + struct.pack("!H", kind) + payload


V4, V6, UDP, ICMP6 = 0x0800, 0x86DD, 17, 58
FRAMES = {
    "passes": frame(V4, ipv4(udp(9999, "passes"))),
    "passes-tagged": frame(V4, ipv4(udp(9999, "passes-tagged")), [5]),
    "passes-ipv6-header": frame(V6, ipv6(0, hop_by_hop(UDP) + udp(9999, "passes-ipv6-header"))),
    "dhcp4": frame(V4, ipv4(udp(67, "dhcp4"))),
    "dhcp4-answer": frame(V4, ipv4(udp(68, "dhcp4-answer"))),
    "dhcp4-tagged": frame(V4, ipv4(udp(67, "dhcp4-tagged")), [0]),
    "dhcp4-tagged-twice": frame(V4, ipv4(udp(67, "dhcp4-tagged-twice")), [0, 0]),
    "dhcp4-fragment": frame(V4, ipv4(udp(67, "dhcp4-fragment")[:32], more=True)),
    "dhcp6": frame(V6, ipv6(UDP, udp(547, "dhcp6"))),
    "dhcp6-answer": frame(V6, ipv6(UDP, udp(546, "dhcp6-answer"))),
    "solicitation": frame(V6, ipv6(ICMP6, icmp6(133, "solicitation"))),
    "advertisement": frame(V6, ipv6(ICMP6, icmp6(134, "advertisement"))),
    "advertisement-tagged": frame(V6, ipv6(ICMP6, icmp6(134, "advertisement-tagged")), [0]),
    "advertisement-tagged-twice": frame(V6, ipv6(ICMP6, icmp6(134, "advertisement-tagged-twice")), [0, 0]),
    "advertisement-behind": frame(V6, ipv6(0, hop_by_hop(60) + hop_by_hop(ICMP6) + icmp6(134, "advertisement-behind"))),
    "advertisement-fragment": frame(V6, ipv6(44, fragment(ICMP6, 0, 1) + icmp6(134, "advertisement-fragment"))),
    "headers-without-end": frame(V6, ipv6(0, struct.pack("!BBBB", 60, 3, 1, 28) + b"span:headers-without-end;...")),
    "spanning-tree": b"\x01\x80\xc2\0\0\0" + bytes.fromhex("020000000101") + struct.pack("!H", 60) + b"\x42\x42\x03" + b"span:spanning-tree;",
}


def main():
    endpoint = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    endpoint.bind(("eth0", 0))
    if sys.argv[1] != "listen":
        for each in FRAMES.values():
            endpoint.send(each)
        return
    print("ready", flush=True)
    end = time.monotonic() + float(sys.argv[2])
    while (left := end - time.monotonic()) > 0:
        endpoint.settimeout(left)
        try:
            data, source = endpoint.recvfrom(2048)
        except TimeoutError:
            break
        if b"span:" in data and source[2] != socket.PACKET_OUTGOING:
            print(data.split(b"span:")[1].split(b";")[0].decode(), flush=True)


main()
