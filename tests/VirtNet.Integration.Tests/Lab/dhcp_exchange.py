"""A client that asks once: dhcp_exchange.py MAC NAME [ADDRESS]
Gets a lease under that name and prints its address; with an address it renews that one and prints "ack" or "nak"."""
import select, socket, sys, time
from dhcp_wire import answer, frame, link as open_link

mac, name = bytes.fromhex(sys.argv[1].replace(":", "")), sys.argv[2].encode()
host_name = bytes([12, len(name)]) + name
link = open_link()


def ask(message, kinds):
    """Sends until an answer of one of these kinds comes."""
    for _ in range(20):
        link.send(message)
        end = time.monotonic() + 1
        while (left := end - time.monotonic()) > 0 and select.select([link], [], [], left)[0]:
            got = answer(link.recv(2000))
            if got and got[0] == mac and got[2].get(53, b"\0")[0] in kinds:
                return got[2][53][0], got
    sys.exit("no answer")


if len(sys.argv) > 3:
    kind, _ = ask(frame(mac, 3, host_name, ciaddr=socket.inet_aton(sys.argv[3])), (5, 6))
    print("ack" if kind == 5 else "nak")
else:
    _, (_, address, options) = ask(frame(mac, 1, host_name), (2,))
    ask(frame(mac, 3, host_name + b"\x32\x04" + address + b"\x36\x04" + options[54]), (5,))
    print(socket.inet_ntoa(address))
