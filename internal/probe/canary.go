package probe

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// trouble is why a target cannot be tested, and what to do about it.
type trouble struct {
	what, hint string
}

func (t *trouble) Error() string { return t.what }

// canary opens a connection the plainest way and closes it. A target that
// cannot do that is dead, or no WebSocket server. The response is returned
// where there is one.
func canary(ctx context.Context, t *endpoint) (*wire.Response, error) {
	tcp, err := t.dialPatiently(ctx)
	if err != nil {
		return nil, dialTrouble(t, err)
	}
	p := scout(ctx, t, wire.RFC6455)
	c := newConn(p, "", tcp)
	defer c.drop()
	p.sendRequest(c, &casefile.Request{}, pace{})
	_, e := c.await(ctx, time.Now().Add(p.wait(responseTimeout)), p.sees(c, nil))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case e == nil:
		return nil, silence(t, c)
	case e.Kind == lint.KindEnd:
		return nil, endTrouble(t, c)
	case e.Kind == lint.KindResponse && e.Response.Status != 101:
		return e.Response, answerTrouble(t, c, e)
	}
	p.closing(c, &casefile.Step{Close: &casefile.CloseMatch{Codes: []uint16{1000}}})
	return e.Response, ctx.Err()
}

// scout returns a player with no case, for what a run asks on its own account.
func scout(ctx context.Context, t *endpoint, d wire.Dialect) *player {
	return &player{
		ctx: ctx, target: t, c: &casefile.Case{Dialect: d}, log: &transcript{start: time.Now()},
		conns: map[string]*conn{}, vars: t.vars(),
	}
}

func dialTrouble(t *endpoint, err error) error {
	var dns *net.DNSError
	var secured *tlsError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &dns):
		return &trouble{fmt.Sprintf("connecting to %s: the name %s does not resolve", t.url, dns.Name), "look for a typing error in the URL"}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &trouble{fmt.Sprintf("connecting to %s: nothing listens at %s", t.url, t.addr), "start the server first, or let wsprobe do it with --start 'CMD {port}'"}
	case errors.As(err, &secured):
		return tlsTrouble(t, secured)
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded):
		return &trouble{fmt.Sprintf("connecting to %s: no answer within %v", t.url, t.opts.wait(dialTimeout)), "is the host up, and does a firewall let the port through?"}
	}
	return &trouble{fmt.Sprintf("connecting to %s: %v", t.url, err), "check the URL"}
}

func tlsTrouble(t *endpoint, err *tlsError) error {
	var unknown x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	hint := "does the port speak TLS? A server without it is ws://"
	switch {
	case errors.As(err, &unknown):
		hint = "give the server's authority with --cacert FILE, or trust anything with --insecure"
	case errors.As(err, &wrongName):
		hint = "name the host that the certificate is for with --servername"
	}
	return &trouble{fmt.Sprintf("connecting to %s: %v", t.url, err), hint}
}

func silence(t *endpoint, c *conn) error {
	return &trouble{
		fmt.Sprintf("%s did not answer an opening handshake within %v%s", t.url, t.opts.wait(responseTimeout), received(c)),
		"is it a WebSocket server, and is the path right?",
	}
}

func endTrouble(t *endpoint, c *conn) error {
	what := fmt.Sprintf("%s closed the connection without an answer to the opening handshake%s", t.url, received(c))
	if isTLSAlert(c) {
		return &trouble{fmt.Sprintf("%s speaks TLS", t.url), "use wss://"}
	}
	return &trouble{what, "is it a WebSocket server, and is the path right?"}
}

// received says what came that is no response head.
func received(c *conn) string {
	if b := unframed(c); len(b) > 0 {
		return fmt.Sprintf("; it sent %d bytes that are no HTTP answer", len(b))
	}
	return ""
}

func isTLSAlert(c *conn) bool {
	b := unframed(c)
	return len(b) >= 3 && (b[0] == 0x15 || b[0] == 0x16) && b[1] == 3
}

func unframed(c *conn) []byte {
	_, e := c.first(func(e *lint.Event) bool { return e.Kind == lint.KindBytes })
	if e == nil {
		return nil
	}
	return e.Body
}

func answerTrouble(t *endpoint, c *conn, e *lint.Event) error {
	r := e.Response
	hint := "is the path right? The whole URL is used, the path too"
	switch {
	case r.Status == 400 && strings.Contains(string(unframed(c)), "HTTPS"), r.Status == 497:
		hint = "the port seems to want TLS: use wss://"
	case r.Status == 401, r.Status == 403:
		hint = "what it asks for can be given with --header or --origin"
	case r.Status == 400, r.Status == 426:
		hint = "does it want a subprotocol (--protocol), or does a proxy not pass on Upgrade and Connection?"
	case r.Status/100 == 3:
		hint = "it redirects to " + clean(r.Get("Location"))
	case r.Status == 200:
		hint = "that is a plain HTTP answer: the server has no WebSocket at this path"
	}
	return &trouble{fmt.Sprintf("%s %s to an opening handshake", t.url, describe(e)), hint}
}

// tell puts a trouble into the results.
func tell(r *report.Results, err error) {
	r.Trouble = err.Error()
	var t *trouble
	if errors.As(err, &t) {
		r.Hint = t.hint
	}
}
