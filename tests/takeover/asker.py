"""asker.py SERVER NAME: asks for a name every 20 ms until SIGINT; prints the longest time without an answer, in milliseconds."""
import signal, socket, struct, sys, time

server, name = sys.argv[1:]
question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0\0\1\0\1"
running = True
signal.signal(signal.SIGINT, lambda *_: globals().update(running=False))
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(0.02)
last, longest, number = time.monotonic(), 0.0, 0
while running:
    number = (number + 1) % 65536
    try:
        sock.sendto(struct.pack("!6H", number, 0x100, 1, 0, 0, 0) + question, (server, 53))
        while True:
            answer = sock.recv(512)
            if answer[:2] == struct.pack("!H", number) and answer[3] & 15 == 0 and answer[6:8] != b"\0\0":
                longest, last = max(longest, time.monotonic() - last), time.monotonic()
                time.sleep(0.02)
                break
    except OSError:
        time.sleep(0.005)
print(int(max(longest, time.monotonic() - last) * 1000))
