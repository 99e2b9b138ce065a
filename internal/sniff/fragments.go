package sniff

import "slices"

// What fragments of IP datagrams may cost.
const (
	maxDatagram   = 1 << 16 // bytes of one that comes in fragments (RFC 791 §3.2)
	maxUnfinished = 256     // datagrams that wait for more; the oldest is given up
	maxPieces     = 1024    // fragments of one
	fragmentTime  = 30e9    // nanoseconds that one may take (RFC 791 §3.2: 15 s and up)
)

// fragmentKey says which datagram a fragment is of.
type fragmentKey struct {
	src, dst [16]byte
	proto    byte
	id       uint32
}

// unfinished is a datagram of which some is there.
type unfinished struct {
	key    fragmentKey
	at     int64
	pieces []piece // in their order
	size   int     // in full; -1 where the last fragment is not there
}

// piece is some bytes at their place.
type piece struct {
	offset int
	data   []byte
}

// fragments puts datagrams together again.
type fragments struct {
	waiting []*unfinished // the oldest first
	out     []byte        // the latest that was put together
	lost    uint64        // datagrams that were given up
}

// add takes a fragment, and returns the datagram if it completes one.
func (f *fragments) add(d *datagram, part fragment, at int64) (whole datagram, ok bool) {
	end := part.offset + len(d.data)
	if len(d.data) < d.length || end > maxDatagram {
		return whole, false // cut by the capture, or malformed
	}
	u := f.find(fragmentKey{d.src, d.dst, d.proto, part.id}, at)
	if !part.more {
		u.size = end
	}
	i, _ := slices.BinarySearchFunc(u.pieces, part.offset, func(p piece, at int) int { return p.offset - at })
	if len(u.pieces) < maxPieces {
		u.pieces = slices.Insert(u.pieces, i, piece{part.offset, slices.Clone(d.data)})
	}
	if !u.complete() {
		return whole, false
	}
	f.waiting = slices.DeleteFunc(f.waiting, func(other *unfinished) bool { return other == u })
	f.out = u.join(f.out[:0])
	whole = *d
	whole.data, whole.length = f.out, len(f.out)
	return whole, true
}

// find returns the datagram of a key.
func (f *fragments) find(k fragmentKey, at int64) *unfinished {
	for len(f.waiting) > 0 && (len(f.waiting) == maxUnfinished || at-f.waiting[0].at > fragmentTime) {
		f.waiting = f.waiting[1:]
		f.lost++
	}
	for _, u := range f.waiting {
		if u.key == k {
			return u
		}
	}
	u := &unfinished{key: k, at: at, size: -1}
	f.waiting = append(f.waiting, u)
	return u
}

// complete reports whether no byte is missing.
func (u *unfinished) complete() bool {
	end := 0
	for _, p := range u.pieces {
		if p.offset > end {
			return false
		}
		end = max(end, p.offset+len(p.data))
	}
	return u.size >= 0 && end >= u.size
}

// join appends all bytes to dst; where fragments overlap, the earlier ones'.
func (u *unfinished) join(dst []byte) []byte {
	for _, p := range u.pieces {
		if skip := len(dst) - p.offset; skip < len(p.data) {
			dst = append(dst, p.data[skip:]...)
		}
	}
	return dst[:min(len(dst), u.size)]
}
