"""serve.py PORT...: TCP services that say who called; in the outside's namespace (port 80) also a UDP echo at port 7 that does."""
import socket
import sys
import threading


def tcp(port):
    with socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=50) as server:
        while True:
            connection, peer = server.accept()
            with connection:
                try:
                    connection.sendall(peer[0].removeprefix("::ffff:").encode())
                except OSError:
                    pass


def udp(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("", port))
        while True:
            _, peer = server.recvfrom(99)
            server.sendto(peer[0].encode(), peer)


ports = [int(port) for port in sys.argv[1:]]
for serve, port in [(tcp, port) for port in ports] + ([(udp, 7)] if 80 in ports else []):
    threading.Thread(target=serve, args=(port,)).start()
