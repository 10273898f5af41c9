// session SOCKET XML: opens the daemon as Go programs do, under a hypervisor's name, and takes a network through its life.
package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/digitalocean/go-libvirt"
	"github.com/digitalocean/go-libvirt/socket/dialers"
)

func must(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func main() {
	client := libvirt.NewWithDialer(dialers.NewLocal(dialers.WithSocket(os.Args[1])))
	must(client.Connect())
	ctx, cancel := context.WithCancel(context.Background())
	_, err := client.LifecycleEvents(ctx)
	must(err)

	network, err := client.NetworkDefineXML(os.Args[2])
	must(err)
	must(client.NetworkCreate(network))
	networks, _, err := client.ConnectListAllNetworks(1, 0)
	must(err)
	for _, each := range networks {
		active, err := client.NetworkIsActive(each)
		must(err)
		fmt.Printf("%s active=%d\n", each.Name, active)
	}

	must(client.NetworkUpdateCompat(network, libvirt.NetworkUpdateCommandAddLast, libvirt.NetworkSectionIPDhcpHost, -1,
		"<host mac='52:54:00:00:00:01' ip='192.168.55.7'/>", libvirt.NetworkUpdateAffectLive|libvirt.NetworkUpdateAffectConfig))
	xml, err := client.NetworkGetXMLDesc(network, 0)
	must(err)
	fmt.Println(regexp.MustCompile("<host .*>").FindString(xml))
	leases, _, err := client.NetworkGetDhcpLeases(network, libvirt.OptString{}, 1, 0)
	must(err)
	guests, _, err := client.ConnectListAllDomains(1, 0)
	must(err)
	fmt.Printf("%d leases, %d guests\n", len(leases), len(guests))

	must(client.NetworkDestroy(network))
	must(client.NetworkUndefine(network))
	_, err = client.NetworkLookupByName("rc")
	fmt.Println(strings.SplitN(err.Error(), ":", 2)[0])
	cancel()
	must(client.Disconnect())
}
