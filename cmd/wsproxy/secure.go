package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"wsprobe/internal/ca"
	"wsprobe/internal/record"
)

// host returns the server's name as DNS has it, or its address.
func (d *destination) host() (string, error) {
	if d.socket {
		return socketHost, nil
	}
	host, _, err := net.SplitHostPort(d.addr)
	if err != nil {
		return "", err
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.WithZone("").String(), nil
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		return ascii, nil
	}
	return host, nil
}

// names returns the name that is sent to a server, and those that its certificate
// may be for. What a client asks for is passed on, unless that is this machine,
// where it wants the server of the URL, or that is to be told its own name.
func (d *destination) names(offer *tls.ClientHelloInfo) (sni string, valid []string, err error) {
	host, err := d.host()
	if err != nil {
		return "", nil, err
	}
	if _, err := netip.ParseAddr(host); err != nil {
		sni = host
	}
	valid = []string{host}
	if offer == nil || offer.ServerName == "" || d.fixed && (d.named || local(offer.ServerName)) {
		return sni, valid, nil
	}
	if !d.fixed {
		return offer.ServerName, []string{offer.ServerName}, nil
	}
	return offer.ServerName, []string{offer.ServerName, host}, nil
}

// local reports whether a name is that of whatever machine one is on (RFC 6761 §6.3).
func local(name string) bool { return name == "localhost" || strings.HasSuffix(name, ".localhost") }

// dial connects to a server, over TLS where it is reached so.
func (t *trustFlags) dial(ctx context.Context, plain *net.Dialer, to *destination) (net.Conn, error) {
	c, err := to.connect(ctx, plain)
	if err != nil || !to.secure {
		return c, err
	}
	conn, err := t.secure(ctx, c, to, nil)
	if err != nil {
		c.Close()
		return nil, err
	}
	return conn, nil
}

// secure has a server's connection use TLS, with what the client offered: its name,
// its protocols and its versions. Without an offer the client does without TLS.
func (t *trustFlags) secure(ctx context.Context, server net.Conn, to *destination, offer *tls.ClientHelloInfo) (*secured, error) {
	sni, valid, err := to.names(offer)
	if err != nil {
		return nil, err
	}
	asked := false
	config := t.config()
	config.ServerName = sni
	config.InsecureSkipVerify = true // VerifyConnection does it: a certificate may be for one of two names
	config.VerifyConnection = func(s tls.ConnectionState) error { return t.verify(&s, valid) }
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if asked = true; t.certificate != nil {
			return t.certificate, nil
		}
		return &tls.Certificate{}, nil
	}
	if offer == nil {
		config.MinVersion = tls.VersionTLS12
	} else {
		config.NextProtos = offer.SupportedProtos
		config.MinVersion, config.MaxVersion = versions(offer.SupportedVersions)
	}
	conn := tls.Client(server, config)
	failed := func(err error) error { return t.serverFailed(to, asked, err) }
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, failed(err)
	}
	shown := &record.TLS{ServerName: sni, Offered: config.NextProtos}
	shown.Agreed(conn.ConnectionState())
	return &secured{Conn: conn, shown: shown, failed: failed}, nil
}

// versions returns the range of the versions that are known, of those that a client
// offers.
func versions(offered []uint16) (least, most uint16) {
	known := slices.DeleteFunc(slices.Clone(offered), func(v uint16) bool { return v < tls.VersionTLS10 || v > tls.VersionTLS13 })
	if len(known) == 0 {
		return tls.VersionTLS12, 0
	}
	return slices.Min(known), slices.Max(known)
}

// untrusted is a certificate that we do not take for the server's.
type untrusted struct {
	cert *x509.Certificate
	why  error
}

func (u *untrusted) Error() string {
	return fmt.Sprintf("its certificate is not trusted: %v; it is of %s, signed by %s, valid from %s to %s, SHA-256 %s", u.why,
		u.cert.Subject, u.cert.Issuer, u.cert.NotBefore.Format(time.DateOnly), u.cert.NotAfter.Format(time.DateOnly), ca.Fingerprint(u.cert))
}

// verify checks a server's certificate, which may be for one of several names.
func (t *trustFlags) verify(s *tls.ConnectionState, names []string) error {
	if t.insecure {
		return nil
	}
	leaf := s.PeerCertificates[0]
	options := x509.VerifyOptions{Roots: t.roots, Intermediates: x509.NewCertPool()}
	for _, cert := range s.PeerCertificates[1:] {
		options.Intermediates.AddCert(cert)
	}
	if _, err := leaf.Verify(options); err != nil {
		return &untrusted{leaf, err}
	}
	var err error
	for _, name := range names {
		if err = leaf.VerifyHostname(name); err == nil {
			return nil
		}
	}
	return &untrusted{leaf, err}
}

// serverFailed says why TLS with a server failed. asked says that it wanted to see a
// certificate.
func (t *trustFlags) serverFailed(to *destination, asked bool, err error) error {
	_, refused := remoteAlert(err)
	var not *untrusted
	var plain tls.RecordHeaderError
	at := fmt.Errorf("TLS with the server %s: %w", to.addr, err)
	switch {
	case errors.As(err, &not):
		return hinted{at, "--cacert FILE has the certificates in it trusted, --insecure any"}
	case errors.As(err, &plain):
		return hinted{at, "is it a server without TLS, as for ws://?"}
	case refused && asked && t.certificate == nil:
		return hinted{fmt.Errorf("TLS with the server %s, which asks for a client's certificate: %w", to.addr, err),
			"--cert FILE and --key FILE are shown to it"}
	}
	return at
}

// secured is a server's leg over TLS. It says why the server gave up, which with TLS
// 1.3 it may do after the handshake is done for us.
type secured struct {
	*tls.Conn
	shown  *record.TLS
	failed func(error) error
	tell   func(error) // set before it is read
}

func (s *secured) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if _, ok := remoteAlert(err); ok && s.tell != nil {
		s.tell(s.failed(err))
		s.tell = nil
	}
	return n, err
}
