package probe

import (
	"bytes"
	"slices"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
)

// What is kept of what a connection said, to know its answers.
const (
	maxSaid     = 1000     // payloads
	maxSaidSize = 64 << 10 // bytes of one
)

// says is told of each data payload that the case sends.
func (c *conn) says(payload []byte) {
	if len(c.said) == maxSaid || len(payload) > maxSaidSize {
		c.garbled = true
		return
	}
	c.said = append(c.said, payload)
}

// mayAnswer reports whether a payload may have been made of what the case sent: parts of
// it, all of it, or more. Where that is not known, all may.
func (c *conn) mayAnswer(payload []byte) bool {
	if c.garbled || len(payload) == 0 {
		return true
	}
	for _, said := range c.said {
		if len(said) > 0 && bytes.Contains(payload, said) {
			return true
		}
	}
	return bytes.Contains(bytes.Join(c.said, nil), payload)
}

// looksBehind looks, where data came instead of what is wanted, for that behind it. If it
// comes, and the data is none that the target could make of what it was sent, the target
// speaks of its own accord, every minute perhaps, which nothing forbids: what it was
// blamed for is played again. A case of the target's own protocol, by rules of its suite
// or as a chat, says all that is to come.
func (p *player) looksBehind(c *conn, e *lint.Event, wants []casefile.Event) {
	own := len(p.c.Rules) > 0 || !slices.Contains(p.c.Needs, "echo")
	if !isData(e) || p.greets || own || p.c.Dialect.Traits().Hixie || c.mayAnswer(e.Message.Payload) {
		return
	}
	_, wanted := c.await(p.ctx, time.Now().Add(p.wait(askAfter)+3*p.target.slowness), func(e *lint.Event) bool {
		return e.Kind == lint.KindMessage && p.matchingEvent(e, wants) >= 0
	})
	if wanted != nil {
		p.target.pushes.Store(true)
	}
}
