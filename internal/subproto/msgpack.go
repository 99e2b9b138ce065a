package subproto

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// How deep values may be in each other, and how many there may be, to be written out.
const (
	maxDepth  = 32
	maxValues = 1 << 16
)

// packed reads MessagePack, and writes it as JSON where JSON has the like, and else
// as CBOR's diagnostic notation has it: bytes as h'00ff', keys that are no text as
// they are.
type packed struct {
	p      []byte // to be read
	out    []byte
	values int  // read
	keys   int  // of maps, read
	plain  bool // all keys are text
	depth  int
}

// unpack reads a value that is all of p. It is not ok where p is anything else.
func unpack(p []byte) (r packed, ok bool) {
	r = packed{p: p, plain: true}
	ok = r.value() && len(r.p) == 0
	return r, ok
}

// value reads a value of any kind, by its first byte.
func (r *packed) value() bool {
	first, ok := r.take(1)
	if r.values++; !ok || r.values > maxValues {
		return false
	}
	switch b := first[0]; {
	case b <= 0x7f || b >= 0xe0:
		r.out = strconv.AppendInt(r.out, int64(int8(b)), 10)
	case b <= 0x8f:
		return r.many(uint64(b&0x0f), true)
	case b <= 0x9f:
		return r.many(uint64(b&0x0f), false)
	case b <= 0xbf:
		return r.text(uint64(b & 0x1f))
	case b == 0xc0:
		r.out = append(r.out, "null"...)
	case b == 0xc2 || b == 0xc3:
		r.out = strconv.AppendBool(r.out, b == 0xc3)
	case b >= 0xca && b <= 0xd3:
		return r.number(b)
	case b >= 0xd4 && b <= 0xd8:
		return r.extension(1 << (b - 0xd4))
	default:
		return r.sized(b)
	}
	return true
}

// sized reads what has its length behind its first byte.
func (r *packed) sized(b byte) bool {
	switch {
	case b >= 0xc4 && b <= 0xc6:
		return r.behind(1<<(b-0xc4), r.bytes)
	case b >= 0xc7 && b <= 0xc9:
		return r.behind(1<<(b-0xc7), r.extension)
	case b >= 0xd9 && b <= 0xdb:
		return r.behind(1<<(b-0xd9), r.text)
	case b == 0xdc || b == 0xdd:
		return r.behind(2<<(b-0xdc), r.array)
	case b == 0xde || b == 0xdf:
		return r.behind(2<<(b-0xde), r.pairs)
	}
	return false
}

// behind reads a length of that many bytes, and what is as long.
func (r *packed) behind(width int, read func(uint64) bool) bool {
	n, ok := r.uint(width)
	return ok && read(n)
}

func (r *packed) array(n uint64) bool { return r.many(n, false) }

func (r *packed) pairs(n uint64) bool { return r.many(n, true) }

// many reads the n values of an array, or pairs of a map.
func (r *packed) many(n uint64, pairs bool) bool {
	ends := "[]"
	if pairs {
		ends = "{}"
	}
	if r.depth++; r.depth > maxDepth {
		return false
	}
	r.out = append(r.out, ends[0])
	for i := range n {
		if i > 0 {
			r.out = append(r.out, ", "...)
		}
		if pairs && !r.key() || !r.value() {
			return false
		}
	}
	r.depth--
	r.out = append(r.out, ends[1])
	return true
}

func (r *packed) key() bool {
	start := len(r.out)
	if !r.value() {
		return false
	}
	r.keys++
	r.plain = r.plain && r.out[start] == '"' && r.out[start+1] != '"'
	r.out = append(r.out, ": "...)
	return true
}

// text reads a string, which need not be UTF-8.
func (r *packed) text(n uint64) bool {
	p, ok := r.take(n)
	if quoted, err := jsontext.AppendQuote(r.out, p); err == nil {
		r.out = quoted
	} else {
		r.out = fmt.Appendf(r.out, "h'%x'", p)
	}
	return ok
}

func (r *packed) bytes(n uint64) bool {
	p, ok := r.take(n)
	r.out = fmt.Appendf(r.out, "h'%x'", p)
	return ok
}

// number reads a number of a fixed width: a float, or an integer with or without a
// sign.
func (r *packed) number(b byte) bool {
	width := 1 << (b & 3) // of cc to d3
	if b < 0xcc {
		width = 4 << (b & 1)
	}
	u, ok := r.uint(width)
	switch {
	case b == 0xca:
		r.float(float64(math.Float32frombits(uint32(u))), 32)
	case b == 0xcb:
		r.float(math.Float64frombits(u), 64)
	case b < 0xd0:
		r.out = strconv.AppendUint(r.out, u, 10)
	default:
		unused := 64 - 8*width
		r.out = strconv.AppendInt(r.out, int64(u)<<unused>>unused, 10)
	}
	return ok
}

func (r *packed) float(f float64, bits int) {
	s := strconv.FormatFloat(f, 'g', -1, bits)
	if !strings.ContainsAny(s, ".eIN") { // that it is none of the integers
		s += ".0"
	}
	r.out = append(r.out, s...)
}

// extension reads a type and that many bytes. The type -1 is a time.
func (r *packed) extension(n uint64) bool {
	kind, _ := r.take(1)
	p, ok := r.take(n)
	if !ok {
		return false
	}
	if at, ok := timestamp(p); ok && int8(kind[0]) == -1 {
		r.out = at.UTC().AppendFormat(append(r.out, '"'), time.RFC3339Nano)
		r.out = append(r.out, '"')
		return true
	}
	r.out = fmt.Appendf(r.out, "ext(%d, h'%x')", int8(kind[0]), p)
	return true
}

// timestamp reads a time in any of its three lengths.
func timestamp(p []byte) (at time.Time, ok bool) {
	switch len(p) {
	case 4:
		return time.Unix(int64(binary.BigEndian.Uint32(p)), 0), true
	case 8:
		u := binary.BigEndian.Uint64(p)
		return time.Unix(int64(u&(1<<34-1)), int64(u>>34)), u>>34 < 1e9
	case 12:
		s := int64(binary.BigEndian.Uint64(p[4:]))
		at = time.Unix(s, int64(binary.BigEndian.Uint32(p)))
		return at, s > -1<<36 && s < 1<<37 && at.Year() >= 0 && at.Year() <= 9999
	}
	return at, false
}

// take takes n bytes off, where there are so many.
func (r *packed) take(n uint64) (p []byte, ok bool) {
	if n > uint64(len(r.p)) {
		return nil, false
	}
	p, r.p = r.p[:n], r.p[n:]
	return p, true
}

func (r *packed) uint(width int) (u uint64, ok bool) {
	p, ok := r.take(uint64(width))
	for _, b := range p {
		u = u<<8 | uint64(b)
	}
	return u, ok
}

func describeMessagePack(p []byte) Description {
	r, ok := unpack(p)
	if !ok {
		return Description{}
	}
	return Description{Name: "MessagePack", Pretty: string(r.out)}
}
