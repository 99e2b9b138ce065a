package webview

import (
	"encoding/json"
	"net/http"
	"sort"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/internal/filter"
	"wsprobe/report"
)

// What a page costs at most.
const (
	maxPages    = 16
	maxAsked    = 500 // rows at a time
	maxQuestion = 32 << 10
	pushEvery   = 100 * time.Millisecond
	writeWait   = 10 * time.Second
	maxPush     = 500 // connections at a time
)

// question is what a page asks.
type question struct {
	ID     uint64 `json:"id"` // which the answer has, too
	Op     string `json:"op"`
	Conn   uint64 `json:"conn"`
	Text   string `json:"text"` // of a filter or a search
	From   uint64 `json:"from"`
	Count  uint64 `json:"n"`
	Seq    uint64 `json:"seq"`
	Before bool   `json:"before"`
}

// session is one page: what it looks at, and what it has been told.
type session struct {
	v     *View
	ws    *websocket.Conn
	rows  indexed // what is listed
	pick  *scan   // the same, where a filter picks it
	hits  *scan   // those of them with what is searched; nil: nothing is
	conn  uint64
	known map[uint64]uint64 // of each connection, the version that was told
	seen  uint64            // the store's version that the page knows
	moved bool              // a scan went on since
}

// live answers a page over a WebSocket until that goes.
func (v *View) live(w http.ResponseWriter, r *http.Request) {
	defer v.pages.Add(-1)
	if v.pages.Add(1) > maxPages {
		http.Error(w, "there are too many pages already", http.StatusServiceUnavailable)
		return
	}
	// The guard has looked at the origin.
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, WriteBufferSize: 32 << 10}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	ws.SetReadLimit(maxQuestion)
	s := &session{v: v, ws: ws, rows: v.store, known: map[uint64]uint64{}, moved: true}
	asked, gone := make(chan question), make(chan struct{})
	defer close(gone)
	go read(ws, asked, gone)
	s.serve(asked)
}

// read hands questions on until the page or its session goes.
func read(ws *websocket.Conn, asked chan<- question, gone <-chan struct{}) {
	defer close(asked)
	for {
		var q question
		if err := ws.ReadJSON(&q); err != nil {
			return
		}
		select {
		case asked <- q:
		case <-gone:
			return
		}
	}
}

// serve answers questions, scans in the time between, and tells ten times a second
// what has changed. A page that does not read is waited for, and told less often.
func (s *session) serve(asked <-chan question) {
	ticker := time.NewTicker(pushEvery)
	defer ticker.Stop()
	idle := make(chan struct{})
	close(idle)
	for more := true; ; {
		var rest chan struct{} // ready when there is something to scan
		if more {
			rest = idle
		}
		var err error
		select {
		case <-s.v.ended:
			return
		case q, ok := <-asked:
			if !ok {
				return
			}
			err = s.write(s.answer(&q))
			more = true
		case <-ticker.C:
			more = true
			err = s.push()
		case <-rest:
			more = s.scan()
		}
		if err != nil {
			return
		}
	}
}

// scan goes on with what is filtered and searched, and reports whether there is
// more to do.
func (s *session) scan() (more bool) {
	for _, sc := range []*scan{s.pick, s.hits} {
		if sc == nil {
			continue
		}
		before := sc.next
		more = sc.step(s.v.store) || more
		s.moved = s.moved || sc.next != before
	}
	return more
}

func (s *session) write(v any) error {
	p, err := json.Marshal(v)
	if err != nil {
		return err
	}
	s.ws.SetWriteDeadline(time.Now().Add(writeWait))
	return s.ws.WriteMessage(websocket.TextMessage, p)
}

// reply is an answer.
type reply struct {
	Re     uint64    `json:"re"`
	Error  string    `json:"error,omitempty"`
	Rows   []rowJSON `json:"rows,omitempty"`
	From   uint64    `json:"from"`
	Hit    *uint64   `json:"hit,omitempty"`
	Number int       `json:"number,omitempty"` // of the hit among all
	Detail *detail   `json:"detail,omitempty"`
}

// answer answers a question.
func (s *session) answer(q *question) reply {
	a := reply{Re: q.ID, From: q.From}
	var err error
	switch q.Op {
	case "view":
		err = s.view(q)
	case "search":
		s.search(q.Text)
	case "rows":
		a.Rows = s.window(q.From, min(q.Count, maxAsked))
	case "hit":
		a.Hit, a.Number = s.hit(q.From, q.Before)
	case "detail":
		a.Detail = s.v.detail(q.Seq)
	default:
		a.Error = "there is no such question"
	}
	if err != nil {
		a.Error = report.Clean(err.Error())
	}
	return a
}

