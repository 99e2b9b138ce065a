package replay

import (
	"errors"
	"io"
	"net"
	"time"

	"wsprobe/internal/lint"
)

// ended takes the end of what the server sends. That we have closed is none.
func (p *player) ended(err error) {
	p.tally.ends++
	if errors.Is(err, net.ErrClosed) {
		return
	}
	how := lint.EndReset
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		how = lint.EndFIN
	}
	p.keep(p.session.End(lint.Server, time.Since(p.began), how))
}
