package probe

import (
	"crypto/rand"
	"strings"

	"wsprobe/internal/casefile"
	"wsprobe/internal/wire"
)

// buildRequest returns the bytes of an opening handshake: the right one of the
// dialect, changed as the case file says.
func (p *player) buildRequest(r *casefile.Request) []byte {
	if r.Raw != nil {
		return r.Raw.Append(nil, p.vars)
	}
	h := p.target.handshake(p.c.Dialect)
	h.Method, h.Proto = r.Method.String(p.vars), r.HTTP.String(p.vars)
	switch path := r.Path.String(p.vars); {
	case strings.HasPrefix(path, "?"): // a query on the target's own path
		own, _, _ := strings.Cut(h.Target, "?")
		h.Target = own + path
	case path != "":
		h.Target = path
	}
	if target := r.Target.String(p.vars); target != "" {
		h.Target = target
	}
	if origin := r.Origin.String(p.vars); origin != "" {
		h.Origin = origin
	}
	if len(r.Protocols) > 0 {
		h.Protocols = p.strings(r.Protocols)
	}
	h.Fill(rand.Reader)
	fields := p.changeFields(h.Fields(), r)
	out := wire.AppendHead(nil, h.Line(), fields)
	switch {
	case len(r.Body.Parts) > 0:
		out = r.Body.Append(out, p.vars)
	case h.Dialect.Traits().Challenge:
		out = append(out, h.Key3[:]...)
	}
	return out
}

// changeFields drops, sets, and adds fields, in that order. A field that is set
// to several values takes the place of the first, the others stand at the end.
func (p *player) changeFields(fields []wire.Field, r *casefile.Request) []wire.Field {
	for _, name := range r.Drop {
		fields = dropField(fields, name)
	}
	for _, offer := range r.Offer {
		fields = append(fields, wire.Field{Name: "Sec-WebSocket-Extensions", Value: offer.String(p.vars)})
	}
	last := ""
	for _, set := range r.Set {
		f := wire.Field{Name: set.Name, Value: set.Value.String(p.vars)}
		if f.Name == last {
			fields = append(fields, f)
			continue
		}
		fields, last = setField(fields, f), f.Name
	}
	for _, add := range r.Add {
		fields = append(fields, wire.Field{Name: add.Name, Value: add.Value.String(p.vars)})
	}
	return fields
}

func dropField(fields []wire.Field, name string) []wire.Field {
	var kept []wire.Field
	for _, f := range fields {
		if !strings.EqualFold(f.Name, name) {
			kept = append(kept, f)
		}
	}
	return kept
}

// setField puts f where a field of its name stands, or at the end.
func setField(fields []wire.Field, f wire.Field) []wire.Field {
	for i := range fields {
		if strings.EqualFold(fields[i].Name, f.Name) {
			fields[i] = f
			return fields
		}
	}
	return append(fields, f)
}

func (p *player) strings(texts []casefile.Text) []string {
	var out []string
	for _, t := range texts {
		out = append(out, t.String(p.vars))
	}
	return out
}
