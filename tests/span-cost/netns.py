"""Sockets inside network namespaces, for one process to measure in several of them by one clock."""
import ctypes
import os
import select
import socket
import struct
import threading
import time

CLONE_NEWNET = 0x40000000
RTMGRP_NEIGH = 4
RTM_NEWNEIGH = 28
NDA_DST, NDA_LLADDR = 1, 2
_libc = ctypes.CDLL(None, use_errno=True)


def inside(namespace, make):
    """What a function makes in a namespace: a socket stays in the one it was made in."""
    made = []

    def call():
        handle = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
        if _libc.setns(handle, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        os.close(handle)
        made.append(make())
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    return made[0]


def mac_bytes(mac):
    return bytes.fromhex(mac.replace(":", ""))


class Neighbours:
    """Hears what a host's kernel comes to know of guests, and when."""

    def __init__(self, host):
        def make():
            opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
            opened.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)  # SO_RCVBUFFORCE
            opened.bind((0, RTMGRP_NEIGH))
            return opened
        self.socket = inside(host, make)

    def when_known(self, address, mac, seconds=10.0):
        """The moment (time.monotonic) in which it knows the guest's address and where to send it; None = it did not."""
        end, wanted = time.monotonic() + seconds, (socket.inet_aton(address), mac_bytes(mac))
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.socket], [], [], left)[0]:
                break
            data = self.socket.recv(1 << 16)
            now = time.monotonic()
            if any(kind == RTM_NEWNEIGH and found == wanted for kind, found in _neighbours_in(data)):
                return now
        return None


def _neighbours_in(data):
    while len(data) >= 16:
        length, kind = struct.unpack_from("=IH", data)
        body, data = data[16:length], data[(length + 3) & ~3:]
        family, attributes, found = body[0], body[12:], {}
        while len(attributes) >= 4:
            size, name = struct.unpack_from("=HH", attributes)
            if size < 4:
                break
            found[name] = attributes[4:size]
            attributes = attributes[(size + 3) & ~3:]
        if family == socket.AF_INET:
            yield kind, (found.get(NDA_DST), found.get(NDA_LLADDR))


class Echo:
    """A guest that answers datagrams, on whatever addresses it has."""

    def __init__(self, guest, port=7000):
        def make():
            opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            opened.bind(("", port))
            return opened
        self.socket = inside(guest, make)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                data, sender = self.socket.recvfrom(64)
                self.socket.sendto(data, sender)
            except OSError:
                time.sleep(0.001)  # it has no address in the middle of a move


class Probe:
    """Asks a guest from another one every few milliseconds, and knows for how long there was no answer."""

    def __init__(self, asker, address, port=7000, interval=0.002):
        self.socket = inside(asker, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.socket.connect((address, port))
        self.socket.setblocking(False)
        self.interval, self.answers, self.ends = interval, [], False
        self.thread = threading.Thread(target=self._ask, daemon=True)
        self.thread.start()

    def _ask(self):
        due = time.monotonic()
        while not self.ends:
            if time.monotonic() >= due:
                due += self.interval
                try:
                    self.socket.send(b"?")
                except OSError:
                    pass
            if select.select([self.socket], [], [], max(0.0, due - time.monotonic()))[0]:
                try:
                    self.socket.recv(64)
                    self.answers.append(time.monotonic())
                except OSError:
                    pass

    def longest_gap(self):
        """Ends it. In seconds."""
        self.ends = True
        self.thread.join()
        self.socket.close()
        return max(later - earlier for earlier, later in zip(self.answers, self.answers[1:]))


class Acknowledgement:
    """Hears the DHCPACK that a guest gets."""

    def __init__(self, guest):
        def make():
            opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
            opened.bind(("eth0", 0))
            return opened
        self.socket, self.when = inside(guest, make), None
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        self.socket.settimeout(10)
        try:
            while self.when is None:
                frame = self.socket.recv(2048)
                if frame[23] == 17 and frame[34:36] == b"\0\x43" and b"\x35\x01\x05" in frame[278:]:
                    self.when = time.monotonic()
        except OSError:
            pass

    def wait(self):
        self.thread.join()
        self.socket.close()
        return self.when


def send_frame(namespace, device, frame):
    def make():
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as opened:
            opened.bind((device, 0))
            opened.send(frame)
    inside(namespace, make)


def gratuitous_arp(mac, address):
    hardware, protocol = mac_bytes(mac), socket.inet_aton(address)
    return b"\xff" * 6 + hardware + b"\x08\x06\0\1\x08\0\6\4\0\1" + hardware + protocol + b"\xff" * 6 + protocol


def rarp(mac):
    """As QEMU announces a guest that it has taken over."""
    hardware = mac_bytes(mac)
    return (b"\xff" * 6 + hardware + b"\x80\x35\0\1\x08\0\6\4\0\3" + hardware + b"\0" * 4 + hardware + b"\0" * 4).ljust(60, b"\0")
