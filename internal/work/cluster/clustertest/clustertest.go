// Package clustertest starts NATS servers on this machine for tests: call Plan, then Start
// with each of its members, in one process or in several.
package clustertest

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Member is one server of a cluster.
type Member struct {
	Name        string
	Dir         string
	Port, Route int
	// Routes are the addresses of all members.
	Routes []string
}

// URL is the address for clients.
func (m Member) URL() string { return fmt.Sprintf("nats://127.0.0.1:%d", m.Port) }

// URLs are the addresses of several members.
func URLs(members []Member) string {
	var list []string
	for _, m := range members {
		list = append(list, m.URL())
	}
	return strings.Join(list, ",")
}

// Plan chooses ports for the members of a cluster, and folders below one.
func Plan(n int, dir string) ([]Member, error) {
	list, routes := make([]Member, n), make([]string, n)
	for i := range list {
		var ports [2]int
		for k := range ports {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return nil, err
			}
			defer func() { _ = l.Close() }()
			ports[k] = l.Addr().(*net.TCPAddr).Port
		}
		name := fmt.Sprint("n", i)
		list[i] = Member{Name: name, Dir: filepath.Join(dir, name), Port: ports[0], Route: ports[1]}
		routes[i] = fmt.Sprintf("nats://127.0.0.1:%d", ports[1])
	}
	for i := range list {
		list[i].Routes = routes
	}
	return list, nil
}

// startTime is how long a server may take to listen.
const startTime = 20 * time.Second

// Start starts a member. A single one has no cluster.
func Start(m Member) (*server.Server, error) {
	o := &server.Options{
		ServerName: m.Name, Host: "127.0.0.1", Port: m.Port, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: m.Dir, JetStreamMaxStore: 64 << 30, JetStreamMaxMemory: 64 << 20,
	}
	if len(m.Routes) > 1 {
		o.Cluster = server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: m.Route, NoAdvertise: true} // a test says whom a client knows
		o.Routes = server.RoutesFromStr(strings.Join(m.Routes, ","))
	}
	s, err := server.NewServer(o)
	if err != nil {
		return nil, err
	}
	go s.Start()
	if !s.ReadyForConnections(startTime) {
		s.Shutdown()
		return nil, errors.New("a NATS server did not start")
	}
	return s, nil
}
