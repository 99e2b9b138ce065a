package mutant

import (
	"slices"
	"strings"
	"time"
)

// room is where people hear each other.
type room struct {
	name   string
	people []*member
	said   int // messages so far
}

// leave tells the room that m leaves, and takes it out.
func (m *member) leave(ref *string) {
	from := m.room
	if !m.is(chatLeavesInSilence) {
		m.announce(object{"type": "left", "room": from.name, "nick": m.nick}, ref)
	}
	m.room = nil
	if m.is(chatKeepsPlaceOfTheLeft) && !m.closed {
		return
	}
	from.people = slices.DeleteFunc(from.people, func(p *member) bool { return p == m })
	if len(from.people) == 0 && !m.is(chatKeepsEmptyRooms) {
		delete(m.hub.rooms, from.name)
	}
}

// announce tells everyone in the room of m; ref is for m alone.
func (m *member) announce(o object, ref *string) {
	for _, p := range m.audience(o) {
		switch {
		case p == m && !m.is(chatForgetsRef), m.is(chatTellsRefToAll):
			p.tell(o, ref)
		case p != m && m.is(chatTellsSpeakerFirst):
			m.hub.soon(func() { p.tell(o, nil) })
		default:
			p.tell(o, nil)
		}
	}
}

// audience is who hears o: everyone in the room of m.
func (m *member) audience(o object) []*member {
	switch said := o["type"] == "said"; {
	case said && m.is(chatTellsEveryRoom):
		var all []*member
		for _, r := range m.hub.rooms {
			all = append(all, r.people...)
		}
		return all
	case said && m.is(chatTellsOthersOnly):
		return slices.DeleteFunc(slices.Clone(m.room.people), func(p *member) bool { return p == m })
	}
	return m.room.people
}

// soon is for mutants only: it does something a moment later.
func (h *hub) soon(do func()) {
	time.AfterFunc(overtaking, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		defer h.expel()
		do()
	})
}

// tell puts a message into the queue of m. Nobody waits for a slow reader: one
// whose queue is full is sent away.
func (m *member) tell(o object, ref *string) {
	if m.closed {
		return
	}
	select {
	case m.queue <- o.text(ref):
	default:
		m.slow = true
		m.shut()
		m.hub.slow = append(m.hub.slow, m)
	}
}

// expel takes those out of their rooms who read too slowly. To tell the others
// so may make more of them.
func (h *hub) expel() {
	for len(h.slow) > 0 {
		m := h.slow[0]
		h.slow = h.slow[1:]
		if m.room != nil {
			m.leave(nil)
		}
	}
}

// shut ends the queue. hub.mu is held.
func (m *member) shut() {
	if !m.closed {
		m.closed = true
		close(m.queue)
	}
}

// has reports whether someone has that nick, in any case.
func (r *room) has(nick string, exactly bool) bool {
	return slices.ContainsFunc(r.people, func(p *member) bool {
		return p.nick == nick || !exactly && strings.EqualFold(p.nick, nick)
	})
}
