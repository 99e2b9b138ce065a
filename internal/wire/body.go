package wire

import (
	"math"
	"strconv"
	"strings"
)

// Body finds the end of an HTTP body, so that the head behind it can be found
// (RFC 2616 §4.4). It keeps nothing of it.
type Body struct {
	left    uint64 // bytes of the body, or of a chunk, that are still to come
	endless bool   // it ends with the connection
	chunks  chunkPart
	digits  int    // of the size line that is being read
	size    uint64 // what they say
	empty   bool   // the trailer line that is being read has nothing in it
}

// chunkPart is what comes next of a chunked body (RFC 2616 §3.6.1).
type chunkPart uint8

const (
	notChunked chunkPart = iota
	chunkSize
	chunkExtension // the rest of a size line
	chunkEnd       // the line end after a chunk's data
	chunkTrailer
)

// SizedBody returns the body of so many bytes.
func SizedBody(n uint64) Body { return Body{left: n} }

// RequestBody returns the body that follows a request head; ok is false for none.
func RequestBody(r *Request) (b Body, ok bool) {
	if r.HasToken("Transfer-Encoding", "chunked") {
		return Body{chunks: chunkSize}, true
	}
	n, err := strconv.ParseUint(r.Get("Content-Length"), 10, 63)
	return Body{left: n}, err == nil && n > 0
}

// ResponseBody returns the body that follows the head of a final response to r,
// which may be nil; ok is false for none.
func ResponseBody(r *Request, p *Response) (b Body, ok bool) {
	switch {
	case p.Status == 204, p.Status == 304, r != nil && r.Method == "HEAD", opensTunnel(r, p):
		return Body{}, false
	case p.HasToken("Transfer-Encoding", "chunked"):
		return Body{chunks: chunkSize}, true
	case p.Has("Transfer-Encoding") || !p.Has("Content-Length"):
		return Body{endless: true}, true
	}
	n, err := strconv.ParseUint(p.Get("Content-Length"), 10, 63)
	if err != nil {
		return Body{endless: true}, true
	}
	return Body{left: n}, n > 0
}

// opensTunnel reports whether p has a proxy pass on untouched what follows: no body,
// whatever its fields say, but another conversation (RFC 9110 §9.3.6). r may be nil.
func opensTunnel(r *Request, p *Response) bool {
	return r != nil && r.Method == "CONNECT" && 200 <= p.Status && p.Status < 300
}

// Take returns how many bytes at the front of p belong to the body, and whether
// it ends there.
func (b *Body) Take(p []byte) (n int, done bool) {
	for n < len(p) && !done {
		switch {
		case b.endless:
			return len(p), false
		case b.left > 0:
			k := min(b.left, uint64(len(p)-n))
			n += int(k)
			b.left -= k
			done = b.left == 0 && b.chunks == notChunked
		default:
			done = b.line(p[n])
			n++
		}
	}
	return n, done
}

// line takes one byte of the lines between the chunks and reports whether it is
// the body's last. What breaks the format makes the body endless.
func (b *Body) line(c byte) (done bool) {
	switch b.chunks {
	case chunkSize:
		b.sizeLine(c)
	case chunkExtension:
		if c == '\n' {
			b.beginChunk()
		}
	case chunkEnd:
		if c == '\n' {
			b.chunks = chunkSize
		}
		b.endless = c != '\n' && c != '\r'
	case chunkTrailer:
		if c == '\n' {
			done, b.empty = b.empty, true
		} else if c != '\r' {
			b.empty = false
		}
	}
	return done
}

// sizeLine takes one byte of a chunk's size.
func (b *Body) sizeLine(c byte) {
	digit := strings.IndexByte("0123456789abcdef", c|0x20)
	switch {
	case digit >= 0 && c > ' ' && b.size <= math.MaxUint64>>4:
		b.size = b.size<<4 | uint64(digit)
		b.digits++
	case digit >= 0 && c > ' ' || b.digits == 0:
		b.endless = true
	case c == '\n':
		b.beginChunk()
	default:
		b.chunks = chunkExtension
	}
}

// beginChunk starts on the data of a chunk, or on the trailer that a chunk of
// no bytes announces.
func (b *Body) beginChunk() {
	b.chunks, b.left = chunkEnd, b.size
	if b.size == 0 {
		b.chunks, b.empty = chunkTrailer, true
	}
	b.size, b.digits = 0, 0
}

// Skip passes over n bytes, and reports whether they are all of the body, or of a
// chunk of it.
func (b *Body) Skip(n uint64) bool {
	switch {
	case b.endless:
		return true
	case b.left < n:
		return false
	}
	b.left -= n
	return true
}

// Done reports whether nothing of the body is to come.
func (b *Body) Done() bool { return !b.endless && b.left == 0 && b.chunks == notChunked }
