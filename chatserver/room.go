package chatserver

import (
	"slices"
	"time"
)

// room is the people who hear each other. The hub's lock guards it.
type room struct {
	name    string
	others  map[string]*room   // the rooms it is one of, by name
	members map[string]*member // by nickKey
	said    uint64             // messages so far
}

// tell sends a to everyone in the room; the one whose request it answers gets
// that request's ref with it. Those for whom too much waits already are out.
func (r *room) tell(from *member, ref string, a answer) {
	a.Room = r.name
	plain := a.encode()
	var slow []*member
	for _, m := range r.members {
		out := plain
		if m == from && ref != "" {
			a.Ref = ref
			out = a.encode()
		}
		if !m.queue.push(out) {
			slow = append(slow, m)
		}
	}
	for _, m := range slow {
		m.evict()
		r.remove(m, "")
	}
}

// join lets m in under a nick that is free, and tells everyone. The first one
// makes the room known.
func (r *room) join(m *member, nick, ref string) {
	r.others[r.name] = r
	m.room, m.nick = r, nick
	r.members[nickKey(nick)] = m
	r.tell(m, ref, answer{Type: "joined", Nick: nick})
}

// say tells everyone what m says.
func (r *room) say(m *member, text, ref string) {
	r.said++
	r.tell(m, ref, answer{
		Type: "said", Nick: m.nick, Text: text, ID: r.said,
		Time: time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
	})
}

// remove takes m out of the room, and tells everyone, m included. The room
// ceases with the last one.
func (r *room) remove(m *member, ref string) {
	key := nickKey(m.nick)
	if r.members[key] != m {
		return // gone already, as too slow
	}
	delete(r.members, key)
	m.room = nil
	m.send(answer{Type: "left", Room: r.name, Nick: m.nick, Ref: ref})
	if len(r.members) == 0 {
		delete(r.others, r.name)
	}
	r.tell(nil, "", answer{Type: "left", Nick: m.nick})
}

// nicks lists who is there.
func (r *room) nicks() []string {
	list := make([]string, 0, len(r.members))
	for _, m := range r.members {
		list = append(list, m.nick)
	}
	slices.Sort(list)
	return list
}
