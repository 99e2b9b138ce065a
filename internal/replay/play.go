package replay

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// Options say where and how conversations are played.
type Options struct {
	Dial     func(context.Context) (net.Conn, error)
	Secure   bool   // what Dial returns is TLS
	Host     string // of the target, for the field of that name
	Target   string // takes the place of each request's target; "": that stays
	KeepHost bool   // Host and Origin stay as they were
	Exact    bool   // keys and masks too, and pongs are sent as they were
	Speed    float64
	// Timeout is how long to wait for what came then.
	Timeout time.Duration
}

// Max is the speed at which nothing waits but for what must come first.
const Max = 0

const (
	settle   = 200 * time.Millisecond // for what comes beyond what came then
	maxHeard = 256 << 20              // bytes of an answer that are kept
	readSize = 64 << 10
)

// Played is a conversation as it went this time.
type Played struct {
	Talk   *record.Talk
	Events []lint.Event
	// Trouble says why it could not be played, or not to its end.
	Trouble string
}

// Play plays conversations, each beginning as long after the first as it did, and
// returns them in the same order.
func Play(ctx context.Context, talks []*record.Talk, o Options) []*Played {
	all := make([]*Played, len(talks))
	scripts := make([]*script, len(talks))
	for i, t := range talks {
		scripts[i] = newScript(t, o.Exact)
	}
	group := newTogether(talks, scripts)
	var done sync.WaitGroup
	for i, t := range talks {
		all[i] = &Played{Talk: t}
		p := &player{o: &o, talk: t, played: all[i], script: scripts[i], group: group, number: i, news: make(chan struct{}, 1)}
		done.Go(func() {
			defer group.leave(i)
			if wait(ctx, o.scaled(t.Offset-talks[0].Offset)) {
				group.await(ctx, i, t.Offset, o.Timeout)
				p.play(ctx)
			}
		})
	}
	done.Wait()
	return all
}

// scaled returns how long d takes at the speed that is asked for.
func (o *Options) scaled(d time.Duration) time.Duration {
	if o.Speed == Max {
		return 0
	}
	return time.Duration(float64(d) / o.Speed)
}

func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(max(0, d)):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// player plays one conversation.
type player struct {
	o        *Options
	talk     *record.Talk
	played   *Played
	script   *script
	group    *together
	number   int // of the conversation in the group
	conn     net.Conn
	deflater *wire.Deflater
	began    time.Time
	news     chan struct{} // something came

	mu      sync.Mutex // guards what follows
	session *lint.Session
	tally   tally
	size    int
	latest  time.Time // when something came
}

func (p *player) play(ctx context.Context) {
	conn, err := p.o.Dial(ctx)
	if err != nil {
		p.played.Trouble = err.Error()
		return
	}
	p.conn, p.began, p.latest = conn, time.Now(), time.Now()
	p.session = lint.New(lint.Options{Keep: maxHeard, Inflate: maxHeard, Secure: p.o.Secure})
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	var reading sync.WaitGroup
	reading.Go(p.read)
	if p.send(ctx) {
		p.rest(ctx)
	}
	conn.Close()
	reading.Wait()
	if ctx.Err() != nil {
		p.played.Trouble = "interrupted"
	}
}

// send plays the steps, and reports whether all could be sent.
func (p *player) send(ctx context.Context) bool {
	for i := range p.script.steps {
		s := &p.script.steps[i]
		p.await(ctx, s.heard, p.o.Timeout)
		if p.refused(s) {
			return true
		}
		if !wait(ctx, p.o.scaled(s.at-s.since)) {
			return false
		}
		p.group.await(ctx, p.number, s.at, p.o.Timeout)
		err := p.step(s)
		p.group.report(p.number, func(now *progress) { now.sent++ })
		if err != nil {
			p.note(fmt.Sprintf("step %d of %d could not be sent: %v", i+1, len(p.script.steps), err))
			return true // what the server said is worth waiting for
		}
	}
	return true
}

