package lint

import (
	"bytes"
	"slices"

	"wsprobe/internal/wire"
)

// hixieEnd is the byte that ends a sentinel frame of the hixie dialects.
const hixieEnd = 0xFF

// Bytes returns the bytes that the event covers in its side's stream, as far as
// they were kept: with fewer than Size, some are missing. A message and the end of
// a stream cover none.
func (e *Event) Bytes() []byte {
	switch f := e.Frame; {
	case e.Kind == KindMessage || e.Kind == KindEnd:
		return nil
	case e.Request != nil:
		return slices.Concat(e.Request.Raw, e.Body)
	case e.Response != nil:
		return slices.Concat(e.Response.Raw, e.Body)
	case f == nil:
		return slices.Clone(e.Body)
	case f.Hixie != nil:
		b := append(f.Hixie.Append(nil), f.Payload...)
		if uint64(len(b)) == e.Size-1 && f.Hixie.Sentinel() && !f.Cut {
			b = append(b, hixieEnd)
		}
		return b
	}
	b := e.Frame.Header.Append(nil)
	n := len(b)
	b = append(b, e.Frame.Payload...)
	if e.Frame.Masked {
		wire.Mask(b[n:], e.Frame.Mask, 0)
	}
	return b
}

// Clone returns a copy of the event of a head, which stays valid.
func (e *Event) Clone() Event {
	k := *e
	k.Body = bytes.Clone(e.Body)
	if e.Request != nil {
		k.Request, _, _ = wire.ParseRequest(bytes.Clone(e.Request.Raw))
	}
	if e.Response != nil {
		k.Response, _, _ = wire.ParseResponse(bytes.Clone(e.Response.Raw))
	}
	return k
}
