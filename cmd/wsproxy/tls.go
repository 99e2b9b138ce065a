package main

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/spf13/pflag"

	"wsprobe/internal/ca"
)

const tlsUsage = `
TLS:

    --tls HOW             what becomes of the TLS of clients:
                          terminate: it ends here, with a certificate of the local CA, and
                            is used anew to the server, or not if its URL is ws://
                          pass: it passes as it is, and what it shows in clear is shown
                          Without the flag it is terminated; where the URL is ws:// nobody
                            looks for it
` + trustUsage + `    --ca-dir DIR          the local CA's; wsproxy ca tells how to have it trusted
`

// The values of --tls.
const (
	tlsTerminate = "terminate"
	tlsPass      = "pass"
)

// tlsFlags say what becomes of TLS on both sides.
type tlsFlags struct {
	trustFlags
	how   string
	caDir string

	base *tls.Config // towards clients
	made func(*ca.Authority)

	mu        sync.Mutex
	authority *ca.Authority // nil: not needed yet
}

func (t *tlsFlags) define(flags *pflag.FlagSet) {
	t.trustFlags.define(flags)
	flags.StringVar(&t.how, "tls", "", "")
	defineCADir(flags, &t.caDir)
}

// load opens the files. talk is told where a CA is made.
func (t *tlsFlags) load(talk io.Writer) error {
	for _, load := range []func() error{t.checkHow, t.trustFlags.load, t.prepare} {
		if err := load(); err != nil {
			return mistake{err}
		}
	}
	t.made = func(a *ca.Authority) {
		fmt.Fprintf(talk, "wsproxy: made a CA for the certificates that TLS clients are shown: %s\n"+
			"wsproxy: hint: wsproxy ca tells how to have it trusted\n", a.Certificate.Subject.CommonName)
	}
	if t.how != tlsTerminate {
		return nil
	}
	_, err := t.signer()
	return err
}

func (t *tlsFlags) checkHow() error {
	if t.how != "" && t.how != tlsTerminate && t.how != tlsPass {
		return fmt.Errorf("--tls is %s or %s, not %q", tlsTerminate, tlsPass, t.how)
	}
	if t.how == tlsPass && t.keylog != "" && t.keylog != os.Getenv("SSLKEYLOGFILE") {
		return errors.New("--keylog is for TLS that ends here: with --tls pass its secrets are not known")
	}
	return nil
}

// prepare makes what is the same towards all clients: one key for their tickets, so
// that a session goes on in another connection.
func (t *tlsFlags) prepare() error {
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	t.base = t.config()
	t.base.SetSessionTicketKeys([][32]byte{key})
	return nil
}

// signer returns the CA, which is made where this is its first use.
func (t *tlsFlags) signer() (*ca.Authority, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.authority != nil {
		return t.authority, nil
	}
	dir, err := caFolder(t.caDir)
	if err != nil {
		return nil, err
	}
	a, made, err := openCA(dir)
	if err != nil {
		return nil, err
	}
	if made {
		t.made(a)
	}
	t.authority = a
	return a, nil
}
