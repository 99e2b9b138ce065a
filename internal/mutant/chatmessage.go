package mutant

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// object is a message to a client of the chat.
type object map[string]any

// text returns o as JSON, with ref if there is one. o itself stays as it is.
func (o object) text(ref *string) []byte {
	with := object{}
	for k, v := range o {
		with[k] = v
	}
	if ref != nil {
		with["ref"] = *ref
	}
	p, _ := json.Marshal(with)
	return p
}

// request is a message from a client of the chat.
type request struct {
	kind, room, nick, text string
	ref                    *string
	unknown                bool // it has members that the protocol does not name
}

// problem is an error of the chat, by its code.
type problem struct{ code, text string }

var notJoined = &problem{"not-joined", "you are in no room"}

// needs lists the members that a message of each type must have.
var needs = map[string][]string{"join": {"room", "nick"}, "say": {"text"}, "leave": nil, "who": nil}

// parseRequest reads a message. Its ref, if that is right, is there even where
// the rest is wrong.
func parseRequest(payload []byte) (r request, bad *problem) {
	var members map[string]json.RawMessage // not a struct: its names would match in any case
	if json.Unmarshal(payload, &members) != nil || members == nil {
		return r, &problem{"bad-json", "a message is one JSON object"}
	}
	if ref, ok := str(members, "ref"); ok && utf8.RuneCountInString(ref) <= 64 {
		r.ref = &ref
	} else if _, there := members["ref"]; there {
		return r, &problem{"bad-message", "ref is no short string"}
	}
	kind, ok := str(members, "type")
	if !ok {
		return r, &problem{"bad-message", "there is no type"}
	}
	needed, known := needs[kind]
	if !known {
		return r, &problem{"unknown-type", "no message has that type"}
	}
	r.kind = kind
	for _, name := range needed {
		if _, ok := str(members, name); !ok {
			return r, &problem{"bad-message", name + " is missing or no string"}
		}
	}
	for name := range members {
		r.unknown = r.unknown || !slices.Contains([]string{"type", "ref", "room", "nick", "text"}, name)
	}
	r.room, _ = str(members, "room")
	r.nick, _ = str(members, "nick")
	r.text, _ = str(members, "text")
	return r, nil
}

// str returns a member that is a string.
func str(members map[string]json.RawMessage, name string) (s string, ok bool) {
	var p *string
	if json.Unmarshal(members[name], &p) != nil || p == nil {
		return "", false
	}
	return *p, true
}

// isName reports whether s may be a nick or a room: 1 to limit printable
// characters, and single spaces between them.
func isName(s string, limit int) bool {
	if n := utf8.RuneCountInString(s); n < 1 || n > limit {
		return false
	}
	if strings.TrimSpace(s) != s || strings.Contains(s, "  ") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}
