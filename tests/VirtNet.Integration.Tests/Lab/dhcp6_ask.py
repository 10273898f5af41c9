"""Gets an IPv6 address for eth0 by DHCPv6, as the card that it is, and prints it: dhcp6_ask.py"""
import select, socket, struct, sys, time

with open("/sys/class/net/eth0/address") as own:
    duid = b"\0\x03\0\x01" + bytes.fromhex(own.read().strip().replace(":", ""))
link = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
end = time.monotonic() + 10
link.bind(("::", 546))
link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("eth0"))
while True:  # its own address may still be tentative
    try:
        link.sendto(b"", ("ff02::1:2", 547))
        break
    except OSError:
        if time.monotonic() > end:
            raise
        time.sleep(0.05)


def option(code, value):
    return struct.pack("!HH", code, len(value)) + value


def options(data):
    found = {}
    while len(data) >= 4:
        code, length = struct.unpack_from("!HH", data)
        found[code], data = data[4:4 + length], data[4 + length:]
    return found


def ask(kind, expected, more=b""):
    message = bytes([kind, 1, 2, 3]) + option(1, duid) + option(3, struct.pack("!III", 1, 0, 0)) + option(8, b"\0\0") + more
    while time.monotonic() < end:
        link.sendto(message, ("ff02::1:2", 547))
        while select.select([link], [], [], 0.5)[0]:
            data = link.recv(2000)
            if data[0] == expected and data[1:4] == b"\1\2\3":
                return options(data[4:])
    sys.exit("silence")


server = ask(1, 2)[2]
got = ask(3, 7, option(2, server))
print(socket.inet_ntop(socket.AF_INET6, options(got[3][12:])[5][:16]))
