/* load datagrams ADDRESS PORT SECONDS | connections ADDRESS PORT SECONDS | serve PORT: packets for measure.py. Prints how many a second. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32, AT_ONCE = 64, PAYLOAD = 22 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static struct sockaddr_in place(const char *address, const char *port)
{
    struct sockaddr_in place = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
    inet_aton(address, &place.sin_addr);
    return place;
}

/* Closing resets: no port of the client's waits for what may still come. */
static void reset_at_close(int socket)
{
    struct linger reset = { 1, 0 };
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

static double datagrams(struct sockaddr_in to, double seconds)
{
    char text[PAYLOAD] = { 0 };
    struct iovec part = { text, sizeof text };
    struct mmsghdr batch[BATCH] = { 0 };
    int socket_of = socket(AF_INET, SOCK_DGRAM, 0);
    double began = now();
    long sent = 0;

    connect(socket_of, (void *)&to, sizeof to);
    for (int i = 0; i < BATCH; i++) {
        batch[i].msg_hdr.msg_iov = &part;
        batch[i].msg_hdr.msg_iovlen = 1;
    }
    while (now() - began < seconds) {
        int count = sendmmsg(socket_of, batch, BATCH, 0);
        sent += count > 0 ? count : 0;
    }
    return sent / (now() - began);
}

static double connections(struct sockaddr_in to, double seconds)
{
    struct epoll_event ready[AT_ONCE];
    int poll = epoll_create1(0), open = 0, why = 0;
    long made = 0, failed = 0;
    double began = now();

    while (now() - began < seconds) {
        for (; open < AT_ONCE; open++) {
            int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            struct epoll_event wanted = { .events = EPOLLOUT, .data.fd = client };
            reset_at_close(client);
            if (connect(client, (void *)&to, sizeof to) && errno != EINPROGRESS) {
                perror("connect");
                exit(1);
            }
            epoll_ctl(poll, EPOLL_CTL_ADD, client, &wanted);
        }
        for (int i = epoll_wait(poll, ready, AT_ONCE, 100); i-- > 0; open--) {
            int error = 0;
            socklen_t length = sizeof error;
            getsockopt(ready[i].data.fd, SOL_SOCKET, SO_ERROR, &error, &length);
            if (error && error != ECONNRESET) {
                failed++;
                why = error;
            } else {
                made++;
            }
            close(ready[i].data.fd);
        }
    }
    if (failed > made / 100) {
        fprintf(stderr, "%ld of %ld connections failed: %s\n", failed, failed + made, strerror(why));
        exit(1);
    }
    return made / (now() - began);
}

static int serve(struct sockaddr_in at)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, client;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (void *)&at, sizeof at) || listen(listener, 4096)) {
        perror("serve");
        return 1;
    }
    for (;;) {
        client = accept(listener, NULL, NULL); /* what is wrong with one client is no reason to end */
        if (client >= 0) {
            reset_at_close(client);
            close(client);
        }
    }
}

int main(int count, char **words)
{
    if (count == 3 && !strcmp(words[1], "serve")) return serve(place("0.0.0.0", words[2]));
    if (count != 5) return 2;
    struct sockaddr_in to = place(words[2], words[3]);
    printf("%.0f\n", (!strcmp(words[1], "datagrams") ? datagrams : connections)(to, atof(words[4])));
    return 0;
}
