package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strings"
	"time"

	"wsprobe/internal/hello"
	"wsprobe/internal/record"
)

// handshakeTimeout is how long a client and its server together may take to agree
// on TLS.
const handshakeTimeout = 15 * time.Second

// legs are the two connections of a link, TLS taken off them where it is.
type legs struct {
	client, server net.Conn
	first          []byte
	conn           record.Conn // what is known of TLS
	notes          []string
	watch          *secured // the server's leg, if it is one
}

// looks reports whether a client may use TLS. Else nobody waits for what it says.
func (t *tlsFlags) looks(to *destination) bool { return !to.fixed || to.secure || t.how != "" }

// join takes TLS off a client that uses it, and puts it on towards the server, as
// the route and the flags want. Where it fails, whoever knows TLS has been told;
// known says that the client is one of them.
func (t *tlsFlags) join(ctx context.Context, r *route, server net.Conn) (l *legs, known bool, err error) {
	l = &legs{client: r.client, server: server, first: r.first, conn: record.Conn{URL: r.url}}
	if !t.looks(&r.destination) {
		return l, false, nil
	}
	if len(l.first) == 0 {
		if l.first, l.server, err = firstBytes(r.client, server, firstTimeout); err != nil {
			return l, false, fmt.Errorf("%s: %w", r.client.RemoteAddr(), err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	switch secure := hello.Begins(l.first); {
	case secure && t.how == tlsPass:
		l.conn.Opaque = record.OpaqueTLS
		l.conn.URL = secureURL(r.url)
	case secure:
		return l, true, t.terminate(ctx, l, &r.destination)
	case r.secure:
		return l, false, t.onward(ctx, l, &r.destination, nil)
	}
	return l, false, nil
}

// onward puts TLS on the server's leg.
func (t *tlsFlags) onward(ctx context.Context, l *legs, to *destination, offer *tls.ClientHelloInfo) error {
	server, err := t.secure(ctx, l.server, to, offer)
	if err != nil {
		return err
	}
	l.server, l.watch, l.conn.ServerTLS = server, server, server.shown
	return nil
}

// terminate takes TLS off a client. The server comes first: what it chooses is what
// the client gets.
func (t *tlsFlags) terminate(ctx context.Context, l *legs, to *destination) error {
	raw := &begun{Conn: l.client, first: l.first}
	var failed error
	config := t.base.Clone()
	config.GetConfigForClient = func(offer *tls.ClientHelloInfo) (*tls.Config, error) {
		var config *tls.Config
		config, failed = t.answer(ctx, l, to, offer)
		if alert, ok := remoteAlert(failed); ok {
			raw.refuse(alert)
		}
		return config, failed
	}
	conn := tls.Server(raw, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		if failed != nil {
			return failed
		}
		return clientFailed(l.client, err)
	}
	l.client, l.first = conn, nil
	l.conn.ClientTLS.Agreed(conn.ConnectionState())
	if conn.ConnectionState().NegotiatedProtocol == "h2" {
		l.conn.Opaque = record.OpaqueHTTP2
		l.notes = append(l.notes, "client and server chose "+record.NoteHTTP2)
	}
	return nil
}

// answer finds out what a client is to get for its offer.
func (t *tlsFlags) answer(ctx context.Context, l *legs, to *destination, offer *tls.ClientHelloInfo) (*tls.Config, error) {
	l.conn.ClientTLS = &record.TLS{ServerName: offer.ServerName, Offered: offer.SupportedProtos}
	authority, err := t.signer()
	if err != nil {
		return nil, err
	}
	leaf, err := authority.Leaf(namesFor(l.client, to, offer)...)
	if err != nil {
		return nil, err
	}
	config := t.base.Clone()
	config.Certificates = []tls.Certificate{*leaf}
	if to.fixed && !to.secure {
		config.NextProtos = speaks(offer.SupportedProtos)
		return config, nil
	}
	l.conn.URL = secureURL(l.conn.URL)
	if err := t.onward(ctx, l, to, offer); err != nil {
		return nil, err
	}
	state := l.watch.ConnectionState()
	config.MaxVersion = state.Version
	if state.NegotiatedProtocol != "" {
		config.NextProtos = []string{state.NegotiatedProtocol}
	}
	return config, nil
}

// speaks returns what is chosen for a server without TLS: HTTP/1.1 if anything.
func speaks(offered []string) []string {
	for _, p := range offered {
		if p == "http/1.1" {
			return []string{p}
		}
	}
	return nil
}

// namesFor returns the names that a client may want the certificate to have: what it
// asks for or, where it asks for none, the addresses that it may have connected to.
func namesFor(client net.Conn, to *destination, offer *tls.ClientHelloInfo) []string {
	if offer.ServerName != "" {
		return []string{offer.ServerName}
	}
	names := []string{}
	if at := unmapped(client.LocalAddr()); at.IsValid() {
		names = append(names, at.Addr().WithZone("").String())
	}
	if host, err := to.host(); err == nil && (len(names) == 0 || host != names[0]) {
		names = append(names, host)
	}
	return names
}

// secureURL returns the URL of a server that is reached over TLS after all.
func secureURL(url string) string {
	if strings.HasPrefix(url, "ws+unix:") {
		return "wss" + strings.TrimPrefix(url, "ws")
	}
	rest, ok := strings.CutPrefix(url, "ws://")
	if !ok {
		return url
	}
	host, path, _ := strings.Cut(rest, "/")
	return "wss://" + strings.TrimSuffix(host, ":443") + "/" + path
}

// refuse sends a fatal alert (RFC 8446 §6) and has crypto/tls send none: a client
// hears what the server said, and not that we failed.
func (b *begun) refuse(alert byte) {
	b.Write([]byte{21, 3, 3, 0, 2, 2, alert})
	b.mute = true
}

// remoteAlert returns the alert with which the other end gave up. The type of those
// is private to crypto/tls; it is a number.
func remoteAlert(err error) (alert byte, ok bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return 0, false
	}
	v := reflect.ValueOf(op.Err)
	if v.Kind() != reflect.Uint8 {
		return 0, false
	}
	return byte(v.Uint()), true
}

// clientFailed says why TLS with a client failed. One that does not trust the
// certificate may say so, or send what cannot be read, or leave.
func clientFailed(client net.Conn, err error) error {
	at := fmt.Errorf("TLS with the client %s: %w", client.RemoteAddr(), err)
	const remedy = "wsproxy ca tells how to have the CA trusted that signs what clients are shown"
	if alert, ok := remoteAlert(err); ok && alert >= 40 {
		return hinted{fmt.Errorf("the client %s refuses the certificate that it is shown: %w", client.RemoteAddr(), err), remedy}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return at
	}
	return hinted{at, "does it trust the certificate? " + remedy}
}