// refused reports whether a step is frames, and the server has not agreed to any.
func (p *player) refused(s *step) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return s.events[0].Frame != nil && p.talk.Open && p.tally.heads > 0 && !p.session.Open()
}

func (p *player) note(text string) {
	if p.played.Trouble == "" {
		p.played.Trouble = text
	}
}

// step does what the client did at one time.
func (p *player) step(s *step) error {
	if e := s.events[0]; e.Kind == lint.KindEnd {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.end(e.End)
		return nil
	}
	return p.write(p.made(s))
}

// made makes what the step sends. It is not yet written: a server that waits for us
// to read must not be waited for.
func (p *player) made(s *step) (out []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range s.events {
		b := p.bytes(e)
		p.keep(p.session.Feed(lint.Client, time.Since(p.began), b))
		out = append(out, b...)
	}
	return out
}

func (p *player) write(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	p.conn.SetWriteDeadline(time.Now().Add(p.o.Timeout))
	_, err := p.conn.Write(b)
	return err
}

// end ends the client's stream as it was ended. Where that fails, it has ended.
func (p *player) end(how lint.End) {
	p.keep(p.session.End(lint.Client, time.Since(p.began), how))
	for c, ok := p.conn, true; ok; c, ok = below(c) {
		tcp, plain := c.(*net.TCPConn)
		switch w, can := c.(interface{ CloseWrite() error }); {
		case how == lint.EndFIN && can:
			w.CloseWrite()
		case how == lint.EndReset && plain:
			tcp.SetLinger(0)
			tcp.Close()
		}
	}
}

// below returns the connection that TLS is on, say.
func below(c net.Conn) (net.Conn, bool) {
	if layer, ok := c.(interface{ NetConn() net.Conn }); ok {
		return layer.NetConn(), true
	}
	return nil, false
}

// await waits until so much came, and for no longer than given without anything.
func (p *player) await(ctx context.Context, want tally, patience time.Duration) bool {
	for {
		p.mu.Lock()
		came, over, latest := p.tally.reached(want), p.tally.ends > 0, p.latest
		p.mu.Unlock()
		if came || over {
			return came
		}
		select {
		case <-p.news:
		case <-time.After(time.Until(latest.Add(patience))):
			p.mu.Lock()
			quiet := p.latest.Equal(latest)
			p.latest = time.Now() // what is waited for next has its own time
			p.mu.Unlock()
			if quiet {
				return false
			}
		case <-ctx.Done():
			return false
		}
	}
}

// rest waits for what comes behind the last step: all that came then, and where
// the connection was not ended, a little for what did not.
func (p *player) rest(ctx context.Context) {
	if p.await(ctx, p.script.all, p.o.Timeout) && p.script.all.ends == 0 {
		p.await(ctx, tally{ends: 1}, settle)
	}
}

// read takes what the server sends, until it ends.
func (p *player) read() {
	buf := make([]byte, readSize)
	for {
		n, err := p.conn.Read(buf)
		p.mu.Lock()
		p.latest = time.Now()
		p.size += n
		pongs := p.heard(p.session.Feed(lint.Server, time.Since(p.began), buf[:n]))
		if p.size > maxHeard {
			p.note(fmt.Sprintf("more than %d bytes came", maxHeard))
			err = net.ErrClosed
		}
		if err != nil {
			p.ended(err)
		}
		came := p.tally
		p.mu.Unlock()
		p.group.report(p.number, func(now *progress) { now.came = came })
		p.write(pongs)
		select {
		case p.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// heard counts what came, and returns what answers the pings in it, if the client
// answered them.
func (p *player) heard(events []lint.Event) (pongs []byte) {
	p.keep(events)
	for i := range events {
		e := &events[i]
		p.tally.add(e)
		if isControl(e, wire.OpPing) && p.script.answers && !p.o.Exact && p.session.Between(lint.Client) {
			b := pong(e)
			p.keep(p.session.Feed(lint.Client, time.Since(p.began), b))
			pongs = append(pongs, b...)
		}
	}
	return pongs
}

func (p *player) keep(events []lint.Event) { p.played.Events = append(p.played.Events, events...) }
