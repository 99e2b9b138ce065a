package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
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
	writeKnown         bool
}

const targetUsage = `  --url URL          ws:// or wss:// URL of a server that runs
  --start COMMAND    start the server with this shell command, and stop it at the end; {port} in it
                     and in --url stands for a free port; the URL is ws://127.0.0.1:{port}/ if left out
  --target FILE      a file that says these things: target, url, have, start, known, protocols,
                     cacert; several are tested one after the other, and told side by side
  --have WORD,...    what the server has, instead of asking it: echo, permessage-deflate, ...
  --known FILE       failures that are known: a pattern a line, # for comments; they must fail
                     still, unless the line begins with ~
  --write-known      bring that file up to date with what this run finds, each line with its reason
  --header 'N: V'    a field to send in each opening handshake; more than once if need be
  --origin ORIGIN    the origin to name
  --protocol NAME    a subprotocol to offer; more than once if need be
  --cacert FILE      trust the certificates in this PEM file
  --servername NAME  ask for this name in the TLS handshake, and expect it in the certificate
  --insecure         trust any certificate
`

func (t *targetFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&t.url, "url", "", "")
	flags.StringVar(&t.start, "start", "", "")
	flags.StringArrayVar(&t.files, "target", nil, "")
	flags.StringSliceVar(&t.have, "have", nil, "")
	flags.StringVar(&t.known, "known", "", "")
	flags.BoolVar(&t.writeKnown, "write-known", false, "")
	flags.StringArrayVar(&t.headers, "header", nil, "")
	flags.StringVar(&t.origin, "origin", "", "")
	flags.StringArrayVar(&t.protocols, "protocol", nil, "")
	flags.StringVar(&t.cacert, "cacert", "", "")
	flags.StringVar(&t.servername, "servername", "", "")
	flags.BoolVar(&t.insecure, "insecure", false, "")
}

// given reports whether the flags name a target at all.
func (t *targetFlags) given() bool { return t.url != "" || t.start != "" || len(t.files) > 0 }

// options turns the flags into the options of a run, or of one for each target file.
func (t *targetFlags) options() ([]probe.Options, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	files := t.files
	if len(files) == 0 {
		files = []string{""}
	}
	var all []probe.Options
	for _, file := range files {
		o, err := t.one(file)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// check finds flags that contradict each other, and words that mean nothing.
func (t *targetFlags) check() error {
	if len(t.files) > 1 && (t.url != "" || t.start != "" || t.known != "") {
		return usageError("each target file says these itself", "--url, --start and --known do not go with several --target")
	}
	return t.checkHave()
}

// one makes the options for one target. What the command line says goes before
// what its file says.
func (t *targetFlags) one(file string) (probe.Options, error) {
	o, known, cacert, err := readTarget(file)
	if err != nil {
		return o, err
	}
	o.Origin = t.origin
	if t.url != "" {
		o.URL = t.url
	}
	if t.start != "" {
		o.Start, o.Dir = t.start, ""
	}
	if t.have != nil {
		o.Have = t.have
	}
	if t.protocols != nil {
		o.Protocols = t.protocols
	}
	if err := t.knownFailures(cmp.Or(t.known, known), &o); err != nil {
		return o, err
	}
	if err := t.header(&o); err != nil {
		return o, err
	}
	return o, t.tls(cmp.Or(t.cacert, cacert), &o)
}

// readTarget reads a target file, and returns the paths of its known failures
// and of the certificates to trust beside what makes options.
func readTarget(file string) (o probe.Options, known, cacert string, err error) {
	if file == "" {
		return o, "", "", nil
	}
	f, problems, err := casefile.LoadTarget(file)
	if err != nil {
		return o, "", "", usageError("", "%w", err)
	}
	if err := mistakes(problems, "in the target file"); err != nil {
		return o, "", "", err
	}
	o.Name, o.URL, o.Start, o.Have, o.Dir, o.Protocols = f.Name, f.URL, f.Start, f.Have, f.Dir, f.Protocols
	return o, f.Known, f.CACert, nil
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

// knownFailures reads the list of known failures, which need not be there yet if
// it is to be written.
func (t *targetFlags) knownFailures(path string, o *probe.Options) (err error) {
	if path == "" {
		if t.writeKnown {
			return usageError("name the file with --known, or in the target file; it need not exist", "--write-known has no file to write to")
		}
		return nil
	}
	o.Known, err = probe.ReadKnown(path)
	if t.writeKnown && errors.Is(err, fs.ErrNotExist) {
		o.Known, err = probe.NewKnown(path), nil
	}
	if err != nil {
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

// tls sets how a server with TLS is trusted; cacert is a path.
func (t *targetFlags) tls(cacert string, o *probe.Options) error {
	if cacert == "" && t.servername == "" && !t.insecure {
		return nil
	}
	o.TLS = &tls.Config{ServerName: t.servername, InsecureSkipVerify: t.insecure}
	if cacert == "" {
		return nil
	}
	pem, err := os.ReadFile(cacert)
	if err != nil {
		return usageError("", "--cacert: %w", err)
	}
	o.TLS.RootCAs = x509.NewCertPool()
	if !o.TLS.RootCAs.AppendCertsFromPEM(pem) {
		return usageError("", "--cacert: there is no PEM certificate in %s", cacert)
	}
	return nil
}
