package mutant

import (
	"slices"
	"strings"

	"wsprobe/internal/wire"
)

// What mutants make of an answer to a handshake.

// silent takes the whole answer away.
func silent(a *answer) { a.line = "" }

// line replaces the status line.
func line(s string) func(*answer) { return func(a *answer) { a.line = s } }

// without takes the fields of that name away.
func without(name string) func(*answer) {
	return func(a *answer) {
		a.fields = slices.DeleteFunc(a.fields, func(f wire.Field) bool { return strings.EqualFold(f.Name, name) })
	}
}

// with adds a field.
func with(name, value string) func(*answer) {
	return func(a *answer) { a.add(name, value) }
}

// change makes something else of the value of the fields of that name.
func change(name string, to func(string) string) func(*answer) {
	return func(a *answer) {
		for i, f := range a.fields {
			if strings.EqualFold(f.Name, name) {
				a.fields[i].Value = to(f.Value)
			}
		}
	}
}

// replace gives the fields of that name another value.
func replace(name, value string) func(*answer) {
	return change(name, func(string) string { return value })
}

// twice says the fields of that name again.
func twice(name string) func(*answer) {
	return func(a *answer) {
		for _, f := range slices.Clone(a.fields) {
			if strings.EqualFold(f.Name, name) {
				a.fields = append(a.fields, f)
			}
		}
	}
}

// unlessThere adds a field where there is none of that name.
func unlessThere(name, value string) func(*answer) {
	return func(a *answer) {
		if !slices.ContainsFunc(a.fields, func(f wire.Field) bool { return f.Name == name }) {
			a.add(name, value)
		}
	}
}

// What mutants make of a frame.

// onData applies to data frames what garble makes of a frame.
func onData(garble func(frame) []frame) func(*session, frame) []frame {
	return func(_ *session, f frame) []frame {
		if f.Opcode.Control() {
			return []frame{f}
		}
		return garble(f)
	}
}

// on applies the same to the frames with that opcode.
func on(op wire.Opcode, garble func(frame) []frame) func(*session, frame) []frame {
	return func(_ *session, f frame) []frame {
		if f.Opcode != op {
			return []frame{f}
		}
		return garble(f)
	}
}

// split cuts a frame in two.
func split(f frame) []frame {
	half := len(f.payload) / 2
	first, second := f, f
	first.payload, second.payload = f.payload[:half], f.payload[half:]
	first.Length, second.Length = uint64(half), uint64(len(f.payload)-half)
	first.Fin, second.Opcode, second.Rsv = false, wire.OpContinuation, 0
	return []frame{first, second}
}

// withHeader changes the header of a frame.
func withHeader(change func(*wire.Header)) func(frame) []frame {
	return func(f frame) []frame {
		change(&f.Header)
		return []frame{f}
	}
}

// behind sends frames behind a frame.
func behind(more ...frame) func(frame) []frame {
	return func(f frame) []frame { return slices.Concat([]frame{f}, more) }
}
