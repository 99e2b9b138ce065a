package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"sync"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// certificate is what the servers show: nobody looks at it.
var certificate = sync.OnceValues(func() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
})

// secure is a talk over TLS, of which the records are captured.
type secure struct {
	client, server *tls.Conn
	at             time.Time // of what is being sent
}

// newSecure makes a connection over TLS. Its keys are written down.
func newSecure(s *record.TCPStream, at time.Time, keys io.Writer) (*secure, error) {
	cert, err := certificate()
	if err != nil {
		return nil, err
	}
	t := &secure{at: at}
	near, far := net.Pipe()
	t.client = tls.Client(tapped{near, t, s, lint.Client}, &tls.Config{InsecureSkipVerify: true, KeyLogWriter: keys})
	t.server = tls.Server(tapped{far, t, s, lint.Server}, &tls.Config{Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true})
	return t, t.both(t.client.Handshake, t.server.Handshake)
}

// both does what the two ends do at the same time: what one writes, the other reads.
func (t *secure) both(client, server func() error) error {
	done := make(chan error, 1)
	go func() { done <- server() }()
	if err := client(); err != nil {
		return err
	}
	return <-done
}

func (t *secure) exchange(at time.Time, asked, answer []byte) error {
	t.at = at
	return t.both(
		func() error { return pass(t.client, asked, len(answer)) },
		func() error {
			if err := pass(t.server, nil, len(asked)); err != nil {
				return err
			}
			_, err := t.server.Write(answer)
			return err
		})
}

// pass writes what one end says and reads as much as the other will say.
func pass(c *tls.Conn, said []byte, heard int) error {
	if len(said) > 0 {
		if _, err := c.Write(said); err != nil {
			return err
		}
	}
	_, err := io.ReadFull(c, make([]byte, heard))
	return err
}

// tapped is one end, whose bytes are captured as they are sent.
type tapped struct {
	net.Conn
	of   *secure
	s    *record.TCPStream
	side lint.Side
}

func (t tapped) Write(p []byte) (int, error) {
	t.s.Data(t.side, t.of.at, p)
	return t.Conn.Write(p)
}
