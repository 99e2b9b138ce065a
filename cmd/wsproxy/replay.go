package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"wsprobe/internal/record"
	"wsprobe/internal/replay"
)

const replayUsage = `wsproxy replay does again what recorded clients did, and compares what comes back.

    wsproxy replay [flags] FILE --to URL

FILE is what wsproxy read reads. Each connection of it is made again, as long after
the first as it was; its frames, fragments and pings are sent as they were, broken
ones too, with fresh keys and masks. What followed an answer waits for that answer,
of other connections too. What came then and not now begins with "-", what came now
and not then with "+". It ends with 1 where there is a difference.

What may differ: fields such as Date, Server and Set-Cookie, the answer to the key,
how messages are cut into frames and compressed, whether a pong or a message comes
first, pings of the server, whether TCP ends with a FIN or a reset.

    --to URL              ws://HOST:PORT, wss://HOST:PORT, HOST:PORT or unix:PATH of a Unix
                          socket; with a path (ws+unix:PATH:/path), that takes the place of
                          each recorded one
    --conn N              connection N alone
    --speed X             2x is twice as fast; max waits for answers only (1x)
    --timeout D           to wait for what came then (5s)
    --ignore WHAT         may differ too: json.id,json.user.time are members of JSON, anything
                          else a regular expression in texts; may be given again
    --keep-host           Host, and an Origin of that host, stay as they were
    --exact               keys, masks and pongs too stay as they were
    -q, --quiet           only count
    -v, --verbose         show what is the same too
` + trustUsage

// replayFlags are those of replay.
type replayFlags struct {
	to      string
	conn    uint64
	speed   string
	ignore  []string
	quiet   bool
	verbose bool
	trust   trustFlags
	o       replay.Options
}

func (r *replayFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&r.to, "to", "", "")
	flags.Uint64Var(&r.conn, "conn", 0, "")
	flags.StringVar(&r.speed, "speed", "1x", "")
	flags.DurationVar(&r.o.Timeout, "timeout", 5*time.Second, "")
	flags.StringArrayVar(&r.ignore, "ignore", nil, "")
	flags.BoolVar(&r.o.KeepHost, "keep-host", false, "")
	flags.BoolVar(&r.o.Exact, "exact", false, "")
	flags.BoolVarP(&r.quiet, "quiet", "q", false, "")
	flags.BoolVarP(&r.verbose, "verbose", "v", false, "")
	r.trust.define(flags)
}

// setupReplay is the command that plays recorded clients again.
func setupReplay(flags *pflag.FlagSet) func(context.Context, *app, []string) error {
	var r replayFlags
	r.define(flags)
	return func(ctx context.Context, a *app, args []string) error {
		if len(args) == 0 || r.to == "" {
			return mistake{errors.New("which file, and where to? wsproxy replay FILE --to URL")}
		}
		ignore, err := r.load()
		if err != nil {
			return mistake{err}
		}
		defer r.trust.close()
		talks, err := gather(ctx, a, args[0], r.conn)
		if err != nil {
			return err
		}
		return r.play(ctx, a, talks, ignore)
	}
}

// load reads the flags.
func (r *replayFlags) load() (*replay.Ignore, error) {
	to, err := parseURL(r.to)
	if err != nil {
		return nil, err
	}
	if err := r.trust.serves(&to); err != nil {
		return nil, err
	}
	if err := r.trust.load(); err != nil {
		return nil, err
	}
	if r.o.Speed, err = speed(r.speed); err != nil {
		return nil, err
	}
	if r.o.Timeout <= 0 {
		return nil, errors.New("--timeout is more than nothing")
	}
	if err := r.ask(&to); err != nil {
		return nil, err
	}
	r.o.Dial = func(ctx context.Context) (net.Conn, error) { return r.dial(ctx, &to) }
	return replay.ParseIgnore(r.ignore)
}

// ask says what is asked of the server, and as what.
func (r *replayFlags) ask(to *destination) error {
	r.o.Secure = to.secure
	if to.socket {
		r.o.Host, r.o.Target = socketHost, to.target
		return nil
	}
	u, err := url.Parse(to.url)
	if err != nil {
		return err
	}
	if r.o.Host = u.Host; u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		r.o.Target = u.RequestURI()
	}
	return nil
}

func (r *replayFlags) dial(ctx context.Context, to *destination) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	return r.trust.dial(ctx, &net.Dialer{}, to)
}

// speed reads 2x, 0.5x or max.
func speed(text string) (float64, error) {
	if text == "max" {
		return replay.Max, nil
	}
	x, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || !(x > 0) || x > 1e6 {
		return 0, fmt.Errorf("--speed is such as 10x, or max; not %q", text)
	}
	return x, nil
}

// play plays what can be played, and tells how it went.
func (r *replayFlags) play(ctx context.Context, a *app, talks []*record.Talk, ignore *replay.Ignore) error {
	var whole []*record.Talk
	for _, t := range talks {
		if t.Missing == "" {
			whole = append(whole, t)
		}
	}
	other := 0
	played := replay.Play(ctx, whole, r.o)
	for _, t := range talks {
		if t.Missing != "" {
			fmt.Fprintf(a.out, "#%d  not played: %s\n", t.ID, t.Missing)
			other++
			continue
		}
		if !r.tell(a, played[0], ignore) {
			other++
		}
		played = played[1:]
	}
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	if other > 0 {
		return fmt.Errorf("%d of %d connections went otherwise", other, len(talks))
	}
	return nil
}

// tell tells how a conversation went, and reports whether it was the same.
func (r *replayFlags) tell(a *app, p *replay.Played, ignore *replay.Ignore) bool {
	if len(p.Events) == 0 && p.Trouble != "" {
		fmt.Fprintf(a.out, "#%d  not played: %s\n", p.Talk.ID, p.Trouble)
		return false
	}
	d := replay.Compare(p, ignore)
	fmt.Fprintf(a.out, "#%d  %s\n", p.Talk.ID, d)
	if p.Trouble != "" {
		fmt.Fprintf(a.out, "    %s\n", p.Trouble)
	}
	if !r.quiet && (r.verbose || !d.Equal()) {
		look := (&outputFlags{}).look(a.out).Options
		look.Verbose = r.verbose
		d.Show(a.out, look, r.verbose)
	}
	return d.Equal() && p.Trouble == ""
}
