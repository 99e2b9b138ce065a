package main

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
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

    --tls HOW             terminate: take it off, with a certificate of the local CA, and
                            use it on to the server, unless the URL is ws:// (what is
                            done without the flag, but for a URL of ws://, where
                            nothing is looked at)
                          pass: leave it as it is, and show what it shows in clear
    --cacert FILE         trust the certificates in it, of servers (the system's)
    --insecure            trust any
    --cert FILE           show this certificate to a server that asks for one,
    --key FILE              which is this key's
    --keylog FILE         append the secrets, for Wireshark to read along (SSLKEYLOGFILE)
    --ca-dir DIR          the local CA's; wsproxy ca tells how to have it trusted
`

// The values of --tls.
const (
	tlsTerminate = "terminate"
	tlsPass      = "pass"
)

// tlsFlags say what becomes of TLS, and whom to trust.
type tlsFlags struct {
	how       string
	cacert    string
	insecure  bool
	cert, key string
	keylog    string
	caDir     string

	roots       *x509.CertPool   // nil: the system's
	certificate *tls.Certificate // nil: there is none
	secrets     *os.File         // nil: they are kept secret
	base        *tls.Config      // towards clients
	made        func(*ca.Authority)

	mu        sync.Mutex
	authority *ca.Authority // nil: not needed yet
}

func (t *tlsFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&t.how, "tls", "", "")
	flags.StringVar(&t.cacert, "cacert", "", "")
	flags.BoolVar(&t.insecure, "insecure", false, "")
	flags.StringVar(&t.cert, "cert", "", "")
	flags.StringVar(&t.key, "key", "", "")
	flags.StringVar(&t.keylog, "keylog", os.Getenv("SSLKEYLOGFILE"), "")
	defineCADir(flags, &t.caDir)
}

// serves finds the flags that make no sense where all clients want one server.
func (t *tlsFlags) serves(to *destination) error {
	switch {
	case to.secure:
	case t.cacert != "" || t.insecure:
		return errors.New("--cacert and --insecure are for wss://")
	case t.cert != "" || t.key != "":
		return errors.New("--cert and --key are for wss://")
	}
	return nil
}

// load reads the files. talk is told where a CA is made.
func (t *tlsFlags) load(talk io.Writer) error {
	for _, load := range []func() error{t.checkHow, t.loadRoots, t.loadCertificate, t.openKeylog, t.prepare} {
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
	return nil
}

func (t *tlsFlags) loadRoots() error {
	if t.cacert == "" {
		return nil
	}
	pem, err := os.ReadFile(t.cacert)
	if err != nil {
		return err
	}
	t.roots = x509.NewCertPool()
	if !t.roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s holds no certificate in PEM", t.cacert)
	}
	return nil
}

func (t *tlsFlags) loadCertificate() error {
	switch {
	case t.cert == "" && t.key == "":
		return nil
	case t.cert == "" || t.key == "":
		return errors.New("--cert and --key go together")
	}
	pair, err := tls.LoadX509KeyPair(t.cert, t.key)
	if err != nil {
		return fmt.Errorf("%s and %s: %w", t.cert, t.key, err)
	}
	t.certificate = &pair
	return nil
}

func (t *tlsFlags) openKeylog() (err error) {
	if t.keylog != "" {
		t.secrets, err = os.OpenFile(t.keylog, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	}
	return err
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

// config is what is the same on both sides.
func (t *tlsFlags) config() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS10} // what the other end offers decides
	if t.secrets != nil {
		c.KeyLogWriter = t.secrets
	}
	return c
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

// close closes the file of secrets.
func (t *tlsFlags) close() {
	if t.secrets != nil {
		t.secrets.Close()
	}
}
