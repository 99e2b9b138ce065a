package record

import (
	"encoding/hex"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// kindOf finds the kind of event that a line of that type is.
func kindOf(kind string) (lint.Kind, bool) {
	for k := lint.KindRequest; k <= lint.KindEnd; k++ {
		if k.String() == kind {
			return k, true
		}
	}
	return 0, false
}

// opcodeOf finds an opcode by its word.
func opcodeOf(word string) (wire.Opcode, bool) {
	for op := range wire.Opcode(16) {
		if op.String() == word {
			return op, true
		}
	}
	return 0, false
}

// event returns the event that a line is.
func (l *jsonLine) event() (e lint.Event, wrong *LineError) {
	e = lint.Event{At: time.Duration(l.TimeNS), Offset: l.Offset, Size: l.Size, Note: l.Note, Name: l.Name}
	e.Kind, _ = kindOf(l.Type)
	switch l.Side {
	case "server":
		e.Side = lint.Server
	case "client":
	default:
		return e, fault("side is client or server, not %q", l.Side)
	}
	for _, f := range l.Findings {
		e.Findings = append(e.Findings, lint.Finding{Rule: rules.ID(f.Rule), Detail: f.Detail})
	}
	if wrong = l.fill(&e); wrong == nil && uint64(len(e.Bytes())) > e.Size {
		wrong = fault("it has %d bytes, and size says %d", len(e.Bytes()), e.Size)
	}
	return e, wrong
}

// fill fills in what is peculiar to the kind of the event.
func (l *jsonLine) fill(e *lint.Event) *LineError {
	b, wrong := l.bytes()
	switch {
	case wrong != nil:
		return wrong
	case e.Kind == lint.KindEnd:
		return l.fillEnd(e)
	case e.Kind == lint.KindMessage:
		return l.fillMessage(e, b)
	case e.Kind == lint.KindFrame || l.Opcode != "" || l.HixieType != nil:
		return l.fillFrame(e, b)
	case e.Kind == lint.KindRequest:
		r, n, err := wire.ParseRequest(b)
		if err != nil {
			return fault("no head of a request")
		}
		e.Request, e.Body = r, b[n:]
	case e.Kind == lint.KindResponse || l.Status != 0:
		r, n, err := wire.ParseResponse(b)
		if err != nil {
			return fault("no head of a response")
		}
		e.Response, e.Body = r, b[n:]
	default:
		e.Body = b
	}
	return nil
}

func (l *jsonLine) fillEnd(e *lint.Event) *LineError {
	switch l.How {
	case "reset":
		e.End = lint.EndReset
	case "fin":
	default:
		return fault("a stream ends with fin or reset, not %q", l.How)
	}
	return nil
}

func (l *jsonLine) fillMessage(e *lint.Event, b []byte) *LineError {
	op, ok := opcodeOf(l.Opcode)
	if !ok {
		return fault("no opcode is %q", l.Opcode)
	}
	if uint64(len(b)) > l.Length {
		return fault("it has %d bytes, and length says %d", len(b), l.Length)
	}
	e.Message = &lint.Message{
		Opcode: op, Payload: b, Size: l.Length, Cut: uint64(len(b)) < l.Length,
		Frames: int(l.Frames), Compressed: l.Compressed, Raw: l.Raw, Code: l.Code,
	}
	if op == wire.OpClose && len(b) > 2 {
		e.Message.Reason = b[2:]
	}
	return nil
}

// fillFrame fills in a frame, or what there is of an unfinished one.
func (l *jsonLine) fillFrame(e *lint.Event, b []byte) (wrong *LineError) {
	var f *lint.Frame
	if l.HixieType != nil {
		f, wrong = l.hixie()
	} else {
		f, wrong = l.frame()
	}
	switch {
	case wrong != nil:
		return wrong
	case uint64(len(b)) > l.Length:
		return fault("it has %d bytes, and length says %d", len(b), l.Length)
	}
	f.Length, f.Payload = l.Length, b
	f.Cut = e.Kind == lint.KindBytes || uint64(len(b)) < l.Length
	if e.Frame = f; e.Kind == lint.KindBytes {
		e.Body = f.Append(nil)
		if f.Hixie != nil {
			e.Body = f.Hixie.Append(nil)
		}
	}
	return nil
}

func (l *jsonLine) frame() (*lint.Frame, *LineError) {
	op, ok := opcodeOf(l.Opcode)
	f := &lint.Frame{Header: wire.Header{Opcode: op, Fin: l.Fin, Rsv: l.RSV, Length: l.Length, Bits: wire.BitsFor(l.Length)}}
	switch {
	case !ok:
		return nil, fault("no opcode is %q", l.Opcode)
	case l.RSV > 7:
		return nil, fault("rsv is three bits, not %d", l.RSV)
	case l.Mask != "":
		n, err := hex.Decode(f.Mask[:], []byte(l.Mask[:min(len(l.Mask), 8)]))
		if err != nil || n != len(f.Mask) || len(l.Mask) != 8 {
			return nil, fault("a mask is eight hex digits, not %q", l.Mask)
		}
		f.Masked = true
	}
	if l.LengthBits != 0 {
		if l.LengthBits != 7 && l.LengthBits != 16 && l.LengthBits != 64 || l.LengthBits < f.Bits {
			return nil, fault("a length of %d in %d bits", l.Length, l.LengthBits)
		}
		f.Bits = l.LengthBits
	}
	return f, nil
}

// hixie reads the header of a hixie frame.
func (l *jsonLine) hixie() (*lint.Frame, *LineError) {
	if *l.HixieType < 0x80 {
		return lint.HixieFrame(wire.HixieHeader{Type: *l.HixieType}), nil
	}
	b, err := hex.DecodeString(l.HixieHead)
	var d wire.HixieDecoder
	c, n, ok := d.Next(b)
	if err != nil || !ok || n != len(b) || c.Header.Type != *l.HixieType || len(c.Payload) > 0 {
		return nil, fault("no header of a hixie frame: %q", l.HixieHead)
	}
	return lint.HixieFrame(c.Header), nil
}
