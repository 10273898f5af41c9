#!/bin/sh
# udhcpc's script: takes the address, and notes it.
case $1 in bound | renew) ;; *) exit 0 ;; esac
ip -4 addr flush dev "$interface"
ip addr add "$ip/$mask" dev "$interface"
ip route replace default via "$router"
echo "$ip" >/tmp/lease
