package mutant

import "time"

// How the bytes of a lawful mutant go out. TCP has no messages: what one write
// sends may come in any number of pieces, and what several send in one.
var _ = lawful(
	Mutant{Name: "trickles", About: "writes everything byte by byte, at first with pauses",
		write: inPieces(func(int) int { return 1 })},
	Mutant{Name: "writes-odd-pieces", About: "writes everything in pieces of 3, 1, 4, 1 and 5 bytes and so on",
		write: inPieces(func(i int) int { return oddSizes[i%len(oddSizes)] })},
	Mutant{Name: "writes-headers-apart", About: "writes the first two bytes of everything apart from the rest",
		write: inPieces(func(i int) int { return []int{2, 1 << 30}[min(i, 1)] })},
	Mutant{Name: "takes-its-time", About: "takes 20 ms for every write",
		write: func(c *conn, p []byte) error {
			c.wait(20 * time.Millisecond)
			return c.writeNow(p)
		}},
	Mutant{Name: "coalesces-writes", About: "holds what it writes back for 20 ms, so that it goes out together, its Close too",
		write: together(20 * time.Millisecond)},
	Mutant{Name: "is-far-away", About: "answers after 60 ms, all in one segment",
		write: together(60 * time.Millisecond)},
	Mutant{Name: "is-behind-a-slow-line", About: "sends in segments of 1000 bytes, a millisecond apart",
		write: inPieces(func(int) int { return 1000 })},
)

var oddSizes = []int{3, 1, 4, 1, 5, 9, 2, 6}

// pauses is how many pieces of one write have a pause behind them; a long
// message would take too long otherwise.
const pauses = 12

// inPieces writes in pieces of those sizes. Of a long write the end goes out in
// one piece.
func inPieces(size func(i int) int) func(*conn, []byte) error {
	return func(c *conn, p []byte) error {
		for i := 0; len(p) > 0; i++ {
			n := min(len(p), size(i))
			if i > 400 {
				n = len(p)
			}
			if err := c.writeNow(p[:n]); err != nil {
				return err
			}
			if p = p[n:]; i < pauses && len(p) > 0 {
				c.wait(time.Millisecond)
			}
		}
		return nil
	}
}

// together holds what is written back for so long, and writes it at once.
func together(d time.Duration) func(*conn, []byte) error {
	return func(c *conn, p []byte) error {
		c.holding.Lock()
		defer c.holding.Unlock()
		if c.held = append(c.held, p...); c.release == nil {
			c.release = time.AfterFunc(d, c.flush)
		}
		return nil
	}
}

// flush writes what is held back.
func (c *conn) flush() {
	c.holding.Lock()
	defer c.holding.Unlock()
	if c.release != nil {
		c.release.Stop()
		c.writeNow(c.held)
		c.held, c.release = nil, nil
	}
}

// Close closes the connection when what was held back has been written.
func (c *conn) Close() error {
	c.flush()
	return c.Conn.Close()
}
