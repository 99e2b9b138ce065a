// Package tlsread opens the records of TLS connections that others had, with the
// secrets that a key log holds (SSLKEYLOGFILE, RFC 9850): what both sides sent goes
// in, and what they meant, or the gaps in it, comes out. It does TLS 1.2 and 1.3 with
// AEADs, checks no certificate and no Finished, and never writes.
package tlsread

import (
	"bytes"
	"encoding/hex"
	"io"
)

// What keys, and connections that wait for theirs, may hold.
const (
	maxClients = 256 << 10 // with secrets; the oldest go first
	maxLine    = 1 << 10   // bytes of a line of a key log that is kept
	maxWaiting = 256 << 10 // bytes that a connection may wait for its keys with
	maxHeldAll = 64 << 20  // bytes of all that wait
)

// The labels of a key log that are used (RFC 9850 §2).
const (
	labelMaster = iota
	labelEarly
	labelClientHandshake
	labelServerHandshake
	labelClient
	labelServer
	labels
)

var labelOf = map[string]int{
	"CLIENT_RANDOM":                   labelMaster,
	"CLIENT_EARLY_TRAFFIC_SECRET":     labelEarly,
	"CLIENT_HANDSHAKE_TRAFFIC_SECRET": labelClientHandshake,
	"SERVER_HANDSHAKE_TRAFFIC_SECRET": labelServerHandshake,
	"CLIENT_TRAFFIC_SECRET_0":         labelClient,
	"SERVER_TRAFFIC_SECRET_0":         labelServer,
}

// Sizes of what stands in a key log.
const (
	randomSize = 32
	masterSize = 48
	shortSize  = 32 // of a secret with SHA-256
	longSize   = 48 // of one with SHA-384
)

// random is what a client calls its connection.
type random [randomSize]byte

// secrets are what is known of one connection.
type secrets struct {
	size  [labels]uint8
	value [labels][longSize]byte
}

// Keys holds the secrets of connections. It is not safe for concurrent use; nor are
// the connections that share it. The zero value is ready and empty.
type Keys struct {
	known   map[random]*secrets
	order   []random // in which they came
	source  io.Reader
	partial []byte
	skip    bool   // the rest of a line is of no use
	chunk   []byte // to read into
	held    int    // bytes of connections that wait
	room    room
}

// Follow reads a key log, now and whenever a secret is missing: r may have more after
// it said io.EOF. What is wrong in it is passed over, as its readers do.
func (k *Keys) Follow(r io.Reader) error {
	k.source = r
	return k.more()
}

// Any reports whether there are secrets, or may be some to come.
func (k *Keys) Any() bool { return k != nil && (k.source != nil || len(k.known) > 0) }

// Add takes a whole key log.
func (k *Keys) Add(log []byte) {
	for line := range bytes.Lines(log) {
		k.line(line)
	}
}

// more reads what its source has.
func (k *Keys) more() error {
	if k.source == nil {
		return nil
	}
	if k.chunk == nil {
		k.chunk = make([]byte, 32<<10)
	}
	for {
		n, err := k.source.Read(k.chunk)
		k.write(k.chunk[:n])
		if err == io.EOF || n == 0 && err == nil {
			k.line(k.partial) // its last line may lack an end
			return nil
		}
		if err != nil {
			k.source = nil
			return err
		}
	}
}

// write takes a piece of a key log.
func (k *Keys) write(p []byte) {
	for len(p) > 0 {
		part, rest, ended := bytes.Cut(p, []byte("\n"))
		p = rest
		if k.skip = k.skip || len(k.partial)+len(part) > maxLine; !k.skip {
			k.partial = append(k.partial, part...)
		}
		if ended {
			k.line(k.partial)
			k.partial, k.skip = k.partial[:0], false
		}
	}
}

// line takes a line: a label, the random of the client, a secret.
func (k *Keys) line(b []byte) {
	fields := bytes.Fields(b)
	if len(fields) != 3 || len(fields[1]) != 2*randomSize || len(fields[2]) > 2*longSize {
		return
	}
	label, ok := labelOf[string(fields[0])]
	var who random
	var secret [longSize]byte
	if _, err := hex.Decode(who[:], fields[1]); err != nil || !ok {
		return
	}
	n, err := hex.Decode(secret[:], fields[2])
	if err != nil || n != shortSize && n != longSize || label == labelMaster && n != masterSize {
		return
	}
	s := k.client(who)
	s.size[label], s.value[label] = uint8(n), secret
}

// client returns the place for the secrets of a client.
func (k *Keys) client(who random) *secrets {
	if s := k.known[who]; s != nil {
		return s
	}
	if k.known == nil {
		k.known = map[random]*secrets{}
	}
	if len(k.order) == maxClients {
		delete(k.known, k.order[0])
		k.order = k.order[1:]
	}
	k.order = append(k.order, who)
	k.known[who] = &secrets{}
	return k.known[who]
}

// find returns a secret; nil: it is not there yet.
func (k *Keys) find(who random, label int) []byte {
	if secret := k.look(who, label); secret != nil {
		return secret
	}
	k.more()
	return k.look(who, label)
}

func (k *Keys) look(who random, label int) []byte {
	s := k.known[who]
	if s == nil || s.size[label] == 0 {
		return nil
	}
	return s.value[label][:s.size[label]]
}
