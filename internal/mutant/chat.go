package mutant

import (
	"html"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"wsprobe/internal/wire"
)

// The limits of the chat.
const (
	maxPeople = 1000 // in a room
	maxText   = 2000 // characters
)

// overtaking is how long a mutant holds a message back.
const overtaking = 150 * time.Millisecond

// hub has the rooms of the chat, and the people in them.
type hub struct {
	mutant *Mutant

	mu    sync.Mutex
	rooms map[string]*room
	slow  []*member // who reads too slowly and has not been taken out yet
}

// member is a connection to the chat.
type member struct {
	hub    *hub
	peer   peer
	room   *room // nil outside any
	nick   string
	spoken int           // texts so far
	queue  chan []byte   // what waits to be written; closed when the connection is gone
	closed bool          // queue is closed
	slow   bool          // more waited than may
	done   chan struct{} // closed once nothing more is written
}

func newHub(m *Mutant) *hub { return &hub{mutant: m, rooms: map[string]*room{}} }

// open takes a connection in.
func (h *hub) open(p peer) application {
	m := &member{hub: h, peer: p, queue: make(chan []byte, maxQueue), done: make(chan struct{})}
	go m.write()
	return m
}

// write sends what waits, until the connection is gone or too slow.
func (m *member) write() {
	defer close(m.done)
	for p := range m.queue {
		m.peer.send(wire.OpText, p)
	}
	if m.slow {
		m.peer.close(closePolicy, "reads too slowly")
	}
}

// message answers one message of the connection.
func (m *member) message(op wire.Opcode, payload []byte) *violation {
	if op != wire.OpText && !m.is(chatTakesBinary) {
		return &violation{closeType, "the chat is text"}
	}
	m.hub.mu.Lock()
	defer m.hub.mu.Unlock()
	defer m.hub.expel()
	r, bad := parseRequest(payload)
	if bad == nil && m.is(chatRefusesUnknownMembers) && r.unknown {
		bad = &problem{"bad-message", "a member is unknown"}
	} else if bad != nil && m.is(chatClosesOnBadMessage) {
		return &violation{closePolicy, bad.text}
	}
	if bad == nil && !m.closed {
		bad = m.handle(r)
	}
	if bad != nil {
		m.complain(bad, r.ref)
	}
	return nil
}

// complain tells m, and nobody else, what is wrong with what it asked.
func (m *member) complain(p *problem, ref *string) {
	o := object{"type": "error", "code": p.code, "text": p.text}
	switch {
	case p == notJoined && m.is(chatIgnoresTheNotJoined):
	case m.is(chatTellsErrorsToAll) && m.room != nil:
		m.announce(o, ref)
	default:
		m.tell(o, ref)
	}
}

// handle does what a well-formed message asks for.
func (m *member) handle(r request) *problem {
	if m.room == nil && r.kind != "join" {
		return notJoined
	}
	switch r.kind {
	case "join":
		return m.join(r)
	case "say":
		return m.say(r)
	case "leave":
		m.leave(r.ref)
	default:
		m.who(r.ref)
	}
	return nil
}

func (m *member) join(r request) *problem {
	if m.room != nil && m.is(chatMovesToSecondRoom) {
		m.leave(nil)
	}
	switch {
	case m.room != nil:
		return &problem{"already-joined", "you are in a room"}
	case !isName(r.room, 64) && !m.is(chatTakesAnyName):
		return &problem{"bad-room", "that is no name for a room"}
	case !isName(r.nick, 32) && !m.is(chatTakesAnyName):
		return &problem{"bad-nick", "that is no nick"}
	}
	to := m.hub.rooms[r.room]
	if to == nil {
		to = &room{name: r.room}
	}
	switch {
	case to.has(r.nick, m.is(chatMindsCaseOfNicks)):
		return &problem{"nick-taken", "someone in this room is called " + r.nick}
	case len(to.people) >= maxPeople:
		return &problem{"room-full", "there is no place left"}
	}
	m.enter(to, r)
	return nil
}

// enter puts m into a room and tells everyone there.
func (m *member) enter(to *room, r request) {
	m.hub.rooms[to.name] = to
	to.people = append(to.people, m)
	m.room, m.nick = to, r.nick
	if m.is(chatListsPeopleBeforeJoined) {
		m.who(nil)
	}
	joined := object{"type": "joined", "room": to.name, "nick": m.nick}
	if m.is(chatJoinsInSilence) {
		m.tell(joined, r.ref)
	} else {
		m.announce(joined, r.ref)
	}
}

func (m *member) say(r request) *problem {
	switch {
	case r.text == "":
		return &problem{"bad-text", "there is nothing to say"}
	case utf8.RuneCountInString(r.text) > maxText && !m.is(chatTakesLongText):
		return &problem{"too-long", "a text has at most 2000 characters"}
	case m.is(chatEscapesText):
		r.text = html.EscapeString(r.text)
	}
	m.spoken++
	if m.is(chatLetsWordsOvertake) && m.spoken%2 == 1 {
		m.hub.soon(func() { m.announceText(r) })
	} else {
		m.announceText(r)
	}
	return nil
}

// announceText tells the room what m said.
func (m *member) announceText(r request) {
	if m.room == nil {
		return
	}
	m.room.said++
	id := m.room.said
	if m.is(chatCountsFromZero) {
		id--
	}
	m.announce(object{
		"type": "said", "room": m.room.name, "nick": m.nick, "text": r.text, "id": id,
		"time": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
	}, r.ref)
}

// who tells m who is in its room.
func (m *member) who(ref *string) {
	var nicks []string
	for _, p := range m.room.people {
		if p != m || !m.is(chatLeavesAskerOut) {
			nicks = append(nicks, p.nick)
		}
	}
	slices.Sort(nicks)
	m.tell(object{"type": "people", "room": m.room.name, "nicks": nicks}, ref)
}

// gone takes a connection that has ended out of its room.
func (m *member) gone() {
	m.quit()
	<-m.done
}

func (m *member) quit() {
	m.hub.mu.Lock()
	defer m.hub.mu.Unlock()
	defer m.hub.expel()
	if m.room != nil && !m.is(chatKeepsTheGone) {
		m.leave(nil)
	}
	m.shut()
}

func (m *member) is(f fault) bool { return m.hub.mutant.is(f) }
