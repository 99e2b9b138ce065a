package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"
)

const trustUsage = `    --cacert FILE         trust the certificates in it, of servers (the system's)
    --insecure            trust any
    --cert FILE           show this certificate to a server that asks for one,
    --key FILE              which is this key's
    --keylog FILE         append the secrets, for Wireshark to read along (SSLKEYLOGFILE)
`

// trustFlags say how a server is reached over TLS: whom to take for it, and who we
// are.
type trustFlags struct {
	cacert    string
	insecure  bool
	cert, key string
	keylog    string

	roots       *x509.CertPool   // nil: the system's
	certificate *tls.Certificate // nil: there is none
	secrets     *os.File         // nil: they are kept secret
}

func (t *trustFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&t.cacert, "cacert", "", "")
	flags.BoolVar(&t.insecure, "insecure", false, "")
	flags.StringVar(&t.cert, "cert", "", "")
	flags.StringVar(&t.key, "key", "", "")
	flags.StringVar(&t.keylog, "keylog", os.Getenv("SSLKEYLOGFILE"), "")
}

// serves finds the flags that make no sense where that is the only server.
func (t *trustFlags) serves(to *destination) error {
	switch {
	case to.secure:
	case t.cacert != "" || t.insecure:
		return errors.New("--cacert and --insecure are for wss://")
	case t.cert != "" || t.key != "":
		return errors.New("--cert and --key are for wss://")
	}
	return nil
}

// load opens the files.
func (t *trustFlags) load() error {
	for _, load := range []func() error{t.loadRoots, t.loadCertificate, t.openKeylog} {
		if err := load(); err != nil {
			return err
		}
	}
	return nil
}

func (t *trustFlags) loadRoots() error {
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

func (t *trustFlags) loadCertificate() error {
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

func (t *trustFlags) openKeylog() (err error) {
	if t.keylog != "" {
		t.secrets, err = os.OpenFile(t.keylog, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	}
	return err
}

// close closes the file of secrets.
func (t *trustFlags) close() {
	if t.secrets != nil {
		t.secrets.Close()
	}
}

// config is what is the same on both sides.
func (t *trustFlags) config() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS10} // what the other end offers decides
	if t.secrets != nil {
		c.KeyLogWriter = t.secrets
	}
	return c
}
