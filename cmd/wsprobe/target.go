package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/internal/casefile"
	"wsprobe/internal/probe"
)

// targetFlags say what is tested and how it is spoken to.
type targetFlags struct {
	url, start, known  string
	files              []string
	cacert, servername string
	insecure           bool
	headers            []string
	origin             string
	protocols, have    []string
}

const targetUsage = `  --url URL          ws:// or wss:// URL of a server that runs
  --start COMMAND    start the server with this shell command, and stop it at the end; {port} in it
                     and in --url stands for a free port; the URL is ws://127.0.0.1:{port}/ if left out
  --target FILE      a file that says these things: target, url, have, start, known
  --have WORD,...    what the server has, instead of asking it: echo, permessage-deflate, ...
  --known FILE       failures that are known: a pattern a line, # for comments; they must fail
                     still, unless the line begins with ~
  --header 'N: V'    a field to send in each opening handshake; more than once if need be
  --origin ORIGIN    the origin to name
  --protocol NAME    a subprotocol to offer; more than once if need be
  --cacert FILE      trust the certificates in this PEM file
  --servername NAME  ask for this name in the TLS handshake, and expect it in the certificate
  --insecure         trust any certificate
`

func (t *targetFlags) define(fs *pflag.FlagSet) {
	fs.StringVar(&t.url, "url", "", "")
	fs.StringVar(&t.start, "start", "", "")
	fs.StringArrayVar(&t.files, "target", nil, "")
	fs.StringSliceVar(&t.have, "have", nil, "")
	fs.StringVar(&t.known, "known", "", "")
	fs.StringArrayVar(&t.headers, "header", nil, "")
	fs.StringVar(&t.origin, "origin", "", "")
	fs.StringArrayVar(&t.protocols, "protocol", nil, "")
	fs.StringVar(&t.cacert, "cacert", "", "")
	fs.StringVar(&t.servername, "servername", "", "")
	fs.BoolVar(&t.insecure, "insecure", false, "")
}

// given reports whether the flags name a target at all.
func (t *targetFlags) given() bool { return t.url != "" || t.start != "" || len(t.files) > 0 }

// options turns the flags into the options of a run.
func (t *targetFlags) options() (probe.Options, error) {
	o := probe.Options{Origin: t.origin, Protocols: t.protocols}
	if err := t.file(&o); err != nil {
		return o, err
	}
	if t.url != "" {
		o.URL = t.url
	}
	if t.start != "" {
		o.Start, o.Dir = t.start, ""
	}
	if err := t.checkHave(); err != nil {
		return o, err
	}
	if t.have != nil {
		o.Have = t.have
	}
	if err := t.knownFailures(&o); err != nil {
		return o, err
	}
	if err := t.header(&o); err != nil {
		return o, err
	}
	return o, t.tls(&o)
}

// file reads the target file. What the command line says goes before it.
func (t *targetFlags) file(o *probe.Options) error {
	if len(t.files) == 0 {
		return nil
	}
	if len(t.files) > 1 {
		return usageError("run once for each of them", "--target names %d files; one is tested at a time", len(t.files))
	}
	f, problems, err := casefile.LoadTarget(t.files[0])
	if err != nil {
		return usageError("", "%w", err)
	}
	if err := mistakes(problems, "in the target file"); err != nil {
		return err
	}
	o.Name, o.URL, o.Start, o.Have, o.Dir = f.Name, f.URL, f.Start, f.Have, f.Dir
	if t.known == "" {
		t.known = f.Known
	}
	return nil
}

func (t *targetFlags) checkHave() error {
	words := casefile.Needs()
	for _, have := range t.have {
		if !slices.Contains(words, have) {
			return usageError(didYouMean(have, words, "the words are "+strings.Join(words, ", ")), "--have: %q is nothing that a target can have", have)
		}
	}
	return nil
}

func (t *targetFlags) knownFailures(o *probe.Options) (err error) {
	if t.known == "" {
		return nil
	}
	if o.Known, err = probe.ReadKnown(t.known); err != nil {
		return usageError("", "%w", err)
	}
	return nil
}

func (t *targetFlags) header(o *probe.Options) error {
	for _, h := range t.headers {
		name, value, ok := strings.Cut(h, ":")
		if name = strings.TrimSpace(name); !ok || name == "" || strings.ContainsAny(h, "\r\n") {
			return usageError("as in --header 'Cookie: a=b'", "--header %q is not a field", h)
		}
		if o.Header == nil {
			o.Header = http.Header{}
		}
		o.Header[name] = append(o.Header[name], strings.TrimSpace(value)) // not Add: its case is the user's
	}
	return nil
}

func (t *targetFlags) tls(o *probe.Options) error {
	if t.cacert == "" && t.servername == "" && !t.insecure {
		return nil
	}
	o.TLS = &tls.Config{ServerName: t.servername, InsecureSkipVerify: t.insecure}
	if t.cacert == "" {
		return nil
	}
	pem, err := os.ReadFile(t.cacert)
	if err != nil {
		return usageError("", "--cacert: %w", err)
	}
	o.TLS.RootCAs = x509.NewCertPool()
	if !o.TLS.RootCAs.AppendCertsFromPEM(pem) {
		return usageError("", "--cacert: there is no PEM certificate in %s", t.cacert)
	}
	return nil
}