// view begins to look at a connection, or at all, and ends what was looked at.
func (s *session) view(q *question) error {
	var f *filter.Filter
	if q.Text != "" {
		var err error
		if f, err = filter.Compile(q.Text); err != nil {
			return err
		}
	}
	s.v.mu.RLock()
	defer s.v.mu.RUnlock()
	s.rows, s.pick, s.hits, s.conn, s.moved = s.v.rowsOf(q.Conn, q.From), nil, nil, q.Conn, true
	if f != nil {
		s.pick = &scan{from: s.rows, pick: s.v.matching(f)}
		s.rows = &s.pick.list
	}
	return nil
}

// search begins to search in what is looked at.
func (s *session) search(text string) {
	s.hits, s.moved = nil, true
	if text != "" {
		s.hits = &scan{from: s.rows, pick: contains(text), index: true}
	}
}

// hit returns where the hit next to a row is, and which one of all it is.
func (s *session) hit(from uint64, before bool) (*uint64, int) {
	if s.hits == nil || len(s.hits.seqs) == 0 {
		return nil, 0
	}
	all := s.hits.seqs
	i := sort.Search(len(all), func(i int) bool { return all[i] >= from })
	if before {
		i--
	}
	i = (i + len(all)) % len(all) // around
	return &all[i], i + 1
}

// window returns rows of what is looked at.
func (s *session) window(from, n uint64) []rowJSON {
	s.v.mu.RLock()
	defer s.v.mu.RUnlock()
	first, end := s.rows.bounds()
	out := []rowJSON{}
	for i := max(from, first); i < min(from+n, end); i++ {
		if e, ok := s.v.entry(s.rows.at(i)); ok {
			j := s.v.rowJSON(&e)
			j.Index = i
			out = append(out, j)
		}
	}
	return out
}

// news is what a page is told unasked.
type news struct {
	Conns    []connJSON `json:"conns,omitempty"`
	Gone     []uint64   `json:"gone,omitempty"`
	Next     uint64     `json:"next"` // the sequence number of the row that comes next
	First    uint64     `json:"first"`
	End      uint64     `json:"end"`
	Scanned  *uint64    `json:"scanned,omitempty"` // of Of rows, by the filter
	Of       uint64     `json:"of,omitempty"`
	Hits     *int       `json:"hits,omitempty"`
	Searched uint64     `json:"searched,omitempty"`
	Lost     [3]uint64  `json:"lost"`          // payloads, events, packets
	Kept     [2]uint64  `json:"kept"`          // rows, bytes
	Run      string     `json:"run,omitempty"` // tells this run of wsproxy from others, until something has passed
}

// push tells what has changed.
func (s *session) push() error {
	s.v.mu.RLock()
	if s.v.version == s.seen && !s.moved {
		s.v.mu.RUnlock()
		return nil
	}
	n := s.news()
	s.v.mu.RUnlock()
	return s.write(map[string]any{"news": n})
}

func (s *session) news() *news {
	n := &news{Lost: [3]uint64{s.v.lost.Payloads, s.v.lost.Events, s.v.lost.Packets}, Kept: [2]uint64{s.v.next - s.v.base, uint64(s.v.spill.size)}}
	if s.seen == 0 {
		n.Run = s.v.run
	}
	n.Next = s.v.next
	n.First, n.End = s.rows.bounds()
	if s.pick != nil {
		_, n.Of = s.pick.from.bounds()
		n.Scanned = &s.pick.next
	}
	if s.hits != nil {
		count := len(s.hits.seqs)
		n.Hits, n.Searched = &count, s.hits.next
	}
	s.changed(n)
	s.moved = false
	return n
}

// changed puts in which connections came, changed and went. Where too many did,
// the rest have to wait.
func (s *session) changed(n *news) {
	all := true
	for _, c := range s.v.order {
		switch {
		case s.known[c.ID] >= c.version:
		case len(n.Conns) == maxPush:
			all = false
		default:
			n.Conns = append(n.Conns, c.json())
			s.known[c.ID] = c.version
		}
	}
	if all {
		s.seen = s.v.version
	}
	if len(s.known) <= len(s.v.order) {
		return
	}
	for id := range s.known {
		if s.v.conns[id] == nil {
			n.Gone = append(n.Gone, id)
			delete(s.known, id)
		}
	}
}
