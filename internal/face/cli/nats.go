package cli

import (
	"fmt"
	"os"

	"easel/internal/base/option"
	"easel/internal/work/cluster"
)

// clusterOptions declares where a NATS cluster is, for workers too.
func clusterOptions(o *cluster.Options) []option.Option {
	return []option.Option{
		option.Text(&o.URLs, "nats", "addresses of a NATS JetStream cluster that has the jobs, such as nats://n1,nats://n2,nats://n3").As("URLS"),
		option.Text(&o.Prefix, "nats-prefix", "begins the names of what easel keeps there"),
		option.Text(&o.Credentials, "nats-credentials", "file of credentials for it (.creds), or with the seed of an nkey").As("FILE"),
		option.Text(&o.CA, "nats-ca", "file of the authorities that its certificates may be from (default: the system's)").As("FILE"),
		option.Text(&o.Certificate, "nats-cert", "file of a certificate for it").As("FILE"),
		option.Text(&o.Key, "nats-key", "file of its key").As("FILE"),
	}
}

// replicasOption declares how many copies a cluster keeps, for who begins to use it.
func replicasOption(o *cluster.Options) option.Option {
	return option.Int(&o.Replicas, "nats-replicas", "servers of the cluster that each have a copy of everything", 1, 5)
}

// joinCluster is how workers join a cluster.
func joinCluster(o cluster.Options) string {
	words := "easel work --nats " + o.URLs
	if o.Prefix != cluster.DefaultPrefix {
		words += " --nats-prefix " + o.Prefix
	}
	return words
}

func newCluster() cluster.Options {
	return cluster.Options{Prefix: cluster.DefaultPrefix, Replicas: cluster.DefaultReplicas}
}

// named fills in what is not an option.
func (a *app) named(o cluster.Options) *cluster.Options {
	host, _ := os.Hostname()
	o.Name = fmt.Sprintf("easel %s/%d", host, os.Getpid())
	o.Log = func(err error) { a.warn(err.Error()) }
	return &o
}
