package chatserver

import (
	"errors"
	"sync"
	"unicode/utf8"
)

// hub has the rooms. One lock guards them all, and nobody who holds it waits
// for a connection: what is to be sent is put into the members' queues.
type hub struct {
	conf  *Config
	mu    sync.Mutex
	rooms map[string]*room
}

func newHub(conf *Config) *hub { return &hub{conf: conf, rooms: map[string]*room{}} }

// serve lets one connection chat until it ends.
func (h *hub) serve(l link) error {
	m := newMember(l, h.conf.QueueLimit)
	go m.write() // drain waits for its end
	err := h.listen(m)
	h.drop(m)
	m.drain(h.conf.CloseTimeout)
	return err
}

// listen takes what m says until its connection ends. Who speaks faster than he
// reads what comes of it is listened to no faster than he reads.
func (h *hub) listen(m *member) error {
	for {
		m.queue.waitForSpace()
		in, err := m.link.Read()
		if err != nil {
			return err
		}
		if in.binary {
			m.link.Close(codeUnsupported, "the chat is text only")
			continue
		}
		h.handle(m, in.payload)
	}
}

// handle does what one message of m asks for.
func (h *hub) handle(m *member, payload []byte) {
	r, err := parse(payload)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		err = h.do(m, r)
	}
	var c *complaint
	if errors.As(err, &c) {
		m.send(answer{Type: "error", Code: c.code, Text: c.text, Ref: r.Ref})
	}
}

func (h *hub) do(m *member, r request) error {
	if r.Type == "join" {
		return h.join(m, r)
	}
	if m.room == nil {
		return complain("not-joined", "join a room first")
	}
	switch r.Type {
	case "say":
		if err := checkText(r.Text, h.conf.TextLimit); err != nil {
			return err
		}
		m.room.say(m, r.Text, r.Ref)
	case "leave":
		m.room.remove(m, r.Ref)
	case "who":
		m.send(answer{Type: "people", Room: m.room.name, Nicks: m.room.nicks(), Ref: r.Ref})
	}
	return nil
}

func checkText(text string, limit int) error {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return complain("bad-text", "there is nothing to say")
	case n > limit:
		return complain("too-long", "the text has more than %d characters", limit)
	}
	return nil
}

// join lets m into a room, which comes to be if need be.
func (h *hub) join(m *member, r request) error {
	to := h.rooms[r.Room]
	switch {
	case m.room != nil:
		return complain("already-joined", "leave %s first", m.room.name)
	case !goodName(r.Room, roomLimit):
		return complain("bad-room", "a room's name is 1 to %d printable characters", roomLimit)
	case !goodName(r.Nick, nickLimit):
		return complain("bad-nick", "a nick is 1 to %d printable characters", nickLimit)
	case to == nil:
		to = &room{name: r.Room, others: h.rooms, members: map[string]*member{}}
	case to.members[nickKey(r.Nick)] != nil:
		return complain("nick-taken", "someone in this room is called %s", r.Nick)
	case len(to.members) >= h.conf.RoomLimit:
		return complain("room-full", "the room has as many people as it takes")
	}
	to.join(m, r.Nick, r.Ref)
	return nil
}

// drop lets go of a connection that has ended.
func (h *hub) drop(m *member) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if m.room != nil {
		m.room.remove(m, "")
	}
	m.queue.seal()
}
