#!/usr/bin/env python3
"""guests.py NETWORKS QUERIES EXCHANGES SECONDS [READY]: guests of the networks 10.77.N.1/24, each behind its interface gN.

They ask QUERIES DNS questions a second, each once and waiting PATIENCE for the answer, half of them for a name of the network and
half for one that the daemon has to ask others for; and have EXCHANGES times a second a client get an address by DHCP, which repeats
what is not answered as RFC 2131, 4.1 says. READY is made when all has begun. The last line is what became of them, as JSON.
"""
import collections, ctypes, json, random, selectors, socket, struct, sys, time

PATIENCE = 10.0
RETRANSMISSIONS = (4.0, 8.0)
MAGIC = b"\x63\x82\x53\x63"
SO_ATTACH_FILTER = 26
ETH_P_IP = 0x0800
# IPv4, UDP, to port 68
FILTER = [(0x28, 0, 0, 12), (0x15, 0, 5, ETH_P_IP), (0x30, 0, 0, 23), (0x15, 0, 3, 17), (0x28, 0, 0, 36), (0x15, 0, 1, 68),
          (0x06, 0, 0, 0xffff), (0x06, 0, 0, 0)]


def question(number, name):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Dns:
    def __init__(self, number, selector):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect((f"10.77.{number}.1", 53))
        self.socket.setblocking(False)
        self.number, self.last, self.waiting = number, 0, {}
        selector.register(self.socket, selectors.EVENT_READ, self)

    def ask(self, now):
        self.last = (self.last + 1) % 65536
        name = "here.lab" if self.last % 2 else f"a{self.last}.n{self.number}.example"
        try:
            self.socket.send(question(self.last, name))
        except OSError: # refused: nobody listens
            pass
        self.waiting[self.last] = now

    def read(self, now, told):
        while True:
            try:
                answer = self.socket.recv(1500)
            except BlockingIOError:
                return
            except OSError:
                continue
            number, flags, _, answers = struct.unpack(">4H", answer[:8])
            begun = self.waiting.pop(number, None)
            if begun is not None:
                told["slowest"] = max(told["slowest"], now - begun)
                told["answered" if answers and not flags & 15 else "failed"] += 1


class Dhcp:
    def __init__(self, number, selector):
        self.number = number
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        steps = (ctypes.c_ubyte * (8 * len(FILTER))).from_buffer_copy(b"".join(struct.pack("=HBBI", *step) for step in FILTER))
        program = struct.pack("=HxxxxxxQ", len(FILTER), ctypes.addressof(steps))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
        self.socket.bind((f"g{number}", ETH_P_IP))
        self.socket.setblocking(False)
        self.clients = {}
        selector.register(self.socket, selectors.EVENT_READ, self)

    def begin(self, now):
        client = {"mac": bytes([2, 0, self.number]) + random.randbytes(3), "begun": now, "tries": 0, "server": b""}
        self.send(client, now, b"\x35\x01\x01")

    def send(self, client, now, options):
        xid = random.randbytes(4)
        self.clients.pop(client.get("xid"), None)
        client.update(xid=xid, options=options, due=now + RETRANSMISSIONS[0], tries=0)
        self.clients[xid] = client
        self.transmit(client)

    def transmit(self, client):
        message = struct.pack(">4B4sHH", 1, 1, 6, 0, client["xid"], 0, 0) + bytes(16) + client["mac"].ljust(16, b"\0") + bytes(192)
        message = (message + MAGIC + client["options"] + b"\xff").ljust(300, b"\0")
        udp = struct.pack(">4H", 68, 67, len(message) + 8, 0) + message
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, len(udp) + 20, 0, 0, 64, 17, 0, bytes(4), b"\xff" * 4)
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        self.socket.send(b"\xff" * 6 + client["mac"] + struct.pack(">H", ETH_P_IP) + ip + udp)

    def repeat(self, now, told):
        for client in [client for client in self.clients.values() if client["due"] <= now]:
            client["tries"] += 1
            if client["tries"] > len(RETRANSMISSIONS):
                del self.clients[client["xid"]]
                told["failed"] += 1
            else:
                told["repeated"] += 1
                client["due"] = now + RETRANSMISSIONS[client["tries"] - 1]
                self.transmit(client)

    def read(self, now, told):
        while True:
            try:
                frame = self.socket.recv(2000)
            except BlockingIOError:
                return
            message = frame[42:]
            client = self.clients.get(message[4:8])
            if client is None or message[0] != 2:
                continue
            options, at = {}, 240
            while at < len(message) and message[at] != 255:
                if message[at]:
                    options[message[at]] = message[at + 2:at + 2 + message[at + 1]]
                    at += 1 + message[at + 1]
                at += 1
            kind = options.get(53, b"\0")[0]
            if kind == 2 and client["options"][2] == 1:
                self.send(client, now, b"\x35\x01\x03\x32\x04" + message[16:20] + b"\x36\x04" + options[54])
            elif kind in (5, 6) and client["options"][2] == 3:
                del self.clients[client["xid"]]
                told["done" if kind == 5 else "failed"] += 1
                told["slowest"] = max(told["slowest"], now - client["begun"])


def main(networks, queries, exchanges, seconds, ready=None):
    selector = selectors.DefaultSelector()
    dns = [Dns(number, selector) for number in range(1, networks + 1)]
    dhcp = [Dhcp(number, selector) for number in range(1, networks + 1)]
    asked, had = collections.Counter(slowest=0.0, answered=0, failed=0), collections.Counter(slowest=0.0, done=0, failed=0, repeated=0)
    begin = time.monotonic()
    counts = [0, 0]
    end, looked = begin + seconds, begin
    while True:
        now = time.monotonic()
        if now < end:
            for kind, (rate, servers) in enumerate(((queries, dns), (exchanges, dhcp))):
                while counts[kind] < (now - begin) * rate:
                    server = servers[counts[kind] % networks]
                    server.ask(now) if kind == 0 else server.begin(now)
                    counts[kind] += 1
            if ready and now - begin > 1:
                open(ready, "w").close()
                ready = None
        if now - looked > 0.1:
            looked = now
            for server in dhcp:
                server.repeat(now, had)
        if now >= end and (now > end + sum(RETRANSMISSIONS) + PATIENCE
                           or not any(server.waiting for server in dns) and not any(server.clients for server in dhcp)):
            break
        for key, _ in selector.select(0.001):
            key.data.read(time.monotonic(), asked if isinstance(key.data, Dns) else had)
    print(json.dumps({
        "dns": {"asked": counts[0], "answered": asked["answered"], "failed": asked["failed"],
                "lost": sum(len(server.waiting) for server in dns), "slowest_ms": round(asked["slowest"] * 1000)},
        "dhcp": {"begun": counts[1], "done": had["done"], "failed": had["failed"] + sum(len(server.clients) for server in dhcp),
                 "repeated": had["repeated"], "slowest_ms": round(had["slowest"] * 1000)}}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]), *sys.argv[5:6])
