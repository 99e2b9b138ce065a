package tlsread

import (
	"crypto/sha256"
	"crypto/tls"

	"wsprobe/internal/hello"
)

// The messages of the handshake that matter (RFC 8446 §4).
const (
	msgClientHello    = 1
	msgServerHello    = 2
	msgEndOfEarlyData = 5
	msgEncrypted      = 8
	msgFinished       = 20
	msgKeyUpdate      = 24
)

// maxMessage is how large a message may be to be read; larger ones are passed over.
const maxMessage = hello.MaxSize

// retryRandom is what a HelloRetryRequest has for its random (RFC 8446 §4.1.3).
var retryRandom = random(sha256.Sum256([]byte("HelloRetryRequest")))

// messages cuts records into messages of the handshake.
type messages struct {
	begun []byte // of a message that is read
	skip  int    // bytes of one that is not
}

// next takes a message from p; ok is false where p has no more that is whole.
func (m *messages) next(p *[]byte) (kind byte, body []byte, ok bool) {
	for {
		n := min(m.skip, len(*p))
		m.skip -= n
		if *p = (*p)[n:]; len(*p) == 0 {
			return 0, nil, false
		}
		if len(m.begun) < 4 {
			m.take(p, 4)
			if len(m.begun) < 4 {
				return 0, nil, false
			}
		}
		size := int(m.begun[1])<<16 | int(m.begun[2])<<8 | int(m.begun[3])
		if size > maxMessage || !matters(m.begun[0]) {
			m.skip, m.begun = size, m.begun[:0]
			continue
		}
		if m.take(p, 4+size); len(m.begun) == 4+size {
			whole := m.begun
			m.begun = nil
			return whole[0], whole[4:], true
		}
		return 0, nil, false
	}
}

// take takes bytes from p until so many are there.
func (m *messages) take(p *[]byte, size int) {
	n := min(size-len(m.begun), len(*p))
	m.begun = append(m.begun, (*p)[:n]...)
	*p = (*p)[n:]
}

// matters reports whether messages of a kind are read.
func matters(kind byte) bool {
	switch kind {
	case msgClientHello, msgServerHello, msgEndOfEarlyData, msgEncrypted, msgFinished, msgKeyUpdate:
		return true
	}
	return false
}

// clear takes a record that needs no key.
func (c *Conn) clear(side int, kind byte, p []byte) {
	h := &c.half[side]
	switch {
	case kind == typeHandshake:
		c.handshake(side, p)
	case kind == typeCCS && c.server != nil && !c.modern():
		h.stage, h.cur = stageData, nil
	case kind == typeAlert && len(p) == 2 && tls.AlertError(p[1]) != 0:
		c.close(h.at, "TLS, the %s refused: %v", nameOf(side), tls.AlertError(p[1]))
	}
}

// handshake takes a record of the handshake.
func (c *Conn) handshake(side int, p []byte) {
	h := &c.half[side]
	for !c.closed {
		kind, body, ok := h.msgs.next(&p)
		if !ok {
			return
		}
		switch {
		case h.wary && !c.modern():
		case kind == msgClientHello && side == Client:
			c.clientHello(body)
		case kind == msgServerHello && side == Server:
			c.serverHello(body)
		case c.modern():
			c.modernMessage(side, kind, body)
		}
	}
}

func (c *Conn) clientHello(body []byte) {
	if c.server != nil && c.half[Client].cur != nil {
		c.close(c.half[Client].at, "TLS, not looked into any more: it is negotiated anew")
		return
	}
	client, err := hello.ParseClient(body)
	if err != nil {
		c.close(c.half[Client].at, "TLS, not looked into: %v", err)
		return
	}
	if c.client != nil { // after a HelloRetryRequest, without what was early
		c.early.drop()
	}
	c.client = client
}

func (c *Conn) serverHello(body []byte) {
	at := c.half[Server].at
	server, err := hello.ParseServer(body)
	switch {
	case err != nil:
		c.close(at, "TLS, not looked into: %v", err)
	case c.client == nil:
		c.close(at, "TLS, not looked into: what the client sent first was not captured")
	case random(server.Random) == retryRandom:
	default:
		c.chosen(at, server)
	}
}

// chosen takes what the server chose.
func (c *Conn) chosen(at int64, server *hello.Server) {
	c.server, c.suite = server, suites[server.Cipher]
	switch {
	case c.suite == nil || server.Version < tls.VersionTLS12:
		c.close(at, "TLS, not looked into: only TLS 1.2 and 1.3 with AES-GCM or ChaCha20-Poly1305 are, this is %s", server)
		return
	case c.modern():
		c.half[Server].stage = stageHandshake
		if client := &c.half[Client]; client.stage == stageClear {
			client.stage = stageHandshake
		}
	default:
		c.early.refused = true
		c.agreed(at)
	}
}

// agreed tells of the protocol that was agreed on.
func (c *Conn) agreed(at int64) {
	if c.server.Protocol != "" {
		c.out.Agreed(at, c.server.Protocol)
	}
}

// modernMessage takes a message of TLS 1.3 behind the hellos. Where something was
// missing it may be none, and what changes the keys is seen by what they open.
func (c *Conn) modernMessage(side int, kind byte, body []byte) {
	h := &c.half[side]
	switch {
	case kind == msgEncrypted && side == Server && h.stage == stageHandshake:
		if c.server.ParseEncrypted(body) == nil {
			c.early.decide(c, c.server.EarlyData)
			c.agreed(h.at)
		}
	case h.wary:
	case kind == msgFinished && h.stage == stageHandshake, kind == msgEndOfEarlyData && h.stage == stageEarly,
		kind == msgKeyUpdate && h.stage == stageData:
		h.change(c.suite)
	}
}

// change has a side go on to its next keys.
func (h *half) change(s *suite) {
	h.talked = false
	if h.stage < stageData {
		h.stage, h.cur = h.stage+1, nil
		return
	}
	h.secret = s.update(h.secret)
	h.cur = s.modern(h.secret)
}

// derive makes the keys of the stage that a side is in, where the log has them.
func (c *Conn) derive(side int) bool {
	h := &c.half[side]
	if h.stage == stageClear || c.suite == nil {
		return false
	}
	h.cur, h.secret = c.opener(side, h.stage)
	return h.cur != nil
}

// opener makes the keys of a side and stage; nil: the log has none.
func (c *Conn) opener(side int, s stage) (*opener, []byte) {
	label := labelMaster
	switch {
	case !c.modern() && c.ready[side] != nil:
		return c.ready[side], nil
	case !c.modern():
	case s == stageHandshake:
		label = labelClientHandshake + side
	default:
		label = labelClient + side
	}
	secret := c.keys.find(c.client.Random, label)
	switch {
	case secret == nil:
		return nil, nil
	case label == labelMaster:
		c.ready = c.suite.classic(secret, c.client.Random, c.server.Random)
		return c.ready[side], nil
	}
	return c.suite.modern(secret), secret
}
