package ca

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// maxLeaves is how many certificates are kept in memory. A client may ask for any
// name; one more than that, and all are forgotten.
const maxLeaves = 1024

// maxName is how long a name may be (RFC 1035 §2.3.4).
const maxName = 255

// Leaf returns a certificate for a server that goes by all of these names, which
// are host names as DNS has them, or addresses.
func (a *Authority) Leaf(names ...string) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := strings.Join(names, " ")
	if leaf := a.leaves[id]; leaf != nil && time.Until(leaf.Leaf.NotAfter) > clockSkew {
		return leaf, nil
	}
	leaf, err := a.sign(names)
	if err != nil {
		return nil, err
	}
	if len(a.leaves) >= maxLeaves {
		clear(a.leaves)
	}
	a.leaves[id] = leaf
	return leaf, nil
}

// sign makes a certificate.
func (a *Authority) sign(names []string) (*tls.Certificate, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial,
		NotBefore:    now.Add(-clockSkew),
		NotAfter:     now.Add(leafValidity - clockSkew),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		Subject:      pkix.Name{CommonName: commonName(names)},
	}
	if template.NotAfter.After(a.Certificate.NotAfter) {
		template.NotAfter = a.Certificate.NotAfter
	}
	if err := addNames(template, names); err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.Certificate, &a.leafKey.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate for %q: %w", names, err)
	}
	leaf, err := x509.ParseCertificate(der)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.leafKey, Leaf: leaf}, err
}

// addNames says which names a certificate is for.
func addNames(template *x509.Certificate, names []string) error {
	for _, name := range names {
		if ip, err := netip.ParseAddr(name); err == nil {
			template.IPAddresses = append(template.IPAddresses, ip.WithZone("").Unmap().AsSlice())
			continue
		}
		if name == "" || len(name) > maxName || strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c >= 0x7f }) {
			return fmt.Errorf("%.80q can be no host's name", name)
		}
		template.DNSNames = append(template.DNSNames, name)
	}
	return nil
}

// commonName is the first of the names, if it is short enough for one.
func commonName(names []string) string {
	if len(names) == 0 || len(names[0]) > maxCommonName {
		return "wsproxy"
	}
	return names[0]
}
