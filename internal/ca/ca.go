// Package ca is a certificate authority on this machine, for this machine: it
// signs certificates for whatever name a client asks for.
package ca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"os/user"
	"strings"
	"sync"
	"time"
)

// How long certificates are valid. Browsers take none of a server for longer than
// 398 days.
const (
	validity     = 2 * 365 * 24 * time.Hour
	leafValidity = 397 * 24 * time.Hour
	clockSkew    = 24 * time.Hour // that a client's clock may be behind
)

// Authority is the certificate authority.
type Authority struct {
	Certificate *x509.Certificate
	key         *ecdsa.PrivateKey

	leafKey *ecdsa.PrivateKey // one for all of this process
	mu      sync.Mutex
	leaves  map[string]*tls.Certificate
}

// newKey makes a key. P-256 is what every client knows.
func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// newAuthority checks that key and certificate belong together.
func newAuthority(cert *x509.Certificate, key *ecdsa.PrivateKey) (*Authority, error) {
	if !key.PublicKey.Equal(cert.PublicKey) {
		return nil, errTorn
	}
	leafKey, err := newKey()
	if err != nil {
		return nil, err
	}
	return &Authority{Certificate: cert, key: key, leafKey: leafKey, leaves: map[string]*tls.Certificate{}}, nil
}

// certify makes the authority's own certificate.
func certify(key *ecdsa.PrivateKey, now time.Time) ([]byte, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: authorityName(serial), Organization: []string{"wsproxy"}},
		NotBefore:             now.Add(-clockSkew),
		NotAfter:              now.Add(validity),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	return x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
}

// newSerial returns a serial number that no other certificate has (RFC 5280
// §4.1.2.2: at most 20 octets, and positive).
func newSerial() (*big.Int, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	return n.Add(n, big.NewInt(1)), nil
}

// maxCommonName is ub-common-name of RFC 5280.
const maxCommonName = 64

// authorityName says whose authority it is. The number tells it from the one before
// it, which clients may still trust.
func authorityName(serial *big.Int) string {
	who, number := "", fmt.Sprintf(" %08x", new(big.Int).Rsh(serial, 96))
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		who += "@" + host
	}
	name := strings.ToValidUTF8("wsproxy CA of "+who, "")
	if len(name) > maxCommonName-len(number) {
		name = strings.ToValidUTF8(name[:maxCommonName-len(number)], "")
	}
	return name + number
}

// Fingerprint returns the SHA-256 of a certificate, as browsers show it.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(pairs, ":")
}
