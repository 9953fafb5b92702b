package serve

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certificate loads the given files, or creates a self-signed certificate and returns its
// fingerprint, which people can compare. Nil means no TLS.
func (o Options) certificate() (config *tls.Config, fingerprint string, err error) {
	switch {
	case o.Certificate != "":
		pair, err := tls.LoadX509KeyPair(o.Certificate, o.Key)
		if err != nil {
			return nil, "", fmt.Errorf("certificate: %w", err)
		}
		return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, "", nil
	case !o.SelfSigned:
		return nil, "", nil
	}
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, "", err
	}
	pair, err := o.ownPair(append([]string{host, "localhost", "127.0.0.1", "::1"}, o.Hosts...))
	if err != nil {
		return nil, "", fmt.Errorf("certificate: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, fmt.Sprintf("%X", sha256.Sum256(pair.Certificate[0])), nil
}

// pairFile has the self-signed certificate and its key, in the state folder, so that it is
// the same after a restart: workers know it by its fingerprint.
const pairFile = "certificate.pem"

// ownPair returns the self-signed certificate that the state folder has, unless it is for
// other hosts or will soon be too old, or makes one.
func (o Options) ownPair(hosts []string) (tls.Certificate, error) {
	path := filepath.Join(o.State, pairFile)
	if o.State != "" {
		if pair, err := tls.LoadX509KeyPair(path, path); err == nil && stillGood(pair, hosts) {
			return pair, nil
		}
	}
	pair, err := selfSigned(hosts)
	if err != nil || o.State == "" {
		return pair, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return pair, err
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	if err := os.MkdirAll(o.State, 0o700); err != nil {
		return pair, err
	}
	return pair, os.WriteFile(path, text, 0o600)
}

// stillGood reports whether a certificate is for the hosts, and for a month.
func stillGood(pair tls.Certificate, hosts []string) bool {
	c, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil || time.Until(c.NotAfter) < 30*24*time.Hour {
		return false
	}
	for _, host := range hosts {
		if host != "" && c.VerifyHostname(host) != nil {
			return false
		}
	}
	return true
}

// selfSigned makes a certificate for a year.
func selfSigned(hosts []string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "easel"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else if host != "" {
			c.DNSNames = append(c.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
