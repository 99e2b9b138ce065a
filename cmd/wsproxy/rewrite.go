package main

import (
	"net"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/internal/rewrite"
)

const rewriteUsage = `
Changed in heads, for servers that insist; answers are changed back:

    --rewrite-host        put the server's name into the Host of what clients send
    --rewrite-origin      put the server's origin into their Origin
    --rewrite-origin=ORIGIN  or another, such as https://example.com
`

// rewriteFlags say what of heads is changed on the way to one server.
type rewriteFlags struct {
	host   bool
	origin string // "": leave it; ownOrigin: the server's
}

// ownOrigin stands for the server's own origin.
const ownOrigin = "own"

func (f *rewriteFlags) define(flags *pflag.FlagSet) {
	flags.BoolVar(&f.host, "rewrite-host", false, "")
	flags.StringVar(&f.origin, "rewrite-origin", "", "")
	flags.Lookup("rewrite-origin").NoOptDefVal = ownOrigin
}

// changes returns what a route to a server has changed; nil: nothing.
func (f *rewriteFlags) changes(to *destination) func(bool, func(string)) rewrite.Changes {
	if !f.host && f.origin == "" {
		return nil
	}
	server := rewrite.Server{Authority: hostField(to), Secure: to.secure, Host: f.host, Origin: f.origin}
	if f.origin == ownOrigin {
		server.Origin = "http://" + server.Authority
		if to.secure {
			server.Origin = "https://" + server.Authority
		}
	}
	return func(clientSecure bool, note func(string)) rewrite.Changes {
		of := server
		of.ClientSecure, of.Note = clientSecure, note
		return &of
	}
}

// hostField returns a server as browsers name it: without the port of its scheme.
func hostField(to *destination) string {
	if to.socket {
		return socketHost
	}
	host, port, err := net.SplitHostPort(to.addr)
	if err != nil || port != "80" && !to.secure || port != "443" && to.secure {
		return to.addr
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
