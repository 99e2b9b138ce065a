package tlsread

// maxEarly is how much early data is held until the server takes it.
const maxEarly = 64 << 10

// early is what a client sent before the server answered (0-RTT, RFC 8446 §4.2.10).
// Whether it counts is told by the server's EncryptedExtensions.
type early struct {
	text           []byte
	lost           uint64 // bytes of it that were not opened
	taken, refused bool
	told           bool // that some is missing
}

// endOfEarly is how large a record is with EndOfEarlyData and nothing more.
const endOfEarly = leastAdded + 1 + 4

func (e *early) drop() { *e = early{refused: true} }

// earlyRecord takes a record of data that comes before the server's hello.
func (c *Conn) earlyRecord(side int, b []byte) {
	h := &c.half[side]
	if side == Server || c.client == nil || !c.client.EarlyData {
		c.close(h.at, "TLS, not looked into: its handshake is not whole")
		return
	}
	if secret := c.keys.find(c.client.Random, labelEarly); secret != nil {
		for _, s := range []*suite{&aes128, &chacha, &aes256} { // of the connection before
			o := s.modern(secret)
			if o == nil {
				continue
			}
			if _, _, _, ok := o.open(&c.keys.room, b, 0); ok {
				h.stage, h.cur, h.secret = stageEarly, o, secret
				c.open(Client, b)
				return
			}
		}
	}
	c.early.add(c, nil, uint64(len(b)))
}

// earlySkip passes over a record that is early data without a key, or that the server
// did not take.
func (c *Conn) earlySkip(side int, b []byte) bool {
	h := &c.half[side]
	if side != Client || c.client == nil || !c.client.EarlyData || h.stage > stageHandshake || h.stage == stageHandshake && h.cur != nil && h.cur.seq > 0 {
		return false
	}
	c.early.add(c, nil, uint64(len(b)))
	return true
}

// add takes early data, or how much of it was not opened.
func (e *early) add(c *Conn, p []byte, lost uint64) {
	switch {
	case e.refused, e.taken && (lost == endOfEarly || e.told && lost > 0):
	case e.taken && lost > 0:
		e.told = true
		c.out.Gap(Client, c.half[Client].at, lost, false)
	case e.taken:
		c.out.Data(Client, c.half[Client].at, p)
	case len(e.text)+len(p) > maxEarly || e.lost > 0:
		e.lost += lost + uint64(len(p))
	default:
		e.text = append(e.text, p...)
		e.lost += lost
	}
}

// decide is told whether the server took it.
func (e *early) decide(c *Conn, taken bool) {
	if e.taken || e.refused {
		return
	}
	text, lost := e.text, e.lost
	*e = early{taken: taken, refused: !taken, told: lost > 0}
	if len(text) > 0 && taken {
		c.out.Data(Client, c.half[Client].at, text)
	}
	if lost > 0 && taken {
		c.out.Gap(Client, c.half[Client].at, lost, false)
	}
}
