package cluster_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"easel/internal/base/hint"
	"easel/internal/work/cluster"
)

// A user's key, made for this test.
const (
	userSeed = "SUAFPH3HUAQBVCR5QUZUBGZBYPOAT5B4W4JIOSS3ZMAWNX5XQE4HH4FKBQ"
	userKey  = "UD5NIKMYINU54ZQO2TG3LW7USQ72ACE35WNFNBLFMC53KK7NKZXT3HBA"
)

// certified makes a certificate for this machine and returns it with its file.
func certified(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, written(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSecure: servers with TLS and users let in who has the key and trusts the certificate;
// others are told what is missing, and no key is in an error.
func TestSecure(t *testing.T) {
	t.Parallel()
	certificate, ca := certified(t)
	_, stranger := certified(t)
	s, err := server.NewServer(&server.Options{
		ServerName: "secure", Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, TLSTimeout: 10,
		Nkeys: []*server.NkeyUser{{Nkey: userKey}},
	})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("no server")
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	url := strings.Replace(s.ClientURL(), "nats://", "tls://", 1)
	seed := written(t, "seed", userSeed+"\n")
	for name, c := range map[string]struct {
		options    cluster.Options
		word, hint string
	}{
		"all":            {cluster.Options{CA: ca, Credentials: seed}, "", ""},
		"no key":         {cluster.Options{CA: ca}, "Authorization", "nats_credentials"},
		"other CA":       {cluster.Options{CA: stranger, Credentials: seed}, "unknown authority", "nats_ca"},
		"no CA":          {cluster.Options{Credentials: seed}, "unknown authority", "nats_ca"},
		"not a key":      {cluster.Options{CA: ca, Credentials: written(t, "seed", "SUAwrong")}, "nor the seed of an nkey", "nk"},
		"no such file":   {cluster.Options{CA: ca, Credentials: "nowhere"}, "nowhere", ""},
		"half a pair":    {cluster.Options{CA: ca, Certificate: ca}, "needs its key", ""},
		"not a CA":       {cluster.Options{CA: seed, Credentials: seed}, "seed", ""},
		"no such CA":     {cluster.Options{CA: "nowhere", Credentials: seed}, "nowhere", ""},
		"no certificate": {cluster.Options{CA: ca, Credentials: seed, Certificate: "nowhere", Key: "nowhere"}, "nowhere", ""},
	} {
		c.options.URLs, c.options.Replicas = url, 1
		k, err := cluster.Connect(c.options)
		if err == nil {
			err = k.Open(t.Context())
			k.Close()
		}
		if c.word == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.word) || !strings.Contains(hint.Of(err, hint.Keys{}), c.hint) || strings.Contains(err.Error(), "SUA") {
			t.Errorf("%s: %v; %s", name, err, hint.Of(err, hint.Keys{}))
		}
	}
}
