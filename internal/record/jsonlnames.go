package record

import "wsprobe/internal/subproto"

// names is what is known of the messages of each connection.
type names struct {
	all    map[uint64]*subproto.Follower
	latest *subproto.Follower
	conn   uint64 // whose the latest is
}

func newNames() names { return names{all: map[uint64]*subproto.Follower{}} }

// of returns what is known of those of a connection.
func (n *names) of(c *Conn) *subproto.Follower {
	if n.latest != nil && n.conn == c.ID {
		return n.latest
	}
	f := n.all[c.ID]
	if f == nil {
		f = &subproto.Follower{}
		n.all[c.ID] = f
	}
	n.latest, n.conn = f, c.ID
	return f
}

// forget forgets a connection.
func (n *names) forget(c *Conn) {
	delete(n.all, c.ID)
	n.latest = nil
}

// goOn implements successor.
func (j *JSONL) goOn(before Sink) {
	if b, ok := before.(*JSONL); ok {
		j.names = b.names
	}
}
