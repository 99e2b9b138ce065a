package casefile

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// Vars are what the captures of a running case hold, as JSON values (string,
// float64 or json.Number, bool, nil, []any, map[string]any), and the names
// TargetHost, TargetPath, TargetURL, TargetHTTP, TargetOrigin, TargetFields
// and PlayID.
type Vars map[string]any

// String returns the text with its captures filled in. A capture that is not a
// string stands there as JSON; one that vars does not have is left out.
func (t Text) String(vars Vars) string {
	var b strings.Builder
	for _, part := range t.Parts {
		b.WriteString(part.Literal)
		if part.Capture == "" {
			continue
		}
		switch v, ok := vars[part.Capture]; v := v.(type) {
		case string:
			b.WriteString(v)
		default:
			if ok {
				b.Write(marshal(v, nil))
			}
		}
	}
	return b.String()
}

// Size returns how many bytes the payload has, its captures not counted.
func (p Payload) Size() int {
	total := 0
	for _, part := range p.Parts {
		switch {
		case part.Text != nil:
			total += part.Text.size()
		case part.JSON != nil:
			total += len(marshal(part.JSON, nil))
		default:
			total += len(part.Bytes) + part.Size
		}
	}
	return total
}

func (t Text) size() int {
	n := 0
	for _, part := range t.Parts {
		n += len(part.Literal)
	}
	return n
}

// Append appends the bytes of the payload, its captures filled in.
func (p Payload) Append(dst []byte, vars Vars) []byte {
	for _, part := range p.Parts {
		dst = part.append(dst, vars)
	}
	return dst
}

func (p PayloadPart) append(dst []byte, vars Vars) []byte {
	switch {
	case p.Text != nil:
		return append(dst, p.Text.String(vars)...)
	case p.JSON != nil:
		return append(dst, marshal(p.JSON, vars)...)
	case p.Sample != "":
		return appendSample(dst, p.Sample, p.Size)
	case p.Random:
		return appendRandom(dst, p.Size, p.Seed)
	case len(p.Repeat) > 0:
		return appendRepeated(dst, p.Repeat, p.Size)
	}
	return append(dst, p.Bytes...)
}

// Length returns how many bytes the payload has, its captures filled in.
func (p Payload) Length(vars Vars) int {
	total := 0
	for _, part := range p.Parts {
		total += part.length(vars)
	}
	return total
}

// Differs returns where got begins to differ from the payload, or -1 where it is
// the same. What is only repeated is not built for it.
func (p Payload) Differs(got []byte, vars Vars) int {
	at := 0
	for _, part := range p.Parts {
		n := part.differs(got[at:], vars)
		if n >= 0 {
			return at + n
		}
		at += part.length(vars)
	}
	if at < len(got) {
		return at
	}
	return -1
}

// differs returns where got, which may go on behind the part, begins to differ.
func (p PayloadPart) differs(got []byte, vars Vars) int {
	if len(p.Repeat) == 0 {
		return differsAt(got, p.append(nil, vars))
	}
	for at := 0; at < p.Size; at += len(p.Repeat) {
		unit := p.Repeat[:min(len(p.Repeat), p.Size-at)]
		if n := differsAt(got[min(at, len(got)):], unit); n >= 0 {
			return at + n
		}
	}
	return -1
}

// differsAt returns where got begins to differ from want, which it may be
// longer than.
func differsAt(got, want []byte) int {
	if len(got) >= len(want) && bytes.Equal(got[:len(want)], want) {
		return -1
	}
	n := 0
	for n < len(got) && got[n] == want[n] {
		n++
	}
	return n
}

// length returns how many bytes the part makes.
func (p PayloadPart) length(vars Vars) int {
	switch {
	case p.Text != nil:
		return len(p.Text.String(vars))
	case p.JSON != nil:
		return len(marshal(p.JSON, vars))
	}
	return len(p.Bytes) + p.Size
}

// appendRepeated appends size bytes of units: one, and then what is there already.
func appendRepeated(dst, unit []byte, size int) []byte {
	from, end := len(dst), len(dst)+size
	dst = append(dst, unit[:min(len(unit), size)]...)
	for len(dst) < end {
		dst = append(dst, dst[from:min(len(dst), from+end-len(dst))]...)
	}
	return dst
}

// appendRandom appends size bytes of the PCG generator with that seed, which
// are the same everywhere and for ever.
func appendRandom(dst []byte, size int, seed int64) []byte {
	source := rand.NewPCG(uint64(seed), 0)
	for ; size >= 8; size -= 8 {
		dst = binary.LittleEndian.AppendUint64(dst, source.Uint64())
	}
	rest := binary.LittleEndian.AppendUint64(nil, source.Uint64())
	return append(dst, rest[:size]...)
}

// Literal returns the payload where it is a plain text of the case file.
func (p Payload) Literal() (string, bool) {
	if len(p.Parts) != 1 {
		return "", false
	}
	switch part := p.Parts[0]; {
	case part.Text != nil:
		return part.Text.named(), true
	case part.Size == 0 && part.JSON == nil && utf8.Valid(part.Bytes):
		return string(part.Bytes), true
	}
	return "", false
}
